"""Sending a message: POST /conversations/messages"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from groundlevel.areas.contacts import contact_or_400, normal_phone
from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.emails import EMAILS, Email, email_or_400
from groundlevel.areas.conversations.forwarding import Forward, Forwarded, forwarded
from groundlevel.areas.conversations.message import MESSAGES, Message, message_or_400
from groundlevel.areas.conversations.sending import Sending, send
from groundlevel.areas.conversations.types import MAILS, custom_channel
from groundlevel.areas.locations import own_location, template_or_400
from groundlevel.areas.outbox import KeptProvider, provider_for_caller
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.wire import Body, Name, Prose, Wire, iso

LATEST_S = 253_402_300_799
Kind = Literal["SMS", "RCS", "Email", "WhatsApp", "IG", "FB", "Custom", "Live_Chat", "TIKTOK"]
Address = Annotated[str, Meta(max_length=320)]
Addresses = Annotated[list[Address], Meta(max_length=100)]
Attachments = Annotated[list[Annotated[str, Meta(max_length=2_000)]], Meta(max_length=20)]
Subject = Annotated[str, Meta(max_length=1_000)]
FITS = {"SMS": ("SMS",), "Email": ("Email",), "Custom": ("Custom", "SMS", "Email")}
"""Which types of providers carry messages of a kind."""


class NewMessage(Body):
    """What is to be sent to whom.

    scheduledTimestamp: when, in seconds since 1970; what is past is at once. emailTo, toNumber: another address than
    the contact's own. threadId: the thread of mail it goes on with; replyMessageId: what it answers. templateId: a
    template that says what is not said here. subType, status, usesNativeSchedulingAi, optimizationPeriod: no effect.
    """

    type: Kind
    contact_id: Name
    sub_type: Any = None
    appointment_id: Name | None = None
    attachments: Attachments = []
    email_from: Address | None = None
    email_cc: Addresses = []
    email_bcc: Addresses = []
    html: Prose | None = None
    message: Prose | None = None
    subject: Subject | None = None
    reply_message_id: Name | None = None
    template_id: Name | None = None
    thread_id: Name | None = None
    scheduled_timestamp: Annotated[float, Meta(ge=0, le=LATEST_S)] | None = None
    conversation_provider_id: Name | None = None
    email_to: Address | None = None
    custom_subtype_id: Name | None = None
    email_reply_mode: Literal["reply", "reply_all"] | None = None
    from_number: Annotated[str, Meta(max_length=50)] | None = None
    to_number: Annotated[str, Meta(max_length=50)] | None = None
    forward: Forward | None = None
    status: Name | None = None
    uses_native_scheduling_ai: bool = False
    optimization_period: Literal["24h", "48h", "72h"] | None = None


class Queued(Wire):
    """The reply: the message, first, of mail the mail too, and that it waits to leave."""

    message_id: str
    conversation_id: str
    status: Literal["delivered", "failed", "pending", "read"]
    email_message_id: str | None = None
    message_ids: list[str] | None = None
    msg: str | None = None
    forward_data: Forwarded | None = None
    trace_id: str | None = None


@area.post("/conversations/messages", scope="conversations/message.write", status=200)
def send_a_new_message(ctx: Ctx, body: NewMessage) -> Queued:
    """Send a message to a contact, at once or at `scheduledTimestamp`; it waits in the outbox until it has left.

    400 for an unknown contact, one without an address on the channel, and one that does not want it: then with
    `canonicalCode`. 400 for a provider that is not here, is another app's, or carries something else, and for a
    `fromNumber` that is not among the sub-account's numbers, where it has any. 422 where there is nothing to send.
    """
    contact = contact_or_400(ctx, body.contact_id)
    said = _said(ctx, body)
    told = None
    if body.forward and body.forward.is_forwarded:
        contact, said, told = forwarded(ctx, contact, said, body.forward)
    if not (said.text or said.html or said.attachments):
        raise Unprocessable("message or attachments should not be empty")
    sent = send(ctx, contact, said)
    return Queued(
        conversation_id=sent.message.conversation_id, message_id=sent.message.id, status="pending",
        email_message_id=sent.email.id if sent.email else None, msg="Message queued successfully.", forward_data=told,
        trace_id=ctx.trace_id,
    )  # fmt: skip


def _said(ctx: Ctx, body: NewMessage) -> Sending:
    provider = _provider(ctx, body)
    text, html, subject, attachments = body.message or "", body.html or "", body.subject or "", body.attachments
    if body.template_id:
        template = template_or_400(ctx, body.template_id).template
        text, html = text or template.body or "", html or template.html or ""
        subject, attachments = subject or template.subject or "", attachments or template.attachments
    said = Sending(
        channel=custom_channel(body.type, provider) or body.type, text=text, html=html, subject=subject,
        attachments=attachments, provider=provider, user_id=ctx.caller.user_id or None,
        source="app" if ctx.caller.token_class == "Operator" else "api",  # a person at the console, or a program
        at=_at(ctx, body.scheduled_timestamp), appointment_id=body.appointment_id,
    )  # fmt: skip
    if said.channel == "Email":
        return _mail(ctx, body, said)
    if body.type == "Custom" and provider is None:
        raise BadRequest("Invalid conversationProviderId")
    said.to = _number(ctx, body.to_number, "toNumber")
    said.sender = _number(ctx, body.from_number, "fromNumber")
    if body.reply_message_id:
        said.answers = message_or_400(ctx, body.reply_message_id).alt_id or ""
    return said


def _mail(ctx: Ctx, body: NewMessage, said: Sending) -> Sending:
    """A mail, as an answer where it is one: in the thread, to who has written."""
    said.sender, said.to = body.email_from or "", body.email_to or ""
    said.cc, said.bcc, said.subtype_id = body.email_cc, body.email_bcc, body.custom_subtype_id or ""
    answered = _answered(ctx, body.reply_message_id) if body.reply_message_id else None
    if body.thread_id or answered:
        thread = message_or_400(ctx, body.thread_id or (answered.message_id if answered else ""))
        if thread.type not in MAILS or thread.contact_id != body.contact_id:
            raise BadRequest(f"Message with id {thread.id} is no thread of mail with the contact")
        said.thread = thread
        said.subject = said.subject or thread.subject or ""
    if answered:
        said.reply_to, said.answers = answered.id, answered.alt_id or ""
        if answered.internet_id:
            said.headers = {
                "In-Reply-To": answered.internet_id,
                "References": " ".join([*answered.references, answered.internet_id]),
            }
        if body.email_reply_mode == "reply_all":
            said.cc = list(dict.fromkeys([*said.cc, *answered.cc]))
    return said


def _answered(ctx: Ctx, id: str) -> Email:
    """The mail that is meant by the id of a mail, or of a thread: its last one."""
    message: Message | None = None if ctx.db.get(EMAILS, id) else ctx.db.get(MESSAGES, id)
    return email_or_400(ctx, message.emails[-1] if message and message.emails else id)


def _provider(ctx: Ctx, body: NewMessage) -> KeptProvider | None:
    if not body.conversation_provider_id:
        return None
    provider = provider_for_caller(ctx, body.conversation_provider_id)
    if provider.type not in FITS.get(body.type, ("Custom", "SMS")):
        raise BadRequest("Invalid conversationProviderId")
    return provider


def _at(ctx: Ctx, seconds: float | None) -> str | None:
    if seconds is None:
        return None
    at = datetime.fromtimestamp(seconds, UTC)
    return iso(at) if at > ctx.now else None


def _number(ctx: Ctx, text: str | None, name: str) -> str:
    """A number in E.164. 422 for what is none."""
    if not text:
        return ""
    found = normal_phone(text, own_location(ctx).country)
    if found is None:
        raise Unprocessable(f"{name} must be a valid phone number")
    return found
