"""What a courier takes from the store and brings back: leases of deliveries, and what came of them.

Nothing is sent from here. A lease ends by itself, so what a worker had taken when it died is taken again by another.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.webhooks.deliveries import (
    ATTEMPTS_KEPT,
    DELIVERIES,
    Attempt,
    Delivery,
    done,
    due_of,
    finish,
    first_of,
    ready_at,
)
from groundlevel.areas.webhooks.endpoints import ENDPOINTS, Endpoint, address_of, endpoint_of
from groundlevel.areas.webhooks.policies import LONGEST, POLICIES, asked_for, good
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import In, Range, Sort, Store, Unit
from groundlevel.kernel.wire import iso
from groundlevel.outside.posting import Answer

LEASE = timedelta(seconds=45)
"""How long a delivery is a worker's own: longer than it may wait for its turn there and than an attempt may take."""
LOOKED = 300
"""How many that wait for an endpoint in trouble are looked through at once for such as are too old."""
NO_ADDRESS = "there is no address for it any more"
TOO_LATE = "its endpoint did not answer for three days"


Room = Callable[[str, int], int]


class Parcel(Struct, frozen=True):
    """A leased delivery. `lease` is what its row says while it is ours."""

    id: str
    endpoint_id: str
    url: str
    body: str
    lease: str


class Outcome(Struct, frozen=True):
    """What came of an attempt that began `at`. `chance` in [0, 1) varies the wait."""

    parcel: Parcel
    answer: Answer
    at: str
    chance: float = 0.5


def waiting_endpoints(db: Unit) -> Iterator[tuple[str, str]]:
    """Every endpoint that something is ready for, and when the first of it is due: a step in the index for each."""
    last = ""
    while found := db.find(DELIVERIES, Range("ready", ">", last), sort=(Sort("ready"),), limit=1):
        endpoint_id, due = due_of(found[0])
        yield endpoint_id, due
        last = f"{endpoint_id}!"  # behind `<endpoint> `


class Taking:
    """Takes deliveries that are ready, in one unit of work: as many as there is room for, of endpoints that are well.

    parcels: what it has taken. missed: endpoints of which it had to leave some for want of room. kept: deliveries as
    they are to be, which `flush` writes.
    room: (endpoint, how many its circuit admits; -1: any number) -> how many more are wanted there.
    """

    def __init__(self, db: Unit, now: datetime, room: Room) -> None:
        self.db, self.now, self.room, self.parcels = db, now, room, list[Parcel]()
        self.missed, self.kept = set[str](), list[Delivery]()
        self.endpoints: dict[str, Endpoint] = {}
        self.left: dict[str, int] = {}
        self.urls: dict[str, str] = {}

    def endpoint(self, id: str) -> Endpoint:
        """How an endpoint is doing, as far as this unit knows."""
        if id not in self.endpoints:
            self.endpoints[id] = endpoint_of(self.db, id)
        return self.endpoints[id]

    def url(self, id: str) -> str:
        """Where an endpoint is; empty where it is no more."""
        if id not in self.urls:
            self.urls[id] = address_of(self.db, id)
        return self.urls[id]

    def wanted(self, id: str) -> int:
        """How many more are wanted of an endpoint."""
        if id not in self.left:
            one = self.endpoint(id)
            self.left[id] = 0 if one.paused else max(0, self.room(id, one.circuit.admits(self.now)))
        return self.left[id]

    def flush(self) -> None:
        """Write the deliveries that are as they are to be kept."""
        if self.kept:
            self.db.put_many(DELIVERIES, self.kept)
            self.kept.clear()

    def take(self, one: Delivery) -> Delivery:
        """One that is ready now, as it is to be kept: ours for a while, where it is wanted."""
        id = one.endpoint_id
        if not self.wanted(id) or not self.url(id):
            self.missed.add(id)
            return replace(one, ready=ready_at(id, iso(self.now)))
        self.left[id] -= 1
        until = ready_at(id, iso(self.now + LEASE))
        self.parcels.append(Parcel(one.id, id, self.url(id), one.body, until))
        return replace(one, ready=until)


def lease(store: Store, now: datetime, room: Room) -> Taking:
    """Take what is due. room: see `Taking`."""
    stamp, db = iso(now), store.read(SYSTEM)
    looking = Taking(db, now, room)
    wanted = [id for id, at in list(waiting_endpoints(db)) if at <= stamp and looking.wanted(id)]

    def take(db: Unit) -> Taking:
        taking = Taking(db, now, room)
        for id in wanted:
            _take(taking, id)
        taking.flush()
        return taking

    return store.write(SYSTEM, take) if wanted else looking


def _take(taking: Taking, id: str) -> None:
    """What is due at one endpoint. What is too old, or has no address, finally fails instead."""
    db, endpoint, now = taking.db, taking.endpoint(id), taking.now
    between = Range("ready", ">=", ready_at(id, "")), Range("ready", "<=", ready_at(id, iso(now)))
    most = LOOKED if endpoint.failures else taking.wanted(id)
    found = db.claim(DELIVERIES, *between, sort=(Sort("ready"),), limit=most)
    if len(found) == most:
        taking.missed.add(id)
    for one in found:
        url = taking.url(id)
        if not url or (endpoint.failures and one.since < iso(now - LONGEST)):
            finish(db, one, iso(now), TOO_LATE if url else NO_ADDRESS)
        elif taking.wanted(id):
            taking.kept.append(taking.take(one))


def settle(taking: Taking, outcomes: list[Outcome]) -> set[str]:
    """Write what came of attempts; the endpoints among theirs that are to be left alone now.

    What came next in the lanes of what is done may be taken at once.
    """
    db, now, lanes = taking.db, taking.now, list[str]()
    ids = {one.parcel.endpoint_id for one in outcomes}
    before = {id: taking.endpoint(id) for id in ids}
    wanted = tuple({one.parcel.id for one in outcomes})
    known = {one.id: one for one in db.find(DELIVERIES, In("id", wanted), limit=len(wanted))}
    for one in outcomes:
        id = one.parcel.endpoint_id
        endpoint = taking.endpoint(id)
        if (delivery := known.pop(one.parcel.id, None)) and _settle(taking, one, delivery, lanes):
            circuit = endpoint.circuit.after(good(one.answer.status), now)
            taking.endpoints[id] = endpoint if circuit == endpoint.circuit else endpoint.with_circuit(circuit)
    for id in ids:
        if taking.endpoint(id) != before[id]:
            db.put(ENDPOINTS, taking.endpoint(id))
    taking.flush()
    taking.kept += [taking.take(one) for one in first_of(db, lanes).values() if one.ready is None]
    taking.flush()
    return {id for id in ids if (one := taking.endpoint(id)).paused or not one.circuit.admits(now)}


def _settle(taking: Taking, one: Outcome, delivery: Delivery, lanes: list[str]) -> bool:
    """One attempt; whether it counts. When its lease had ended and another worker has it, only an arrival does.

    lanes: is told which has lost its first delivery.
    """
    now, answer = taking.now, one.answer
    arrived = good(answer.status)
    if delivery.status != "waiting" or (delivery.ready != one.parcel.lease and not arrived):
        return False
    attempt = Attempt(
        at=one.at, status=answer.status, ms=answer.ms, error=answer.error, answer=answer.body, headers=answer.headers
    )
    told = replace(delivery, attempts=[*delivery.attempts, attempt][-ATTEMPTS_KEPT:])
    if arrived:
        taking.kept.append(done(told, iso(now)))
        lanes += [delivery.lane] if delivery.lane else []
        return True
    policy, tries = POLICIES[taking.endpoint(one.parcel.endpoint_id).policy], told.tries + 1
    wait = policy.wait(tries, answer.status, one.chance, asked_for(answer.headers.get("retry-after", ""), now))
    told = replace(told, tries=tries)
    if wait is None:
        taking.kept.append(done(told, iso(now), _reason(answer, tries)))
        lanes += [delivery.lane] if delivery.lane else []
    else:
        taking.kept.append(replace(told, ready=ready_at(told.endpoint_id, iso(now + wait))))
    return True


def _reason(answer: Answer, tries: int) -> str:
    """Why it finally failed, in a line for people."""
    said = f"answered {answer.status}" if answer.status else answer.error or "did not answer"
    return f"{said}, after {tries} attempt{'s' if tries > 1 else ''}"
