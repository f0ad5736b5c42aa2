"""Services that were booked, one after another: /calendars/services/bookings

Each service of a booking is an appointment of whoever gives it, so it takes time, is told of and listed as such; what
becomes of the appointment becomes of the booking.
"""

from collections.abc import Sequence
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from groundlevel.areas.calendars.appointment import FREE, LONGEST, Author
from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.hours import Zone
from groundlevel.areas.calendars.keeping import remove
from groundlevel.areas.calendars.moments import Millis, said, seconds_of, stored
from groundlevel.areas.calendars.service_booking import (
    BOOKINGS,
    BookingStatus,
    ServiceAsked,
    ServiceBooking,
    ShownBooking,
    appointments_of,
    booking_or_400,
    shown_booking,
)
from groundlevel.areas.calendars.service_catalog import bookable_or_400
from groundlevel.areas.calendars.service_keeping import OF_APPOINTMENT, labelled, with_appointments
from groundlevel.areas.calendars.service_locations import ServiceLocation, default_place, place_or_400
from groundlevel.areas.calendars.service_planning import Given, How, Step, one_after_another, planned
from groundlevel.areas.contacts import contact_or_400
from groundlevel.areas.locations import check_timezone
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Eq, Range, Sort
from groundlevel.kernel.versions import V3
from groundlevel.kernel.wire import Body, Name, When, Wire, new_id

Services = Annotated[list[ServiceAsked], Meta(min_length=1, max_length=20)]
MOST_LISTED = 1_000
LEFT_OUT = "meetingLocation was left out: its place is not one where the booker says where to meet."


class Overriding(Body):
    """override_availability: no time is looked at; skip_scheduling_notice: it may be over already."""

    override_availability: bool = False
    skip_scheduling_notice: bool = False


class NewBooking(Body):
    """Services to book, one after another in the order of their positions, for a contact."""

    location_id: str
    contact_id: Name
    start_time: When
    end_time: When
    timezone: Zone
    services: Services
    service_location_id: Name | None = None
    meeting_location: Name | None = None
    title: Name | None = None
    status: Literal["confirmed", "new"] = "confirmed"


class BookingChange(Body):
    """What to change about a booking; what is not sent stays. `services` are sent whole."""

    service_location_id: Name | UnsetType = UNSET
    meeting_location: Name | UnsetType = UNSET
    title: Name | UnsetType = UNSET
    status: BookingStatus | UnsetType = UNSET
    start_time: When | UnsetType = UNSET
    end_time: When | UnsetType = UNSET
    timezone: Zone | UnsetType = UNSET
    services: Services | UnsetType = UNSET


class BookingsWanted(Body):
    """Which bookings: those going on between two moments (milliseconds since 1970), at one place or anywhere."""

    location_id: str
    start_time: Millis
    end_time: Millis
    timezone: Zone | None = None
    service_location_id: Name | None = None


class Wish(Struct, frozen=True):
    """Which services are wanted, in their order, and between which moments."""

    services: list[ServiceAsked]
    start: int
    end: int


class ManyBookings(Wire):
    """Bookings in the order in which they begin."""

    bookings: list[ShownBooking]


class BookingGone(Wire):
    """The reply to deleting one."""

    success: bool
    message: str


@area.get("/calendars/services/bookings", scope="calendars/events.readonly", only=V3)
def get_service_bookings(ctx: Ctx, query: BookingsWanted) -> ManyBookings:
    """The bookings between two moments, at most 1,000, on the clock of `timezone` or of whoever booked.

    422 for an end before the start, and for a time zone that is none.
    """
    check_timezone(query.timezone)
    since, until = int(query.start_time) // 1000, -(-int(query.end_time) // 1000)
    if until < since:
        raise Unprocessable("endTime must not be before startTime")
    since = max(since, LONGEST)
    where = [Range("start_time", "<", stored(until)), Range("start_time", ">", stored(since - LONGEST))]
    at = [Eq("service_location_id", query.service_location_id)] if query.service_location_id else []
    found = ctx.db.find(BOOKINGS, *where, *at, sort=(Sort("start_time"),), limit=MOST_LISTED)
    going_on = [one for one in found if seconds_of(one.end_time) > since]
    return ManyBookings(bookings=[shown_booking(one, ZoneInfo(query.timezone or one.timezone)) for one in going_on])


@area.post("/calendars/services/bookings", scope="calendars/events.write", only=V3)
def create_service_booking(ctx: Ctx, query: Overriding, body: NewBooking) -> ShownBooking:
    """Book services for a contact, one after another from `startTime` on; the last one goes on until `endTime`.

    Each is given by the user who is named, or by the first of its staff who is free then. 400 if somebody or something
    it needs is not free ("The slot you have selected is no longer available."), and for unknown records; 422 for an
    end before all services are given, and where whoever books must say where to meet and does not.
    """
    ctx.db.alone(f"service {body.services[0].id}")
    check_timezone(body.timezone)
    contact = contact_or_400(ctx, body.contact_id)
    place = place_or_400(ctx, body.service_location_id) if body.service_location_id else default_place(ctx)
    where, left_out = _meeting(place, body.meeting_location)
    lax = query.override_availability
    wish = Wish(_asked(body.services), said(body.start_time, "startTime"), said(body.end_time, "endTime"))
    given = _planned(ctx, wish, How(lax, query.skip_scheduling_notice or lax))
    title = body.title or " - ".join([contact.name or "", given[0].step.service.name]).strip(" -")
    booking = ServiceBooking(
        id=new_id(), location_id=body.location_id, contact_id=contact.id, service_location_id=place.id, title=title,
        timezone=body.timezone, status=body.status, items=[], start_time="", end_time="", date_added=ctx.stamp,
        date_updated=ctx.stamp, created_by=Author(source="public_api"), meeting_location=where,
    )  # fmt: skip
    booking = labelled(ctx, with_appointments(ctx, booking, wish.services, given, []), place)
    return shown_booking(booking, ZoneInfo(booking.timezone), *left_out)


@area.get("/calendars/services/bookings/{bookingId}", scope="calendars/events.readonly", only=V3)
def get_service_booking_by_id(ctx: Ctx, booking_id: str) -> ShownBooking:
    """One booking. 400 for an unknown one."""
    booking = booking_or_400(ctx, booking_id)
    return shown_booking(booking, ZoneInfo(booking.timezone))


@area.put("/calendars/services/bookings/{bookingId}", scope="calendars/events.write", only=V3)
def update_service_booking(ctx: Ctx, booking_id: str, query: Overriding, body: BookingChange) -> ShownBooking:
    """Change a booking: move it, change its services, cancel it. What is not sent stays.

    One that begins at another time takes as long. Times are looked at again if any of them changes, and if the booking
    took nobody's time before. 400 and 422 as for a new one.
    """
    before = booking_or_400(ctx, booking_id)
    check_timezone(body.timezone or None)
    place = place_or_400(ctx, body.service_location_id or before.service_location_id)
    where, left_out = _meeting(place, body.meeting_location or before.meeting_location)
    after = replace(
        before, title=body.title or before.title, status=body.status or before.status, service_location_id=place.id,
        timezone=body.timezone or before.timezone, meeting_location=where, date_updated=ctx.stamp,
    )  # fmt: skip
    was, wish, rows = _wish(before, BookingChange()), _wish(before, body), appointments_of(ctx, before)
    asleep, awake = not all(row.takes_time for row in rows), OF_APPOINTMENT[after.status] not in FREE
    if wish != was or (asleep and awake):
        lax = query.override_availability or not awake
        how = How(lax, query.skip_scheduling_notice or lax or wish == was, frozenset(row.id for row in rows))
        after = with_appointments(ctx, after, wish.services, _planned(ctx, wish, how), rows)
    after = labelled(ctx, after, place)
    return shown_booking(after, ZoneInfo(after.timezone), *left_out)


@area.delete("/calendars/services/bookings/{bookingId}", scope="calendars/events.write", only=V3)
def delete_service_booking(ctx: Ctx, booking_id: str) -> BookingGone:
    """Delete a booking and its appointments; its time can be booked again. 400 for an unknown one."""
    booking = booking_or_400(ctx, booking_id)
    for one in appointments_of(ctx, booking):
        remove(ctx, one)
    ctx.db.delete(BOOKINGS, booking.id)
    return BookingGone(success=True, message="Service booking deleted")


def _asked(services: Sequence[ServiceAsked]) -> list[ServiceAsked]:
    """In the order of their positions; those that say none stay where they are said."""
    numbered = enumerate(services)
    return [one for _, one in sorted(numbered, key=lambda pair: (pair[1].position or 0, pair[0]))]


def _wish(before: ServiceBooking, body: BookingChange) -> Wish:
    """What is wanted after a change. Services that stay are given by whom they were, unless they move."""
    was = seconds_of(before.start_time), seconds_of(before.end_time)
    start = was[0] if body.start_time is UNSET else said(body.start_time, "startTime")
    end = start + was[1] - was[0] if body.end_time is UNSET else said(body.end_time, "endTime")
    if body.services is not UNSET:
        return Wish(_asked(body.services), start, end)
    stays = (start, end) == was
    return Wish([replace(i.asked, staff_id=i.staff_id) if stays else i.asked for i in before.items], start, end)


def _planned(ctx: Ctx, wish: Wish, how: How) -> list[Given]:
    steps: list[Step] = []
    for one in wish.services:
        service = bookable_or_400(ctx, one.id)
        longer = sum(round((extra.duration or 0) * 60) for extra in one.add_ons)
        steps.append(Step(service, service.times(one.id), longer, one.staff_id))
    times = one_after_another([step.seconds for step in steps], wish.start, wish.end)
    if times is None or wish.end - wish.start > LONGEST:
        raise Unprocessable("endTime must not be before all services are given, nor 31 days after startTime")
    return planned(ctx, steps, times, how)


def _meeting(place: ServiceLocation, asked: str | None) -> tuple[str | None, list[str]]:
    """Where whoever books wants to meet, if that is theirs to say; and what is to be said of it."""
    if place.location_type == "ask_booker":
        if not asked:
            raise Unprocessable("meetingLocation should not be empty")
        return asked, []
    return None, [LEFT_OUT] if asked else []
