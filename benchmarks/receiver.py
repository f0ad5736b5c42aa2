"""Something webhooks are sent to, which takes as little as it can: `python -m benchmarks.receiver PORT`

It answers 200 to every POST; GET / tells how many have come, GET /moments when the last of them about which record.
"""

import asyncio
import sys
import time
from typing import Any, cast

import msgspec
import uvloop

MOMENTS = 10_000
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Told(msgspec.Struct):
    """How many have come, and the moment (of the machine's monotonic clock) at which each record was told."""

    count: int = 0
    moments: dict[str, float] = {}


TOLD = Told()


class Receiving(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Requests, one after the other."""
        assert self.transport
        self.rest += data
        while (end := self.rest.find(b"\r\n\r\n")) >= 0:
            at = self.rest.find(b"Content-Length: ", 0, end)
            size = int(self.rest[at + 16 : self.rest.index(b"\r\n", at)]) if at >= 0 else 0
            if len(self.rest) < end + 4 + size:
                return
            head, body, self.rest = self.rest[:end], self.rest[end + 4 : end + 4 + size], self.rest[end + 4 + size :]
            self.transport.write(self.answer(body) if size else self.tell(moments=head.startswith(b"GET /moments")))

    def answer(self, body: bytes) -> bytes:
        """To a webhook."""
        TOLD.count += 1
        at = body.find(b'"id":"') + 6
        if len(TOLD.moments) >= MOMENTS:
            TOLD.moments.clear()
        TOLD.moments[body[at : body.index(b'"', at)].decode()] = time.monotonic()
        return OK

    def tell(self, *, moments: bool) -> bytes:
        """To who asks."""
        body = msgspec.json.encode(TOLD if moments else Told(TOLD.count))
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def main(port: int) -> None:
    """Receive."""
    server: Any = await asyncio.get_running_loop().create_server(Receiving, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
