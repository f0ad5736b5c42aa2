"""The appointments that a booking of services is, kept with it."""

from collections.abc import Sequence
from typing import Any, cast

from msgspec.structs import replace

from groundlevel.areas.calendars.appointment import Appointment, Author, Status
from groundlevel.areas.calendars.events import AppointmentDelete, AppointmentUpdate
from groundlevel.areas.calendars.keeping import add, keep, remove
from groundlevel.areas.calendars.moments import stored
from groundlevel.areas.calendars.service_booking import (
    BOOKINGS,
    BookingStatus,
    Item,
    ServiceAsked,
    ServiceBooking,
    appointments_of,
)
from groundlevel.areas.calendars.service_locations import ServiceLocation
from groundlevel.areas.calendars.service_planning import Given
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.store import Has
from groundlevel.kernel.wire import iso, moment, new_id

SOURCE = "services"
OF_APPOINTMENT: dict[BookingStatus, Status] = {
    "confirmed": "confirmed", "cancelled": "cancelled", "invalid": "invalid", "new": "new", "showed": "showed",
    "no_show": "noshow",
}  # fmt: skip
"""What the appointments of a booking are."""
OF_BOOKING = {status: name for name, status in OF_APPOINTMENT.items()}


def with_appointments(
    ctx: Ctx, booking: ServiceBooking, asked: Sequence[ServiceAsked], given: Sequence[Given], rows: list[Appointment]
) -> ServiceBooking:
    """The booking with an appointment for each service: those that are there are changed, others added or removed."""
    items: list[Item] = []
    for number, (one, of) in enumerate(zip(asked, given, strict=True)):
        row = rows[number] if number < len(rows) else None
        kept = _appointment(ctx, booking, of, row)
        items.append(
            Item(
                asked=one, appointment_id=kept.id, service_id=of.step.service.id, staff_id=of.user_id,
                service_category_id=of.step.service.service_category_id, start_time=kept.start_time,
                end_time=kept.end_time, resources=of.resources,
            )
        )  # fmt: skip
    for row in rows[len(given) :]:
        remove(ctx, row)
    return _spanning(replace(booking, items=items))


def _appointment(ctx: Ctx, booking: ServiceBooking, of: Given, row: Appointment | None) -> Appointment:
    placed: dict[str, Any] = {
        "calendar_id": of.step.service.id, "start_time": stored(of.start), "end_time": stored(of.end),
        "assigned_user_id": of.user_id, "users": [of.user_id], "assigned_resources": of.resources,
        "padding": of.step.padding, "appointment_status": OF_APPOINTMENT[booking.status],
    }  # fmt: skip
    if row:
        return keep(ctx, row, replace(row, **placed))
    new = Appointment(
        **placed, id=new_id(), location_id=booking.location_id, contact_id=booking.contact_id, title=booking.title,
        date_added=ctx.stamp, date_updated=ctx.stamp, source=SOURCE, created_by=Author(source=SOURCE),
    )  # fmt: skip
    return add(ctx, new)


def labelled(ctx: Ctx, booking: ServiceBooking, place: ServiceLocation) -> ServiceBooking:
    """Keep it; its appointments are called as it is, in its state, and where it is."""
    where, status = booking.meeting_location or place.address, OF_APPOINTMENT[booking.status]
    for row in appointments_of(ctx, booking):
        keep(ctx, row, replace(row, title=booking.title, address=where, appointment_status=status))
    return ctx.db.put(BOOKINGS, booking)


def _spanning(booking: ServiceBooking) -> ServiceBooking:
    """From when its first service begins until when its last one ends."""
    starts, ends = [item.start_time for item in booking.items], [item.end_time for item in booking.items]
    return replace(booking, start_time=min(starts), end_time=max(ends))


@on(AppointmentUpdate)
def follow(ctx: Ctx, event: AppointmentUpdate) -> None:
    """What becomes of an appointment becomes of the booking that it is of."""
    told = event.appointment
    booking = ctx.db.one(BOOKINGS, Has("appointment_ids", told.id))
    if booking is None:
        return
    start, end = (iso(moment(text, "time")) for text in (told.start_time, told.end_time))
    changed = {"start_time": start, "end_time": end, "staff_id": told.assigned_user_id or ""}
    items = [replace(i, **changed) if i.appointment_id == told.id else i for i in booking.items]
    status = OF_BOOKING.get(cast(Status, told.appointment_status), booking.status)
    ctx.db.put(BOOKINGS, _spanning(replace(booking, items=items, status=status, date_updated=ctx.stamp)))


@on(AppointmentDelete)
def shrink(ctx: Ctx, event: AppointmentDelete) -> None:
    """A booking is without a service whose appointment is gone; without any, it is gone too."""
    booking = ctx.db.one(BOOKINGS, Has("appointment_ids", event.appointment.id))
    if booking is None:
        return
    left = [item for item in booking.items if item.appointment_id != event.appointment.id]
    if left:
        ctx.db.put(BOOKINGS, _spanning(replace(booking, items=left, date_updated=ctx.stamp)))
    else:
        ctx.db.delete(BOOKINGS, booking.id)
