"""Addresses that others send JSON to, and each time something happens: /operator/locations/{locationId}/inbound

What comes to /hooks/{locationId}/{secret} by POST, PUT or GET is an event of the sub-account, for its workflows and for
whoever reads the log of events. Apps are not told.
"""

import hmac
from secrets import token_urlsafe
from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.webhooks.area import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.caller import hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event
from groundlevel.kernel.problems import BadRequest, NotFound
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Wire, new_hex, new_uuid

MOST_EACH = 200


class InboundWebhook(Event):
    """Something was sent to an inbound address. `payload`: the JSON object, or the query of a GET."""

    location_id: str
    id: str
    inbound_id: str
    name: str
    method: str
    date_added: str
    payload: dict[str, Any] = {}


class NewInbound(Body):
    """What an inbound address is for."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]


class Inbound(Wire):
    """An inbound address. Only a hash of the secret in it is kept."""

    id: str
    name: str
    date_added: str
    hash: str
    date_updated: str = ""


class InboundSeen(Wire):
    """An inbound address as it is listed. `path`: where to send, behind the server's own address; told only once."""

    id: str
    name: str
    date_added: str
    date_updated: str | None = None
    path: str | None = None


class ManyInbound(Wire):
    """Inbound addresses, newest first."""

    inbound: list[InboundSeen]


class InboundGone(Wire):
    """The reply to removing one."""

    succeeded: bool


INBOUND = declare(Table("webhook_inbound", Inbound, unique=("hash",), order="date_added"))


@area.post("/operator/locations/{locationId}/inbound", scope=OPERATOR)
def create_inbound(ctx: Ctx, location_id: str, body: NewInbound) -> InboundSeen:
    """Make an inbound address of a sub-account. Its path is told now and never again. 400 past 200 of them."""
    if ctx.db.count(INBOUND, up_to=MOST_EACH) >= MOST_EACH:
        raise BadRequest(f"A sub-account has at most {MOST_EACH} inbound addresses")
    secret = token_urlsafe(24)
    made = Inbound(id=new_hex(), name=body.name, date_added=ctx.stamp, hash=hashed(secret))
    return _seen(ctx.db.put(INBOUND, made), _path(location_id, secret))


@area.get("/operator/locations/{locationId}/inbound", scope=OPERATOR)
def list_inbound(ctx: Ctx, location_id: str) -> ManyInbound:
    """The inbound addresses of a sub-account, newest first, without what is secret of them."""
    return ManyInbound(inbound=[_seen(one) for one in ctx.db.find(INBOUND, limit=MOST_EACH)])


@area.post("/operator/locations/{locationId}/inbound/{inboundId}/rotate", scope=OPERATOR, status=200)
def rotate_inbound(ctx: Ctx, location_id: str, inbound_id: str) -> InboundSeen:
    """Give an inbound address another secret; the old path leads nowhere at once. 404 for an unknown one."""
    secret = token_urlsafe(24)
    kept = replace(_inbound_or_404(ctx, inbound_id), hash=hashed(secret), date_updated=ctx.stamp)
    return _seen(ctx.db.put(INBOUND, kept), _path(location_id, secret))


@area.delete("/operator/locations/{locationId}/inbound/{inboundId}", scope=OPERATOR)
def delete_inbound(ctx: Ctx, location_id: str, inbound_id: str) -> InboundGone:
    """Remove an inbound address. 404 for an unknown one."""
    return InboundGone(succeeded=ctx.db.delete(INBOUND, _inbound_or_404(ctx, inbound_id).id))


def inbound_of(ctx: Ctx, secret: str) -> Inbound | None:
    """The inbound address of the sub-account that a secret is of."""
    digest = hashed(secret)
    found = ctx.db.one(INBOUND, Eq("hash", digest))
    return found if found and hmac.compare_digest(found.hash, digest) else None


def come_in(ctx: Ctx, secret: str, method: str, payload: dict[str, Any]) -> str | None:
    """It happens; the event's id. None where there is no such address."""
    one = inbound_of(ctx, secret)
    if one is None:
        return None
    event = InboundWebhook(
        location_id=ctx.location_id, id=new_uuid(), inbound_id=one.id, name=one.name, method=method,
        date_added=ctx.stamp, payload=payload,
    )  # fmt: skip
    ctx.emit(event)
    return event.id


def _path(location_id: str, secret: str) -> str:
    return f"/hooks/{location_id}/{secret}"


def _seen(one: Inbound, path: str | None = None) -> InboundSeen:
    return InboundSeen(
        id=one.id, name=one.name, date_added=one.date_added, date_updated=one.date_updated or None, path=path
    )


def _inbound_or_404(ctx: Ctx, id: str) -> Inbound:
    found = ctx.db.get(INBOUND, id)
    if found is None:
        raise NotFound(f"Inbound address with id {id} not found")
    return found
