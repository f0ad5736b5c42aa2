"""Calendars and what is booked in them."""

from groundlevel.areas.calendars.appointment import (
    APPOINTMENTS,
    Appointment,
    CalendarEvent,
    appointment_or_400,
    shown_event,
)
from groundlevel.areas.calendars.calendar import CALENDARS, Calendar, calendar_or_400
from groundlevel.areas.calendars.calendar_feeds import entry_of
from groundlevel.areas.calendars.events import (
    AppointmentCreate,
    AppointmentDelete,
    AppointmentNotification,
    AppointmentTold,
    AppointmentUpdate,
)
from groundlevel.areas.calendars.guests import Links, links_of
from groundlevel.areas.calendars.ical_writing import Who, invitation
from groundlevel.areas.calendars.moments import seconds_of, stored
from groundlevel.areas.calendars.notifications import ADMIN, Notification
from groundlevel.areas.calendars.notifications import Kind as NotificationKind
from groundlevel.areas.calendars.recurrence import occurrences
from groundlevel.areas.calendars.usual_notifications import still_to_tell

__all__ = [
    "ADMIN",
    "APPOINTMENTS",
    "CALENDARS",
    "Appointment",
    "AppointmentCreate",
    "AppointmentDelete",
    "AppointmentNotification",
    "AppointmentTold",
    "AppointmentUpdate",
    "Calendar",
    "CalendarEvent",
    "Links",
    "Notification",
    "NotificationKind",
    "Who",
    "appointment_or_400",
    "calendar_or_400",
    "entry_of",
    "invitation",
    "links_of",
    "occurrences",
    "seconds_of",
    "shown_event",
    "still_to_tell",
    "stored",
]
