"""What can happen in conversations, with the payloads that webhooks carry."""

import msgspec
from msgspec.structs import replace

from groundlevel.areas.conversations.conversation import Conversation
from groundlevel.areas.conversations.emails import Email
from groundlevel.areas.conversations.message import HTML, PLAIN, Message
from groundlevel.areas.conversations.types import CALLS, TOLD
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event
from groundlevel.kernel.wire import shown


class MessageEvent(Event):
    """What all events of a message say of it. Of mail, to, cc and bcc are lists; of the rest, to is a number."""

    location_id: str
    contact_id: str
    conversation_id: str
    message_id: str
    date_added: str
    direction: str
    message_type: str
    message_type_id: int
    content_type: str
    status: str | None = None
    body: str | None = None
    attachments: list[str] = shown()
    user_id: str | None = None
    source: str | None = None
    conversation_provider_id: str | None = None
    alt_id: str | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    to: str | list[str] | None = None
    cc: list[str] | None = None
    bcc: list[str] | None = None
    subject: str | None = None
    email_message_id: str | None = None
    thread_id: str | None = None
    provider: str | None = None
    plain_text: str | None = None
    call_duration: int | None = None
    call_status: str | None = None
    mentions: list[str] | None = None


class InboundMessage(MessageEvent):
    """A contact has written or called."""


class OutboundMessage(MessageEvent):
    """A contact was written to or called, or a comment was made about it."""


class ConversationUnreadUpdate(Event):
    """A conversation has more unread messages, or none any more."""

    location_id: str
    id: str
    contact_id: str
    unread_count: int
    inbox: bool
    starred: bool
    deleted: bool


def told(ctx: Ctx, message: Message, email: Email | None = None) -> InboundMessage | OutboundMessage:
    """The event of a message; of mail, of the one that it is about."""
    direction = email.direction if email else message.direction
    kind = InboundMessage if direction == "inbound" else OutboundMessage
    event = kind(
        location_id=ctx.location_id, contact_id=message.contact_id, conversation_id=message.conversation_id,
        message_id=message.id, date_added=message.date_added, direction=direction,
        message_type=TOLD[message.type], message_type_id=message.type, content_type=HTML if message.html else PLAIN,
        status=message.call_status if message.type in CALLS else message.status, body=message.body or None,
        attachments=message.attachments, user_id=message.user_id, source=message.source,
        conversation_provider_id=message.provider_id, alt_id=message.alt_id, from_=message.from_, to=message.to,
        call_duration=message.call_duration, call_status=message.call_status, mentions=message.mentions or None,
    )  # fmt: skip
    if email is None:
        return event
    return replace(
        event, date_added=email.date_added, body=email.body or None, status=email.status,
        attachments=email.attachments, from_=email.from_, to=email.to, cc=email.cc or None, bcc=email.bcc or None,
        subject=email.subject, email_message_id=email.id, thread_id=message.id, provider=email.provider,
        plain_text=email.text or None, content_type=HTML if email.html else PLAIN,
    )  # fmt: skip


def tell_unread(ctx: Ctx, before: Conversation, after: Conversation) -> None:
    """Tell it where the number of unread messages has changed."""
    if before.unread_count != after.unread_count:
        ctx.emit(
            ConversationUnreadUpdate(
                location_id=ctx.location_id, id=after.id, contact_id=after.contact_id, unread_count=after.unread_count,
                inbox=True, starred=bool(after.starred), deleted=False,
            )
        )  # fmt: skip
