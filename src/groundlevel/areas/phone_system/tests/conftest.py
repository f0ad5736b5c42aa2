"""An installation to try things with, and a carrier on this machine."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest

from groundlevel.areas.operator import INSTALLATION, Installation
from groundlevel.conftest import Box
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.outside.simulator import Simulator

ACCOUNT, TOKEN = "AC00000000000000000000000000000001", "the auth token"


@pytest.fixture
def trial(box: Box) -> Box:
    """A test installation: numbers are bought of the simulated gateway."""
    row = Installation(id="installation", test=True)
    box.sandbox.do(SYSTEM, lambda ctx: ctx.db.put(INSTALLATION, row))
    return box


class Carrier:
    """The simulator behind a server of this machine. hang_up: whether it does its work and then breaks off."""

    def __init__(self) -> None:
        self.simulator, self.hang_up, self.asked, outer = Simulator({ACCOUNT: TOKEN}), False, list[str](), self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                path, _, query = self.path.partition("?")
                outer.asked.append(f"{self.command} {path.rpartition('/')[2]}")
                authorization = self.headers.get("Authorization", "")
                status, told = outer.simulator.answer(self.command, path, authorization, parse_qsl(raw or query))
                if outer.hang_up:
                    self.connection.close()
                    return
                body = b"" if status == 204 else msgspec.json.encode(told)
                with suppress(ConnectionError):
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, *_: Any) -> None:
                """Quietly."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def sold(self) -> list[str]:
        """The numbers that the account has."""
        return [one.id for one in self.simulator.shelf.of(ACCOUNT)]

    def connect(self, box: Box, location_id: str = "", **more: Any) -> str:
        """The id of a sub-account's gateway, aimed at it."""
        said = {"account": ACCOUNT, "secret": TOKEN, "service": "MG1", "url": self.url} | more
        reply = box.operator.post(f"/operator/locations/{location_id or box.location_id}/gateways", json=said)
        assert reply.status_code == 201, reply.text
        return reply.json()["id"]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def carrier(box: Box) -> Iterator[Carrier]:
    """A carrier that a demo on this machine may ask."""
    row = Installation(id="installation", test=True, demo={"locationId": box.location_id})
    box.sandbox.do(SYSTEM, lambda ctx: ctx.db.put(INSTALLATION, row))
    made = Carrier()
    yield made
    made.close()
