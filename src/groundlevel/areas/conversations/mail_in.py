"""Mail that comes in by a sub-account's own server: whose it is, in which thread, and what other servers report."""

from msgspec import Struct

from groundlevel.areas.contacts import CONTACTS, Contact, ContactChange, upserted
from groundlevel.areas.conversations.conversation import CONVERSATIONS, conversation_of, next_date
from groundlevel.areas.conversations.emails import EMAILS, Email
from groundlevel.areas.conversations.inbound import Received, receive
from groundlevel.areas.conversations.mail_headers import MOST_REFERENCES, reply_key
from groundlevel.areas.conversations.mail_reports import note_bounces, note_complaint
from groundlevel.areas.conversations.message import MESSAGES, Message
from groundlevel.areas.conversations.plain import words_of
from groundlevel.areas.conversations.sending import BEGINNING
from groundlevel.areas.conversations.types import EMAIL
from groundlevel.areas.locations import own_location
from groundlevel.areas.medias import ROOT, Kept, recorded
from groundlevel.areas.outbox import Gateway
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import new_id
from groundlevel.outside.mail.composing import Uncomposable, address_in
from groundlevel.outside.mail.plus import id_behind, plain_address
from groundlevel.outside.mail.reading import Mail

MOST_SHOWN = 20


class Arrived(Struct, frozen=True):
    """A mail, its id (its Message-ID, or one made of its bytes), and to whom the server that brought it was told.

    files: its attachments, which are kept, in their order.
    """

    mail: Mail
    id: str
    envelope: list[str] = []
    files: list[Kept] = []


def mail_comes_in(ctx: Ctx, gateway: Gateway, one: Arrived) -> str | None:
    """Keep a mail that has come: the id of it; None for what is kept already, and for what is no message of anybody.

    Reports of other servers change what is known of the mail they are about. What a program has written is kept with
    the contact it is from, if there is one; nothing reacts to it.
    """
    mail = one.mail
    if mail.bounces:
        note_bounces(ctx, mail.bounces)
        return None
    if mail.complaint:
        note_complaint(ctx, mail.complaint)
        return None
    if mail.sender is None or is_known(ctx, one.id) or mail.sender.email == _plain(gateway.sender):
        return None
    contact = _named(ctx, one) or ctx.db.one(CONTACTS, Eq("email", mail.sender.email))
    if contact is None:
        if mail.automatic:
            return None
        said = ContactChange(email=mail.sender.email, source="email")
        if mail.sender.name:
            said.name = mail.sender.name
        contact = upserted(ctx, own_location(ctx), said, None)
    return _keep(ctx, contact, one)


def is_known(ctx: Ctx, id: str) -> bool:
    """Whether a mail with this id is kept already."""
    return bool(ctx.db.find(EMAILS, Eq("internet_id", f"<{id}>"), limit=1))


def _keep(ctx: Ctx, contact: Contact, one: Arrived) -> str:
    mail, conversation = one.mail, conversation_of(ctx, contact)
    assert mail.sender
    urls = [recorded(ctx, file, ROOT, "of a message").url or "" for file in one.files]
    html = _with_pictures(mail, urls)
    text = mail.text or words_of(html)
    answered = _answered(ctx, contact, mail)
    at = next_date(ctx, conversation)
    thread = ctx.db.get(MESSAGES, answered.message_id) if answered else None
    thread = thread or Message(
        id=new_id(), conversation_id=conversation.id, contact_id=contact.id, type=EMAIL, direction="inbound",
        date_added=at, date_updated=ctx.stamp, body=text[:BEGINNING], status="delivered", subject=mail.subject or None,
    )  # fmt: skip
    sender = f"{mail.sender.name} <{mail.sender.email}>" if mail.sender.name else mail.sender.email
    email = Email(
        id=new_id(), message_id=thread.id, conversation_id=conversation.id, contact_id=contact.id, direction="inbound",
        date_added=at, from_=sender, to=[a.email for a in mail.to][:MOST_SHOWN] or one.envelope[:1],
        cc=[a.email for a in mail.cc][:MOST_SHOWN], subject=mail.subject or thread.subject, body=html or text,
        html=bool(html), text=text, status="delivered", attachments=urls,
        reply_to=answered.id if answered else None, internet_id=f"<{one.id}>",
        references=[f"<{id}>" for id in mail.references or mail.in_reply_to][-MOST_REFERENCES:], provider="smtp",
    )  # fmt: skip
    receive(ctx, contact, Received(message=thread, email=email, quiet=mail.automatic))
    return email.id


def _named(ctx: Ctx, one: Arrived) -> Contact | None:
    """The contact whose conversation an address names that the mail went to."""
    key = reply_key(ctx.settings)
    everybody = [*one.envelope, *(a.email for a in (*one.mail.to, *one.mail.cc)), *one.mail.delivered_to]
    for address in dict.fromkeys(everybody):
        id = id_behind(address, key) if "+" in address else ""
        if id and (conversation := ctx.db.get(CONVERSATIONS, id)):
            return ctx.db.get(CONTACTS, conversation.contact_id)
    return None


def _answered(ctx: Ctx, contact: Contact, mail: Mail) -> Email | None:
    """The latest mail of the contact's that this one names as what it follows."""
    for id in dict.fromkeys([*mail.in_reply_to, *reversed(mail.references)]):
        for email in ctx.db.find(EMAILS, Eq("internet_id", f"<{id}>"), limit=5):
            if email.contact_id == contact.id:
                return email
    return None


def _with_pictures(mail: Mail, urls: list[str]) -> str:
    """The HTML, showing the pictures that came with it."""
    html = mail.html
    for file, url in zip(mail.attachments, urls, strict=True):
        if file.cid and url:
            html = html.replace(f'src="cid:{file.cid}"', f'src="{url}"')
    return html


def _plain(sender: str) -> str:
    try:
        return plain_address(address_in(sender))
    except Uncomposable:
        return ""
