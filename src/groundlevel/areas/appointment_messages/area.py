"""Confirmations, reminders and follow-ups of appointments, as messages."""

from groundlevel.kernel.area import Area

area = Area("appointment_messages", "Appointment messages", versionless=True)
