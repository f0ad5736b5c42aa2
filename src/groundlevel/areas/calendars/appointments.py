"""Appointments of a contact: /contacts/{contactId}/appointments"""

from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from msgspec import structs

from groundlevel.areas.calendars.area import area
from groundlevel.areas.contacts import ContactDelete, contact_or_400
from groundlevel.areas.locations import own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

Status = Literal["new", "confirmed", "cancelled", "showed", "noshow", "invalid"]
MOST_LISTED = 1_000
LOCAL = "%Y-%m-%d %H:%M:%S"


class Appointment(Wire):
    """What is booked: a contact's time in a calendar. Moments are in UTC."""

    id: str
    location_id: str
    calendar_id: str
    contact_id: str
    title: str
    appointment_status: Status
    start_time: str
    end_time: str
    date_added: str
    date_updated: str
    assigned_user_id: str | None = None
    notes: str | None = None
    address: str | None = None
    group_id: str | None = None
    users: list[str] = []
    assigned_resources: list[str] = []


class ContactAppointment(Appointment, kw_only=True):
    """An appointment as a contact's list tells it. Times are the sub-account's own, "YYYY-MM-DD HH:mm:ss"."""

    status: Literal["booked"]


class ContactAppointments(Wire):
    """A contact's appointments, the latest first."""

    events: list[ContactAppointment]


APPOINTMENTS = declare(Table("appointments", Appointment, index=("contact_id",), order="start_time"))


@area.get("/contacts/{contactId}/appointments", scope="contacts.readonly")
def get_appointments_for_contact(ctx: Ctx, contact_id: str) -> ContactAppointments:
    """A contact's appointments, past and coming, the latest first, at most 1,000. 400 for an unknown contact.

    All times are in the time zone of the sub-account, without saying so: "YYYY-MM-DD HH:mm:ss".
    """
    contact = contact_or_400(ctx, contact_id)
    latest = (Sort("start_time", descending=True),)
    found = ctx.db.find(APPOINTMENTS, Eq("contact_id", contact.id), sort=latest, limit=MOST_LISTED)
    zone = ZoneInfo(own_location(ctx).timezone)
    return ContactAppointments(events=[_told(one, zone) for one in found])


@on(ContactDelete)
def drop_appointments(ctx: Ctx, event: ContactDelete) -> None:
    """A contact that is gone has no appointments."""
    for one in ctx.db.each(APPOINTMENTS, Eq("contact_id", event.id)):
        ctx.db.delete(APPOINTMENTS, one.id)


def _told(one: Appointment, zone: ZoneInfo) -> ContactAppointment:
    def local(stored: str) -> str:
        return datetime.fromisoformat(stored).astimezone(zone).strftime(LOCAL)

    fields: dict[str, Any] = structs.asdict(one)
    for name in ("start_time", "end_time", "date_added", "date_updated"):
        fields[name] = local(fields[name])
    return ContactAppointment(**fields, status="booked")
