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
    due_of,
    finish,
    ready_at,
)
from groundlevel.areas.webhooks.endpoints import ENDPOINTS, Endpoint, address_of, endpoint_of
from groundlevel.areas.webhooks.policies import LONGEST, POLICIES, asked_for, good
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Range, Sort, Store, Unit
from groundlevel.kernel.wire import iso
from groundlevel.outside.posting import Answer

LEASE = timedelta(seconds=90)
"""How long a delivery is a worker's own: longer than it may wait for its turn there and than an attempt may take."""
LOOKED = 300
"""How many that wait for an endpoint in trouble are looked through at once for such as are too old."""
NO_ADDRESS = "there is no address for it any more"
TOO_LATE = "its endpoint did not answer for three days"


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


def lease(store: Store, now: datetime, room: Callable[[str, int], int]) -> list[Parcel]:
    """Take what is due. room: (endpoint, how many its circuit admits; -1: any number) -> how many more are wanted."""
    stamp, db, wanted = iso(now), store.read(SYSTEM), list[tuple[Endpoint, int]]()
    for id, at in list(waiting_endpoints(db)):
        endpoint = endpoint_of(db, id) if at <= stamp else None
        if endpoint and not endpoint.paused and (most := room(id, endpoint.circuit.admits(now))) > 0:
            wanted.append((endpoint, most))

    def take(db: Unit) -> list[Parcel]:
        return [parcel for one, most in wanted for parcel in _take(db, one, now, most)]

    return store.write(SYSTEM, take) if wanted else []


def _take(db: Unit, endpoint: Endpoint, now: datetime, most: int) -> list[Parcel]:
    """What is due at one endpoint. What is too old, or has no address, finally fails instead."""
    first, last = ready_at(endpoint.id, ""), ready_at(endpoint.id, iso(now))
    between = Range("ready", ">=", first), Range("ready", "<=", last)
    found = db.claim(DELIVERIES, *between, sort=(Sort("ready"),), limit=LOOKED if endpoint.failures else most)
    url, parcels, until = address_of(db, endpoint.id), list[Parcel](), ready_at(endpoint.id, iso(now + LEASE))
    for one in found:
        if not url or (endpoint.failures and one.since < iso(now - LONGEST)):
            finish(db, one, iso(now), TOO_LATE if url else NO_ADDRESS)
        elif len(parcels) < most:
            db.put(DELIVERIES, replace(one, ready=until))
            parcels.append(Parcel(one.id, endpoint.id, url, one.body, until))
    return parcels


def settle(store: Store, now: datetime, outcomes: list[Outcome]) -> set[str]:
    """Write what came of attempts, in one unit of work; the endpoints among theirs that are to be left alone now."""

    def write(db: Unit) -> set[str]:
        before: dict[str, Endpoint] = {}
        after: dict[str, Endpoint] = {}
        for one in outcomes:
            id = one.parcel.endpoint_id
            if id not in after:
                before[id] = after[id] = endpoint_of(db, id)
            if _settle(db, now, one, after[id]):
                ok = good(one.answer.status)
                after[id] = after[id].with_circuit(after[id].circuit.after(ok, now))
        for id, endpoint in after.items():
            if endpoint != before[id]:
                db.put(ENDPOINTS, endpoint)
        return {id for id, endpoint in after.items() if endpoint.paused or not endpoint.circuit.admits(now)}

    return store.write(SYSTEM, write)


def _settle(db: Unit, now: datetime, one: Outcome, endpoint: Endpoint) -> bool:
    """One attempt; whether it counts. When its lease had ended and another worker has it, only an arrival does."""
    delivery, answer = db.get(DELIVERIES, one.parcel.id), one.answer
    arrived = good(answer.status)
    if delivery is None or delivery.status != "waiting" or (delivery.ready != one.parcel.lease and not arrived):
        return False
    attempt = Attempt(
        at=one.at, status=answer.status, ms=answer.ms, error=answer.error, answer=answer.body, headers=answer.headers
    )
    told = replace(delivery, attempts=[*delivery.attempts, attempt][-ATTEMPTS_KEPT:])
    if arrived:
        finish(db, told, iso(now))
        return True
    policy, tries = POLICIES[endpoint.policy], told.tries + 1
    wait = policy.wait(tries, answer.status, one.chance, asked_for(answer.headers.get("retry-after", ""), now))
    told = replace(told, tries=tries)
    if wait is None:
        finish(db, told, iso(now), _reason(answer, tries))
    else:
        db.put(DELIVERIES, replace(told, ready=ready_at(told.endpoint_id, iso(now + wait))))
    return True


def _reason(answer: Answer, tries: int) -> str:
    """Why it finally failed, in a line for people."""
    said = f"answered {answer.status}" if answer.status else answer.error or "did not answer"
    return f"{said}, after {tries} attempt{'s' if tries > 1 else ''}"
