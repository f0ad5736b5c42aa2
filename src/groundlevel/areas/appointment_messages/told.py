"""What was put into the outbox about appointments, so that what is not so any more does not leave."""

from groundlevel.areas.calendars import APPOINTMENTS, Appointment, NotificationKind, occurrences, seconds_of
from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.conversations import note_activity
from groundlevel.areas.outbox import Left, withdraw
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

AT_ONCE: tuple[NotificationKind, ...] = ("booked", "confirmation", "reschedule")
"""What tells when an appointment is, and has to be told anew if it is at another time before that has left."""
CHANGED = "the appointment has changed"
MOST = 1_000


class Told(Wire):
    """A message about an appointment; its id is the one that it has in the outbox.

    notice_id: what it was for: an appointment, a notification and a moment. start_time: of the time it is about.
    message_id: of its conversation; none where it goes to an address alone. to: the address, or the contact's id.
    """

    id: str
    notice_id: str
    notification_id: str
    appointment_id: str
    contact_id: str
    kind: NotificationKind
    start_time: str
    to: str
    message_id: str = ""


TOLD = declare(Table("appointment_messages", Told, index=("appointment_id", "notice_id")))


def still_so(one: Appointment, kind: NotificationKind, start: int) -> bool:
    """Whether it may be said of an appointment, as it is now, about the time that begins at `start`."""
    if kind == "cancellation":
        return one.appointment_status == "cancelled"
    if one.series:
        return one.takes_time and bool(occurrences(one.series, start, start + 1))
    return one.takes_time and one.start == start


def take_back(ctx: Ctx, appointment_id: str) -> list[Told]:
    """Let what is not so any more not leave; what was to be told of it at once, so that it is told anew."""
    one = ctx.db.get(APPOINTMENTS, appointment_id)
    anew: list[Told] = []
    for told in ctx.db.find(TOLD, Eq("appointment_id", appointment_id), limit=MOST):
        if one and still_so(one, told.kind, seconds_of(told.start_time)):
            continue
        if withdraw(ctx, told.id):
            ctx.emit(Left(id=told.id, message_id=told.message_id, became="failed", reason=CHANGED))
            anew += [told] if one and one.takes_time and told.kind in AT_ONCE else []
        if one is None or told in anew:
            ctx.db.delete(TOLD, told.id)
    return anew


@on(Left)
def note_failure(ctx: Ctx, left: Left) -> None:
    """What does not reach an address alone is noted where its contact is; the rest is in its conversation anyway."""
    told = ctx.db.get(TOLD, left.id) if left.became == "failed" and not left.message_id else None
    contact = ctx.db.get(CONTACTS, told.contact_id) if told else None
    if told and contact:
        note_activity(ctx, contact, "APPOINTMENT", f"The {told.kind} for {told.to} did not arrive: {left.reason}")
