"""Appointments: /calendars/events/appointments, and /contacts/{contactId}/appointments"""

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from groundlevel.areas.calendars.appointment import (
    APPOINTMENTS,
    Appointment,
    CalendarEvent,
    shown_event,
)
from groundlevel.areas.calendars.appointment_writing import AppointmentChange, AppointmentInput, booked, changed
from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.instances import event_or_400, on_its_own
from groundlevel.areas.calendars.keeping import add, keep
from groundlevel.areas.calendars.moments import on_clock
from groundlevel.areas.contacts import contact_or_400
from groundlevel.areas.locations import own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Eq, Sort
from groundlevel.kernel.versions import V3, Since
from groundlevel.kernel.wire import Wire

MOST_LISTED = 1_000
LOCAL = "%Y-%m-%d %H:%M:%S"


class BookedAppointment(Wire):
    """An appointment as it was booked or changed; moments on its sub-account's clock."""

    id: str
    calendar_id: str
    location_id: str
    contact_id: str
    title: str
    appointment_status: str
    start_time: str
    end_time: str
    meeting_location_type: str
    is_recurring: bool
    date_added: Annotated[str, Since(V3)]
    date_updated: Annotated[str, Since(V3)]
    assigned_user_id: str | None = None
    address: str | None = None
    rrule: str | None = None


class OneEvent(Wire):
    """The reply about one appointment: under the published name, and under the one that the hosted service gives it."""

    event: CalendarEvent
    appointment: CalendarEvent


class ContactAppointment(CalendarEvent, kw_only=True):
    """An appointment as a contact's list tells it. Times are the sub-account's own, "YYYY-MM-DD HH:mm:ss"."""

    status: Literal["booked"]


class ContactAppointments(Wire):
    """A contact's appointments, the latest first."""

    events: list[ContactAppointment]


@area.post("/calendars/events/appointments", scope="calendars/events.write", status=200)
def create_appointment(ctx: Ctx, body: AppointmentInput) -> BookedAppointment:
    """Book a contact's time in a calendar, if it is one of the calendar's free slots.

    Of several members who are free, one gets it by the calendar's way of going round, unless `assignedUserId` says
    who. It is called as the calendar calls its appointments, and confirmed if the calendar confirms them by itself.
    400 for a time that is not free ("The slot you have selected is no longer available."), and for an unknown
    calendar, contact, user or meeting location; nothing changes then. 422 for an end before the start, and for an
    `rrule` that is none, or comes without `ignoreFreeSlotValidation`.
    """
    ctx.db.alone(f"calendar {body.calendar_id}")
    return _told(ctx, add(ctx, booked(ctx, body, "public_api"), notify=body.to_notify))


@area.get("/calendars/events/appointments/{eventId}", scope="calendars/events.readonly")
def get_appointment(ctx: Ctx, event_id: str) -> OneEvent:
    """One appointment, a series, or one of a series. 400 for an unknown one."""
    told = shown_event(event_or_400(ctx, event_id), _zone(ctx))
    return OneEvent(event=told, appointment=told)


@area.put("/calendars/events/appointments/{eventId}", scope="calendars/events.write")
def edit_appointment(ctx: Ctx, event_id: str, body: AppointmentChange) -> BookedAppointment:
    """Change an appointment; what is not sent stays as it is. Cancelling it frees its time at once.

    Moved, it stays with whom it was if that one is free then. One of a series that is changed is an appointment of its
    own from then on; the series itself is changed as a whole. 400 and 422 as for booking.
    """
    event = event_or_400(ctx, event_id)
    ctx.db.alone(f"calendar {body.calendar_id or event.calendar_id}")
    before = on_its_own(ctx, event)
    return _told(ctx, keep(ctx, before, changed(ctx, before, body), notify=body.to_notify))


@area.get("/contacts/{contactId}/appointments", scope="contacts.readonly")
def get_appointments_for_contact(ctx: Ctx, contact_id: str) -> ContactAppointments:
    """A contact's appointments, past and coming, the latest first, at most 1,000. 400 for an unknown contact.

    All times are in the time zone of the sub-account, without saying so: "YYYY-MM-DD HH:mm:ss".
    """
    contact = contact_or_400(ctx, contact_id)
    latest = (Sort("start_time", descending=True),)
    found = ctx.db.find(APPOINTMENTS, Eq("contact_id", contact.id), sort=latest, limit=MOST_LISTED)
    zone = _zone(ctx)
    return ContactAppointments(events=[_of_contact(one, zone) for one in found])


def _told(ctx: Ctx, one: Appointment) -> BookedAppointment:
    same: dict[str, Any] = {name: getattr(one, name) for name in _SAME}
    zone = _zone(ctx)
    return BookedAppointment(
        **same, start_time=on_clock(one.start_time, zone), end_time=on_clock(one.end_time, zone),
        meeting_location_type=one.meeting_location_type or "default", is_recurring=bool(one.rrule),
    )  # fmt: skip


_SAME = frozenset(BookedAppointment.__struct_fields__) & {*Appointment.__struct_fields__} - {
    "start_time", "end_time", "meeting_location_type",
}  # fmt: skip


def _of_contact(one: Appointment, zone: ZoneInfo) -> ContactAppointment:
    told = shown_event(one, zone)
    fields: dict[str, Any] = {name: getattr(told, name) for name in CalendarEvent.__struct_fields__}
    for name in ("start_time", "end_time", "date_added", "date_updated"):
        fields[name] = datetime.fromisoformat(getattr(one, name)).astimezone(zone).strftime(LOCAL)
    return ContactAppointment(**fields, status="booked")


def _zone(ctx: Ctx) -> ZoneInfo:
    return ZoneInfo(own_location(ctx).timezone)
