"""Calendars and what is booked in them."""

from groundlevel.areas.calendars.appointments import APPOINTMENTS, Appointment

__all__ = ["APPOINTMENTS", "Appointment"]
