"""Calendars whose appointments come again by themselves: whoever books one gets the next ones, too."""

from msgspec.structs import replace

from groundlevel.areas.calendars.appointment import Appointment
from groundlevel.areas.calendars.availability import Wanted, question
from groundlevel.areas.calendars.booking import Staff, Time, staff_for
from groundlevel.areas.calendars.calendar import Calendar
from groundlevel.areas.calendars.crew import crew_of
from groundlevel.areas.calendars.keeping import add
from groundlevel.areas.calendars.moments import stored
from groundlevel.areas.calendars.recurrence import occurrences, series
from groundlevel.areas.calendars.rules import DAY
from groundlevel.areas.calendars.slots import offered
from groundlevel.areas.locations import own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.wire import new_id

LOOKED_AHEAD = 31 * DAY
"""How far the next free slot is looked for."""


def repeated(ctx: Ctx, calendar: Calendar, first: Appointment) -> list[Appointment]:
    """Book the appointments that follow a calendar's own rule, with who has the first; those that were booked.

    A time that is not free is left out (`skip`), booked all the same with the status for that (`continue`), or moved to
    the next free slot (`book_next`).
    """
    rule = calendar.recurring
    if not calendar.enable_recurring or rule is None or rule.freq is None or (rule.count or 1) < 2:
        return []
    again = series(f"FREQ={rule.freq};COUNT={rule.count}", own_location(ctx).timezone, first.start)
    times = occurrences(again, first.start + 1, (again.until or first.start) + 1)
    return [one for start in times if (one := _next(ctx, calendar, first, start))]


def _next(ctx: Ctx, calendar: Calendar, first: Appointment, start: int) -> Appointment | None:
    """One of them; None for one that is left out."""
    rule, long = calendar.recurring, first.end - first.start
    option = (rule.booking_option if rule else None) or "skip"
    staff, status = _staff(ctx, calendar, Time(start, start + long, any_time=True, rather=first.assigned_user_id)), None
    if staff is None and option == "book_next":
        wanted = Wanted(start, start + LOOKED_AHEAD, long=long, any_time=True)
        start = next(iter(offered(question(ctx, crew_of(ctx, calendar), wanted))), start)
        staff = _staff(ctx, calendar, Time(start, start + long, any_time=True, rather=first.assigned_user_id))
    elif staff is None and option == "continue":
        time = Time(start, start + long, unchecked=True, user_id=first.assigned_user_id)
        staff, status = staff_for(ctx, calendar, time), rule.booking_overlap_default_status if rule else None
    if staff is None:
        return None
    return add(ctx, replace(
        first, id=new_id(), start_time=stored(start), end_time=stored(start + long), users=staff.users,
        assigned_user_id=staff.assigned_user_id, assigned_resources=staff.resources,
        appointment_status=status or first.appointment_status,
    ))  # fmt: skip


def _staff(ctx: Ctx, calendar: Calendar, time: Time) -> Staff | None:
    try:
        return staff_for(ctx, calendar, time)
    except BadRequest:
        return None
