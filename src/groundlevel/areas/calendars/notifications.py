"""Who is told what of a calendar's appointments, and when: /calendars/{calendarId}/notifications"""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.calendar import calendar_or_400
from groundlevel.areas.calendars.events import CalendarGone, NotificationsChanged
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_hex, sent

Receiver = Literal["contact", "guest", "assignedUser", "emails", "phoneNumbers", "business"]
Channel = Literal["email", "inApp", "sms", "whatsapp"]
Kind = Literal["booked", "confirmation", "cancellation", "reminder", "followup", "reschedule"]
MOST_KEPT = 500
"""Notifications that one calendar may have."""
ADMIN = "sub_account_admin"
"""Stands for the sub-account's administrators among the users that are told."""
UNITS = {
    "mins": timedelta(minutes=1), "minutes": timedelta(minutes=1), "hours": timedelta(hours=1),
    "days": timedelta(days=1), "weeks": timedelta(weeks=1), "months": timedelta(days=30),
}  # fmt: skip


class Offset(Body):
    """So much time before or after an appointment."""

    time_offset: Annotated[float, Meta(ge=0, le=100_000)]
    unit: Literal["mins", "minutes", "hours", "days", "weeks", "months"]

    @property
    def span(self) -> timedelta:
        """The time; a month has 30 days."""
        return UNITS[self.unit] * self.time_offset


Offsets = Annotated[list[Offset], Meta(max_length=20)]
Receivers = Annotated[list[Name], Meta(max_length=100)]


class NewNotification(Body):
    """What is sent to whom. A reminder needs `beforeTime` (the start), a follow-up `afterTime` (the end)."""

    receiver_type: Receiver
    channel: Channel
    notification_type: Kind
    is_active: bool = True
    template_id: Name | None = None
    body: Prose | None = None
    subject: Name | None = None
    after_time: Offsets = []
    before_time: Offsets = []
    additional_email_ids: Receivers = []
    additional_phone_numbers: Receivers = []
    additional_whatsapp_numbers: Receivers = []
    selected_users: Receivers = []
    from_address: Name | None = None
    from_name: Name | None = None
    from_number: Name | None = None


class NotificationChange(Body):
    """What to change about a notification; what is not sent stays. One that is `deleted` can be brought back."""

    receiver_type: Receiver | UnsetType = UNSET
    channel: Channel | UnsetType = UNSET
    notification_type: Kind | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET
    template_id: Name | None | UnsetType = UNSET
    body: Prose | None | UnsetType = UNSET
    subject: Name | None | UnsetType = UNSET
    after_time: Offsets | UnsetType = UNSET
    before_time: Offsets | UnsetType = UNSET
    additional_email_ids: Receivers | UnsetType = UNSET
    additional_phone_numbers: Receivers | UnsetType = UNSET
    additional_whatsapp_numbers: Receivers | UnsetType = UNSET
    selected_users: Receivers | UnsetType = UNSET
    from_address: Name | None | UnsetType = UNSET
    from_name: Name | None | UnsetType = UNSET
    from_number: Name | None | UnsetType = UNSET


class ShownNotification(Wire):
    """A notification of a calendar, as it is shown."""

    id: str = msgspec.field(name="_id")
    receiver_type: Receiver
    channel: Channel
    notification_type: Kind
    is_active: bool
    deleted: bool
    template_id: str | None = None
    body: str | None = None
    subject: str | None = None
    after_time: list[Offset] = []
    before_time: list[Offset] = []
    additional_email_ids: list[str] = []
    additional_phone_numbers: list[str] = []
    additional_whatsapp_numbers: list[str] = []
    selected_users: list[str] = []
    from_address: str | None = None
    from_name: str | None = None
    from_number: str | None = None


class Notification(ShownNotification, kw_only=True):
    """The same as it is kept."""

    id: str = msgspec.field(name="id")
    calendar_id: str
    date_added: str


class NotificationsWanted(Body):
    """Which of a calendar's notifications. Deleted ones only where they are asked for."""

    is_active: bool | None = None
    deleted: bool = False
    limit: Annotated[int, Meta(ge=1, le=MOST_KEPT)] = 100
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class NotificationDone(Wire):
    """The reply to a change and to deleting."""

    message: str


NOTIFICATIONS = declare(Table("calendar_notifications", Notification, index=("calendar_id",), order="date_added"))


@area.get("/calendars/{calendarId}/notifications", scope="calendars/events.readonly")
def get_event_notification(ctx: Ctx, calendar_id: str, query: NotificationsWanted) -> list[ShownNotification]:
    """A calendar's notifications, newest first. 400 for an unknown calendar."""
    fit = [
        one
        for one in notifications_of(ctx, calendar_or_400(ctx, calendar_id).id)
        if one.deleted == query.deleted and query.is_active in (None, one.is_active)
    ]
    return [_seen(one) for one in fit[query.skip : query.skip + query.limit]]


@area.post("/calendars/{calendarId}/notifications", scope="calendars/events.write", status=200)
def create_event_notification(
    ctx: Ctx, calendar_id: str, body: Annotated[list[NewNotification], Meta(min_length=1, max_length=50)]
) -> list[ShownNotification]:
    """Add notifications to a calendar, all of them or none.

    400 for an unknown calendar or user, and over 500 notifications; 422 for a reminder that says no `beforeTime`, and
    for a follow-up that says no `afterTime`.
    """
    calendar = calendar_or_400(ctx, calendar_id)
    if ctx.db.count(NOTIFICATIONS, Eq("calendar_id", calendar.id)) + len(body) > MOST_KEPT:
        raise BadRequest(f"A calendar can have no more than {MOST_KEPT} notifications")
    made = [
        Notification(**sent(one), id=new_hex(), deleted=False, calendar_id=calendar.id, date_added=ctx.stamp)
        for one in body
    ]
    kept = [_seen(_kept(ctx, one)) for one in made]
    ctx.emit(NotificationsChanged(calendar_id=calendar.id))
    return kept


@area.get("/calendars/{calendarId}/notifications/{notificationId}", scope="calendars/events.readonly")
def find_event_notification(ctx: Ctx, calendar_id: str, notification_id: str) -> ShownNotification:
    """One notification, also one that is `deleted`. 400 for an unknown one."""
    return _seen(notification_or_400(ctx, calendar_id, notification_id))


@area.put("/calendars/{calendarId}/notifications/{notificationId}", scope="calendars/events.write")
def update_event_notification(
    ctx: Ctx, calendar_id: str, notification_id: str, body: NotificationChange
) -> NotificationDone:
    """Change a notification: what is still to be sent follows. 400 for an unknown one, 422 as for a new one."""
    _kept(ctx, replace(notification_or_400(ctx, calendar_id, notification_id), **sent(body)))
    ctx.emit(NotificationsChanged(calendar_id=calendar_id))
    return NotificationDone(message="Notification updated")


@area.delete("/calendars/{calendarId}/notifications/{notificationId}", scope="calendars/events.write")
def delete_event_notification(ctx: Ctx, calendar_id: str, notification_id: str) -> NotificationDone:
    """Delete a notification for good. 400 for an unknown one."""
    ctx.db.delete(NOTIFICATIONS, notification_or_400(ctx, calendar_id, notification_id).id)
    return NotificationDone(message="Notification deleted")


def notification_or_400(ctx: Ctx, calendar_id: str, notification_id: str) -> Notification:
    """The calendar's notification with this id; 400 where there is none."""
    found = ctx.db.get(NOTIFICATIONS, notification_id)
    if found is None or found.calendar_id != calendar_id:
        raise BadRequest(f"Notification with id {notification_id} not found")
    return found


def notifications_of(ctx: Ctx, calendar_id: str) -> list[Notification]:
    """All of a calendar's notifications, newest first."""
    return ctx.db.find(NOTIFICATIONS, Eq("calendar_id", calendar_id), limit=MOST_KEPT)


@on(CalendarGone)
def forget_notifications(ctx: Ctx, gone: CalendarGone) -> None:
    """A calendar's notifications go with it."""
    for one in notifications_of(ctx, gone.calendar_id):
        ctx.db.delete(NOTIFICATIONS, one.id)


def _kept(ctx: Ctx, one: Notification) -> Notification:
    if one.notification_type == "reminder" and not one.before_time:
        raise Unprocessable("beforeTime should not be empty")
    if one.notification_type == "followup" and not one.after_time:
        raise Unprocessable("afterTime should not be empty")
    for user_id in one.selected_users:
        check_user(ctx, None if user_id == ADMIN else user_id)
    return ctx.db.put(NOTIFICATIONS, one)


def _seen(one: Notification) -> ShownNotification:
    return ShownNotification(**{name: getattr(one, name) for name in ShownNotification.__struct_fields__})
