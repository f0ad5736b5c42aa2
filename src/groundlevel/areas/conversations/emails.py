"""Mail: each one of a thread, which is a message. /conversations/messages/email/{id}"""

from email.utils import parseaddr
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.counters import Counters, merged
from groundlevel.areas.conversations.message import HTML, MESSAGES, PLAIN, Fault, Source
from groundlevel.areas.outbox import outgoing, provider_or_400
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Forbidden
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V3
from groundlevel.kernel.wire import Body, Wire, shown

EmailStatus = Literal[
    "pending", "scheduled", "sent", "delivered", "read", "undelivered", "connected", "failed", "opened", "clicked"
]
Address = Annotated[str, Meta(max_length=320)]


class Recipient(Wire):
    """What became of a mail at one of those it went to."""

    email: str
    status: EmailStatus
    fail_reason: str | None = None


class Email(Wire):
    """A mail of a thread; message_id is the thread. html: whether `body` is HTML, and then `text` says it plainly.

    internet_id, references: as headers of mail have them, to find the thread of what comes in. alt_id: the provider's
    own id. provider: what carried it. first_*: when each was first reported.
    """

    id: str
    message_id: str
    conversation_id: str
    contact_id: str
    direction: Literal["inbound", "outbound"]
    date_added: str
    from_: str = msgspec.field(name="from")
    to: list[str] = shown()
    subject: str | None = None
    body: str = ""
    html: bool = False
    text: str = ""
    status: EmailStatus | None = None
    cc: list[str] = []
    bcc: list[str] = []
    attachments: list[str] = []
    reply_to: str | None = None
    source: Source | None = None
    user_id: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    alt_id: str | None = None
    internet_id: str | None = None
    references: list[str] = []
    events: Counters = msgspec.field(default_factory=Counters)
    first_delivered_at: str | None = None
    first_opened_at: str | None = None
    first_clicked_at: str | None = None
    recipients: list[Recipient] = []
    fault: Fault | None = None
    scheduled_for: str | None = None


class ShownEmail(Wire):
    """A mail as callers see it."""

    id: str
    thread_id: str
    location_id: str
    contact_id: str
    conversation_id: str
    date_added: str
    direction: Literal["inbound", "outbound"]
    body: str
    content_type: str
    from_: str = msgspec.field(name="from")
    to: list[str]
    subject: str | None = None
    status: EmailStatus | None = None
    attachments: list[str] = shown()
    cc: list[str] = shown()
    bcc: list[str] = shown()
    alt_id: str | None = None
    provider: str | None = None
    reply_to_message_id: str | None = None
    source: Source | None = None
    user_id: str | None = None
    conversation_provider_id: str | None = None
    error: Fault | None = None


class RecipientChange(Body):
    """What became of a mail at one of its recipients."""

    email_id: Address
    status: EmailStatus
    fail_reason: Annotated[str, Meta(max_length=1_000)] | None = None


class EmailStatusChange(Body):
    """What a provider reports of a mail. events: numbers that are added to what was reported before."""

    status: EmailStatus
    events: Counters | None = None
    recipients: Annotated[list[RecipientChange], Meta(max_length=500)] = []


class EmailChanged(Wire, omit_defaults=False):
    """The reply to a report."""

    success: bool
    message: str


EMAILS = declare(
    Table(
        "emails", Email, order="date_added", index=("message_id", "conversation_id"), sparse=("internet_id", "alt_id")
    )
)


@area.get("/conversations/messages/email/{id}", scope="conversations/message.readonly")
def get_email_by_id(ctx: Ctx, id: str) -> ShownEmail:
    """One mail of a thread. 400 for an unknown one."""
    return shown_email(ctx, email_or_400(ctx, id))


@area.put("/conversations/messages/email/{id}/status", scope="conversations/message.write", only=V3)
def update_email_message_status(ctx: Ctx, id: str, body: EmailStatusChange) -> EmailChanged:
    """Report what became of a mail that a provider has carried.

    What is reported implies more: opened implies delivered, and so on. 403 for whoever has not carried it: only the
    provider's own app (a private integration, where the provider is the sub-account's own) may say. 400 for an unknown
    mail, and for a recipient it did not go to.
    """
    email = email_or_400(ctx, id)
    carried_by_caller(ctx, email.provider_id, email.id)
    events = merged(email.events, body.events or Counters())
    changed = replace(
        email, status=body.status, events=events, recipients=recipients_after(email, body.recipients),
        first_delivered_at=email.first_delivered_at or (ctx.stamp if events.delivered else None),
        first_opened_at=email.first_opened_at or (ctx.stamp if events.opened else None),
        first_clicked_at=email.first_clicked_at or (ctx.stamp if events.clicked else None),
    )  # fmt: skip
    keep_email(ctx, changed)
    return EmailChanged(success=True, message="Updated email message successfully")


def shown_email(ctx: Ctx, e: Email) -> ShownEmail:
    """A mail as callers see it."""
    return ShownEmail(
        id=e.id, thread_id=e.message_id, location_id=ctx.location_id, contact_id=e.contact_id,
        conversation_id=e.conversation_id, date_added=e.date_added, direction=e.direction, body=e.body,
        content_type=HTML if e.html else PLAIN, from_=e.from_, to=e.to, subject=e.subject, status=e.status,
        attachments=e.attachments, cc=e.cc, bcc=e.bcc, alt_id=e.alt_id, provider=e.provider,
        reply_to_message_id=e.reply_to, source=e.source, user_id=e.user_id, conversation_provider_id=e.provider_id,
        error=e.fault,
    )  # fmt: skip


def email_or_400(ctx: Ctx, id: str) -> Email:
    """The sub-account's mail with this id; 400 where there is none."""
    found = ctx.db.get(EMAILS, id)
    if found is None:
        raise BadRequest(f"Email message with id {id} not found")
    return found


def recipients_after(email: Email, told: list[RecipientChange]) -> list[Recipient]:
    """What is known of a mail's recipients with what is told of some. 400 for one that it did not go to."""
    known = {parseaddr(address)[1].lower() for address in (*email.to, *email.cc, *email.bcc)}
    if unknown := [one.email_id for one in told if one.email_id.lower() not in known]:
        raise BadRequest(f"{unknown[0]} is none of the recipients of the mail")
    said = {
        one.email_id.lower(): Recipient(email=one.email_id, status=one.status, fail_reason=one.fail_reason)
        for one in told
    }
    return [*(one for one in email.recipients if one.email.lower() not in said), *said.values()]


def keep_email(ctx: Ctx, email: Email) -> Email:
    """Store a mail that has changed; of its thread, if it is the last one there, the status too."""
    thread = ctx.db.get(MESSAGES, email.message_id)
    if thread and thread.emails and thread.emails[-1] == email.id and thread.status != email.status:
        ctx.db.put(MESSAGES, replace(thread, status=email.status, fault=email.fault, date_updated=ctx.stamp))
    return ctx.db.put(EMAILS, email)


def carried_by_caller(ctx: Ctx, provider_id: str | None, id: str) -> None:
    """403 unless the caller is the one whose provider this is. Source: the hosted service's maintainers on status
    updates, who answer 403 where a message has not been given to the caller's provider.

    id: of the message or mail as it left: what named no provider is the default one's that took it.
    """
    refused = Forbidden("No conversation provider found for this message")
    left = None if provider_id else outgoing(ctx, id)
    if left and left.via == "provider" and left.state != "waiting":
        provider_id = left.via_id
    if provider_id is None:
        raise refused
    try:
        provider = provider_or_400(ctx, provider_id)
    except BadRequest:
        raise refused from None
    if provider.app_id != ctx.caller.app_id:
        raise refused
