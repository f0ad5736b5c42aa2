"""Endpoints in a process of their own, each with its mood: `python -m tests.webhooks.moods PORT ENDPOINTS BAD`

Every fourth always accepts. The last four never do: one is silent, one breaks off, one answers 500 and one 429. The
others fail so often (BAD) in one of these ways, or accept and lie about the length of their answer. GET tells what was
accepted where: how many events, how many of them again, and how many out of the order of their record.
"""

import asyncio
import json
import random
import sys
from typing import Any, cast

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REPLIES = {
    "500": b"HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno",
    "429": b"HTTP/1.1 429 Later\r\nRetry-After: 1\r\nContent-Length: 5\r\n\r\nlater",
    "lie": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok",
}
MOODS = ("silent", "reset", "500", "429")


class Endpoint:
    """What one of them has accepted."""

    def __init__(self) -> None:
        self.known, self.last = set[int](), dict[str, int]()
        self.again, self.wrong = 0, 0

    def accept(self, body: dict[str, Any]) -> None:
        """An event: it bears which of its record's it is."""
        if body["type"] not in ("ContactCreate", "ContactUpdate"):
            return
        key, record, nth = hash(body["webhookId"]), body["id"], int(body["lastName"])
        if key in self.known:
            self.again += 1
            return
        self.known.add(key)
        self.wrong += nth != self.last.get(record, -1) + 1
        self.last[record] = nth

    def told(self) -> list[int]:
        """Events, how many came again, how many in the wrong order."""
        return [len(self.known), self.again, self.wrong]


class Moods(asyncio.Protocol):
    """One connection to any of them."""

    ENDPOINTS: tuple[Endpoint, ...] = ()
    BAD, CHANCE = 0.0, random.Random(11)

    def __init__(self) -> None:
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while (end := self.rest.find(b"\r\n\r\n")) >= 0:
            at = self.rest.find(b"Content-Length: ", 0, end)
            size = int(self.rest[at + 16 : self.rest.index(b"\r\n", at)]) if at >= 0 else 0
            if len(self.rest) < end + 4 + size:
                return
            path, body = self.rest.split(b" ", 2)[1], self.rest[end + 4 : end + 4 + size]
            self.rest = self.rest[end + 4 + size :]
            if size:
                self.answer(int(path[1:]), json.loads(body))
            else:
                told = json.dumps([one.told() for one in self.ENDPOINTS]).encode()
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told) + told)

    def mood(self, n: int) -> str:
        left = len(self.ENDPOINTS) - n
        if left <= len(MOODS):
            return MOODS[left - 1]
        return "" if n % 4 == 0 or self.CHANCE.random() >= self.BAD else self.CHANCE.choice((*MOODS, "lie"))

    def answer(self, n: int, body: dict[str, Any]) -> None:
        mood = self.mood(n)
        if mood in ("", "lie"):
            self.ENDPOINTS[n].accept(body)
        if mood == "reset":
            self.transport.abort()
        elif mood != "silent":
            self.transport.write(REPLIES.get(mood, OK))
            if mood == "lie":
                self.transport.close()


async def main(port: int, endpoints: int, bad: float) -> None:
    Moods.ENDPOINTS, Moods.BAD = tuple(Endpoint() for _ in range(endpoints)), bad
    server = await asyncio.get_running_loop().create_server(Moods, "127.0.0.1", port, backlog=1_000)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
