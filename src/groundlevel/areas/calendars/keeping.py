"""The ways in which appointments change: each with its events, the time it takes, and whose turn it was."""

from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.calendars.appointment import APPOINTMENTS, Appointment
from groundlevel.areas.calendars.assigning import Turns, given, returned
from groundlevel.areas.calendars.calendar import CALENDARS, Calendar
from groundlevel.areas.calendars.events import (
    AppointmentCreate,
    AppointmentDelete,
    AppointmentEvent,
    AppointmentTold,
    AppointmentUpdate,
)
from groundlevel.areas.calendars.moments import on_clock
from groundlevel.areas.calendars.taken import hold
from groundlevel.areas.contacts import CONTACTS, ContactChange, update_contact
from groundlevel.areas.locations import own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

BY_TURNS = ("round_robin", "service_booking")
"""Types whose appointments go round among the members."""


class CalendarTurns(Wire):
    """How the appointments of a calendar, whose id it has, went round among its members."""

    id: str
    turns: Turns


TURNS = declare(Table("calendar_turns", CalendarTurns))


def add(ctx: Ctx, appointment: Appointment, *, notify: bool = True) -> Appointment:
    """Store a new one."""
    hold(ctx, None, appointment.holding)
    _take_turns(ctx, None, appointment)
    _note_contact(ctx, appointment)
    ctx.db.put(APPOINTMENTS, appointment)
    _tell(ctx, AppointmentCreate, appointment, notify)
    return appointment


def keep(ctx: Ctx, before: Appointment, after: Appointment, *, notify: bool = True) -> Appointment:
    """Store a changed one, dated now; one in which nothing changed stays as it was, and nobody is told."""
    if after == before:
        return before
    after = replace(after, date_updated=ctx.stamp)
    if after.holding != before.holding:
        hold(ctx, before.holding, after.holding)
    _take_turns(ctx, before, after)
    ctx.db.put(APPOINTMENTS, after)
    _tell(ctx, AppointmentUpdate, after, notify)
    return after


def remove(ctx: Ctx, appointment: Appointment) -> None:
    """Remove one."""
    hold(ctx, appointment.holding, None)
    _take_turns(ctx, appointment, None)
    ctx.db.delete(APPOINTMENTS, appointment.id)
    _tell(ctx, AppointmentDelete, appointment, notify=True)


def turns_of(ctx: Ctx, calendar_id: str) -> Turns:
    """How a calendar's appointments went round."""
    kept = ctx.db.get(TURNS, calendar_id)
    return kept.turns if kept else Turns()


def _note_contact(ctx: Ctx, one: Appointment) -> None:
    """A contact knows its last appointment; and is its member's from now on, if the calendar gives contacts away."""
    contact, calendar = ctx.db.get(CONTACTS, one.contact_id), ctx.db.get(CALENDARS, one.calendar_id)
    if contact is None:
        return
    if (contact.last_appointment or "") < one.start_time:
        ctx.db.put(CONTACTS, replace(contact, last_appointment=one.start_time))
    if calendar is None or not calendar.should_assign_contact_to_team_member or one.assigned_user_id is None:
        return
    if not (contact.assigned_to and calendar.should_skip_assigning_contact_for_existing):
        update_contact(ctx, contact.id, ContactChange(assigned_to=one.assigned_user_id))


class _Counted(Struct, frozen=True):
    """Whose turn an appointment was, of which calendar."""

    calendar_id: str
    user_id: str


def _counted(one: Appointment | None) -> _Counted | None:
    """An appointment that stands counts for who it is assigned to; one that was changed in a series counts there."""
    if one is None or one.assigned_user_id is None or not one.takes_time or one.master_event_id:
        return None
    return _Counted(one.calendar_id, one.assigned_user_id)


def _take_turns(ctx: Ctx, before: Appointment | None, after: Appointment | None) -> None:
    was, now = _counted(before), _counted(after)
    if was == now:
        return
    for calendar_id in dict.fromkeys(one.calendar_id for one in (was, now) if one):
        calendar = ctx.db.get(CALENDARS, calendar_id)
        if calendar is None or not _goes_round(calendar):
            continue
        turns = turns_of(ctx, calendar_id)
        if was and was.calendar_id == calendar_id:
            turns = returned(turns, was.user_id)
        if now and now.calendar_id == calendar_id:
            turns = given(calendar.user_ids, turns, now.user_id)
        ctx.db.put(TURNS, CalendarTurns(id=calendar_id, turns=turns))


def _goes_round(calendar: Calendar) -> bool:
    return calendar.calendar_type in BY_TURNS and len(calendar.team_members) > 1


def _tell(ctx: Ctx, kind: type[AppointmentEvent], one: Appointment, notify: bool) -> None:
    zone = ZoneInfo(own_location(ctx).timezone)
    said = {name: getattr(one, name) for name in AppointmentTold.__struct_fields__}
    said |= {name: on_clock(said[name], zone) for name in ("start_time", "end_time")}
    ctx.emit(kind(location_id=ctx.location_id, appointment=AppointmentTold(**said), to_notify=notify))
