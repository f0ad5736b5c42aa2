"""What providers and gateways of others bring: /conversations/messages/inbound, /conversations/messages/outbound"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from groundlevel.areas.contacts import CONTACTS, Contact, contact_or_400, normal_phone
from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.conversation import contact_in, conversation_of, conversation_or_400, next_date
from groundlevel.areas.conversations.emails import EMAILS, Email, email_or_400
from groundlevel.areas.conversations.inbound import Received, receive
from groundlevel.areas.conversations.message import MESSAGES, CallStatus, Message, message_or_400
from groundlevel.areas.conversations.plain import words_of
from groundlevel.areas.conversations.sending import BEGINNING, Sent, own_mail
from groundlevel.areas.conversations.types import CALLS, MAILS, Incoming, custom_channel, type_of
from groundlevel.areas.locations import own_location
from groundlevel.areas.outbox import Channel, KeptProvider, ProviderType, provider_for_caller
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Name, Prose, When, Wire, iso, moment, new_id

Address = Annotated[str, Meta(max_length=320)]
Addresses = Annotated[list[Address], Meta(max_length=100)]
Attachments = Annotated[list[Annotated[str, Meta(max_length=2_000)]], Meta(max_length=20)]
LISTENED: dict[str, Channel] = {"SMS": "SMS", "RCS": "RCS", "WhatsApp": "WhatsApp"}
DONE: dict[str, Any] = {
    "pending": "pending",
    "busy": "failed",
    "no-answer": "failed",
    "failed": "failed",
    "canceled": "failed",
}
"""What a call's status says of the message; any other: it was delivered."""


class Call(Body):
    """A call: from which number to which, and what came of it."""

    to: Annotated[str, Meta(max_length=50)] | None = None
    from_: Annotated[str, Meta(max_length=50)] | None = msgspec.field(name="from", default=None)
    status: CallStatus | None = None
    duration: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None


class Provided(Body):
    """What a provider brings. It is with a contact or in its conversation; date: when it was."""

    attachments: Attachments = []
    conversation_id: Name | None = None
    conversation_provider_id: Name | None = None
    alt_id: Name | None = None
    date: When | None = None
    call: Call | None = None


class NewInbound(Provided, kw_only=True):
    """A message that has come in. Without a provider it has come by the default one for texts, or mail.

    emailMessageId: the mail that a mail answers, and in whose thread it is. direction: `outbound` for what the
    sub-account wrote elsewhere.
    """

    type: Incoming
    contact_id: Name | None = None
    message: Prose | None = None
    html: Prose | None = None
    subject: Annotated[str, Meta(max_length=1_000)] | None = None
    email_from: Address | None = None
    email_to: Address | None = None
    email_cc: Addresses = []
    email_bcc: Addresses = []
    email_message_id: Name | None = None
    direction: Literal["inbound", "outbound"] | None = None


class NewOutboundCall(Provided, kw_only=True):
    """A call that was made elsewhere."""

    type: Literal["Call"]
    conversation_provider_id: Name  # pyright: ignore[reportGeneralTypeIssues, reportIncompatibleVariableOverride]


class Processed(Wire):
    """The reply: what it is kept as, and where."""

    success: bool
    message_id: str
    conversation_id: str
    message: str
    contact_id: str
    date_added: str
    email_message_id: str | None = None


@area.post("/conversations/messages/inbound", scope="conversations/message.write", status=200)
def add_an_inbound_message(ctx: Ctx, body: NewInbound) -> Processed:
    """Bring a message that has come in: it is unread, apps are told, and STOP in a text closes the channel.

    It is the contact's of `contactId` or `conversationId`. A call's number must be a contact's. 400 for an unknown
    contact or conversation, for a provider that is not here or is another app's, and for `Custom` without one; what
    bears an `altId` that has been brought before is not kept twice.
    """
    provider = _provider(ctx, body, body.type)
    contact = _contact(ctx, body, body.contact_id, outbound=body.direction == "outbound")
    if body.alt_id and (known := _known(ctx, contact, body.alt_id)):
        return processed(known)
    if not (body.message or body.html or body.attachments or body.call or body.type == "Email"):
        raise Unprocessable("message or attachments should not be empty")
    direction = body.direction or "inbound"
    message, channel = _message(ctx, contact, body, provider, direction), _channel(body, provider)
    if channel == "Email":
        return processed(_mail(ctx, contact, body, message))
    listened = LISTENED.get(channel)
    return processed(receive(ctx, contact, Received(message=message, listened=listened)))


@area.post("/conversations/messages/outbound", scope="conversations/message.write", status=200)
def add_an_outbound_message(ctx: Ctx, body: NewOutboundCall) -> Processed:
    """Bring a call that was made elsewhere. Its number must be a contact's, unless a conversation is named.

    400 for an unknown conversation or number, and for a provider that is not here or is another app's.
    """
    provider = _provider(ctx, body, "Call")
    contact = _contact(ctx, body, None, outbound=True)
    if body.alt_id and (known := _known(ctx, contact, body.alt_id)):
        return processed(known)
    said = NewInbound(type="Call", attachments=body.attachments, alt_id=body.alt_id, date=body.date, call=body.call)
    return processed(receive(ctx, contact, Received(message=_message(ctx, contact, said, provider, "outbound"))))


def processed(sent: Sent) -> Processed:
    """What is answered about a message that was kept."""
    one = sent.message
    return Processed(
        success=True, conversation_id=one.conversation_id, message_id=one.id, message="Message queued successfully.",
        contact_id=one.contact_id, date_added=sent.email.date_added if sent.email else one.date_added,
        email_message_id=sent.email.id if sent.email else None,
    )  # fmt: skip


def _provider(ctx: Ctx, body: Provided, type: str) -> KeptProvider | None:
    if body.conversation_provider_id:
        provider = provider_for_caller(ctx, body.conversation_provider_id)
        if not brings(provider.type, type):
            raise BadRequest("Invalid conversationProviderId")
        return provider
    if type == "Custom":
        raise BadRequest("Invalid conversationProviderId")
    return None


def brings(provider: ProviderType, type: str) -> bool:
    """Whether what comes by a provider can be of this type: calls by those for calls, mail by no other than for mail or
    anything."""
    if "Call" in (provider, type):
        return provider == type
    if provider == "Email":
        return type in ("Email", "Custom")
    return type != "Email" or provider == "Custom"


def _channel(body: NewInbound, provider: KeptProvider | None) -> Incoming:
    return custom_channel(body.type, provider) or body.type


def _contact(ctx: Ctx, body: Provided, contact_id: str | None, *, outbound: bool) -> Contact:
    """Whose it is: the contact that is named, else the conversation's, else, of a call, whoever has the number."""
    if contact_id:
        return contact_or_400(ctx, contact_id)
    if body.conversation_id:
        return contact_in(ctx, conversation_or_400(ctx, body.conversation_id))
    said = (body.call.to if outbound else body.call.from_) if body.call else None
    number = normal_phone(said, own_location(ctx).country) if said else None
    found = ctx.db.one(CONTACTS, Eq("phone", number)) if number else None
    if found is None:
        raise BadRequest(f"Contact with phone {said} not found" if said else "contactId or conversationId is missing")
    return found


def _known(ctx: Ctx, contact: Contact, alt_id: str) -> Sent | None:
    """What was brought before under the provider's own id."""
    for email in ctx.db.find(EMAILS, Eq("alt_id", alt_id)):
        if email.contact_id == contact.id and (thread := ctx.db.get(MESSAGES, email.message_id)):
            return Sent(thread, email)
    found = (m for m in ctx.db.find(MESSAGES, Eq("alt_id", alt_id)) if m.contact_id == contact.id)
    one = next(found, None)
    return Sent(one) if one else None


def _message(ctx: Ctx, contact: Contact, body: NewInbound, provider: KeptProvider | None, direction: Any) -> Message:
    conversation = conversation_of(ctx, contact)
    at = iso(moment(body.date, "date")) if body.date else next_date(ctx, conversation)
    mail, call = bool(body.html or body.subject), body.call or Call()
    kind = type_of(_channel(body, provider), provider, mail=mail)
    text = body.message or ""
    of_call = kind in CALLS
    return Message(
        id=new_id(), conversation_id=conversation.id, contact_id=contact.id, type=kind,
        direction=direction, date_added=at, date_updated=ctx.stamp, html=bool(body.html) and not text and not of_call,
        body=(text or words_of(body.html or ""))[:BEGINNING] if kind in MAILS else text or body.html or "",
        status=DONE.get(call.status or "", "delivered"), attachments=body.attachments,
        provider_id=provider.id if provider else None, alt_id=body.alt_id, subject=body.subject,
        from_=call.from_ if of_call else contact.phone if direction == "inbound" else None,
        to=call.to if of_call else None, call_status=call.status or "completed" if of_call else None,
        call_duration=call.duration if of_call else None, sub_type="EXTERNAL_CALL" if of_call else None,
        source=None if direction == "inbound" else "app",
    )  # fmt: skip


def _mail(ctx: Ctx, contact: Contact, body: NewInbound, message: Message) -> Sent:
    """A mail: in the thread of what it answers, or the first of a new one."""
    answered = email_or_400(ctx, body.email_message_id) if body.email_message_id else None
    thread = message_or_400(ctx, answered.message_id) if answered else message
    inbound = message.direction == "inbound"
    theirs, ours = contact.email or "", own_mail(ctx)
    email = Email(
        id=new_id(), message_id=thread.id, conversation_id=thread.conversation_id, contact_id=contact.id,
        direction=message.direction, date_added=message.date_added,
        from_=body.email_from or (theirs if inbound else ours), to=[body.email_to or (ours if inbound else theirs)],
        subject=body.subject or thread.subject,
        body=body.html or body.message or "", html=bool(body.html), text=body.message or words_of(body.html or ""),
        status="delivered", cc=body.email_cc, bcc=body.email_bcc, attachments=body.attachments,
        reply_to=answered.id if answered else None, source=None if inbound else "app",
        provider_id=message.provider_id, alt_id=body.alt_id,
    )  # fmt: skip
    return receive(ctx, contact, Received(message=thread, email=email))
