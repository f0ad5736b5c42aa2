"""Writing to a contact: the one function by which everything goes that anybody sends, now or later.

The API, people in the console, reminders and workflows all call `send`. It refuses what the contact does not want, and
what it lets through is asked the same once more when it is about to leave (areas/outbox).
"""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.contacts import Contact
from groundlevel.areas.conversations.addresses import BY_PHONE, address_of
from groundlevel.areas.conversations.conversation import (
    CONVERSATIONS,
    Conversation,
    conversation_id,
    conversation_of,
    new_conversation,
    next_date,
    with_message,
)
from groundlevel.areas.conversations.emails import EMAILS, Email
from groundlevel.areas.conversations.events import told
from groundlevel.areas.conversations.mail_headers import headers_of, internet_id, references_of
from groundlevel.areas.conversations.message import MESSAGES, Message, Source
from groundlevel.areas.conversations.plain import words_of
from groundlevel.areas.conversations.types import type_of
from groundlevel.areas.locations import own_location
from groundlevel.areas.merge_tags import About, merged
from groundlevel.areas.outbox import (
    GATEWAYS,
    Channel,
    KeptProvider,
    Outgoing,
    Via,
    default_provider,
    gateway_for,
    mail_gateway,
    post,
)
from groundlevel.areas.phone_system import sending_number
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import new_id

BEGINNING = 1_000
"""Letters of a mail's words that its thread shows."""


class Sending(Struct, kw_only=True):
    """What is to be sent, on which channel.

    text: plain. html: of mail. to, sender: other addresses than the contact's own and the channel's. provider: by which
    one, if not by the channel's usual way. at: the moment it is to leave (ISO 8601 as stored), if not at once. thread:
    the thread of mail it belongs to. reply_to: the id of the mail, answers: the provider's own id of the message, that
    it answers. subtype_id: the kind of mail. more: what merge tags may refer to besides (`About`). invitation: an
    iCalendar file that goes with mail, as `Outgoing` has it.
    """

    channel: Channel
    text: str = ""
    html: str = ""
    subject: str = ""
    attachments: list[str] = []
    to: str = ""
    sender: str = ""
    cc: list[str] = []
    bcc: list[str] = []
    headers: dict[str, str] = {}
    provider: KeptProvider | None = None
    source: Source = "app"
    user_id: str | None = None
    at: str | None = None
    thread: Message | None = None
    reply_to: str | None = None
    answers: str = ""
    subtype_id: str = ""
    appointment_id: str | None = None
    more: dict[str, Any] = {}
    invitation: str = ""


class Sent(Struct):
    """The message, and the mail if it is one."""

    message: Message
    email: Email | None = None


class Way(Struct):
    """By whom a message goes."""

    via: Via = "nobody"
    id: str = ""


def send(ctx: Ctx, contact: Contact, said: Sending) -> Sent:
    """Send something to a contact, at once or later; merge tags in it are replaced.

    400 where the contact has no address on the channel, where it does not want it (with the code), and where the
    provider is of another kind. A refusal comes before anything is written, so that who catches it may go on.
    """
    draft = _Draft(ctx, contact, said)
    message = said.thread or draft.message()
    email = draft.email(message) if said.channel == "Email" else None
    if email:
        message = replace(message, emails=[*message.emails, email.id], status=email.status, date_updated=ctx.stamp)
    post(ctx, contact, draft.outgoing(message, email))
    if email:
        ctx.db.put(EMAILS, email)
    ctx.db.put(MESSAGES, message)
    if said.at is None:
        show(ctx, draft.conversation, message, email)
    else:
        conversation_of(ctx, contact)
    return Sent(message, email)


def show(ctx: Ctx, conversation: Conversation, message: Message, email: Email | None) -> None:
    """Let a message that leaves be the last of its conversation, and tell of it."""
    latest = message if email is None else replace(message, date_added=email.date_added, body=email.text or email.body)
    ctx.db.put(CONVERSATIONS, with_message(conversation, latest))
    ctx.emit(told(ctx, message, email))


def own_mail(ctx: Ctx) -> str:
    """From whom a sub-account's mail comes."""
    location, gateway = own_location(ctx), mail_gateway(ctx)
    if gateway:
        return gateway.sender
    return f"{location.name} <{location.email}>" if location.email else location.name


def way_of(ctx: Ctx, channel: Channel) -> Way:
    """By whom a channel's messages go: the default provider, else a gateway; nobody where there is none."""
    if channel == "SMS" or channel == "Email":
        usual = default_provider(ctx, channel)
        if usual and usual.url:
            return Way("provider", usual.id)
    gateway = gateway_for(ctx, channel)
    return Way("gateway", gateway.id) if gateway else Way()


def with_number(ctx: Ctx, way: Way, sender: str) -> tuple[Way, str]:
    """From which of the sub-account's numbers a text goes, and by the gateway that has it, if one does.

    400 for a sender that is not its own.
    """
    number = sending_number(ctx, sender)
    if number is None:
        return way, sender
    if number.gateway_id and ctx.db.get(GATEWAYS, number.gateway_id):
        way = Way("gateway", number.gateway_id)
    return way, number.id


class _Draft:
    """What is to be sent, worded, with where it goes and by whom."""

    def __init__(self, ctx: Ctx, contact: Contact, said: Sending) -> None:
        self.ctx, self.contact = ctx, contact
        self.conversation = ctx.db.get(CONVERSATIONS, conversation_id(contact.id)) or new_conversation(ctx, contact)
        self.way = Way("provider", said.provider.id) if said.provider else way_of(ctx, said.channel)
        if said.channel == "SMS" and self.way.via != "provider":
            self.way, number = with_number(ctx, self.way, said.sender)
            said = replace(said, sender=number)
        self.to = said.to or address_of(ctx, contact, said.channel, known_only=self.way.via == "gateway")
        self.said = self._worded(said)

    def _worded(self, said: Sending) -> Sending:
        about = About(contact_id=self.contact.id, user_id=said.user_id or "", more=said.more)
        new: dict[str, Any] = {}
        for name in ("text", "subject", "html"):
            before = getattr(said, name)
            if "{{" in before or "{%" in before:
                try:
                    new[name] = merged(self.ctx, before, about, html=name == "html")
                except Unprocessable:
                    continue  # it is no template, but has braces in it
        return replace(said, **new) if new else said

    def message(self) -> Message:
        """A new message; of mail, a new thread."""
        ctx, said, mail = self.ctx, self.said, self.said.channel == "Email"
        words = (said.text or words_of(said.html))[:BEGINNING] if mail else said.text or said.html
        by_number = said.channel in BY_PHONE
        return Message(
            id=new_id(), conversation_id=self.conversation.id, contact_id=self.contact.id, direction="outbound",
            type=type_of(said.channel, said.provider, mail=bool(said.html or said.subject)),
            date_added=next_date(ctx, self.conversation), date_updated=ctx.stamp, body=words,
            status="scheduled" if said.at else "pending",
            html=bool(said.html) and not mail and not said.text, attachments=said.attachments, source=said.source,
            user_id=said.user_id or None, provider_id=said.provider.id if said.provider else None,
            subject=said.subject or None, scheduled_for=said.at, appointment_id=said.appointment_id,
            to=self.to if by_number else None, from_=said.sender or None if by_number else None,
        )  # fmt: skip

    def email(self, message: Message) -> Email:
        """The mail, of this thread."""
        ctx, said = self.ctx, self.said
        email = Email(
            id=new_id(), message_id=message.id, conversation_id=message.conversation_id, contact_id=self.contact.id,
            direction="outbound", date_added=next_date(ctx, self.conversation),
            from_=said.sender or own_mail(ctx), to=[self.to],
            subject=said.subject or None, body=said.html or said.text, html=bool(said.html),
            text=said.text or words_of(said.html), status="scheduled" if said.at else "pending", cc=said.cc,
            bcc=said.bcc, attachments=said.attachments, reply_to=said.reply_to, source=said.source,
            user_id=said.user_id or None, provider_id=said.provider.id if said.provider else None,
            scheduled_for=said.at,
        )  # fmt: skip
        if self.way.via == "gateway":
            thread = references_of(ctx, message, email)
            email = replace(email, internet_id=internet_id(email), references=thread)
        return email

    def _headers(self, email: Email | None) -> dict[str, str]:
        """Those that are given, and those of mail that goes by the sub-account's own server."""
        gateway = mail_gateway(self.ctx) if email and self.way.via == "gateway" else None
        return self.said.headers | (headers_of(self.ctx, email, gateway) if email and gateway else {})

    def outgoing(self, message: Message, email: Email | None) -> Outgoing:
        """What goes into the outbox."""
        ctx, said, way = self.ctx, self.said, self.way
        return Outgoing(
            id=email.id if email else message.id, location_id=ctx.location_id, company_id=ctx.company_id,
            contact_id=self.contact.id, message_id=message.id, channel=said.channel, state="waiting",
            date_added=ctx.stamp, to=self.to, lane=f"{way.id} {self.to}", via=way.via, via_id=way.id,
            sender=email.from_ if email else said.sender, text=email.text if email else said.text or said.html,
            html=said.html if email or way.via == "provider" else "", subject=said.subject, cc=said.cc, bcc=said.bcc,
            headers=self._headers(email), attachments=said.attachments, source=said.source, user_id=said.user_id or "",
            answers=said.answers, subtype_id=said.subtype_id, scheduled_for=said.at, invitation=said.invitation,
        )  # fmt: skip
