"""The message itself: its record, its table, and how it is shown. It is the largest table that an installation has."""

from typing import Literal

import msgspec

from groundlevel.areas.conversations.types import CALLS, MAILS, SHOWN
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

Status = Literal[
    "connected", "delivered", "failed", "opened", "pending", "read", "scheduled", "sent", "undelivered", "clicked",
    "opt_out", "queued",
]  # fmt: skip
CallStatus = Literal["pending", "completed", "answered", "busy", "no-answer", "failed", "canceled", "voicemail"]
Source = Literal["workflow", "bulk_actions", "campaign", "api", "app"]
PLAIN, HTML = "text/plain", "text/html"


class Fault(Wire):
    """Why a message has not arrived, as its provider says it."""

    code: str = ""
    type: str = ""
    message: str = ""


class Message(Wire):
    """Something that was said, or that happened. Its sub-account is whoever owns the row.

    alt_id: what a provider calls it. from_, to: numbers, of texts and
    calls. emails: of a message that is a thread of mail, the ids of each. recording: of a call, where it is kept.
    """

    id: str
    conversation_id: str
    contact_id: str
    type: int
    direction: Literal["inbound", "outbound"]
    date_added: str
    date_updated: str
    body: str = ""
    status: Status | None = None
    html: bool = False
    attachments: list[str] = []
    source: Source | None = None
    user_id: str | None = None
    provider_id: str | None = None
    alt_id: str | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    subject: str | None = None
    emails: list[str] = []
    mentions: list[str] = []
    fault: Fault | None = None
    call_status: CallStatus | None = None
    call_duration: int | None = None
    sub_type: str | None = None
    scheduled_for: str | None = None
    appointment_id: str | None = None
    review_id: str | None = None
    chat_widget_id: str | None = None


class MailsOfThread(Wire):
    """Of a thread of mail, the id of each."""

    message_ids: list[str]


class Meta(Wire):
    """What there is to say of calls and of mail."""

    call_duration: str | None = None
    call_status: CallStatus | None = None
    email: MailsOfThread | None = None


class ShownMessage(Wire):
    """A message as callers see it."""

    id: str
    type: int
    message_type: str
    location_id: str
    contact_id: str
    conversation_id: str
    date_added: str
    direction: Literal["inbound", "outbound"]
    content_type: str
    attachments: list[str]
    date_updated: str
    body: str | None = None
    status: Status | None = None
    meta: Meta | None = None
    source: Source | None = None
    user_id: str | None = None
    conversation_provider_id: str | None = None
    alt_id: str | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    subject: str | None = None
    mentions: list[str] | None = None
    error: Fault | None = None
    sub_type: str | None = None
    chat_widget_id: str | None = None


MESSAGES = declare(
    Table(
        "messages", Message, order="date_added", index=("conversation_id", "type", "date_updated"), sparse=("alt_id",)
    )
)


def shown_message(ctx: Ctx, m: Message) -> ShownMessage:
    """A message as callers see it; of a call its recording is got by an operation of its own."""
    meta = None
    if m.type in CALLS:
        duration = None if m.call_duration is None else str(m.call_duration)
        meta = Meta(call_duration=duration, call_status=m.call_status)
    elif m.type in MAILS:
        meta = Meta(email=MailsOfThread(message_ids=m.emails))
    return ShownMessage(
        id=m.id, type=m.type, message_type=SHOWN[m.type], location_id=ctx.location_id, contact_id=m.contact_id,
        conversation_id=m.conversation_id, date_added=m.date_added, date_updated=m.date_updated,
        direction=m.direction, content_type=HTML if m.html else PLAIN, body=m.body or None, status=m.status,
        attachments=[] if m.type in CALLS else m.attachments, meta=meta, source=m.source, user_id=m.user_id,
        conversation_provider_id=m.provider_id, alt_id=m.alt_id, from_=m.from_, to=m.to, subject=m.subject,
        mentions=m.mentions or None, error=m.fault, sub_type=m.sub_type, chat_widget_id=m.chat_widget_id,
    )  # fmt: skip


def message_or_400(ctx: Ctx, id: str) -> Message:
    """The sub-account's message with this id; 400 where there is none."""
    found = ctx.db.get(MESSAGES, id)
    if found is None:
        raise BadRequest(f"Message with id {id} not found")
    return found
