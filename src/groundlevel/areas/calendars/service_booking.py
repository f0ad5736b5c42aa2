"""A booking of services: its record, its table, and how it is told."""

from datetime import tzinfo
from typing import Annotated, Literal

from msgspec import Meta

from groundlevel.areas.calendars.appointment import APPOINTMENTS, Appointment, Author
from groundlevel.areas.calendars.moments import on_clock
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire

BookingStatus = Literal["confirmed", "cancelled", "invalid", "new", "showed", "no_show"]
Minutes = Annotated[int, Meta(ge=0, le=10_000)] | Annotated[float, Meta(ge=0, le=10_000)]


class AddOn(Body):
    """What is added to a service, how often, and how many minutes it takes in all."""

    id: Name
    quantity: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    duration: Minutes | None = None


class ServiceAsked(Body):
    """A service, or one of its variations, by its id; who shall give it; and its place in the order."""

    id: Name
    staff_id: Name | None = None
    position: Annotated[int, Meta(ge=0, le=1_000)] | None = None
    add_ons: Annotated[list[AddOn], Meta(max_length=50)] = []


class Item(Wire):
    """A service of a booking as it is kept. Its appointment is its time, which is repeated here."""

    asked: ServiceAsked
    appointment_id: str
    service_id: str
    service_category_id: str
    staff_id: str
    start_time: str
    end_time: str
    resources: list[str] = []


class ServiceBooking(Wire):
    """Services that a contact has booked, one after another. Moments are in UTC, `timezone` is the contact's."""

    id: str
    location_id: str
    contact_id: str
    service_location_id: str
    title: str
    timezone: str
    status: BookingStatus
    items: list[Item]
    start_time: str
    end_time: str
    date_added: str
    date_updated: str
    created_by: Author
    meeting_location: str | None = None
    appointment_ids: list[str] = []

    def __post_init__(self) -> None:
        """What it is found by follows from the rest."""
        self.appointment_ids = [item.appointment_id for item in self.items]


class Id(Wire):
    """Something by its id."""

    id: str


class AddedOn(Wire):
    """What was added to a service."""

    id: str
    quantity: int | None = None


class BookedService(Wire):
    """A service of a booking, as it is told."""

    id: str
    service_category_id: str
    service_staff_id: str
    service_start_time: str
    service_end_time: str
    service_resources: list[Id]
    service_add_ons: list[AddedOn]


class ShownBooking(Wire):
    """A booking as it is told, on the clock of a time zone. messages: what was not done as it was asked for.

    id: the same as booking_id, as all other records have it.
    """

    id: str
    booking_id: str
    location_id: str
    contact_id: str
    service_location_id: str
    title: str
    start_time: str
    end_time: str
    services: list[BookedService]
    timezone: str
    status: BookingStatus
    deleted: bool
    date_added: str
    date_updated: str
    created_by: Author
    meeting_location: str | None = None
    messages: list[str] = []


BOOKINGS = declare(
    Table(
        "service_bookings",
        ServiceBooking,
        index=("start_time",),
        sparse=("service_location_id",),
        many=("appointment_ids",),
        order="date_added",
    )
)


def booking_or_400(ctx: Ctx, id: str) -> ServiceBooking:
    """The sub-account's booking with this id; 400 where there is none."""
    booking = ctx.db.get(BOOKINGS, id)
    if booking is None:
        raise BadRequest(f"Service booking with id {id} not found")
    return booking


def appointments_of(ctx: Ctx, booking: ServiceBooking) -> list[Appointment]:
    """The appointments that its services are, in their order."""
    found = (ctx.db.get(APPOINTMENTS, item.appointment_id) for item in booking.items)
    return [one for one in found if one]


def shown_booking(booking: ServiceBooking, zone: tzinfo, *messages: str) -> ShownBooking:
    """The booking as callers see it."""
    return ShownBooking(
        id=booking.id, booking_id=booking.id, location_id=booking.location_id, contact_id=booking.contact_id,
        service_location_id=booking.service_location_id, title=booking.title, status=booking.status, deleted=False,
        start_time=on_clock(booking.start_time, zone), end_time=on_clock(booking.end_time, zone),
        services=[_told(item, zone) for item in booking.items], timezone=booking.timezone,
        date_added=booking.date_added, date_updated=booking.date_updated, created_by=booking.created_by,
        meeting_location=booking.meeting_location, messages=list(messages),
    )  # fmt: skip


def _told(item: Item, zone: tzinfo) -> BookedService:
    return BookedService(
        id=item.asked.id, service_category_id=item.service_category_id, service_staff_id=item.staff_id,
        service_start_time=on_clock(item.start_time, zone), service_end_time=on_clock(item.end_time, zone),
        service_resources=[Id(id=id) for id in item.resources],
        service_add_ons=[AddedOn(id=one.id, quantity=one.quantity) for one in item.asked.add_ons],
    )  # fmt: skip
