"""What can happen to calendars and appointments, with the payloads that webhooks carry."""

from typing import ClassVar

from groundlevel.kernel.events import Event
from groundlevel.kernel.wire import Wire, shown


class AppointmentTold(Wire):
    """What events say of an appointment; its times on its sub-account's clock."""

    id: str
    title: str
    calendar_id: str
    contact_id: str
    appointment_status: str
    start_time: str
    end_time: str
    date_added: str
    date_updated: str
    address: str | None = None
    group_id: str | None = None
    assigned_user_id: str | None = None
    notes: str | None = None
    source: str | None = None
    users: list[str] = shown()


class AppointmentEvent(Event):
    """What all events of an appointment say. `to_notify` false: nothing is to be sent, and no automation to run."""

    location_id: str
    appointment: AppointmentTold
    to_notify: bool = True


class AppointmentCreate(AppointmentEvent):
    """An appointment was booked."""


class AppointmentUpdate(AppointmentEvent):
    """Anything about an appointment changed: it was moved, cancelled, kept."""


class AppointmentDelete(AppointmentEvent):
    """An appointment was removed."""


class AppointmentNotification(Event):
    """Somebody is to be told of an appointment now, as a notification of its calendar says. `id`: what, of what, when.

    moment: of reminders and follow-ups, when they were to be sent; else when it happened. start_time: when
    the time that it is about begins, one of many in a series.
    """

    location_id: str
    id: str
    notification_id: str
    notification_type: str
    channel: str
    receiver_type: str
    appointment_id: str
    calendar_id: str
    contact_id: str
    moment: str
    start_time: str


class NotificationsChanged(Event):
    """A calendar's notifications changed."""

    logged: ClassVar[bool] = False
    calendar_id: str


class ServiceGone(Event):
    """A service was removed."""

    logged: ClassVar[bool] = False
    service_id: str


class CalendarGone(Event):
    """A calendar was removed."""

    logged: ClassVar[bool] = False
    calendar_id: str
