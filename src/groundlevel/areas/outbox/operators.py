"""The outbox, as operators see it: /operator/outbox"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.outbox.area import area
from groundlevel.areas.outbox.consent import Channel
from groundlevel.areas.outbox.events import Left
from groundlevel.areas.outbox.outgoing import OUTBOX, Outgoing, State, Via, at_place, due_at
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, NotFound
from groundlevel.kernel.store import Condition, Eq
from groundlevel.kernel.wire import Body, Name, Wire

BEGINNING = 200
"""Letters of a text that a list shows."""


class OutboxWanted(Body):
    """Which messages: of a sub-account, in a state, of a channel; behind the one with the id `after`."""

    location_id: Name | None = None
    state: State | None = None
    channel: Channel | None = None
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


@area.get("/operator/outbox", scope=OPERATOR)
def list_outbox(ctx: Ctx, query: OutboxWanted) -> ManyOutgoing:
    """What was sent or is to be sent, the latest first. 404 for an unknown `after`."""
    said = {"location_id": query.location_id, "state": query.state, "channel": query.channel}
    where: list[Condition] = [Eq(field, value) for field, value in said.items() if value]
    if query.after:
        last = outgoing_or_404(ctx, query.after)
        found = ctx.db.page(OUTBOX, *where, limit=query.limit, after=(last.date_added, last.id))
    else:
        found = ctx.db.find(OUTBOX, *where, limit=query.limit)
    return ManyOutgoing(outbox=[seen(one) for one in found])


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
    anew = replace(one, state="waiting", attempts=0, finished_at=None, reason="", code="", due=due_at(one, ctx.stamp))
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
