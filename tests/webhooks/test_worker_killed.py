"""A real server and its worker, killed again and again: every event arrives, in order, and nothing is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from tests.webhooks.receiving import Receiver, clients, moody

CONTACTS, CHANGES, PATIENCE_S = 100, 4, 90.0


@pytest.fixture
def receivers() -> Iterator[list[Receiver]]:
    """One that always accepts, one that often does not."""
    made = [Receiver(), Receiver(moody(7, 0.9))]
    yield made
    for one in made:
        one.close()


class Worker:
    """`groundlevel worker` in a process of its own."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "groundlevel.cli", "worker", "--database", self.database]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def kill(self, live: Any = None) -> None:
        """This one, and that of a server, which starts another."""
        if live:
            pid = live.process.pid
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                os.kill(int(child), signal.SIGKILL)
        if self.process:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait(20)


@pytest.fixture
def worker(new_server: Callable[..., Any]) -> Iterator[Worker]:
    """A worker of a database that is furnished and served."""
    made = Worker("")
    yield made
    made.kill()


def write(client: httpx2.Client, live: Any) -> Iterator[str]:
    """Create contacts and change each some times; the id after each request."""
    for n in range(CONTACTS):
        said = {"locationId": live.location_id, "firstName": "C", "lastName": "0", "email": f"hook{n}@example.com"}
        id = client.post("/contacts/", json=said).json()["contact"]["id"]
        yield id
        for change in range(1, CHANGES + 1):
            assert client.put(f"/contacts/{id}", json={"lastName": str(change)}).status_code == 200
            yield id


def test_every_event_arrives_however_often_the_worker_is_killed(
    new_server: Callable[..., Any], worker: Worker, receivers: list[Receiver]
) -> None:
    live = new_server().start()
    worker.database = live.database
    with clients(live, receivers) as (operator, location):
        wanted, kills = storm(live, worker, location)
        come_in(operator, receivers, wanted)
        assert kills >= 4
        for receiver in receivers:
            look_through(receiver, wanted)
        verify(operator, receivers[0])


def storm(live: Any, worker: Worker, location: httpx2.Client) -> tuple[Counter[str], int]:
    """Write, and kill all workers meanwhile and for a while after; events of each contact, and how often it was."""
    dice, wanted, kills = random.Random(3), Counter[str](), 0
    worker.start()
    until = time.monotonic() + 1
    for id in write(location, live):
        wanted[id] += 1
        if time.monotonic() > until:
            worker.kill(live)
            kills += 1
            worker.start()
            until = time.monotonic() + 1 + dice.random()
    for _ in range(3):
        time.sleep(1 + dice.random())
        worker.kill(live)
        kills += 1
        worker.start()
    return wanted, kills


def come_in(operator: httpx2.Client, receivers: list[Receiver], wanted: Counter[str]) -> None:
    """Until everything was accepted; the clock is moved, so that nobody waits for what is to be tried again."""
    until, total = time.monotonic() + PATIENCE_S, sum(wanted.values())
    while time.monotonic() < until:
        seen = [len({b["webhookId"] for _, b in r.accepted if b["type"].startswith("Contact")}) for r in receivers]
        if all(count >= total for count in seen):
            return
        time.sleep(0.5)
        assert operator.put("/operator/clock", json={"seconds": 120}).status_code < 300
    waiting = operator.get("/operator/webhooks/deliveries", params={"status": "waiting"}).json()["deliveries"]
    raise AssertionError(f"{seen} of {total} arrived; waiting: {waiting[:3]}")


def look_through(receiver: Receiver, wanted: Counter[str]) -> None:
    """Each event once (by its webhookId), and each contact's in order."""
    by_id: dict[str, dict[str, Any]] = {}
    for _, body in receiver.accepted:
        if body["type"].startswith("Contact"):
            assert by_id.setdefault(body["webhookId"], body) == body, "a repetition that is not the same"
    story: dict[str, list[str]] = {}
    for body in by_id.values():
        story.setdefault(body["id"], []).append(body["lastName"])
    assert {id: len(names) for id, names in story.items()} == dict(wanted)
    assert {id: names for id, names in story.items() if names != [str(n) for n in range(CHANGES + 1)]} == {}


def verify(operator: httpx2.Client, receiver: Receiver) -> None:
    """By the published key, over the bytes that came."""
    key = load_pem_public_key(operator.get("/operator/webhooks/keys").json()["ed25519"].encode())
    assert isinstance(key, Ed25519PublicKey)
    for _, headers, raw in receiver.came:
        key.verify(b64decode(headers["x-ghl-signature"]), raw)
        assert headers["x-webhook-id"] == json.loads(raw)["webhookId"]


def test_serve_sends_by_itself(new_server: Callable[..., Any], receivers: list[Receiver]) -> None:
    """Without any further step: `serve` on a demo, an app, a contact; it is told at once."""
    live = new_server().start()
    with clients(live, receivers[:1]) as (operator, location):
        said = {"locationId": live.location_id, "firstName": "Anna", "email": "a1@example.com"}
        assert location.post("/contacts/", json=said).status_code == 201
        until = time.monotonic() + 20
        while not any(b["type"] == "ContactCreate" for _, b in receivers[0].accepted):
            assert time.monotonic() < until
            time.sleep(0.02)
        assert operator.get("/operator/webhooks/keys").status_code == 200
    assert live.troubles() == []
