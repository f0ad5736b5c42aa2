"""Sending on a mail to somebody else."""

import html
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.contacts import CONTACTS, Contact
from groundlevel.areas.conversations.conversation import conversation_id
from groundlevel.areas.conversations.emails import EMAILS, Email, email_or_400
from groundlevel.areas.conversations.message import message_or_400
from groundlevel.areas.conversations.sending import Sending
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq, Sort
from groundlevel.kernel.wire import Body, Name, Wire

MOST = 50
"""Mails of a thread that are sent on."""


class Forward(Body):
    """A mail, or the whole thread it is in, that is to be sent on to an address. Without a contact there, in the
    conversation of whom it came from."""

    is_forwarded: bool
    forward_whole_thread: bool = False
    message_id: Name | None = None
    email_message_id: Name | None = None
    source_contact_id: Name | None = None
    source_conversation_id: Name | None = None
    to_email: Annotated[str, Meta(max_length=320)] | None = None
    recipient_contact_id: Name | None = None
    recipient_conversation_id: Name | None = None


class Forwarded(Wire, omit_defaults=False):
    """What was sent on, to whom."""

    forward_whole_thread: bool
    message_id: str
    email_message_id: str
    source_contact_id: str
    source_conversation_id: str
    forward_to_email: str
    recipient_contact_id: str
    recipient_conversation_id: str


def forwarded(ctx: Ctx, contact: Contact, said: Sending, of: Forward) -> tuple[Contact, Sending, Forwarded]:
    """Whom a forwarded mail is with, what is sent, and what is told of it. 400 for an unknown mail, 422 without one."""
    if said.channel != "Email" or not of.message_id:
        raise Unprocessable("forward.messageId must name a message of the type Email")
    thread = message_or_400(ctx, of.message_id)
    mails = ctx.db.find(EMAILS, Eq("message_id", thread.id), sort=(Sort("date_added"),), limit=MOST)
    if not mails:
        raise BadRequest(f"Message with id {thread.id} is no thread of mail")
    last = mails[-1] if of.forward_whole_thread or not of.email_message_id else email_or_400(ctx, of.email_message_id)
    some = mails if of.forward_whole_thread else [last]
    to = (of.to_email or said.to or contact.email or "").strip().lower()
    if not to:
        raise BadRequest("Unable to send e-mail, contact's e-mail is invalid")
    found = ctx.db.one(CONTACTS, Eq("email", to))
    recipient = found or contact
    subject = said.subject or f"Fwd: {last.subject or ''}".strip()
    body = (said.html or html.escape(said.text).replace("\n", "<br>")) + "".join(map(_quoted, reversed(some)))
    files = list(dict.fromkeys([*said.attachments, *(a for one in some for a in one.attachments)]))[:20]
    new = replace(said, html=body, text="", subject=subject, to=to, attachments=files, thread=None)
    told = Forwarded(
        forward_whole_thread=of.forward_whole_thread, message_id=thread.id, email_message_id=last.id,
        source_contact_id=thread.contact_id, source_conversation_id=thread.conversation_id, forward_to_email=to,
        recipient_contact_id=recipient.id, recipient_conversation_id=conversation_id(recipient.id),
    )  # fmt: skip
    return recipient, new, told


def _quoted(email: Email) -> str:
    """A mail as it stands in another."""
    body = email.body if email.html else html.escape(email.body).replace("\n", "<br>")
    head = {"From": email.from_, "Date": email.date_added, "Subject": email.subject or "", "To": ", ".join(email.to)}
    lines = "<br>".join(f"{name}: {html.escape(value)}" for name, value in head.items())
    return f"<br><br>---------- Forwarded message ----------<br>{lines}<br><br>{body}"
