"""Getting no more mail, by a link that each mail has: /unsubscribe/{locationId}/{emailId}/{signature}"""

import hashlib
import hmac

from groundlevel.areas.contacts import CONTACTS, close_channel
from groundlevel.areas.conversations.emails import EMAILS
from groundlevel.kernel.ctx import Ctx
from groundlevel.secret import derived, secret_of

SAID = "UNSUBSCRIBE_LINK"


def page_of(ctx: Ctx, email_id: str) -> str:
    """The address of the page by which whoever got a mail gets no more."""
    base = ctx.settings.public_url.rstrip("/")
    return f"{base}/unsubscribe/{ctx.location_id}/{email_id}/{_signature(ctx, email_id)}"


def unsubscribes(ctx: Ctx, email_id: str, signature: str) -> str | None:
    """The address that a link is about; None for one that nobody was sent, or whose contact is gone."""
    if not hmac.compare_digest(_signature(ctx, email_id).encode(), signature.encode()):
        return None
    email = ctx.db.get(EMAILS, email_id)
    contact = ctx.db.get(CONTACTS, email.contact_id) if email else None
    return (contact.email or (email.to[0] if email.to else "")) if email and contact else None


def unsubscribe(ctx: Ctx, email_id: str, signature: str) -> str | None:
    """Send no more mail to the contact whom a mail went to: only it can take that back. As above."""
    address = unsubscribes(ctx, email_id, signature)
    email = ctx.db.get(EMAILS, email_id)
    contact = ctx.db.get(CONTACTS, email.contact_id) if email else None
    if address is not None and contact:
        close_channel(ctx, contact, "email", SAID)
    return address


def _signature(ctx: Ctx, email_id: str) -> str:
    key = derived(secret_of(ctx.settings), "unsubscribing")
    return hmac.new(key, f"{ctx.location_id} {email_id}".encode(), hashlib.sha256).hexdigest()[:32]
