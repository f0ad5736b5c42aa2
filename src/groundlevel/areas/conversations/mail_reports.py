"""What other servers report of mail that went out: that it bounced, or that somebody complains about it."""

from msgspec.structs import replace

from groundlevel.areas.contacts import CONTACTS, close_channel
from groundlevel.areas.conversations.emails import EMAILS, Email, Recipient, keep_email
from groundlevel.areas.conversations.message import Fault
from groundlevel.areas.outbox import Left, outgoing, put_outgoing, turned
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.store import Eq
from groundlevel.outside.mail.plus import plain_address
from groundlevel.outside.mail.reports import NO_SUCH, Bounce, Complaint

BOUNCED, COMPLAINED = "HARD_BOUNCE", "SPAM_COMPLAINT"


def note_bounces(ctx: Ctx, bounces: list[Bounce]) -> int:
    """Let mail that has not arrived have failed; how many reports were of mail that was sent to whom they name.

    An address that does not exist is not written to any more: the contact's mail is closed.
    """
    noted = 0
    for one in bounces:
        email = _sent(ctx, one.message_id, one.envelope)
        if email is None or not _is_to(email, one.recipient):
            continue
        noted += 1
        if one.action == "failed":
            _fail(ctx, email, one)
        elif one.action == "delivered" and email.status in ("sent", "pending"):
            keep_email(ctx, replace(email, status="delivered", first_delivered_at=ctx.stamp))
    return noted


def note_complaint(ctx: Ctx, one: Complaint) -> bool:
    """Whoever says that mail was not wanted gets no more; whether the complaint was about mail that was sent."""
    email = _sent(ctx, one.message_id, "")
    if email is None or email.direction != "outbound":
        return False
    _close(ctx, email, COMPLAINED)
    return True


@on(Left)
def note_refusal(ctx: Ctx, left: Left) -> None:
    """An address that the server knows not to exist as soon as the mail is sent is treated as one that bounced."""
    email = ctx.db.get(EMAILS, left.id) if left.became == "failed" and left.code in NO_SUCH else None
    if email:
        _close(ctx, email, BOUNCED)


def _fail(ctx: Ctx, email: Email, one: Bounce) -> None:
    reason = one.reason or "it came back"
    said = Recipient(email=one.recipient, status="failed", fail_reason=reason)
    others = [r for r in email.recipients if plain_address(r.email) != plain_address(one.recipient)]
    first = bool(email.to) and _same(email.to[0], one.recipient)
    fault = Fault(code=one.status, type="bounce", message=reason)
    kept = replace(email, recipients=[*others, said])
    keep_email(ctx, replace(kept, status="failed", fault=fault) if first else kept)
    if first and (gone := outgoing(ctx, email.id)):
        failed = turned(gone, ctx.stamp, state="failed", code=one.status, reason=reason, finished_at=ctx.stamp)
        put_outgoing(ctx, failed)
    if first and one.hard:
        _close(ctx, email, BOUNCED)


def _close(ctx: Ctx, email: Email, why: str) -> None:
    contact = ctx.db.get(CONTACTS, email.contact_id)
    if contact and email.to and contact.email and _same(email.to[0], contact.email):
        close_channel(ctx, contact, "email", why)


def _sent(ctx: Ctx, message_id: str, envelope: str) -> Email | None:
    """The mail that a report is about."""
    found = ctx.db.find(EMAILS, Eq("internet_id", f"<{message_id}>"), limit=1) if message_id else []
    email = found[0] if found else ctx.db.get(EMAILS, envelope) if envelope else None
    return email if email and email.direction == "outbound" else None


def _is_to(email: Email, recipient: str) -> bool:
    return any(_same(one, recipient) for one in (*email.to, *email.cc, *email.bcc))


def _same(one: str, other: str) -> bool:
    return one.rpartition("<")[2].strip("> ").lower() == other.strip().lower()
