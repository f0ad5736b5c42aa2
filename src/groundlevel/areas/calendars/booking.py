"""Whether a time can be booked, and with whom."""

from msgspec import Struct

from groundlevel.areas.calendars.assigning import choose
from groundlevel.areas.calendars.availability import TOGETHER, Wanted, needs_all, question, things_at
from groundlevel.areas.calendars.calendar import Calendar
from groundlevel.areas.calendars.crew import crew_of
from groundlevel.areas.calendars.keeping import turns_of
from groundlevel.areas.calendars.slots import takers
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest

NOT_AVAILABLE = "The slot you have selected is no longer available."
"""What the hosted service says to whoever was too late, or asks for a time that never was a slot."""


class Time(Struct, frozen=True):
    """When, in seconds since 1970, and how strictly: `any_time` leaves out notice and range, `unchecked` everything.

    but: the event that is about to move there. user_id: who shall take it. rather: who shall, if free.
    """

    start: int
    end: int
    any_time: bool = False
    unchecked: bool = False
    but: str = ""
    user_id: str | None = None
    rather: str | None = None


class Staff(Struct, frozen=True):
    """Who takes an appointment, all who take part in it, and the resources it needs."""

    assigned_user_id: str | None
    users: list[str]
    resources: list[str]


def staff_for(ctx: Ctx, calendar: Calendar, time: Time) -> Staff:
    """Who takes an appointment of a calendar then. 400 if the time is not free, unless it is not to be checked.

    Of several members who are free it goes to one by the calendar's own way; an appointment that moves stays with
    whom it was, if that one is free.
    """
    only = frozenset((time.user_id,)) if time.user_id else None
    wanted = Wanted(
        time.start, time.start + 1, long=time.end - time.start, but=time.but, any_time=time.any_time or time.unchecked,
        only=only,
    )  # fmt: skip
    crew = crew_of(ctx, calendar)
    asked, users = question(ctx, crew, wanted), crew.users
    free = takers(asked, time.start)
    if free is None and not time.unchecked:
        raise BadRequest(NOT_AVAILABLE)
    resources = things_at(ctx, crew, asked, wanted)
    if needs_all(calendar):
        assigned = time.user_id or time.rather or _leader(calendar, users)
        every = users if calendar.calendar_type in TOGETHER else []
        return Staff(assigned, list(dict.fromkeys([*([assigned] if assigned else []), *every])), resources)
    assigned = time.user_id or _chosen(ctx, calendar, free or users, time.rather)
    return Staff(assigned, [assigned] if assigned else [], resources)


def _chosen(ctx: Ctx, calendar: Calendar, free: list[str], rather: str | None) -> str | None:
    if rather in free or not free:
        return rather
    if len(free) == 1:
        return free[0]
    return choose(calendar.team_members, free, calendar.event_type, turns_of(ctx, calendar.id))


def _leader(calendar: Calendar, users: list[str]) -> str | None:
    """Who answers for an appointment of several: the primary member, else the first."""
    leading = [m.user_id for m in calendar.team_members if m.is_primary and m.user_id in users]
    return next(iter([*leading, *users]), None)
