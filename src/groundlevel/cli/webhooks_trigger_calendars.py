"""Events of appointments for `groundlevel webhooks trigger`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from groundlevel.areas.calendars import CALENDARS
from groundlevel.areas.calendars.appointment_writing import AppointmentChange, AppointmentInput
from groundlevel.areas.calendars.appointments import create_appointment, edit_appointment
from groundlevel.areas.calendars.calendars import create_calendar
from groundlevel.areas.calendars.removing import Nothing, delete_event
from groundlevel.areas.calendars.writing import NewCalendar
from groundlevel.areas.contacts.contacts import create_contact
from groundlevel.areas.contacts.writing import NewContact
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import iso, new_id

Fields = dict[str, Any]


def _appointment(ctx: Ctx, fields: Fields) -> str:
    """One of tomorrow, in the sub-account's first calendar or a new one."""
    here = {"locationId": ctx.location_id}
    calendars = ctx.db.find(CALENDARS, limit=1)
    calendar = (
        calendars[0]
        if calendars
        else create_calendar(ctx, NewCalendar(location_id=ctx.location_id, name="Trigger")).calendar
    )
    contact = {**here, "firstName": "Trigger", "email": f"trigger-{new_id().lower()}@example.com"}
    said = {
        "calendarId": calendar.id, "startTime": iso(ctx.now + timedelta(days=1)), "ignoreFreeSlotValidation": True,
        "contactId": fields.get("contactId") or create_contact(ctx, msgspec.convert(contact, NewContact)).contact.id,
    }  # fmt: skip
    return create_appointment(ctx, msgspec.convert({**here, **said, **fields}, AppointmentInput, strict=False)).id


def _change(ctx: Ctx, fields: Fields) -> None:
    change = msgspec.convert(fields or {"appointmentStatus": "cancelled"}, AppointmentChange, strict=False)
    edit_appointment(ctx, _appointment(ctx, {}), change)


OF_CALENDARS: dict[str, Callable[[Ctx, Fields], object]] = {
    "AppointmentCreate": _appointment,
    "AppointmentUpdate": _change,
    "AppointmentDelete": lambda ctx, fields: delete_event(ctx, _appointment(ctx, fields), Nothing()),
}
"""Event -> what is done for it."""
