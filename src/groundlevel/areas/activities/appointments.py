"""Appointments, as they are told in the conversation with their contact."""

from groundlevel.areas.calendars import AppointmentCreate, AppointmentDelete, AppointmentTold, AppointmentUpdate
from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.conversations import note_activity
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on


@on(AppointmentCreate)
def tell_booked(ctx: Ctx, made: AppointmentCreate) -> None:
    """Something was booked."""
    _tell(ctx, made.appointment, f"was booked for {_when(made.appointment)}")


@on(AppointmentUpdate)
def tell_changed(ctx: Ctx, changed: AppointmentUpdate) -> None:
    """It was moved, cancelled, kept, or changed in another way."""
    told = changed.appointment
    _tell(ctx, told, f"at {_when(told)} is now {told.appointment_status}")


@on(AppointmentDelete)
def tell_removed(ctx: Ctx, gone: AppointmentDelete) -> None:
    """It was removed."""
    _tell(ctx, gone.appointment, f"for {_when(gone.appointment)} was removed")


def _when(told: AppointmentTold) -> str:
    """On the sub-account's clock, as events say it."""
    return told.start_time[:16].replace("T", " ")


def _tell(ctx: Ctx, told: AppointmentTold, what: str) -> None:
    contact = ctx.db.get(CONTACTS, told.contact_id)
    if contact:
        note_activity(ctx, contact, "APPOINTMENT", f"Appointment {told.title} {what}")
