"""What becomes of messages when their conversation or contact is gone. What may be many is done in portions."""

from groundlevel.areas.contacts import ContactDelete
from groundlevel.areas.conversations.conversation import CONVERSATIONS, conversation_id
from groundlevel.areas.conversations.emails import EMAILS
from groundlevel.areas.conversations.message import MESSAGES
from groundlevel.areas.conversations.recordings import forget_transcription
from groundlevel.areas.conversations.types import CALLS
from groundlevel.areas.medias import remove_attached
from groundlevel.areas.outbox import withdraw
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Eq, Range

PORTION = 200


def forget_messages_of(ctx: Ctx, conversation_id: str) -> None:
    """Remove what was said in a conversation until now: some of it at once, the rest later."""
    _forget(ctx, conversation_id, ctx.stamp)


@on(ContactDelete)
def forget_conversation(ctx: Ctx, gone: ContactDelete) -> None:
    """A contact's conversation goes with it."""
    id = conversation_id(gone.id)
    if ctx.db.delete(CONVERSATIONS, id):
        forget_messages_of(ctx, id)


@job()
def forget_messages(ctx: Ctx, conversation_id: str, before: str) -> None:
    """Remove a portion of what was said in a conversation until a moment, and go on with the next."""
    _forget(ctx, conversation_id, before)


def _forget(ctx: Ctx, conversation_id: str, before: str) -> None:
    """A conversation that has begun anew meanwhile keeps what is newer. What was to leave later does not."""
    until = Eq("conversation_id", conversation_id), Range("date_updated", "<=", before)
    found = ctx.db.find(MESSAGES, *until, limit=PORTION)
    for message in found:
        for id in message.emails:
            ctx.db.delete(EMAILS, id)
        if message.scheduled_for:
            for id in message.emails or [message.id]:
                withdraw(ctx, id)
        for url in message.attachments:
            remove_attached(ctx, url)
        if message.type in CALLS:
            forget_transcription(ctx, message.id)
        ctx.db.delete(MESSAGES, message.id)
    if len(found) == PORTION:
        ctx.later(forget_messages, conversation_id=conversation_id, before=before)
