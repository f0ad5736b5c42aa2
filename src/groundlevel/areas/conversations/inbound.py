"""What comes in from a contact, whichever way: the one function that receives, and the words that it heeds."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.contacts import CONTACTS, Contact, close_channel, open_channel
from groundlevel.areas.conversations.conversation import (
    CONVERSATIONS,
    Conversation,
    conversation_of,
    with_message,
)
from groundlevel.areas.conversations.emails import EMAILS, Email
from groundlevel.areas.conversations.events import tell_unread, told
from groundlevel.areas.conversations.message import MESSAGES, Message
from groundlevel.areas.conversations.sending import BEGINNING, Sent
from groundlevel.areas.conversations.types import CALLS
from groundlevel.areas.outbox import LISTENED, Channel, word_of
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Eq

SAID_STOP, SAID_START = "STOP_KEYWORD", "START_KEYWORD"
MOST_ALIKE = 20


class Received(Struct, kw_only=True):
    """What has come, besides the message: the mail if it is one, and on which channel words are heeded.

    quiet: that a program has written it, which nothing is to react to: apps and automations are not told.
    """

    message: Message
    email: Email | None = None
    listened: Channel | None = None
    quiet: bool = False


def receive(ctx: Ctx, contact: Contact, one: Received) -> Sent:
    """Keep what has come from a contact: it is unread, it is told of, and STOP closes the channel at once."""
    message, email = one.message, one.email
    if email:
        ctx.db.put(EMAILS, email)
        message = replace(message, emails=[*message.emails, email.id], date_updated=ctx.stamp, status="delivered")
    ctx.db.put(MESSAGES, message)
    before = conversation_of(ctx, contact)
    latest = message if email is None else replace(
        message, direction=email.direction, date_added=email.date_added, body=(email.text or email.body)[:BEGINNING]
    )  # fmt: skip
    after = ctx.db.put(CONVERSATIONS, with_message(before, latest))
    if not one.quiet:
        ctx.emit(told(ctx, message, email))
    tell_unread(ctx, before, after)
    if one.listened and message.direction == "inbound":
        heed(ctx, contact, one.listened, message.body)
    return Sent(message, email)


def heed(ctx: Ctx, contact: Contact, channel: Channel, text: str) -> None:
    """STOP closes the channel for whoever has the number; START opens it again."""
    word, of = word_of(text), LISTENED.get(channel)
    if word not in ("stop", "start") or of is None:
        return
    alike = ctx.db.find(CONTACTS, Eq("phone", contact.phone), limit=MOST_ALIKE) if contact.phone else []
    for one in {c.id: c for c in (contact, *alike)}.values():
        if word == "stop":
            close_channel(ctx, one, of, SAID_STOP)
        else:
            open_channel(ctx, one, of, SAID_START)


def new_message(conversation: Conversation, id: str, **fields: Any) -> Message:
    """A message of the conversation."""
    return Message(id=id, conversation_id=conversation.id, contact_id=conversation.contact_id, **fields)


def is_call(message: Message) -> bool:
    """Whether it is a call."""
    return message.type in CALLS
