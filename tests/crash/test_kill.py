"""Power cuts: the server is killed in a storm of writes, again and again, and what it has acknowledged is there."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from groundlevel.areas.contacts import CONTACTS
from groundlevel.kernel.events import LOG
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Has, Owners, Store
from groundlevel.main import open_store
from groundlevel.testing_stores import Engine

CYCLES: dict[Engine, int] = {"sqlite": 8, "postgres": 4}
"""In PostgreSQL the data is another process's, which is not killed here."""
CONNECTIONS, STORM_S, SOON_S = 4, 0.25, 10.0
EVERYTHING = 10_000_000


@dataclass
class Acknowledged:
    """What the server said it had done: contacts by id with their email and last name, and the deleted ones."""

    names: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)


class Writer(threading.Thread):
    """One connection that writes as fast as it is answered, until the server is gone."""

    def __init__(self, live: Any, number: str, told: Acknowledged) -> None:
        super().__init__(daemon=True)
        self.live, self.number, self.told = live, number, told
        self.sent = 0
        self.chance = random.Random(number)
        self.mine: list[str] = []

    def run(self) -> None:
        """Create, change and delete."""
        line = HTTPConnection("127.0.0.1", self.live.port, timeout=10)
        try:
            while True:
                dice = self.chance.random()
                if dice < 0.7 or not self.mine:
                    self.create(line)
                elif dice < 0.9:
                    self.rename(line, self.chance.choice(self.mine))
                else:
                    self.delete(line, self.mine.pop(self.chance.randrange(len(self.mine))))
        except (OSError, HTTPException):
            return
        finally:
            line.close()

    def ask(self, line: HTTPConnection, method: str, path: str, body: Any = None) -> dict[str, Any] | None:
        """The reply; None, and noted, where it was refused."""
        headers = {**self.live.headers(), "Content-Type": "application/json"}
        line.request(method, path, json.dumps(body) if body else None, headers)
        reply = line.getresponse()
        told = reply.read()
        if reply.status in (200, 201):
            return json.loads(told)
        self.told.refused.append(f"{method} {path} {reply.status} {told[:200]!r}")
        return None

    def create(self, line: HTTPConnection) -> None:
        """A new contact with two tags."""
        self.sent += 1
        email = f"storm-{self.number}-{self.sent}@example.com"
        said = {"locationId": self.live.location_id, "email": email, "tags": ["storm", f"storm {self.number}"]}
        if reply := self.ask(line, "POST", "/contacts/", said):
            id = reply["contact"]["id"]
            self.told.names[id] = email, None
            self.mine.append(id)

    def rename(self, line: HTTPConnection, id: str) -> None:
        """Another last name; until the answer is here, either name may be found."""
        self.sent += 1
        self.told.unsure.add(id)
        if self.ask(line, "PUT", f"/contacts/{id}", {"lastName": f"Name {self.sent}"}):
            self.told.names[id] = self.told.names[id][0], f"Name {self.sent}"
            self.told.unsure.discard(id)

    def delete(self, line: HTTPConnection, id: str) -> None:
        """Remove it; until the answer is here, it may be there or not."""
        self.told.unsure.add(id)
        if self.ask(line, "DELETE", f"/contacts/{id}"):
            del self.told.names[id]
            self.told.gone.add(id)
            self.told.unsure.discard(id)


def storm(live: Any, cycle: int, told: Acknowledged) -> float:
    """Start the server, write from all sides, kill it; the seconds until it answered."""
    began = time.perf_counter()
    live.start()
    took = time.perf_counter() - began
    writers = [Writer(live, f"{cycle}-{n}", told) for n in range(CONNECTIONS)]
    for writer in writers:
        writer.start()
    threading.Event().wait(STORM_S + random.Random(cycle).random() * 0.1)
    live.kill()
    for writer in writers:
        writer.join(20)
    return took


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """Opens stores, and closes them at the end."""
    stores: list[Store] = []

    def open_it(database: str) -> Store:
        stores.append(open_store(Settings(database=database)))
        return stores[-1]

    yield open_it
    for store in stores:
        store.close()


def test_what_was_acknowledged_survives_every_kill(
    new_server: Callable[..., Any], opened: Callable[[str], Store], engine: Engine
) -> None:
    live, told, cycles = new_server(), Acknowledged(), CYCLES[engine]
    starts = [storm(live, cycle, told) for cycle in range(cycles)]
    assert told.refused == []
    assert len(told.names) > cycles * 10, "the storm was too weak to mean anything"
    took = sorted(starts[1:])[cycles // 2]
    assert took < SOON_S, f"start-up after a kill took {took:.1f} s"
    store = opened(live.database)
    assert store.check() == []
    look_through(store, live.location_id, told)


def look_through(store: Store, location: str, told: Acknowledged) -> None:
    """Every acknowledged write is there, and every contact that is there is there whole."""
    db = store.read(Owners(location=location))
    there = {c.id: c for c in db.each(CONTACTS)}
    assert db.count(CONTACTS) == len(there)
    sure = {id: name for id, name in told.names.items() if id not in told.unsure}
    assert {id for id in sure if id not in there} == set(), "an acknowledged contact is lost"
    assert {id: (c.email, c.last_name) for id, c in there.items() if id in sure} == sure
    assert told.gone & set(there) == set(), "a deleted contact is back"
    stormy = {id for id, c in there.items() if (c.email or "").startswith("storm-")}
    kinds = events(store, location)
    assert stormy - kinds["ContactCreate"] == set(), "a contact without its event"
    ghosts = kinds["ContactCreate"] - set(there) - kinds["ContactDelete"]
    assert ghosts == set(), "an event without its contact"
    tagged = {c.id for c in db.each(CONTACTS, Has("tags", "storm"))}
    assert tagged == stormy, "the index of tags differs from the contacts"


def events(store: Store, location: str) -> dict[str, set[str]]:
    """Kind -> ids of the contacts it was told of, in one location."""
    found: dict[str, set[str]] = {"ContactCreate": set(), "ContactDelete": set()}
    for _, owner, kind, doc, _ in store.read(Owners(system=True)).log_after(LOG, 0, EVERYTHING):
        if owner == location and kind in found:
            found[kind].add(json.loads(doc)["id"])
    return found


def test_an_unfinished_write_leaves_nothing(new_server: Callable[..., Any], opened: Callable[[str], Store]) -> None:
    """A request that was cut off in its body, on the way into a server that is then killed."""
    live = new_server().start()
    line = HTTPConnection("127.0.0.1", live.port, timeout=10)
    line.putrequest("POST", "/contacts/")
    for name, value in {**live.headers(), "Content-Type": "application/json", "Content-Length": "500"}.items():
        line.putheader(name, value)
    line.endheaders(b'{"locationId":"' + live.location_id.encode() + b'","email":"half@example.com"')
    live.kill()
    line.close()
    store = opened(live.database)
    assert store.check() == []
    found = store.read(Owners(location=live.location_id)).each(CONTACTS)
    assert [c.email for c in found if c.email == "half@example.com"] == []
