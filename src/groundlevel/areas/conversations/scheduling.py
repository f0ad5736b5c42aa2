"""Taking back what was to be sent later: DELETE …/schedule"""

from msgspec.structs import replace

from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.emails import EMAILS, email_or_400
from groundlevel.areas.conversations.message import MESSAGES, message_or_400
from groundlevel.areas.outbox import withdraw
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Wire


class Cancelled(Wire, omit_defaults=False):
    """The reply. status: 200 when it was taken back, 404 where there was nothing to take back."""

    status: int
    message: str


DONE = Cancelled(status=200, message="Cancelled the scheduled message")
NOTHING = Cancelled(status=404, message="Failed cancel the scheduled message")
"""As published: the answer is 200 either way, and its body says which."""


@area.delete("/conversations/messages/{messageId}/schedule", scope="conversations/message.write")
def cancel_scheduled_message(ctx: Ctx, message_id: str) -> Cancelled:
    """Take back a message that is to leave later; it is removed.

    `status` in the reply is 404 where it has left, or was never scheduled. 400 for an unknown message.
    """
    message = message_or_400(ctx, message_id)
    ids = message.emails[-1:] or [message.id]
    if not withdraw(ctx, ids[0], only_scheduled=True):
        return NOTHING
    if message.emails:
        ctx.db.delete(EMAILS, ids[0])
    if len(message.emails) > 1:
        ctx.db.put(MESSAGES, replace(message, emails=message.emails[:-1], date_updated=ctx.stamp))
    else:
        ctx.db.delete(MESSAGES, message.id)
    return DONE


@area.delete("/conversations/messages/email/{emailMessageId}/schedule", scope="conversations/message.write")
def cancel_scheduled_email_message(ctx: Ctx, email_message_id: str) -> Cancelled:
    """Take back a mail that is to leave later, named by its own id or its thread's; it is removed. As for messages."""
    thread = ctx.db.get(MESSAGES, email_message_id)
    if thread is not None and not thread.emails:
        return NOTHING
    email = email_or_400(ctx, thread.emails[-1] if thread else email_message_id)
    if not withdraw(ctx, email.id, only_scheduled=True):
        return NOTHING
    ctx.db.delete(EMAILS, email.id)
    thread = ctx.db.get(MESSAGES, email.message_id)
    left = [id for id in thread.emails if id != email.id] if thread else []
    if thread and left:
        ctx.db.put(MESSAGES, replace(thread, emails=left, date_updated=ctx.stamp))
    elif thread:
        ctx.db.delete(MESSAGES, thread.id)
    return DONE
