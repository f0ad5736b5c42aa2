"""Calendars and what is booked in them."""

from groundlevel.areas.calendars.appointment import (
    APPOINTMENTS,
    Appointment,
    CalendarEvent,
    appointment_or_400,
    shown_event,
)
from groundlevel.areas.calendars.calendar import CALENDARS, Calendar, calendar_or_400
from groundlevel.areas.calendars.events import AppointmentCreate, AppointmentDelete, AppointmentTold, AppointmentUpdate

__all__ = [
    "APPOINTMENTS",
    "CALENDARS",
    "Appointment",
    "AppointmentCreate",
    "AppointmentDelete",
    "AppointmentTold",
    "AppointmentUpdate",
    "Calendar",
    "CalendarEvent",
    "appointment_or_400",
    "calendar_or_400",
    "shown_event",
]
