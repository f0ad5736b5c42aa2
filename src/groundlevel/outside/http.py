"""Requests that leave this machine: aimed, bounded in time and size, never redirected."""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import urlsplit

import httpcore2
from httpcore2 import SOCKET_OPTION, AsyncNetworkBackend, AsyncNetworkStream

from groundlevel.outside.aim import Aim, BadAim
from groundlevel.outside.posting import Answer

CONNECT_S, REPLY_S, WHOLE_S = 5.0, 15.0, 25.0
"""How long to wait for a connection, for each part of an answer, and for everything."""
KEPT, READ = 2_000, 65_536
"""Letters of an answer that are kept, and bytes that are read at most."""
TOLD = (b"content-type", b"retry-after", b"server", b"date", b"location", b"x-request-id")
"""The headers of an answer that are kept: none that hold secrets."""
IDLE_S, LINES, HOSTS, ADDRESSES = 4.0, 32, 64, 3
"""How long a connection is kept for the next request, how many there are to a host, how many hosts' are kept when idle,
and how many addresses of a host are tried."""


class Internet:
    """The real one. Answers are not followed to other addresses, and not unpacked."""

    def __init__(self, aim: Aim) -> None:
        self.aim, self.backend, self.context = aim, Aimed(aim), ssl.create_default_context()
        self.hosts: dict[str, _Lines] = {}

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """See `Outgoing`."""
        seen, began = _Seen(), time.perf_counter()
        try:
            self.aim.check_url(url)
            async with asyncio.timeout(WHOLE_S):
                await self._post(url, headers, body, seen)
        except BadAim as refused:
            seen.error = str(refused)
        except Exception as trouble:  # a stranger's server may do anything
            seen.error = why(trouble)
        return Answer(
            seen.status, seen.headers, seen.body.decode("utf-8", "replace")[:KEPT], seen.error,
            round((time.perf_counter() - began) * 1_000, 2),
        )  # fmt: skip

    async def _post(self, url: str, headers: dict[str, str], body: bytes, seen: "_Seen") -> None:
        waits = {"connect": CONNECT_S, "read": REPLY_S, "write": REPLY_S, "pool": WHOLE_S}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        lines = await self._lines_to(url)
        lines.busy += 1
        try:
            async with lines.pool.stream(
                "POST", url, headers=raw, content=body, extensions={"timeout": waits}
            ) as reply:
                await _read(reply, seen)
        finally:
            lines.busy, lines.used = lines.busy - 1, time.monotonic()

    async def _lines_to(self, url: str) -> "_Lines":
        """The connections to a host: each host has its own, since looking through all of them takes its time."""
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self.hosts:
            before = time.monotonic() - IDLE_S
            idle = [name for name, one in self.hosts.items() if not one.busy and one.used < before]
            gone = [self.hosts.pop(name) for name in idle] if len(self.hosts) >= HOSTS else []
            self.hosts[host] = _Lines(
                httpcore2.AsyncConnectionPool(
                    ssl_context=self.context, max_connections=LINES, max_keepalive_connections=LINES,
                    keepalive_expiry=IDLE_S, network_backend=self.backend,
                )
            )  # fmt: skip
            found = self.hosts[host]
            found.busy += 1  # while the others are closed
            for one in gone:
                await one.pool.aclose()
            found.busy -= 1
        return self.hosts[host]

    async def close(self) -> None:
        """See `Outgoing`."""
        for one in self.hosts.values():
            await one.pool.aclose()


class _Lines:
    """The connections to one host, how many requests are under way there, and when the last one ended."""

    def __init__(self, pool: httpcore2.AsyncConnectionPool) -> None:
        self.pool, self.busy, self.used = pool, 0, time.monotonic()


async def _read(reply: httpcore2.Response, seen: "_Seen") -> None:
    """Status, headers and the beginning of the body, as they come."""
    found = [(name.lower(), value) for name, value in reply.headers]
    seen.headers = {n.decode("latin-1"): v.decode("latin-1")[:500] for n, v in found if n in TOLD}
    seen.status = reply.status
    async for part in reply.aiter_stream():
        seen.body += part
        if len(seen.body) > READ:
            break


class _Seen:
    """What has come so far: also what a receiver said before it broke off."""

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.error = 0, dict[str, str](), b"", ""


class Aimed(AsyncNetworkBackend):
    """Connects to addresses that were looked up once and checked, and to no others. TLS asks for the host's name."""

    def __init__(self, aim: Aim) -> None:
        self.aim = aim
        self.inner = cast(AsyncNetworkBackend, httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """A connection to the first address of the host that takes one. BadAim where none may be reached."""
        found = self.aim.reachable(host, await look_up(host, port, timeout or CONNECT_S))
        for address in found[:ADDRESSES]:
            try:
                return await self.inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if address == found[:ADDRESSES][-1]:
                    raise
        raise httpcore2.ConnectError(f"{host} has no address")

    async def connect_unix_socket(self, *_: Any, **__: Any) -> AsyncNetworkStream:
        """Never: requests go out."""
        raise BadAim("requests go to no socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


async def look_up(host: str, port: int, within_s: float) -> list[str]:
    """The IP addresses of a host, as this machine's resolver knows them. httpcore2.ConnectError for an unknown one."""
    try:
        async with asyncio.timeout(within_s):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as trouble:
        raise httpcore2.ConnectError(f"{host} cannot be looked up ({trouble})") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def why(trouble: Exception) -> str:
    """What went wrong, in a line for people."""
    known = {
        httpcore2.ConnectTimeout: "no connection in time", httpcore2.ReadTimeout: "no answer in time",
        httpcore2.WriteTimeout: "the request was not taken in time", httpcore2.PoolTimeout: "no connection was free",
        TimeoutError: f"not done within {WHOLE_S:.0f} seconds",
    }  # fmt: skip
    said = next((text for kind, text in known.items() if isinstance(trouble, kind)), "")
    return said or f"{type(trouble).__name__}: {trouble}"[:300]
