"""The outbox, as operators see it: /operator/outbox"""

from typing import Annotated, Literal

from msgspec import Meta

from groundlevel.areas.outbox.area import area
from groundlevel.areas.outbox.consent import Channel
from groundlevel.areas.outbox.events import Left
from groundlevel.areas.outbox.outgoing import OUTBOX, Outgoing, State, Via, at_place, due_at, turned
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, NotFound
from groundlevel.kernel.store import Condition, Contains, Eq, In, Range
from groundlevel.kernel.wire import Body, Name, When, Wire, iso, moment

BEGINNING, PORTION = 200, 1_000
"""Letters of a text that a list shows, and how many messages are forgotten at once."""
Over = Literal["sent", "delivered", "failed", "unclear", "cancelled"]
ENDED: tuple[Over, ...] = ("delivered", "failed", "unclear", "cancelled")
"""The states after which nothing more becomes of a message by itself."""


class OutboxWanted(Body):
    """Which messages: of a sub-account, in a state, of a channel, for a contact; behind the one with the id `after`.

    to: a piece of the address they go to. since: when the first of them was put in.
    """

    location_id: Name | None = None
    state: State | None = None
    channel: Channel | None = None
    contact_id: Name | None = None
    to: Annotated[str, Meta(max_length=320)] | None = None
    since: When | None = None
    after: Name | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class OutgoingSeen(Wire, omit_defaults=False):
    """A message as a list shows it. text: its beginning."""

    id: str
    location_id: str
    contact_id: str
    channel: Channel
    state: State
    via: Via
    to: str
    sender: str
    subject: str
    text: str
    source: str
    date_added: str
    scheduled_for: str | None
    sent_at: str | None
    attempts: int
    code: str
    reason: str


class ManyOutgoing(Wire):
    """Messages, the latest first."""

    outbox: list[OutgoingSeen]


class ClearWanted(Body):
    """Which messages to forget: of a sub-account, in one state, of a channel; those put in before a moment."""

    location_id: Name | None = None
    state: Over | None = None
    channel: Channel | None = None
    before: When | None = None


class Cleared(Wire, omit_defaults=False):
    """How many were forgotten, and whether there are more."""

    removed: int
    more: bool


@area.get("/operator/outbox", scope=OPERATOR, slow=True)
def list_outbox(ctx: Ctx, query: OutboxWanted) -> ManyOutgoing:
    """What was sent or is to be sent, the latest first. 404 for an unknown `after`."""
    same = ("location_id", "state", "channel", "contact_id")
    where: list[Condition] = [Eq(field, value) for field in same if (value := getattr(query, field))]
    if query.to:
        where.append(Contains("to", query.to.strip()))
    if query.since:
        where.append(Range("date_added", ">=", iso(moment(query.since, "since"))))
    if query.after:
        last = outgoing_or_404(ctx, query.after)
        found = ctx.db.page(OUTBOX, *where, limit=query.limit, after=(last.date_added, last.id))
    else:
        found = ctx.db.find(OUTBOX, *where, limit=query.limit)
    return ManyOutgoing(outbox=[seen(one) for one in found])


@area.delete("/operator/outbox", scope=OPERATOR)
def forget_outgoing(ctx: Ctx, query: ClearWanted) -> Cleared:
    """Forget what came of messages that are over: 1,000 of them, the latest first; the messages themselves stay.

    What waits or is under way is kept, so that it leaves. What was sent, and may still be told of, is forgotten only if
    `state` is `sent`.
    """
    same = ("location_id", "channel")
    where: list[Condition] = [Eq(field, value) for field in same if (value := getattr(query, field))]
    where.append(In("state", (query.state,) if query.state else ENDED))
    if query.before:
        where.append(Range("date_added", "<", iso(moment(query.before, "before"))))
    found = ctx.db.find(OUTBOX, *where, limit=PORTION + 1)
    over = [one for one in found[:PORTION] if one.due is None]
    return Cleared(removed=sum(ctx.db.delete(OUTBOX, one.id) for one in over), more=len(found) > PORTION)


@area.get("/operator/outbox/{outgoingId}", scope=OPERATOR)
def get_outgoing(ctx: Ctx, outgoing_id: str) -> Outgoing:
    """One message, whole: its texts, headers and attachments, and what became of it. 404 for an unknown one."""
    return outgoing_or_404(ctx, outgoing_id)


@area.post("/operator/outbox/{outgoingId}/send-again", scope=OPERATOR, status=200)
def send_again(ctx: Ctx, outgoing_id: str) -> Outgoing:
    """Send a message again that has failed, or of which nobody knows whether it left: then it may arrive twice.

    400 for one in any other state; 404 for an unknown one.
    """
    one = outgoing_or_404(ctx, outgoing_id)
    if one.state not in ("failed", "unclear"):
        raise BadRequest(f"The message is {one.state}; only what has failed or is unclear can be sent again")
    due = due_at(one, ctx.stamp)
    anew = turned(one, ctx.stamp, state="waiting", attempts=0, finished_at=None, reason="", code="", due=due)
    there = at_place(ctx, one.location_id, one.company_id)
    there.emit(Left(id=one.id, message_id=one.message_id, became="pending"))
    return ctx.db.put(OUTBOX, anew)


def outgoing_or_404(ctx: Ctx, id: str) -> Outgoing:
    """The message with this id."""
    found = ctx.db.get(OUTBOX, id)
    if found is None:
        raise NotFound(f"Outgoing message with id {id} not found")
    return found


def seen(one: Outgoing) -> OutgoingSeen:
    """A message as a list shows it."""
    names = (name for name in OutgoingSeen.__struct_fields__ if name != "text")
    return OutgoingSeen(**{name: getattr(one, name) for name in names}, text=(one.text or one.html)[:BEGINNING])
