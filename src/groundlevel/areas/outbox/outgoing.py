"""The outbox: every message that is to leave, what became of it, and the one way to put something in.

A row is written in the unit of work that wants it sent. Whoever works (`dispatching.py`) takes what is due; what nobody
is connected for stays here as what would have gone out, and is taken for sent.
"""

from email.utils import parseaddr
from itertools import count
from typing import Any, Literal

from msgspec.structs import replace

from groundlevel.areas.contacts import CONTACTS, Contact
from groundlevel.areas.outbox.consent import Channel, Refusal, refusal
from groundlevel.areas.outbox.subscriptions import has_unsubscribed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Owners, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso

State = Literal["waiting", "sending", "sent", "delivered", "failed", "unclear", "cancelled"]
Via = Literal["nobody", "gateway", "provider"]
"""Who takes it: nobody, so that it is only recorded; a gateway of the sub-account's; an app's provider."""

_ticks = count()


class Step(Wire):
    """Something that became of a message: its state from a moment on, and why, where that was said."""

    at: str
    state: State
    code: str = ""
    reason: str = ""


class Outgoing(Wire):
    """A message on its way. Its id is that of the message (of an e-mail: of the mail), and is what a gateway that knows
    keys is asked once for.

    due: in which queue and when something is to be done with it (see `due_at`); none: nothing.
    lane: what goes to one address by one way goes in order. held: the lane, from its first attempt until it is done.
    via_id: the gateway's or provider's. gateway_ref: what the gateway calls it. reason, code: why it has not arrived.
    answers: of what is answered, the provider's own id. history: what became of it, the latest last.
    invitation: an iCalendar file that goes with mail, as text.
    contact_id, message_id: empty for what goes to an address that is no contact's, and is kept nowhere else.
    """

    id: str
    location_id: str
    company_id: str
    contact_id: str
    message_id: str
    channel: Channel
    state: State
    date_added: str
    to: str
    lane: str
    due: str | None = None
    held: str | None = None
    via: Via = "nobody"
    via_id: str = ""
    sender: str = ""
    text: str = ""
    subject: str = ""
    html: str = ""
    cc: list[str] = []
    bcc: list[str] = []
    headers: dict[str, str] = {}
    attachments: list[str] = []
    source: str = ""
    user_id: str = ""
    answers: str = ""
    subtype_id: str = ""
    scheduled_for: str | None = None
    attempts: int = 0
    sent_at: str | None = None
    finished_at: str | None = None
    gateway_ref: str = ""
    reason: str = ""
    code: str = ""
    history: list[Step] = []
    invitation: str = ""

    @property
    def queue(self) -> str:
        """What it waits in: its gateway's queue, so that a slow one keeps nothing else waiting, or everybody's."""
        return self.via_id if self.via == "gateway" else EVERYBODYS

    @property
    def written_at(self) -> str:
        """When it was last given away, or else was put in: what a mail is dated with."""
        return next((step.at for step in reversed(self.history) if step.state == "sending"), self.date_added)


EVERYBODYS, MOST_ALIKE, MOST_STEPS = "-", 20, 50
"""The queue of what no gateway takes; how many contacts with one address are asked; how much history is kept."""
OUTBOX = declare(
    Table(
        "outbox",
        Outgoing,
        index=("location_id", "state", "contact_id"),
        sparse=("due", "held"),
        order="date_added",
        owner="system",
    )
)


def due_at(one: Outgoing, stamp: str) -> str:
    """`<queue> <moment> <number>`: one index says which queues have something due, and finds it in order.

    The number grows, since all that one unit of work puts in has one moment.
    """
    return f"{one.queue} {stamp} {next(_ticks):012d}"


def turned(one: Outgoing, at: str, **new: Any) -> Outgoing:
    """The same with what is new of it from a moment on, which is one step more of its history."""
    after = replace(one, **new)
    code, reason = ("", "") if after.state == "sending" else (after.code, after.reason)  # not of the attempt before
    step = Step(at=at, state=after.state, code=code, reason=reason)
    return replace(after, history=[*one.history, step][-MOST_STEPS:])


def due_by(queue: str, stamp: str) -> str:
    """Behind everything of a queue that is due at this moment."""
    return f"{queue} {stamp} :"


def closed_to(ctx: Ctx, contact: Contact | None, one: Outgoing) -> Refusal | None:
    """Why this must not leave: asked before it is written, and again when it is about to go.

    Whoever else has one of the addresses it goes to is asked, too; and they alone, where it goes to no contact.
    """
    if contact:
        unsubscribed = one.channel == "Email" and has_unsubscribed(ctx, contact.id, one.to, one.subtype_id)
        if found := refusal(contact, one.channel, one.to, unsubscribed=unsubscribed):
            return found
    field = "email" if one.channel == "Email" else "phone"
    for address in [one.to, *one.cc, *one.bcc]:
        plain = parseaddr(address)[1].lower() if field == "email" else address
        if (contact and plain == getattr(contact, field)) or not plain:
            continue
        for other in ctx.db.find(CONTACTS, Eq(field, plain), limit=MOST_ALIKE):
            unsubscribed = field == "email" and has_unsubscribed(ctx, other.id, plain, one.subtype_id)
            if found := refusal(other, one.channel, plain, unsubscribed=unsubscribed):
                return found
    return None


def post(ctx: Ctx, contact: Contact | None, one: Outgoing) -> Outgoing:
    """Have a message leave, at once or when it is scheduled. 400 where the contact does not want it, with the code.

    contact: None for what goes to an address alone. A contact who has the address is asked all the same.
    """
    if closed := closed_to(ctx, contact, one):
        raise BadRequest(closed.message, **({"canonicalCode": closed.code} if closed.code else {}))
    due = due_at(one, one.scheduled_for or ctx.stamp)
    return put_outgoing(ctx, turned(one, ctx.stamp, state="waiting", due=due))


def put_outgoing(ctx: Ctx, one: Outgoing) -> Outgoing:
    """Write down what has become of a message that is in the outbox."""
    return _system(ctx).put(OUTBOX, one)


def clear(ctx: Ctx, location_id: str, most: int) -> int:
    """Remove some messages of a sub-account; how many there were."""
    found = _system(ctx).find(OUTBOX, Eq("location_id", location_id), limit=most)
    return sum(_system(ctx).delete(OUTBOX, one.id) for one in found)


def outgoing(ctx: Ctx, id: str) -> Outgoing | None:
    """One of the sub-account's, whatever became of it."""
    found = _system(ctx).get(OUTBOX, id)
    return found if found and found.location_id == ctx.location_id else None


def withdraw(ctx: Ctx, id: str, *, only_scheduled: bool = False) -> bool:
    """Have something not leave after all; whether that was still possible."""
    one = outgoing(ctx, id)
    if one is None or one.state != "waiting" or (only_scheduled and not one.scheduled_for):
        return False
    if only_scheduled and (one.scheduled_for or "") <= iso(ctx.now):
        return False
    gone = turned(one, ctx.stamp, state="cancelled", due=None, held=None, finished_at=ctx.stamp)
    put_outgoing(ctx, gone)
    return True


def at_place(ctx: Ctx, location_id: str, company_id: str) -> Ctx:
    """The same call, about a sub-account."""
    db = ctx.db.elsewhere(Owners(location_id, company_id, system=True))
    return Ctx(ctx.caller, db, ctx.now, ctx.settings, ctx.clock)


def contact_of(ctx: Ctx, one: Outgoing) -> Contact | None:
    """Whom it is for, if the contact is still there."""
    return ctx.db.get(CONTACTS, one.contact_id)


def _system(ctx: Ctx) -> Unit:
    return ctx.db.elsewhere(SYSTEM)
