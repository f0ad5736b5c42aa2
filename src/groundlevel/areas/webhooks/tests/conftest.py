"""What these tests start from: an app that is told of contacts at a real receiver on this machine, and a courier."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from groundlevel.areas.webhooks import Courier, signer
from groundlevel.conftest import Box
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.outside.aim import LOOPBACK, aim_at
from groundlevel.outside.http import Internet
from groundlevel.outside.posting import Here

EVENTS = ("ContactCreate", "ContactUpdate", "ContactDelete", "ContactTagUpdate", "NoteCreate", "TaskCreate")


@dataclass
class Came:
    """One request that has come in."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.raw)


@dataclass
class Receiver:
    """A web server that keeps what it is sent. `answer`: (path, how many came there before) -> (status, headers)."""

    came: list[Came] = field(default_factory=list)
    answer: Callable[[str, int], tuple[int, dict[str, str]]] = lambda _path, _before: (200, {})
    before: Callable[[str], None] = lambda _path: None

    def __post_init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                nth = sum(one.path == self.path for one in outer.came)
                outer.came.append(Came(self.path, {k.lower(): v for k, v in self.headers.items()}, raw))
                outer.before(self.path)
                status, headers = outer.answer(self.path, nth)
                self.send_response(status)
                for name, value in {"Content-Length": "2", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: Any) -> None:
                """Quietly."""

        ThreadingHTTPServer.daemon_threads = True
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def told(self, path: str = "") -> list[dict[str, Any]]:
        """The bodies that came, to one path or to all."""
        return [one.body for one in self.came if path in ("", one.path)]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Hooks:
    """An installation, a receiver, and an app at the first sub-account that is told of contacts there."""

    box: Box
    receiver: Receiver
    app_id: str = ""

    def new_app(self, path: str = "/hook", **other: Any) -> str:
        """An app that is told at this path of the receiver, installed at the first sub-account."""
        said = {"name": f"App {path}", "scopes": ["contacts.readonly"], **other}
        app = self.box.operator.post("/operator/apps", json=said).json()["id"]
        self.listen(app, url=self.receiver.url + path, events={event: {} for event in EVENTS})
        self.install(app, locationId=self.box.location_id)
        return app

    def listen(self, app_id: str, **said: Any) -> None:
        reply = self.box.operator.put(f"/operator/apps/{app_id}/webhook", json=said)
        assert reply.status_code == 200, reply.text

    def install(self, app_id: str, **other: Any) -> None:
        said = {"companyId": self.box.company_id, **other}
        reply = self.box.operator.post(f"/operator/apps/{app_id}/installations", json=said)
        assert reply.status_code == 201, reply.text

    def courier(self, *named: str, kept: Path | None = None) -> Courier:
        """One that may send to this machine, or to what is named."""
        sandbox = self.box.sandbox
        keys = sandbox.do(SYSTEM, signer)
        return Courier(sandbox.app.store, sandbox.clock.now, Here(Internet(aim_at(*(named or LOOPBACK))), keys), kept)

    def deliver(self, *named: str) -> None:
        """Plan and send what is due, until nothing is."""

        async def go() -> None:
            courier = self.courier(*named)
            await courier.drain()
            await courier.end()

        asyncio.run(go())

    def later(self, **by: float) -> None:
        """Move the clock, and send what is due then."""
        self.box.sandbox.move_clock(timedelta(**by))
        self.deliver()

    def log(self, **params: Any) -> list[dict[str, Any]]:
        """What was sent or waits, the latest first."""
        reply = self.box.operator.get("/operator/webhooks/deliveries", params=params)
        assert reply.status_code == 200, reply.text
        return reply.json()["deliveries"]

    def one(self, id: str) -> dict[str, Any]:
        return self.box.operator.get(f"/operator/webhooks/deliveries/{id}").json()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def hooks(box: Box, receiver: Receiver) -> Hooks:
    """What happened before the test is sent already."""
    made = Hooks(box, receiver)
    made.app_id = made.new_app()
    made.deliver()
    receiver.came.clear()
    return made
