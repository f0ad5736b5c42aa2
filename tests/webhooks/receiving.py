"""A receiver that keeps what it is sent, in the order in which it came, and apps that are told there."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2

Answer = Callable[[str, dict[str, Any]], int]


class Receiver:
    """A web server on this machine. `answer`: (path, body) -> status; 0 breaks off, -1 lies about the length."""

    def __init__(self, answer: Answer = lambda _path, _body: 200) -> None:
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.accepted: list[tuple[str, dict[str, Any]]] = []
        self.answer, self.lock = answer, threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer.take(self)

            def log_message(self, *_: Any) -> None:
                """Quietly."""

        class Server(ThreadingHTTPServer):
            daemon_threads, request_queue_size = True, 128

            def handle_error(self, *_: Any) -> None:
                """Senders are killed here."""

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def take(self, request: BaseHTTPRequestHandler) -> None:
        """One request."""
        raw = request.rfile.read(int(request.headers["Content-Length"]))
        body = json.loads(raw)
        status = self.answer(request.path, body)
        with self.lock:
            self.came.append((request.path, {k.lower(): v for k, v in request.headers.items()}, raw))
            if 200 <= status < 300 or status == -1:
                self.accepted.append((request.path, body))
        if status == 0:
            request.connection.close()
            request.close_connection = True
            return
        request.send_response(200 if status == -1 else status)
        request.send_header("Content-Length", "99" if status == -1 else "2")
        request.end_headers()
        request.wfile.write(b"ok")
        request.close_connection = status == -1

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def moody(seed: int, good: float) -> Answer:
    """Accepts so often; otherwise fails in one of several ways."""
    chance, lock = random.Random(seed), threading.Lock()

    def answer(_path: str, _body: dict[str, Any]) -> int:
        with lock:
            return 200 if chance.random() < good else chance.choice((500, 404, 0, -1))

    return answer


@contextmanager
def clients(live: Any, receivers: list[Receiver]) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    """The operator's and the sub-account's, with apps that are told of contacts, one at each receiver."""
    as_operator = live.headers(live.credentials["operatorToken"])
    with (
        httpx2.Client(base_url=live.url, headers=as_operator) as operator,
        httpx2.Client(base_url=live.url, headers=live.headers()) as location,
    ):
        for n, receiver in enumerate(receivers):
            app = operator.post("/operator/apps", json={"name": f"App {n}", "scopes": ["contacts.readonly"]})
            said = {"url": f"{receiver.url}/hook", "events": {"ContactCreate": {}, "ContactUpdate": {}}}
            at = f"/operator/apps/{app.json()['id']}"
            assert operator.put(f"{at}/webhook", json=said).status_code == 200
            place = {"companyId": live.credentials["companyId"], "locationId": live.location_id}
            assert operator.post(f"{at}/installations", json=place).status_code == 201
        yield operator, location
