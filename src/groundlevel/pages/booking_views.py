"""What booking pages show of calendars and appointments: values for their templates."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from msgspec import Struct
from starlette.datastructures import QueryParams

from groundlevel.areas.calendars.appointment import Appointment
from groundlevel.areas.calendars.availability import Wanted, question
from groundlevel.areas.calendars.calendar import Calendar
from groundlevel.areas.calendars.crew import crew_of
from groundlevel.areas.calendars.guests import can_cancel, can_move, form_key_for, free_times
from groundlevel.areas.calendars.notice import seconds
from groundlevel.areas.locations import own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.pages import booking_days as days

MONTHS_SEARCHED, MONTHS_AHEAD = 3, 24
"""How many months are looked at for the first free time, and how far ahead one can leaf."""
MEETINGS = {
    "zoom_conference": "Zoom", "google_conference": "Google Meet", "ms_teams_conference": "Microsoft Teams",
    "inbound_call": "By phone: you call", "outbound_call": "By phone: we call you",
}  # fmt: skip
"""Where one meets, if it is no place."""


class Asked(Struct, frozen=True):
    """What an address says of what is to be shown; what cannot be read is not said."""

    zone: ZoneInfo | None = None
    month: date | None = None
    day: date | None = None
    slot: int | None = None

    def day_of_slot(self) -> "Asked":
        """The day on which the time lies, instead of the time."""
        if self.slot is None or self.zone is None:
            return Asked(self.zone, self.month, self.day)
        day = datetime.fromtimestamp(self.slot, self.zone).date()
        return Asked(self.zone, day.replace(day=1), day)

    def link(self, path: str, anchor: str = "", **said: object) -> str:
        """An address with the same zone, that says something else."""
        query = {name: str(value) for name, value in said.items() if value is not None}
        query |= {"timezone": self.zone.key} if self.zone else {}
        return f"{path}?{urlencode(query)}{anchor}" if query else path


def asked_in(query: QueryParams) -> Asked:
    """What the query says."""
    slot = query.get("slot", "")
    fits = slot.isascii() and slot.isdigit() and len(slot) <= 11
    day = days.day_in(query.get("day", ""))
    month = days.month_in(query.get("month", "")) or (day and day.replace(day=1))
    return Asked(zone_in(query.get("timezone", "")), month, day, int(slot) if fits else None)


def zone_in(text: str) -> ZoneInfo | None:
    """The time zone of this name, if there is one."""
    return ZoneInfo(text) if text in days.available() else None


def times(ctx: Ctx, calendar: Calendar, asked: Asked, path: str, but: str = "") -> dict[str, Any]:
    """The days of a month with free times, and the times of the day that was chosen."""
    zone = asked.zone or ZoneInfo(own_location(ctx).timezone)
    this = ctx.now.astimezone(zone).date().replace(day=1)
    first = max(asked.month or this, this)
    starts = _starts(ctx, calendar, first, zone, but)
    if asked.month is None:
        while not starts and first < days.turned(this, MONTHS_SEARCHED - 1):
            first = days.turned(first, 1)
            starts = _starts(ctx, calendar, first, zone, but)
        first = first if starts else this
    day = asked.day if asked.day and asked.day.replace(day=1) == first else None
    found = days.times_of(starts, zone, day) if day else []
    with_times = {datetime.fromtimestamp(start, zone).date() for start in starts}
    return {
        "zone": zone.key, "zone_said": asked.zone is not None, "regions": days.zones_by_region(), "path": path,
        "weekdays": days.WEEKDAYS, "month": days.month_of(starts, zone, first, day), "day": day, "times": found,
        "day_name": days.whole_day(found[0].start, zone) if found else f"{day:%A, %B %d}" if day else "",
        "links": {one: asked.link(path, "#times", day=one.isoformat()) for one in with_times},
        "slots": {one.start: asked.link(path, slot=one.start) for one in found},
        "earlier": asked.link(path, month=_named(first, -1)) if first > this else "",
        "later": asked.link(path, month=_named(first, 1)) if _goes_on(ctx, calendar, first, this, zone) else "",
        "place": own_location(ctx).name, "facts": facts(calendar), "description": calendar.description or "",
    }  # fmt: skip


def moment(ctx: Ctx, calendar: Calendar, start: int, zone: ZoneInfo) -> dict[str, Any]:
    """A time as it is told before it is booked."""
    end = start + seconds(calendar.slot_duration, calendar.slot_duration_unit)
    return {
        "day_name": days.whole_day(start, zone), "stretch": days.stretch(start, end, zone), "zone": zone.key,
        "zone_name": days.zone_name(zone, start), "place": own_location(ctx).name, "slot": start,
    }  # fmt: skip


def appointment(ctx: Ctx, one: Appointment, calendar: Calendar | None, zone: ZoneInfo) -> dict[str, Any]:
    """An appointment as its guest sees it, and what may be done with it."""
    begins = one.start > ctx.now.timestamp()
    free = {"move": False, "cancel": False}
    if calendar is not None:
        free = {"move": can_move(ctx, one, calendar), "cancel": can_cancel(ctx, one, calendar)}
    words = [word for word, may in (("moved", free["move"]), ("cancelled", free["cancel"])) if may]
    return {
        "heading": _state(one, begins), "what": calendar.name if calendar else one.title,
        "stands": one.takes_time and begins,
        "day_name": days.whole_day(one.start, zone), "stretch": days.stretch(one.start, one.end, zone),
        "zone": zone.key, "zone_name": days.zone_name(zone, one.start), "place": own_location(ctx).name,
        "about": [("Where", one.address)] if one.address else [], "can": " or ".join([*words] or ["seen"]), **free,
        "form_key": form_key_for(ctx, one.id),
    }  # fmt: skip


def facts(calendar: Calendar) -> list[str]:
    """How long it takes, and where one meets."""
    places = [*calendar.location_configurations, *(p for m in calendar.team_members for p in m.location_configurations)]
    where = [MEETINGS.get(p.kind) or p.location for p in places[:1]]
    long = days.length(seconds(calendar.slot_duration, calendar.slot_duration_unit))
    return [long, *(place for place in where if place)]


def _state(one: Appointment, begins: bool) -> str:
    if one.appointment_status == "cancelled":
        return "The appointment is cancelled"
    if not begins or not one.takes_time:
        return "Your appointment"
    return "Your request was sent" if one.appointment_status == "new" else "You are booked"


def _starts(ctx: Ctx, calendar: Calendar, first: date, zone: ZoneInfo, but: str) -> list[int]:
    since, until = days.bounds(first, zone)
    return free_times(ctx, calendar, since, until, but)


def _named(first: date, by: int) -> str:
    return f"{days.turned(first, by):%Y-%m}"


def _goes_on(ctx: Ctx, calendar: Calendar, first: date, this: date, zone: ZoneInfo) -> bool:
    """Whether there may be free times behind this month."""
    since, until = days.bounds(first, zone)
    last = question(ctx, crew_of(ctx, calendar), Wanted(since, since)).latest
    return first < days.turned(this, MONTHS_AHEAD) and (last is None or last > until)
