"""Appointments, as an operator makes them: /operator/locations/{locationId}/appointments"""

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta

from groundlevel.areas.calendars.appointment import (
    LONGEST,
    Appointment,
    Author,
    CalendarEvent,
    Status,
    shown_event,
)
from groundlevel.areas.calendars.keeping import add
from groundlevel.areas.calendars.moments import YEARS
from groundlevel.areas.contacts import contact_or_400
from groundlevel.areas.locations import own_location
from groundlevel.areas.operator import area
from groundlevel.areas.users import check_user
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import Body, Name, Prose, When, iso, moment, new_id


class NewAppointment(Body):
    """What an operator says of a new appointment. Times without an offset are in UTC."""

    contact_id: Name
    title: Annotated[str, Meta(min_length=1, max_length=1_000)]
    start_time: When
    end_time: When
    calendar_id: Name | None = None
    appointment_status: Status = "confirmed"
    assigned_user_id: Name | None = None
    notes: Prose | None = None
    address: Name | None = None


@area.post("/operator/locations/{locationId}/appointments", scope=OPERATOR)
def create_operator_appointment(ctx: Ctx, location_id: str, body: NewAppointment) -> CalendarEvent:
    """Book a contact's time, asking no calendar. 400 for an unknown contact or user, 422 for an end before the start.

    Without `calendarId` it gets a calendar id of its own.
    """
    start, end = moment(body.start_time, "startTime"), moment(body.end_time, "endTime")
    if end <= start or start.year not in YEARS or end.year not in YEARS:
        raise Unprocessable("endTime must be after startTime, both between the years 1971 and 9997")
    if end - start > timedelta(seconds=LONGEST):
        raise Unprocessable("endTime must not be more than 31 days after startTime")
    check_user(ctx, body.assigned_user_id)
    appointment = Appointment(
        id=new_id(), location_id=location_id, calendar_id=body.calendar_id or new_id(),
        contact_id=contact_or_400(ctx, body.contact_id).id, title=body.title,
        appointment_status=body.appointment_status, start_time=iso(start), end_time=iso(end),
        date_added=ctx.stamp, date_updated=ctx.stamp, assigned_user_id=body.assigned_user_id,
        notes=body.notes, address=body.address, users=[body.assigned_user_id] if body.assigned_user_id else [],
        source="operator", created_by=Author(source="operator"),
    )  # fmt: skip
    return shown_event(add(ctx, appointment), ZoneInfo(own_location(ctx).timezone))
