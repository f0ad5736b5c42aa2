"""Telling people of appointments: what a calendar raises as `AppointmentNotification` becomes messages that leave.

Each is a job of its own, which puts the messages into the outbox in the unit of work that removes it: so each is put
there once, and nothing that is wrong with one holds up a booking. Who cannot be told is noted in the conversation.
"""

from groundlevel.areas.appointment_messages.facts import Occasion
from groundlevel.areas.appointment_messages.receivers import receivers
from groundlevel.areas.appointment_messages.told import AT_ONCE, TOLD, still_so, take_back
from groundlevel.areas.appointment_messages.writing import Notice, write
from groundlevel.areas.calendars import (
    AppointmentDelete,
    AppointmentNotification,
    AppointmentUpdate,
    seconds_of,
    still_to_tell,
)
from groundlevel.areas.contacts import CONTACTS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq


@on(AppointmentNotification)
def tell_soon(ctx: Ctx, due: AppointmentNotification) -> None:
    """Write the messages as soon as what has happened is written down."""
    ctx.later(
        tell_of_appointment, notice_id=due.id, notification_id=due.notification_id, appointment_id=due.appointment_id,
        start_time=due.start_time,
    )  # fmt: skip


@on(AppointmentUpdate)
def follow_change(ctx: Ctx, changed: AppointmentUpdate) -> None:
    """What still waits to leave says how the appointment is now, or does not leave."""
    for told in {one.notice_id: one for one in take_back(ctx, changed.appointment.id)}.values():
        ctx.later(
            tell_of_appointment, notice_id=told.notice_id, notification_id=told.notification_id,
            appointment_id=told.appointment_id, start_time=told.start_time,
        )  # fmt: skip


@on(AppointmentDelete)
def follow_removal(ctx: Ctx, gone: AppointmentDelete) -> None:
    """Nothing more is said of an appointment that is gone."""
    take_back(ctx, gone.appointment.id)


@job()
def tell_of_appointment(ctx: Ctx, notice_id: str, notification_id: str, appointment_id: str, start_time: str) -> None:
    """Put the messages of a notification into the outbox, if what they say is still so."""
    found = still_to_tell(ctx, appointment_id, notification_id)
    if found is None:
        return
    one, by = found
    start = seconds_of(start_time)
    if by.notification_type in AT_ONCE and not one.series:
        start = one.start  # as it is now, if it was moved meanwhile
    late = by.notification_type == "reminder" and start <= ctx.now.timestamp()
    if late or not still_so(one, by.notification_type, start):
        return
    told = {each.to for each in ctx.db.find(TOLD, Eq("notice_id", notice_id), limit=1_000)}
    notice = Notice(notice_id, Occasion(one, start), by, ctx.db.get(CONTACTS, one.contact_id))
    for receiver in receivers(ctx, one, by):
        if receiver.key in told:
            continue
        try:
            write(ctx, notice, receiver)
        except BadRequest as refused:
            notice.note(ctx, f"was not sent to {receiver.called} by {by.channel}: {refused.messages[0]}")
