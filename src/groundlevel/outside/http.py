"""Requests that leave this machine: aimed, bounded in time and size, never redirected."""

import asyncio
import socket
import ssl
import time
from collections import deque
from functools import lru_cache
from urllib.parse import quote, urlsplit

from msgspec import Struct

from groundlevel.outside.aim import Aim, BadAim
from groundlevel.outside.line import KEPT, READ, Line, Seen
from groundlevel.outside.posting import Answer

CONNECT_S, REPLY_S, WHOLE_S = 5.0, 15.0, 25.0
"""How long to wait for a connection, for each part of an answer, and for everything."""
IDLE_S, ADDRESSES, LOOK_S = 4.0, 3, 0.25
"""How long a connection is kept for the next request, how many addresses of a host are tried, and how often it is
looked which connections are late or have been idle for too long."""
AS_IT_IS = "!#$%&'()*+,/:;=?@[]~"
"""What stays in the path and query of an address; everything else is written as %XX."""


class Place(Struct, frozen=True):
    """Where an address leads: whom to connect to, what to say there. `key`: connections are kept by it."""

    host: str
    port: int
    tls: bool
    head: str
    key: str


class Internet:
    """The real one. Answers are not followed to other addresses, and not unpacked; `kept` letters of them are kept."""

    def __init__(self, aim: Aim, kept: int = KEPT) -> None:
        self.aim, self.context, self.kept = aim, ssl.create_default_context(), kept
        self.place = lru_cache(1_000)(self._place)
        self.idle: dict[str, deque[Line]] = {}
        self.busy: set[Line] = set()
        self.looking: asyncio.TimerHandle | None = None

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """See `Outgoing`."""
        return await self.exchange("POST", url, headers, body)

    async def exchange(
        self, method: str, url: str, headers: dict[str, str], body: bytes = b"", most: int = 0
    ) -> Answer:
        """A request of any method, with at most so many bytes of its answer (0: a beginning, as of any letter).

        Whatever goes wrong is told in the answer.
        """
        began, begun = time.perf_counter(), True
        try:
            seen = await self._exchange(method, self.place(url), headers, body, most or READ)
        except BadAim as refused:
            seen, begun = _failed(str(refused)), False
        except Exception as trouble:  # a stranger's server may do anything
            seen, begun = _failed(why(trouble)), not isinstance(trouble, NoConnection)
        kept = most or self.kept
        text = seen.body[: kept * 4].decode("utf-8", "replace")[:kept]
        ms = round((time.perf_counter() - began) * 1_000, 2)
        return Answer(seen.status, seen.headers, text, seen.error, ms, begun)

    async def get(self, url: str, headers: dict[str, str], most: int) -> Seen:
        """GET what is there, at most so many bytes of it. Whatever goes wrong is told in what comes of it."""
        try:
            place = self.place(url)
            seen = await self._ask(place, f"GET {place.head}{_lines(headers)}\r\n".encode("latin-1"), most)
        except BadAim as refused:
            return _failed(str(refused))
        except Exception as trouble:  # a stranger's server may do anything
            return _failed(why(trouble))
        if seen.cut or len(seen.body) > most:
            return _failed(f"there are more than {most} bytes")
        return seen

    async def _exchange(self, method: str, place: Place, headers: dict[str, str], body: bytes, most: int) -> Seen:
        length = f"Content-Length: {len(body)}\r\n" if body or method == "POST" else ""
        head = f"{method} {place.head}{_lines(headers)}{length}\r\n"
        return await self._ask(place, head.encode("latin-1") + body, most)

    async def _ask(self, place: Place, request: bytes, most: int = READ) -> Seen:
        line = self._kept(place) or await self._connected(place)
        self.busy.add(line)
        if self.looking is None:
            self._look()
        try:
            return await line.ask(request, most)
        finally:
            self.busy.discard(line)
            if line.free:
                self.idle.setdefault(place.key, deque()).append(line)
            else:
                line.end()

    def _place(self, url: str) -> Place:
        """An address, checked and taken apart once. BadAim where nothing may be sent."""
        self.aim.check_url(url)
        parts = urlsplit(url)
        host, tls = parts.hostname or "", parts.scheme == "https"
        try:
            name = host.encode("idna").decode() if not host.isascii() else host
        except UnicodeError:
            raise BadAim("the address cannot be read") from None
        if any(c <= " " or c == "\x7f" for c in name):
            raise BadAim("the address cannot be read")
        at = f"[{name}]" if ":" in name else name
        at = f"{at}:{parts.port}" if parts.port else at
        target = quote(parts.path or "/", AS_IT_IS) + (f"?{quote(parts.query, AS_IT_IS)}" if parts.query else "")
        port = parts.port or (443 if tls else 80)
        head = f"{target} HTTP/1.1\r\nHost: {at}\r\nAccept: */*\r\n"
        return Place(name, port, tls, head, f"{parts.scheme}://{name}:{port}")

    def _kept(self, place: Place) -> Line | None:
        """A connection that is free: the one that was last used."""
        lines = self.idle.get(place.key)
        while lines:
            line = lines.pop()
            if line.free:
                return line
        return None

    async def _connected(self, place: Place) -> Line:
        """A connection to an address that was looked up once and checked, and to no other: see docs/adr/0031.

        The first that takes one. BadAim where none may be reached.
        """
        found = self.aim.reachable(place.host, await look_up(place.host, place.port, CONNECT_S))[:ADDRESSES]
        for address in found:
            try:
                async with asyncio.timeout(CONNECT_S):
                    return await self.connect(address, place)
            except (OSError, TimeoutError) as trouble:  # of TLS, too
                if address == found[-1]:
                    slow = isinstance(trouble, TimeoutError)
                    raise NoConnection("in time" if slow else f"({trouble})") from None
        raise NoConnection(f"({place.host} has no address)")

    async def connect(self, address: str, place: Place) -> Line:
        """A connection to an IP address; TLS asks for the host's name."""
        context, name = (self.context, place.host) if place.tls else (None, None)
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(Line, address, place.port, ssl=context, server_hostname=name)
        return line

    def _look(self) -> None:
        """End what is late, and what has been idle for too long; again before long, while there are connections."""
        now = time.monotonic()
        for line in [one for one in self.busy if now - one.heard > REPLY_S or now - one.began > WHOLE_S]:
            line.end("no answer in time" if now - line.heard > REPLY_S else f"not done within {WHOLE_S:.0f} seconds")
        for key, lines in list(self.idle.items()):
            while lines and (not lines[0].free or now - lines[0].used > IDLE_S):
                lines.popleft().end()
            if not lines:
                del self.idle[key]
        more = self.busy or self.idle
        self.looking = asyncio.get_running_loop().call_later(LOOK_S, self._look) if more else None

    async def close(self) -> None:
        """See `Outgoing`."""
        if self.looking:
            self.looking.cancel()
        for line in [*self.busy, *(one for lines in self.idle.values() for one in lines)]:
            line.end()
        self.idle.clear()
        await asyncio.sleep(0)  # the loop lets go of them in its next turn


class NoConnection(Exception):
    """Nobody could be reached; the text says why."""


async def look_up(host: str, port: int, within_s: float) -> list[str]:
    """The IP addresses of a host, as this machine's resolver knows them. NoConnection for an unknown one."""
    try:
        async with asyncio.timeout(within_s):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as trouble:  # also when it takes too long
        raise NoConnection(f"({host} cannot be looked up: {trouble or 'not in time'})") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def why(trouble: Exception) -> str:
    """What went wrong, in a line for people."""
    said = f"no connection {trouble}" if isinstance(trouble, NoConnection) else f"{type(trouble).__name__}: {trouble}"
    return said[:300]


def _lines(headers: dict[str, str]) -> str:
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()])


def _failed(error: str) -> Seen:
    seen = Seen()
    seen.error = error
    return seen


def fetched(aim: Aim, url: str, headers: dict[str, str], most: int) -> Seen:
    """What is at an address, for whoever has no loop of their own; headers, status and at most so many bytes."""

    async def get() -> Seen:
        internet = Internet(aim)
        try:
            return await internet.get(url, headers, most)
        finally:
            await internet.close()

    return asyncio.run(get())
