"""Many processes over one database: one truth, whoever is asked and whoever dies."""

import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import psycopg
from tests.conftest import LiveServer
from tests.crash.test_kill import Acknowledged, Writer, look_through
from tests.servers import redis_url

from groundlevel.areas.contacts import CONTACTS
from groundlevel.kernel.events import LOG
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Eq, Owners, Store
from groundlevel.kernel.store.postgres.store import BUSY
from groundlevel.main import open_store

Fleet = Callable[..., list[LiveServer]]
RACES, STORM_S, AWAY_S = int(os.environ.get("GROUNDLEVEL_RACES", "80")), 8.0, 4.0


def ask(server: LiveServer, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    """The status and the reply, on a connection of its own."""
    line = HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        line.request(
            method, path, json.dumps(body) if body else None, {**server.headers(), "Content-Type": "application/json"}
        )
        reply = line.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        line.close()


def test_of_two_who_create_the_same_contact_one_wins(fleet: Fleet) -> None:
    servers = fleet(2)
    together = threading.Barrier(2)

    def race(server: LiveServer) -> list[int]:
        statuses = list[int]()
        for n in range(RACES):
            said = {"locationId": server.location_id, "email": f"race-{n}@example.com", "tags": [f"race {n}"]}
            together.wait(60)
            statuses.append(ask(server, "POST", "/contacts/", said)[0])
        return statuses

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(race, servers)
    assert Counter(tuple(sorted(pair)) for pair in zip(one, other, strict=True)) == {(201, 400): RACES}
    with closing(open_store(Settings(database=servers[0].database))) as store:
        db = store.read(Owners(servers[0].location_id))
        assert [db.count(CONTACTS, Eq("email", f"race-{n}@example.com")) for n in range(RACES)] == [1] * RACES


def test_a_burst_over_all_processes_is_counted_to_one(fleet: Fleet) -> None:
    servers = fleet(4, "--limits", redis_url(), "--burst-limit", "100", "--daily-limit", "200000")
    path = f"/contacts/?locationId={servers[0].location_id}&limit=1"
    while time.time() % 10 > 2:  # a window of ten seconds by the clock: all of it in one
        time.sleep(0.05)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda n: ask(servers[n % 4], "GET", path)[0], range(250)))
    assert Counter(answers) == {200: 100, 429: 150}


def test_a_storm_in_which_processes_die(fleet: Fleet) -> None:
    servers, told, chance = fleet(4), Acknowledged(), random.Random(5)
    until = time.monotonic() + STORM_S
    number = 0
    writers: list[Writer] = []
    while time.monotonic() < until:
        for server in servers:
            writers.append(Writer(server, f"{number}", told))
            writers[-1].start()
            number += 1
        time.sleep(chance.uniform(0.3, 0.9))
        victim = chance.choice(servers)
        victim.kill()
        victim.start()
    for server in servers:
        server.kill()
    for writer in writers:
        writer.join(30)
    assert [one for one in told.refused if BUSY not in one] == [], "only those who are told that nothing was changed"
    assert len(told.names) > 300, "the storm was too weak to mean anything"
    settle(servers[0].database)
    with closing(open_store(Settings(database=servers[0].database))) as store:
        assert store.check() == []
        look_through(store, servers[0].location_id, told)
        assert told_twice(store) == []


def settle(database: str) -> None:
    """Back when the database has ended what processes asked of it that are dead by now."""
    busy = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    with psycopg.connect(database, autocommit=True) as db:
        until = time.monotonic() + 30
        while db.execute(busy).fetchone() != (0,) and time.monotonic() < until:
            time.sleep(0.1)


def told_twice(store: Store) -> list[str]:
    """Contacts whose creation is in the log more than once."""
    rows = store.read(Owners(system=True)).log_after(LOG, 0, 10_000_000)
    counted = Counter(json.loads(doc)["id"] for _, _, kind, doc, _ in rows if kind == "ContactCreate")
    return [id for id, n in counted.items() if n > 1]


def test_a_database_that_goes_away_comes_back(own_postgres: Any) -> None:
    server = LiveServer(own_postgres.url).start()
    path = f"/contacts/?locationId={server.location_id}&limit=1"
    stop, seen, slow = threading.Event(), Counter[int](), list[float]()

    def load(number: int) -> None:
        n = 0
        while not stop.is_set():
            n += 1
            began = time.monotonic()
            said = {"locationId": server.location_id, "email": f"away-{number}-{n}@example.com"}
            status, reply = ask(server, "POST", "/contacts/", said) if n % 2 else ask(server, "GET", path)
            slow.append(time.monotonic() - began)
            seen[status] += 1
            if status == 503:
                assert "database" in reply["message"].lower()

    threads = [threading.Thread(target=load, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    own_postgres.stop()
    assert ask(server, "GET", path)[0] == 503
    time.sleep(AWAY_S)
    own_postgres.start()
    until = time.monotonic() + 10
    while ask(server, "GET", path)[0] != 200 and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join(30)
    assert set(seen) <= {200, 201, 503} and seen[503] > 10
    assert max(slow) < 10
    assert [ask(server, "GET", path)[0] for _ in range(20)] == [200] * 20
    assert [line for line in server.said if b"handler failed" in line] == []
    server.stop()
