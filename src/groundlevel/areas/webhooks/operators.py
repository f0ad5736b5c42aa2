"""What was sent where, as an operator sees and repeats it: /operator/webhooks/deliveries"""

from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

from msgspec import Meta, Raw

from groundlevel.areas.webhooks.area import area
from groundlevel.areas.webhooks.deliveries import DELIVERIES, Attempt, Delivery, Status, due_of, start
from groundlevel.areas.webhooks.endpoints import address_of
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM, job
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Condition, Eq, Range
from groundlevel.kernel.wire import Body, Name, When, Wire, iso, moment, shown

AT_ONCE = 200
"""Deliveries that are started again in one unit of work."""


class DeliveriesWanted(Body):
    """Which deliveries: all of these hold. `before`: the `number` behind which to go on, for the next page."""

    endpoint_id: Name | None = None
    app_id: Name | None = None
    location_id: Name | None = None
    type: Name | None = None
    status: Status | None = None
    before: int | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 50


class DeliverySeen(Wire):
    """A delivery in a list. `webhookId` is what the receiver knows it by; `ms` how long the last attempt took."""

    webhook_id: str
    endpoint_id: str
    type: str
    status: str
    number: int
    date_added: str
    attempts: int
    app_id: str | None = None
    location_id: str | None = None
    company_id: str | None = None
    last_status: int | None = None
    ms: float | None = None
    due: str | None = None
    finished_at: str | None = None
    reason: str | None = None


class ManyDeliveries(Wire):
    """Deliveries, of the latest events first."""

    deliveries: list[DeliverySeen]


class DeliveryWhole(DeliverySeen, kw_only=True):
    """A delivery with what is sent, where (values in the address hidden), and every attempt."""

    url: str
    payload: Raw
    history: list[Attempt] = shown()


class ReplayWanted(Body):
    """What failed since a moment, of one endpoint or of all."""

    since: When
    endpoint_id: Name | None = None


class Replayed(Wire):
    """How many are sent again now. `more`: whether others follow, a portion at a time."""

    started: int
    more: bool


@area.get("/operator/webhooks/deliveries", scope=OPERATOR)
def list_deliveries(ctx: Ctx, query: DeliveriesWanted) -> ManyDeliveries:
    """What was or will be sent, of the latest events first. Kept for 30 days."""
    wanted = ((f, getattr(query, f)) for f in ("endpoint_id", "app_id", "location_id", "type", "status"))
    where: list[Condition] = [Eq(field, value) for field, value in wanted if value is not None]
    if query.before is not None:
        where.append(Range("number", "<", query.before))
    found = ctx.db.find(DELIVERIES, *where, limit=query.limit)
    return ManyDeliveries(deliveries=[DeliverySeen(**_told(one)) for one in found])


@area.get("/operator/webhooks/deliveries/{deliveryId}", scope=OPERATOR)
def get_delivery(ctx: Ctx, delivery_id: str) -> DeliveryWhole:
    """One delivery: what is sent, and each attempt with its answer. 404 for an unknown one."""
    one = _delivery_or_404(ctx, delivery_id)
    url = without_values(address_of(ctx.db, one.endpoint_id))
    return DeliveryWhole(**_told(one), url=url, payload=Raw(one.body.encode()), history=one.attempts)


@area.post("/operator/webhooks/deliveries/{deliveryId}/replay", scope=OPERATOR, status=200)
def replay_delivery(ctx: Ctx, delivery_id: str) -> DeliverySeen:
    """Send one again, under the same `webhookId` and with all its attempts to come. What waits anyway is left so."""
    one = _delivery_or_404(ctx, delivery_id)
    return DeliverySeen(**_told(one if one.status == "waiting" else start(ctx.db, one, ctx.stamp)))


@area.post("/operator/webhooks/replay", scope=OPERATOR, status=200)
def replay_failed(ctx: Ctx, body: ReplayWanted) -> Replayed:
    """Send everything again that finally failed, of events since a moment."""
    since = iso(moment(body.since, "since"))
    started = _replay(ctx, since, ctx.stamp, body.endpoint_id or "")
    return Replayed(started=started, more=started == AT_ONCE)


@job()
def replay_more(ctx: Ctx, since: str, until: str, endpoint_id: str) -> None:
    """The next portion."""
    _replay(ctx, since, until, endpoint_id)


def _replay(ctx: Ctx, since: str, until: str, endpoint_id: str) -> int:
    """A portion of what had failed `until` then; a job goes on where there is more. What fails anew stays so."""
    where: list[Condition] = [Eq("status", "failed"), Range("date_added", ">=", since)]
    where += [Range("finished_at", "<=", until), *([Eq("endpoint_id", endpoint_id)] if endpoint_id else [])]
    db = ctx.db.elsewhere(SYSTEM)
    found = db.find(DELIVERIES, *where, limit=AT_ONCE)
    for one in sorted(found, key=lambda one: one.number):
        start(db, one, ctx.stamp)
    if len(found) == AT_ONCE:
        ctx.later(replay_more, since=since, until=until, endpoint_id=endpoint_id)
    return len(found)


def without_values(url: str) -> str:
    """An address without what may be secret in it: the values of its query."""
    parts = urlsplit(url)
    query = "&".join(f"{pair.partition('=')[0]}=…" for pair in parts.query.split("&") if pair)
    return urlunsplit(parts._replace(query=query, netloc=parts.netloc.rpartition("@")[2]))


def _told(one: Delivery) -> dict[str, Any]:
    last = one.attempts[-1] if one.attempts else None
    return {
        "webhook_id": one.id, "endpoint_id": one.endpoint_id, "type": one.type, "status": one.status,
        "number": one.number, "date_added": one.date_added, "attempts": len(one.attempts),
        "app_id": one.app_id or None, "location_id": one.location_id or None, "company_id": one.company_id or None,
        "last_status": last.status if last else None, "ms": last.ms if last else None,
        "due": due_of(one)[1] or None, "finished_at": one.finished_at, "reason": one.reason or None,
    }  # fmt: skip


def _delivery_or_404(ctx: Ctx, id: str) -> Delivery:
    found = ctx.db.get(DELIVERIES, id)
    if found is None:
        raise NotFound(f"Delivery with id {id} not found")
    return found
