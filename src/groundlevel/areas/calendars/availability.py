"""What the engine of free slots is asked about a calendar: its rules, its people, and what takes their time."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.calendars.appointment import booked_in
from groundlevel.areas.calendars.calendar import Calendar
from groundlevel.areas.calendars.crew import Crew, Need
from groundlevel.areas.calendars.notice import latest, seconds, soonest
from groundlevel.areas.calendars.rooms import one_of, room_at
from groundlevel.areas.calendars.rules import DAY, Rules, Stretch
from groundlevel.areas.calendars.slots import Party, Question
from groundlevel.areas.calendars.taken import Held, taken
from groundlevel.kernel.ctx import Ctx

TOGETHER = ("collective", "class_booking")
"""Types that need all their members at once."""
WITH_SEATS = ("event", "class_booking")
"""Types that have so many seats a slot themselves, and not each of their members."""
NEVER = 1 << 40
"""A moment that does not come."""


class Wanted(Struct, frozen=True):
    """Which slots are asked for: starts from `since` until before `until` (seconds since 1970).

    long: their length if it is not the calendar's. but: an event that is about to move, which takes no time.
    any_time: neither the notice nor the range of the calendar counts. only: the users who are asked about, if not all.
    """

    since: int
    until: int
    long: int | None = None
    but: str = ""
    any_time: bool = False
    only: frozenset[str] | None = None


def question(ctx: Ctx, crew: Crew, wanted: Wanted) -> Question:
    """The question about a calendar's slots, with all that is known of whom it needs. A draft has none."""
    calendar, busy = crew.calendar, crew.calendar.look_busy_config
    asked = Question(
        since=wanted.since, until=wanted.until, seed=calendar.id, zone=crew.zone, per_day=calendar.appoinment_per_day,
        duration=wanted.long or seconds(calendar.slot_duration, calendar.slot_duration_unit),
        interval=max(60, seconds(calendar.slot_interval, calendar.slot_interval_unit)),
        before=seconds(calendar.pre_buffer, calendar.pre_buffer_unit),
        after=seconds(calendar.slot_buffer, calendar.slot_buffer_unit),
        hidden=busy.percentage if busy and busy.enabled else 0,
    )  # fmt: skip
    if not calendar.is_active:
        return asked
    if not wanted.any_time:
        first = soonest(ctx.now, calendar.allow_booking_after, calendar.allow_booking_after_unit, crew.zone)
        last = latest(ctx.now, calendar.allow_booking_for, calendar.allow_booking_for_unit, crew.zone)
        asked = replace(asked, soonest=first, latest=last)
    return _with_parties(ctx, crew, asked, wanted)


def needs_all(calendar: Calendar) -> bool:
    """Whether its appointments need all its members at once (or have none), and not one of them."""
    return calendar.calendar_type == "event" or calendar.calendar_type in TOGETHER


def _with_parties(ctx: Ctx, crew: Crew, asked: Question, wanted: Wanted) -> Question:
    """Who and what is needed, and what of their time is taken."""
    calendar, users, hours = crew.calendar, crew.users, crew.hours
    others = sorted((wanted.only or frozenset()) - {*users}) if needs_all(calendar) else []
    held = _held(ctx, crew, others, asked, wanted)
    own = held.get(booked_in(calendar.id), [])
    place = _place(calendar, hours, held[calendar.id], own)
    members = [_member(calendar, user_id, hours[user_id], held.get(user_id, [])) for user_id in users]
    guests = [Party(user_id, None, _times(held[user_id])) for user_id in others]
    asked = replace(asked, booked=[h.begins for h in own])
    things = things_of(crew.needs, held)
    needed = [*things.equipment, *one_of(things.rooms, asked)]
    if needs_all(calendar):
        return replace(asked, everyone=[*members, place, *needed, *guests])
    return replace(asked, everyone=[place, *needed], someone=members, only=wanted.only)


class Things(Struct, frozen=True):
    """Equipment that is needed, each kind of it, and rooms, of which one is needed."""

    equipment: list[Party]
    rooms: list[Party]

    def at(self, start: int, asked: Question) -> list[str]:
        """What an appointment takes of them that begins then: a free room, or the first one where none is free."""
        room = room_at(self.rooms, asked, start) or next((one.id for one in self.rooms), None)
        return [*(one.id for one in self.equipment), *([room] if room else [])]


def things_of(needs: Sequence[Need], held: Mapping[str, Sequence[Held]]) -> Things:
    """Rooms and equipment, with what takes them."""
    parties = [(need.is_room, _thing(need, held[need.id])) for need in needs]
    return Things([one for is_room, one in parties if not is_room], [one for is_room, one in parties if is_room])


def _held(ctx: Ctx, crew: Crew, others: list[str], asked: Question, wanted: Wanted) -> dict[str, list[Held]]:
    """What takes the time of each of them about then; of one of several who is not asked about it does not matter."""
    calendar, around = crew.calendar, 2 * DAY if asked.per_day is not None else 0  # whole days
    window = wanted.since - asked.before - around, wanted.until + asked.duration + asked.after + around
    matters = None if needs_all(calendar) else wanted.only
    users = [user_id for user_id in crew.users if matters is None or user_id in matters]
    whose = [calendar.id, *users, *others, *(need.id for need in crew.needs)]
    if calendar.calendar_type in WITH_SEATS or asked.per_day is not None:
        whose.append(booked_in(calendar.id))
    held = taken(ctx, whose, window)
    if not wanted.but:
        return held
    return {one: [h for h in of if h.event_id != wanted.but] for one, of in held.items()}


def _member(calendar: Calendar, user_id: str, rules: Rules, held: Sequence[Held]) -> Party:
    """A member, busy with everything; of the calendar's own appointments it may take several at once."""
    seats = calendar.appoinment_per_slot
    if calendar.calendar_type != "class_booking" and seats == 1:
        return Party(user_id, rules, _times(held))
    others = _times([h for h in held if h.calendar_id != calendar.id])
    if calendar.calendar_type == "class_booking":
        return Party(user_id, rules, others)
    return Party(user_id, rules, others, _times([h for h in held if h.calendar_id == calendar.id]), seats)


def _place(calendar: Calendar, hours: dict[str, Rules], blocked: Sequence[Held], own: Sequence[Held]) -> Party:
    """The calendar itself, closed while it is blocked, and with seats of its own if it is of such a type."""
    kind = calendar.calendar_type
    return Party(
        calendar.id, hours[calendar.id] if kind == "event" else None, _times(blocked),
        _times(own) if kind in WITH_SEATS else [], calendar.appoinment_per_slot, kind == "class_booking",
    )  # fmt: skip


def things_at(ctx: Ctx, crew: Crew, asked: Question, wanted: Wanted) -> list[str]:
    """The rooms and equipment that an appointment takes which begins with the time that is asked about."""
    if sum(need.is_room for need in crew.needs) < 2:
        return [need.id for need in crew.needs]
    return things_of(crew.needs, _held(ctx, crew, [], asked, wanted)).at(wanted.since, asked)


def _thing(need: Need, held: Sequence[Held]) -> Party:
    """A resource; of one that serves nobody there is never one left."""
    return Party(need.id, busy=[(0, NEVER)] if need.at_once < 1 else [], own=_times(held), seats=need.at_once)


def _times(held: Sequence[Held]) -> list[Stretch]:
    return [(h.start, h.end) for h in held]
