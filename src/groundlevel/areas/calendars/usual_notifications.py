"""By which notifications people are told of an appointment: the calendar's own, or the usual ones.

Whoever books at a calendar's page is told by mail what was booked, moved or cancelled, unless the calendar says itself
who is told what: as soon as it has a notification, its own are all there are.
"""

from groundlevel.areas.calendars.appointment import APPOINTMENTS, Appointment
from groundlevel.areas.calendars.guests import SOURCE
from groundlevel.areas.calendars.notifications import NOTIFICATIONS, Kind, Notification, notifications_of
from groundlevel.kernel.ctx import Ctx

KINDS: tuple[Kind, ...] = ("booked", "confirmation", "reschedule", "cancellation")
USUAL = {
    f"usual-{kind}": Notification(
        id=f"usual-{kind}", calendar_id="", date_added="", receiver_type="contact", channel="email",
        notification_type=kind, is_active=True, deleted=False,
    )
    for kind in KINDS
}  # fmt: skip
"""What whoever books at a page is told where nothing else is said, by their ids."""


def told_of(ctx: Ctx, one: Appointment) -> list[Notification]:
    """What there is to tell of an appointment, also what is switched off."""
    own = notifications_of(ctx, one.calendar_id)
    return list(USUAL.values()) if not own and one.source == SOURCE else own


def still_to_tell(ctx: Ctx, appointment_id: str, notification_id: str) -> tuple[Appointment, Notification] | None:
    """The appointment and the notification by which it is to be told; None where either is gone or switched off."""
    one = ctx.db.get(APPOINTMENTS, appointment_id)
    by = USUAL.get(notification_id) or ctx.db.get(NOTIFICATIONS, notification_id)
    return (one, by) if one and by and by.is_active and not by.deleted else None
