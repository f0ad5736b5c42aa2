"""One connection to a web server: a request goes out, its answer is read as it comes, up to a limit.

What is read is parsed by httptools. Nobody waits with a timer of his own: whoever keeps the connections looks now and
then which of them are late.
"""

import asyncio
import time
from typing import Any, cast

import httptools

KEPT, READ, HEADS = 2_000, 65_536, 65_536
"""Letters of an answer that are kept, and bytes of body and of headers that are read at most."""
TOLD = frozenset(
    (b"content-type", b"retry-after", b"server", b"date", b"location", b"x-request-id", b"etag", b"last-modified")
)
"""The headers of an answer that are kept: none that hold secrets."""


class Seen:
    """What has come of an answer so far: also what a receiver said before it broke off. `cut`: there was more."""

    __slots__ = ("body", "bounded", "cut", "error", "headers", "status")

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.error = 0, dict[str, str](), b"", ""
        self.bounded = self.cut = False


class Line(asyncio.Protocol):
    """A connection. `free`: whether the next request may go out on it. `heard`: when something last came."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.parser: Any = None
        self.waiting: asyncio.Future[Seen] | None = None
        self.seen = Seen()
        self.free, self.whole, self.stays, self.read, self.most = False, False, False, 0, READ
        self.began = self.heard = self.used = time.monotonic()

    def ask(self, request: bytes, most: int = READ) -> "asyncio.Future[Seen]":
        """Send a request; what comes of it, whatever that is. most: bytes of the answer's body that are read."""
        assert self.transport
        self.most = most
        self.free, self.whole, self.stays, self.read, self.seen = False, False, False, 0, Seen()
        self.parser = httptools.HttpResponseParser(self)
        self.waiting = asyncio.get_running_loop().create_future()
        self.began = self.heard = time.monotonic()
        self.transport.write(request)
        return self.waiting

    def end(self, error: str = "") -> None:
        """Whoever waits gets what has come so far, and the connection is closed at once."""
        if self.transport:
            self.transport.abort()
        self._tell(error)

    def _tell(self, error: str = "") -> None:
        waiting, self.waiting, self.free = self.waiting, None, False
        if waiting and not waiting.done():
            self.seen.error = error
            waiting.set_result(self.seen)

    # --- what the loop says ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self.transport, self.free = cast(asyncio.Transport, transport), True

    def data_received(self, data: bytes) -> None:
        """A piece of an answer; what nobody has asked for ends the connection."""
        if self.waiting is None:
            return self.end()
        self.heard, self.read = time.monotonic(), self.read + len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            return self.end()
        except httptools.HttpParserError as trouble:
            return self.end("" if self.whole else f"no HTTP: {type(trouble).__name__}")
        if self.whole:
            return self._finish()
        if len(self.seen.body) > self.most or self.read > self.most + HEADS:
            self.seen.cut = True
            self.end("" if self.seen.status else "too much was answered")
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone: an answer without a length ends so."""
        self.transport = None
        fine = exc is None and self.seen.status and not self.seen.bounded
        broke_off = "broke off in the middle of the answer" if self.seen.status else "hung up without an answer"
        self._tell("" if fine else f"{broke_off}{f' ({exc})' if exc else ''}")

    def _finish(self) -> None:
        if not self.stays or not self.transport or self.transport.is_closing():
            return self.end()
        self._tell()
        self.free, self.used = True, time.monotonic()
        return None

    # --- what the parser says ---

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header of the answer."""
        name = name.lower()
        if name in TOLD:
            self.seen.headers[name.decode("latin-1")] = value.decode("latin-1")[:500]
        elif name in (b"content-length", b"transfer-encoding"):
            self.seen.bounded = True

    def on_headers_complete(self) -> None:
        """All headers have come."""
        self.seen.status = self.parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self.seen.body += body

    def on_message_complete(self) -> None:
        """All of it has come; but for what is said beforehand (1xx)."""
        if 100 <= self.seen.status < 200 and self.seen.status != 101:
            self.seen = Seen()
        else:
            self.whole, self.stays = True, self.parser.should_keep_alive()
