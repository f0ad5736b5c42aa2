"""Deliveries: what goes to which endpoint, how often that was tried, and what came of it.

A delivery that is not done has a lane: its endpoint and the record it is about. Of a lane only the first delivery is
ready (`ready`: the endpoint and when it is due); the next becomes so when that one has arrived or finally failed.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from msgspec.structs import replace

from groundlevel.kernel.store import Eq, Exists, In, Sort, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, shown

Status = Literal["waiting", "delivered", "failed"]

KEPT = timedelta(days=30)
"""How long deliveries are kept that are done (source: the service's log of webhooks)."""
ATTEMPTS_KEPT, LANES, MANY = 20, 40, 400
"""Attempts that are kept of a delivery; lanes that are looked into together, and deliveries in them."""


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


def lane_of(one: Delivery) -> str:
    """Where it waits: behind what came before of the same record at the same endpoint."""
    return f"{one.endpoint_id} {one.record}"


def busy(db: Unit, lanes: Iterable[str]) -> set[str]:
    """Those of these lanes that are not empty: each has one delivery that is ready."""
    wanted = tuple(set(lanes))
    found = db.find(DELIVERIES, In("lane", wanted), Exists("ready"), limit=len(wanted)) if wanted else []
    return {one.lane for one in found if one.lane}


def first_of(db: Unit, lanes: Iterable[str]) -> dict[str, Delivery]:
    """The first delivery of each of these lanes that is not empty: some lanes at a time, since they may be long."""
    wanted, first = list(dict.fromkeys(lanes)), dict[str, Delivery]()
    for at in range(0, len(wanted), LANES):
        some = wanted[at : at + LANES]
        found = db.find(DELIVERIES, In("lane", tuple(some)), sort=(Sort("number"),), limit=MANY)
        for one in found:
            first.setdefault(one.lane or "", one)
        for lane in (lane for lane in some if lane not in first and len(found) == MANY):
            for one in db.find(DELIVERIES, Eq("lane", lane), sort=(Sort("number"),), limit=1):
                first[lane] = one
    return first


def begun(one: Delivery, now: str) -> Delivery:
    """The same, to be tried from the beginning, in its lane; not yet ready."""
    return replace(
        one, status="waiting", lane=lane_of(one), ready=None, since=now, tries=0, reason="", finished_at=None
    )


def start(db: Unit, one: Delivery, now: str) -> Delivery:
    """Put a delivery into its lane: due now, or behind what is there. For a unit that sees the system's rows."""
    free = db.one(DELIVERIES, Eq("lane", lane_of(one))) is None
    return db.put(DELIVERIES, replace(begun(one, now), ready=ready_at(one.endpoint_id, now) if free else None))


def done(one: Delivery, now: str, reason: str = "") -> Delivery:
    """The same, arrived or (`reason`) finally failed, and out of its lane."""
    status: Status = "failed" if reason else "delivered"
    return replace(one, status=status, reason=reason, finished_at=now, ready=None, lane=None)


def finish(db: Unit, one: Delivery, now: str, reason: str = "") -> Delivery:
    """It has arrived, or finally failed. The next of its lane is due."""
    finished = db.put(DELIVERIES, done(one, now, reason))
    for following in first_of(db, [one.lane] if one.lane else []).values():
        if following.ready is None:
            db.put(DELIVERIES, replace(following, ready=ready_at(following.endpoint_id, now)))
    return finished
