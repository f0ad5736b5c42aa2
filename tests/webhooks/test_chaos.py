"""Many endpoints of every mood, while server, workers and senders are killed: all arrives, in order, hardly ever twice.

GROUNDLEVEL_CHAOS=100000x20 makes it that many events and endpoints; without it there are few, so that it takes seconds.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.conftest import LiveServer, free_port

from groundlevel.areas.webhooks.courier import QUICK_AT_ONCE

EVENTS, ENDPOINTS = (int(n) for n in os.environ.get("GROUNDLEVEL_CHAOS", "400x8").split("x"))
FULL = "GROUNDLEVEL_CHAOS" in os.environ
DEAD, CHANGES, BAD = 4, 9, 0.04 if FULL else 0.01
KILLED_EVERY_S, STILL_S, PATIENCE_S = (5.0, 8.0, 7_200.0) if FULL else (1.5, 2.0, 150.0)
MOST_MB = 250
EVENT_KINDS: dict[str, Any] = {"ContactCreate": {}, "ContactUpdate": {}}


class Moody:
    """The endpoints' process."""

    def __init__(self) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "tests.webhooks.moods", str(self.port), str(ENDPOINTS), str(BAD)]
        self.process = subprocess.Popen(command)
        self.url = f"http://127.0.0.1:{self.port}"

    def told(self) -> list[list[int]]:
        """Of each endpoint: events, how many came again, how many in the wrong order."""
        return httpx2.get(self.url, timeout=60).json()


@pytest.fixture
def moody() -> Iterator[Moody]:
    """The endpoints, ready."""
    made = Moody()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(httpx2.TransportError):
            made.told()
            break
        time.sleep(0.05)
    yield made
    made.process.kill()
    made.process.wait(20)


class Killer(threading.Thread):
    """Kills a server, its worker, another worker or a sender every few seconds, and starts what nobody else starts."""

    def __init__(self, live: LiveServer) -> None:
        super().__init__(daemon=True)
        self.live, self.dice, self.kills, self.most_mb = live, random.Random(5), 0, 0.0
        self.ended, self.moving = threading.Event(), threading.Lock()
        self.worker = self.another()

    def another(self) -> subprocess.Popen[bytes]:
        """A worker beside the server's."""
        command = [sys.executable, "-m", "groundlevel.cli", "worker", "--database", self.live.database]
        return subprocess.Popen([*command, "--allow-webhooks-to", "127.0.0.1"], stderr=subprocess.DEVNULL)

    def run(self) -> None:
        while not self.ended.wait(KILLED_EVERY_S * (0.7 + 0.6 * self.dice.random())):
            self.measure()
            self.kill(self.kills % 4)
            self.kills += 1

    def kill(self, which: int) -> None:
        """The server in its turn, and with it everything of its own; else one of the others."""
        if which == 0:
            with self.moving:
                self.live.kill()
                self.live.start()
            return
        if which == 1:
            self.worker.kill()
            self.worker.wait(20)
            self.worker = self.another()
            return
        found = below(self.live.process.pid)
        senders = [pid for pid in (*found, *below(self.worker.pid)) if b"outside.apart" in said(pid)]
        workers = [pid for pid in found if b"worker" in said(pid)]
        for pid in (senders if which == 2 else workers)[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def measure(self) -> None:
        """The most that one process has taken of the memory."""
        for pid in (self.live.process.pid, *below(self.live.process.pid), self.worker.pid, *below(self.worker.pid)):
            with suppress(OSError, IndexError):
                kept = Path(f"/proc/{pid}/statm").read_text().split()
                self.most_mb = max(self.most_mb, (int(kept[1]) - int(kept[2])) * 4_096 / 1e6)

    def end(self) -> None:
        """No more; everything runs."""
        self.ended.set()
        self.join(60)


def below(pid: int) -> list[int]:
    """The descendants of a process, whichever of its threads started them."""
    found = list[int]()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return [*found, *(one for child in found for one in below(child))]


def said(pid: int) -> bytes:
    """The command of a process."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def furnish(live: LiveServer, moody: Moody) -> None:
    """An app at each endpoint, told of contacts of the demo's sub-account."""
    with httpx2.Client(base_url=live.url, headers=live.headers(live.credentials["operatorToken"])) as operator:
        for n in range(ENDPOINTS):
            app = operator.post("/operator/apps", json={"name": f"App {n}", "scopes": ["contacts.readonly"]}).json()
            hook = {"url": f"{moody.url}/{n}", "events": EVENT_KINDS}
            assert operator.put(f"/operator/apps/{app['id']}/webhook", json=hook).status_code == 200
            place = {"companyId": live.credentials["companyId"], "locationId": live.location_id}
            assert operator.post(f"/operator/apps/{app['id']}/installations", json=place).status_code == 201


def write(live: LiveServer, killer: Killer) -> int:
    """Contacts, and numbered changes of each: how many events. Whoever is not answered looks, and goes on."""
    with httpx2.Client(headers=live.headers(), timeout=20) as client:

        def ask(method: str, path: str, **body: Any) -> httpx2.Response | None:
            try:
                return client.request(method, f"{live.url}{path}", **({"json": body} if body else {}))
            except httpx2.TransportError:
                with killer.moving:  # until it is there again
                    return None

        def create(n: int) -> str:
            email = f"chaos{n}@example.com"
            while True:
                made = ask("POST", "/contacts/", locationId=live.location_id, lastName="0", email=email)
                if made is not None and made.status_code == 201:
                    return made.json()["contact"]["id"]
                if made is not None and made.status_code == 400:  # it was made, and nobody was told
                    return made.json()["meta"]["contactId"]

        ids = [create(n) for n in range(max(1, EVENTS // (CHANGES + 1)))]
        for nth in range(1, CHANGES + 1):
            for id in ids:
                while (seen := ask("PUT", f"/contacts/{id}", lastName=str(nth))) is None or seen.status_code != 200:
                    now = ask("GET", f"/contacts/{id}")
                    if now is not None and now.json()["contact"]["lastName"] == str(nth):
                        break
    return len(ids) * (CHANGES + 1)


def come_in(live: LiveServer, moody: Moody, total: int) -> list[list[int]]:
    """Until all was accepted by those who do. Where nothing comes any more for a while, the clock is moved: then what
    killed workers held is sent again, and what failed tried again."""
    until, before, since = time.monotonic() + PATIENCE_S, 0, time.monotonic()
    with httpx2.Client(base_url=live.url, headers=live.headers(live.credentials["operatorToken"])) as operator:
        while time.monotonic() < until:
            told = moody.told()
            if all(one[0] == total for one in told[:-DEAD]):
                return told
            if (now := sum(one[0] for one in told)) > before:
                before, since = now, time.monotonic()
            if time.monotonic() - since > STILL_S:
                assert operator.put("/operator/clock", json={"seconds": 100}).status_code < 300
                since = time.monotonic()
            time.sleep(0.25)
    raise AssertionError(f"not all of {total} have arrived: {told}")


def test_nothing_is_lost_whoever_is_killed(new_server: Callable[..., LiveServer], moody: Moody) -> None:
    live = new_server().start()
    furnish(live, moody)
    killer = Killer(live)
    began = time.monotonic()
    try:
        killer.start()
        total = write(live, killer)
        enough = total * (ENDPOINTS - DEAD) * 0.9 if FULL else 0
        while killer.kills < 4 or sum(one[0] for one in moody.told()) < enough:
            time.sleep(0.5)
        killer.end()
        told = come_in(live, moody, total)
    finally:
        killer.ended.set()
        killer.worker.kill()
        killer.worker.wait(20)
    good = told[:-DEAD]
    again, sent = sum(one[1] for one in good), total * len(good)
    if FULL:
        took = f"{time.monotonic() - began:.0f} s"
        print(f"{sent} deliveries in {took}, {killer.kills} kills, {again} twice, at most {killer.most_mb:.0f} MB each")
    assert [one[0] for one in told[-DEAD:]] == [0] * DEAD
    assert [one[2] for one in good] == [0] * len(good), "in the order of their records"
    under_way = 0 if FULL else QUICK_AT_ONCE * len(good) * killer.kills
    assert again <= max(sent // 100, under_way), "only what was under way when one was killed"
    assert killer.most_mb < MOST_MB
