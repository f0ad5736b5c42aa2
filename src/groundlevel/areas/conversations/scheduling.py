"""Taking back what was to be sent later: DELETE …/schedule"""

from msgspec.structs import replace

from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.emails import EMAILS, email_or_400
from groundlevel.areas.conversations.message import MESSAGES, Message, message_or_400
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
    """Take back a message that is to leave later, of a thread of mail the last one that is to; it is removed.

    `status` in the reply is 404 where it has left, or was never scheduled. 400 for an unknown message.
    """
    message = message_or_400(ctx, message_id)
    return _taken_back(ctx, message, message.emails or [message.id])


@area.delete("/conversations/messages/email/{emailMessageId}/schedule", scope="conversations/message.write")
def cancel_scheduled_email_message(ctx: Ctx, email_message_id: str) -> Cancelled:
    """Take back a mail that is to leave later, named by its own id or its thread's; it is removed. As for messages."""
    thread = ctx.db.get(MESSAGES, email_message_id)
    if thread:
        return _taken_back(ctx, thread, thread.emails)
    email = email_or_400(ctx, email_message_id)
    return _taken_back(ctx, message_or_400(ctx, email.message_id), [email.id])


def _taken_back(ctx: Ctx, message: Message, ids: list[str]) -> Cancelled:
    """The last of these that is still to leave; a thread is then as its last mail is, and without any it is no more."""
    gone = next((id for id in reversed(ids) if withdraw(ctx, id, only_scheduled=True)), None)
    if gone is None:
        return NOTHING
    ctx.db.delete(EMAILS, gone)
    left = [id for id in message.emails if id != gone]
    last = ctx.db.get(EMAILS, left[-1]) if left else None
    if last is None:
        ctx.db.delete(MESSAGES, message.id)
    else:
        kept = replace(message, emails=left, status=last.status, fault=last.fault, date_updated=ctx.stamp)
        ctx.db.put(MESSAGES, kept)
    return DONE
