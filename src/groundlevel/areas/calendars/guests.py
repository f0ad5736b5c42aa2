"""Booking by whoever has a calendar's address: no token is asked for, and an appointment's address is the key to it.

Such an address bears a sum over the appointment's id that only this installation can make, so none has to be kept; it
opens the appointment until that is over.
"""

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.calendars.appointment import APPOINTMENTS, Appointment
from groundlevel.areas.calendars.appointment_writing import AppointmentChange, AppointmentInput, booked, changed
from groundlevel.areas.calendars.availability import Wanted, question
from groundlevel.areas.calendars.calendar import CALENDARS, Calendar
from groundlevel.areas.calendars.calendar_feeds import entry_of
from groundlevel.areas.calendars.crew import crew_of
from groundlevel.areas.calendars.ical_writing import feed
from groundlevel.areas.calendars.keeping import add, keep
from groundlevel.areas.calendars.moments import stored
from groundlevel.areas.calendars.repeating import repeated
from groundlevel.areas.calendars.slots import offered
from groundlevel.areas.contacts import ContactChange, alike, upserted
from groundlevel.areas.locations import own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.explain import violations
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.settings import Settings
from groundlevel.secret import derived, secret_of

SOURCE = "booking_widget"
FORM_LASTS = timedelta(hours=2)
"""How long a form can be sent after it was shown."""
OVER = "The appointment is over, or there is none any more."


class Guest(Struct, frozen=True):
    """Who books, as the form says it."""

    name: str
    email: str
    phone: str = ""
    notes: str = ""


def free_times(ctx: Ctx, calendar: Calendar, since: int, until: int, but: str = "") -> list[int]:
    """When appointments of a calendar can begin. but: an appointment that is about to move."""
    return offered(question(ctx, crew_of(ctx, calendar), Wanted(since, until, but=but)))


def book(ctx: Ctx, calendar: Calendar, start: int, guest: Guest) -> Appointment:
    """Book a time for a guest, who is the contact with this address or phone, or a new one.

    In a calendar whose appointments come again, the next ones are booked with it. 400 if the time is not free any more,
    422 with every fault of what was said; nothing has changed then.
    """
    ctx.db.alone(f"calendar {calendar.id}")
    location = own_location(ctx)
    told = {"name": guest.name.strip(), "email": guest.email.strip(), "source": calendar.name[:1_000]}
    told |= {"phone": guest.phone.strip()} if guest.phone.strip() else {}
    if wrong := violations(told, ContactChange):
        raise Unprocessable(*wrong)
    said = msgspec.convert(told, ContactChange)
    contact = upserted(ctx, location, said, alike(ctx, location, said))
    wanted = AppointmentInput(
        calendar_id=calendar.id, location_id=location.id, contact_id=contact.id, start_time=stored(start)
    )
    appointment = add(ctx, replace(booked(ctx, wanted, SOURCE), notes=guest.notes.strip() or None))
    repeated(ctx, calendar, appointment)
    return appointment


def move(ctx: Ctx, appointment: Appointment, start: int) -> Appointment:
    """Move a guest's appointment to another free time. 400 if it is not free, or may not be moved."""
    calendar = ctx.db.get(CALENDARS, appointment.calendar_id)
    if calendar is None or not can_move(ctx, appointment, calendar):
        raise BadRequest(OVER)
    ctx.db.alone(f"calendar {calendar.id}")
    return keep(ctx, appointment, changed(ctx, appointment, AppointmentChange(start_time=stored(start))))


def cancel(ctx: Ctx, appointment: Appointment) -> Appointment:
    """Cancel a guest's appointment. 400 if it may not be cancelled."""
    calendar = ctx.db.get(CALENDARS, appointment.calendar_id)
    if calendar is None or not can_cancel(ctx, appointment, calendar):
        raise BadRequest(OVER)
    return keep(ctx, appointment, changed(ctx, appointment, AppointmentChange(appointment_status="cancelled")))


class Links(Struct, frozen=True):
    """Where the guest sees an appointment, moves it, ends it (each empty where it cannot), and its file."""

    page: str
    move: str
    cancel: str
    file: str


def links_of(ctx: Ctx, one: Appointment) -> Links:
    """The addresses of an appointment for its guest."""
    page = f"{ctx.settings.public_url.rstrip('/')}/widget/appointment/{ticket(ctx.settings, one)}"
    calendar = ctx.db.get(CALENDARS, one.calendar_id)
    moves, ends = (calendar is not None and can(ctx, one, calendar) for can in (can_move, can_cancel))
    return Links(page, f"{page}/move" if moves else "", page if ends else "", f"{page}/appointment.ics")


def can_move(ctx: Ctx, appointment: Appointment, calendar: Calendar) -> bool:
    """Whether the guest may move it: it has not begun, and the calendar lets one."""
    return calendar.allow_reschedule and calendar.is_active and _to_come(ctx, appointment)


def can_cancel(ctx: Ctx, appointment: Appointment, calendar: Calendar) -> bool:
    """Whether the guest may cancel it."""
    return calendar.allow_cancellation and _to_come(ctx, appointment)


def _to_come(ctx: Ctx, appointment: Appointment) -> bool:
    """Whether it stands and has not begun; a series is its sub-account's to change."""
    return appointment.takes_time and not appointment.series and appointment.start > ctx.now.timestamp()


# --- addresses and forms ---


def ticket(settings: Settings, appointment: Appointment) -> str:
    """The part of an appointment's address that nobody can guess."""
    named = f"{appointment.location_id}.{appointment.id}"
    return f"{named}.{_sum(settings, 'appointment', named)}"


def place_of(settings: Settings, said: str) -> tuple[str, str] | None:
    """(sub-account, appointment) that an address is the key to; None for one that nobody was given."""
    location_id, _, rest = said.partition(".")
    appointment_id, _, proof = rest.partition(".")
    fits = hmac.compare_digest(
        proof.encode(), _sum(settings, "appointment", f"{location_id}.{appointment_id}").encode()
    )
    return (location_id, appointment_id) if fits else None


def appointment_of(ctx: Ctx, appointment_id: str) -> Appointment | None:
    """The appointment, until a day after it is over."""
    found = ctx.db.get(APPOINTMENTS, appointment_id)
    over = found is None or found.end + timedelta(days=1).total_seconds() < ctx.now.timestamp()
    return None if over else found


def form_key_for(ctx: Ctx, about: str) -> str:
    """What a form must bring that was shown now: it is about one thing, and sent within two hours."""
    at = str(int(ctx.now.timestamp()))
    return f"{at}.{_sum(ctx.settings, 'form', f'{about} {at}')}"


def form_fits(ctx: Ctx, about: str, said: str) -> bool:
    """Whether a form was shown here, about this, and not too long ago."""
    at, _, proof = said.partition(".")
    fits = hmac.compare_digest(proof.encode(), _sum(ctx.settings, "form", f"{about} {at}").encode())
    return fits and 0 <= ctx.now.timestamp() - int(at) <= FORM_LASTS.total_seconds()


def file_of(ctx: Ctx, one: Appointment) -> bytes:
    """An appointment in iCalendar, for the guest's own calendar."""
    calendar = ctx.db.get(CALENDARS, one.calendar_id)
    name = calendar.name if calendar else one.title
    entry = replace(entry_of(one, ctx.settings), title=f"{name}, {own_location(ctx).name}", description="")
    return feed(name, [entry])


def _sum(settings: Settings, purpose: str, text: str) -> str:
    key = derived(secret_of(settings), f"booking {purpose}")
    return urlsafe_b64encode(hmac.new(key, text.encode(), sha256).digest()[:18]).decode()
