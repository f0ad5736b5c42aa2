"""Clients that ask a server without pause, some on one connection for long, some on a new one each time."""

import asyncio
import json
import socket
import threading
from collections import Counter
from contextlib import suppress
from typing import Any

from tests.conftest import LiveServer

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
LOST = (OSError, asyncio.IncompleteReadError)


class Storm(threading.Thread):
    """Creates contacts from all sides until it is told to end. `lost` counts requests that got no whole answer."""

    def __init__(self, live: LiveServer, clients: int = 6) -> None:
        super().__init__(daemon=True)
        self.live, self.clients = live, clients
        self.ending = threading.Event()
        self.made: list[str] = []
        self.statuses, self.lost = Counter[int](), Counter[str]()

    def __enter__(self) -> "Storm":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self.join()

    def run(self) -> None:
        """Have all clients at it."""
        asyncio.run(self.rage())

    async def rage(self) -> None:
        """Half of the clients keep their connections."""
        await asyncio.gather(*(self.client(n, keep=n % 2 == 0) for n in range(self.clients)))

    async def client(self, number: int, *, keep: bool) -> None:
        """One after the other; a new connection when the server has ended the last."""
        line: Line | None = None
        nth = 0
        while not self.ending.is_set():
            nth += 1
            try:
                line = line or await asyncio.open_connection("127.0.0.1", self.live.port)
            except OSError:  # nobody is there, so nothing was taken on
                await asyncio.sleep(0.01)
                continue
            try:
                goes_on = await self.create(line, f"storm-{number}-{nth}@example.com", keep=keep)
            except LOST as error:
                self.lost[f"{'kept' if keep else 'new'} connection: {type(error).__name__}"] += 1
                goes_on = False
            if not goes_on:
                line = await hang_up(line)
        await hang_up(line)

    async def create(self, line: tuple[asyncio.StreamReader, asyncio.StreamWriter], email: str, *, keep: bool) -> bool:
        """One contact; whether the connection can be used again."""
        reader, writer = line
        body = json.dumps({"locationId": self.live.location_id, "email": email}).encode()
        headers = {**self.live.headers(), "Host": "localhost", "Content-Type": "application/json"}
        headers |= {"Content-Length": str(len(body))} | ({} if keep else {"Connection": "close"})
        said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"POST /contacts/ HTTP/1.1\r\n{said}\r\n".encode() + body)
        status, told, reply = await read_answer(reader)
        self.statuses[status] += 1
        if status == 201:
            self.made.append(reply["contact"]["id"])
        return keep and told.get("connection") != "close"


async def hang_up(line: Line | None) -> None:
    """End a connection, if there is one."""
    if line:
        line[1].close()
        with suppress(OSError):
            await line[1].wait_closed()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body of an answer."""
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().lower().strip().split("\r\n")
    headers = dict(line.split(": ", 1) for line in rest)
    return int(first.split()[1]), headers, json.loads(await reader.readexactly(int(headers["content-length"])))


class SlowUpload:
    """A request of which only the beginning has been sent."""

    def __init__(self, live: LiveServer, email: str) -> None:
        self.body = json.dumps({"locationId": live.location_id, "email": email}).encode()
        headers = {**live.headers(), "Host": "localhost", "Content-Type": "application/json"}
        headers |= {"Content-Length": str(len(self.body))}
        said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.line = socket.create_connection(("127.0.0.1", live.port), timeout=10)
        self.line.sendall(f"POST /contacts/ HTTP/1.1\r\n{said}\r\n".encode() + self.body[:10])

    def finish(self) -> int:
        """Send the rest; the status of the answer."""
        self.line.sendall(self.body[10:])
        with self.line, self.line.makefile("rb") as answer:
            return int(answer.readline().split()[1])
