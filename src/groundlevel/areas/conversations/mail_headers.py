"""What a mail says besides its words: which it is, what it follows, where answers go, how to get no more of them."""

from groundlevel.areas.conversations.emails import EMAILS, Email
from groundlevel.areas.conversations.mail_unsubscribing import page_of
from groundlevel.areas.conversations.message import Message
from groundlevel.areas.outbox import Gateway
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.settings import Settings
from groundlevel.outside.mail.composing import Uncomposable, address_in, message_id, one_click
from groundlevel.outside.mail.plus import plussed
from groundlevel.secret import derived, secret_of

MOST_REFERENCES = 20


def internet_id(email: Email) -> str | None:
    """The Message-ID of a mail that is written here, with its brackets; none if its sender has no address."""
    try:
        domain = address_in(email.from_).rpartition("@")[2]
    except Uncomposable:
        return None
    return f"<{message_id(email.id, domain)}>"


def references_of(ctx: Ctx, thread: Message, email: Email) -> list[str]:
    """What a mail follows: the one that it answers, or else the last of its thread, and what that followed."""
    before = email.reply_to or (thread.emails[-1] if thread.emails else None)
    last = ctx.db.get(EMAILS, before) if before else None
    if last is None or not last.internet_id:
        return last.references if last else []
    return [*last.references, last.internet_id][-MOST_REFERENCES:]


def headers_of(ctx: Ctx, email: Email, gateway: Gateway) -> dict[str, str]:
    """The headers of a mail that goes by the sub-account's own server."""
    found: dict[str, str] = one_click(page_of(ctx, email.id))
    if email.internet_id:
        found["Message-ID"] = email.internet_id
    if email.references:
        found |= {"In-Reply-To": email.references[-1], "References": " ".join(email.references)}
    if gateway.mail and gateway.mail.reply_to:
        to = gateway.mail.reply_to
        own = plussed(to, reply_key(ctx.settings), email.conversation_id) if gateway.mail.plus else to
        found["Reply-To"] = own
    return found


def reply_key(settings: Settings) -> bytes:
    """What signs the conversations that addresses name."""
    return derived(secret_of(settings), "mail replies")
