"""Deliveries: what goes to which endpoint, how often that was tried, and what came of it.

A delivery that is not done has a lane: its endpoint and the record it is about. Of a lane only the first delivery is
ready (`ready`: the endpoint and when it is due); the next becomes so when that one has arrived or finally failed.
"""

from datetime import timedelta
from typing import Literal

from msgspec.structs import replace

from groundlevel.kernel.store import Eq, Sort, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, shown

Status = Literal["waiting", "delivered", "failed"]

KEPT = timedelta(days=30)
"""How long deliveries are kept that are done (source: the service's log of webhooks)."""
ATTEMPTS_KEPT = 20


class Attempt(Wire):
    """One request and its answer. status 0: none came, and `error` says why. `ms`: how long it took."""

    at: str
    status: int
    ms: float
    error: str = ""
    answer: str = ""
    headers: dict[str, str] = {}


class Delivery(Wire):
    """One event for one endpoint. Its id is the `webhookId` that it bears at every attempt; `body` is what is signed.

    number: of the event, by which deliveries are in order. since: when it was last started; tries: failed since then.
    """

    id: str
    endpoint_id: str
    number: int
    type: str
    body: str
    date_added: str
    status: Status
    ready: str | None = None
    lane: str | None = None
    record: str = ""
    app_id: str = ""
    location_id: str = ""
    company_id: str = ""
    since: str = ""
    tries: int = 0
    finished_at: str | None = None
    reason: str = ""
    attempts: list[Attempt] = shown()


class Cursor(Wire):
    """How far the log of events has been read."""

    id: str
    number: int = 0


DELIVERIES = declare(
    Table(
        "webhook_deliveries", Delivery, index=("endpoint_id", "status", "ready"), sparse=("lane",), order="number",
        owner="system",
    )
)  # fmt: skip
CURSORS = declare(Table("webhook_cursors", Cursor, owner="system"))


def ready_at(endpoint_id: str, due: str) -> str:
    """`<endpoint> <moment>`: one index says which endpoints have something due, and finds it."""
    return f"{endpoint_id} {due}"


def due_of(one: Delivery) -> tuple[str, str]:
    """Endpoint and moment of what is ready."""
    endpoint_id, _, due = (one.ready or "").partition(" ")
    return endpoint_id, due


def start(db: Unit, one: Delivery, now: str) -> Delivery:
    """Put a delivery into its lane: due now, or behind what is there. For a unit that sees the system's rows."""
    lane = f"{one.endpoint_id} {one.record}"
    free = db.one(DELIVERIES, Eq("lane", lane)) is None
    due = ready_at(one.endpoint_id, now) if free else None
    begun = replace(one, status="waiting", lane=lane, ready=due, since=now, tries=0, reason="", finished_at=None)
    return db.put(DELIVERIES, begun)


def finish(db: Unit, one: Delivery, now: str, reason: str = "") -> Delivery:
    """It has arrived, or (`reason`) finally failed. The next of its lane is due."""
    lane = one.lane
    done = replace(
        one, status="failed" if reason else "delivered", reason=reason, finished_at=now, ready=None, lane=None
    )
    db.put(DELIVERIES, done)
    if lane is not None:
        for following in db.find(DELIVERIES, Eq("lane", lane), sort=(Sort("number"),), limit=1):
            if following.ready is None:
                db.put(DELIVERIES, replace(following, ready=ready_at(following.endpoint_id, now)))
    return done
