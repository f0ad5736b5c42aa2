"""An installation that is killed while it sends, with servers for mail and texts that hang up: what leads a storm.

A server of mail ends some connections behind the whole mail, which it may have taken or not; a gateway of texts does so
with requests. Both keep what came, by its key. The installation's processes are `groundlevel serve` and its worker.
"""

import asyncio
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
from tests.conftest import LiveServer

from groundlevel.areas.operator import INSTALLATION, installation
from groundlevel.areas.outbox import OUTBOX, Outgoing
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Eq, Store
from groundlevel.kernel.wire import iso
from groundlevel.outside.mail.tests.test_smtp import Receiver
from groundlevel.outside.simulator import Simulator

ACCOUNT = "AC00000000000000000000000000000001"
PATIENCE_S = 60.0
LEASE = timedelta(seconds=60)
"""How long a worker has for one attempt (areas/outbox/steps.py)."""


class FickleMail(Receiver):
    """Hangs up behind some mails, half of which it has taken. Before that only now and then."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):  # who sends may be killed
            await super().talk(reader, writer)
        writer.close()

    def answer(self, to: str, usual: str) -> str | None:
        return None if self.chance.random() < {"DOT": 0.03, "MAIL": 0.003}.get(to, 0.0) else usual

    def takes(self, said: str | None) -> bool:
        return said is not None or self.chance.random() < 0.5

    def came(self) -> Counter[str]:
        """How often each has come, by what it is called in the outbox."""
        return Counter(key_of(mail) for _, mail in self.taken)


class FickleTexts(ThreadingHTTPServer):
    """The simulator of the gateway. It hangs up on some requests, half of which it has taken."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, chance: random.Random) -> None:
        self.simulator, self.chance, self.hung_up = Simulator({ACCOUNT: "token"}), chance, list[str]()
        super().__init__(("127.0.0.1", 0), TextHandler)

    def came(self) -> Counter[str]:
        """How often each has come, by what it is called in the outbox."""
        return Counter(_called(one.fields["StatusCallback"]) for one in self.simulator.messages.values())


class TextHandler(BaseHTTPRequestHandler):
    """One request."""

    server: FickleTexts

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = [(name, value) for name, values in parse_qs(raw).items() for value in values]
        gateway, leaves = self.server, self.server.chance.random() < 0.03
        if leaves:
            gateway.hung_up.append(_called(dict(fields)["StatusCallback"]))
        if not leaves or gateway.chance.random() < 0.5:
            authorization = self.headers.get("Authorization", "")
            status, told = gateway.simulator.answer("POST", self.path, authorization, fields)
            if not leaves:
                self._told(status, msgspec.json.encode(told))

    def _told(self, status: int, body: bytes) -> None:
        with suppress(OSError):  # who asked may be gone
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quietly."""


def _called(callback: str) -> str:
    return callback.rpartition("/")[2]


def key_of(mail: bytes) -> str:
    return str(message_from_bytes(mail)["Message-ID"]).strip("<> ").partition("@")[0]


@contextmanager
def carriers(seed: int) -> Iterator[tuple[FickleMail, FickleTexts]]:
    """Both, as long as they are needed."""
    mail, texts = FickleMail(random.Random(seed)), FickleTexts(random.Random(seed + 1))
    ready, done = threading.Event(), threading.Event()

    async def serve() -> None:
        async with mail.open():
            ready.set()
            await asyncio.to_thread(done.wait)

    threads = [
        threading.Thread(target=lambda: asyncio.run(serve())),
        threading.Thread(target=texts.serve_forever, args=(0.02,)),
    ]
    for thread in threads:
        thread.start()
    assert ready.wait(PATIENCE_S)
    try:
        yield mail, texts
    finally:
        done.set()
        texts.shutdown()
        texts.server_close()
        for thread in threads:
            thread.join()


@dataclass
class Storm:
    """An installation, who sends by it, and what was seen of it. acknowledged: the keys of what it said it would send;
    unsettled: of what was being sent when a worker was killed."""

    live: LiveServer
    store: Store
    wanted: int
    contacts: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    unsettled: set[str] = field(default_factory=set)
    kills: int = 0
    asked: int = 0

    def __post_init__(self) -> None:
        self.turn, self.calm = threading.Lock(), threading.Event()

    # --- before ---

    def connect(self, mail: FickleMail, texts: FickleTexts, people: int) -> None:
        """Let the sub-account send by both, and give it people to write to."""
        at = f"/operator/locations/{self.live.location_id}"
        host = {"host": "127.0.0.1", "port": mail.port, "security": "none", "fromAddress": "hi@shop.example"}
        url = f"http://127.0.0.1:{texts.server_address[1]}"
        self.operate("PUT", f"{at}/email", host)
        self.operate("POST", f"{at}/gateways", {
            "account": ACCOUNT, "secret": "token", "sender": "+14155550100", "url": url})  # fmt: skip
        for number in range(people):
            said = {"phone": f"+1415{5_601_000 + number}", "email": f"p{number}@x.example"}
            place = {"locationId": self.live.location_id}
            made = self.ask("POST", "/contacts/", said | place, self.live.token)
            self.contacts.append(made["contact"]["id"])

    def operate(self, method: str, path: str, body: Any = None) -> Any:
        return self.ask(method, path, body, self.live.credentials["operatorToken"])

    def ask(self, method: str, path: str, body: Any, token: str, line: HTTPConnection | None = None) -> Any:
        own = line or HTTPConnection("127.0.0.1", self.live.port, timeout=PATIENCE_S)
        headers = self.live.headers(token) | {"Content-Type": "application/json"}
        own.request(method, path, json.dumps(body) if body else None, headers)
        reply = own.getresponse()
        told = reply.read()
        if line is None:
            own.close()
        assert reply.status in (200, 201), told
        return json.loads(told)

    # --- sending ---

    def send(self) -> list[threading.Thread]:
        """Write to everybody from four sides, until it is enough or the server is gone."""
        threads = [threading.Thread(target=self._send) for _ in range(4)]
        for thread in threads:
            thread.start()
        return threads

    def _send(self) -> None:
        line = HTTPConnection("127.0.0.1", self.live.port, timeout=PATIENCE_S)
        while True:
            with self.turn:
                if len(self.acknowledged) >= self.wanted:
                    break
                self.asked += 1
                number = self.asked
            said = {"contactId": self.contacts[number % len(self.contacts)], "message": f"n {number}"}
            said |= {"type": "Email", "subject": f"n {number}"} if number % 2 else {"type": "SMS"}
            try:
                told = self.ask("POST", "/conversations/messages", said, self.live.token, line)
            except (OSError, HTTPException):
                break  # it was killed: whether it has kept this one is not known
            with self.turn:
                self.acknowledged.add(told.get("emailMessageId") or told["messageId"])
        line.close()

    # --- killing ---

    def kill(self, *, server: bool) -> None:
        """Kill the worker, and the server too; note what was being sent. What is killed with the server stays dead."""
        number = self.worker()
        if server:
            os.kill(self.live.process.pid, signal.SIGSTOP)  # so that it starts no other worker
        os.kill(number, signal.SIGKILL)
        until = time.monotonic() + PATIENCE_S
        while _lives(number):
            assert time.monotonic() < until
            time.sleep(0.002)
        if server:
            self.live.kill()
        self.kills += 1
        now = iso(datetime.now(UTC) + self.offset())
        found = self.rows("sending")
        self.unsettled |= {one.id for one in found if one.history[-1].at <= now}

    def worker(self) -> int:
        """The id of the worker's process, the latest one."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            started = [line for line in list(self.live.said) if b'"worker started"' in line]
            for number in (json.loads(line)["process"] for line in started[-1:]):
                if _lives(number):
                    return number
            time.sleep(0.01)
        raise AssertionError("there is no worker")

    def offset(self) -> timedelta:
        return timedelta(seconds=installation(self.store.read(SYSTEM)).clock_offset)

    def move_past_the_lease(self) -> None:
        """While the server runs: nobody waits for what a dead worker was about."""
        self.operate("PUT", "/operator/clock", {"seconds": LEASE.total_seconds() + 1})

    def wait_out_the_lease(self) -> None:
        """While nothing runs: nobody is about anything any more."""

        def move(db: Any) -> None:
            kept = installation(db)
            ahead = kept.clock_offset + LEASE.total_seconds() + 1
            db.put(INSTALLATION, msgspec.structs.replace(kept, clock_offset=ahead))

        self.store.write(SYSTEM, move)

    # --- after ---

    def rows(self, state: str | None = None) -> list[Outgoing]:
        """What is in the outbox of what this storm has sent."""
        where = [Eq("state", state)] if state else []
        found = self.store.read(SYSTEM).find(OUTBOX, *where, limit=1_000_000)
        return [one for one in found if one.text.startswith("n ")]


def _lives(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
