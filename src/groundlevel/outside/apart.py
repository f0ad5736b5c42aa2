"""Sending from a process of its own: signing and talking to strangers take a whole core, and whoever plans another.

The two speak over a pair of sockets, in portions of MessagePack. The sender ends when the other end is gone: it hears
the answers that are under way, and notes them for whoever comes after.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec
from msgspec import Struct

from groundlevel.kernel.log import log
from groundlevel.outside.aim import Aim
from groundlevel.outside.notes import Notes
from groundlevel.outside.posting import Answer, Done, Here, Letter

SIZE, NICE = 4, 12
"""Bytes that say how long a portion is; and how far whoever sends stands back for others (of 19)."""
END_S, LAST_S = 5.0, 3.0
"""How long a sender's end is waited for; and how long it waits for answers when the other end is gone."""


class Begin(Struct, frozen=True):
    """What a sender is told first: the keys (PEM), and which hosts may be reached wherever they are.

    notes: the folder where answers are noted that the other end does not live to hear, if anywhere.
    """

    ed25519: bytes
    rsa: bytes
    named: list[str]
    notes: str = ""


Sent = tuple[int, Letter]
Came = tuple[int, Answer]


class Portions(asyncio.Protocol):
    """Messages in both directions; those that are said in one turn of the loop go out together."""

    def __init__(self, kind: Any, heard: Callable[[Any], None], gone: Callable[[], None]) -> None:
        self.heard, self.gone = heard, gone
        self.decode, self.encode = msgspec.msgpack.Decoder(list[kind]).decode, msgspec.msgpack.Encoder().encode
        self.transport: asyncio.Transport | None = None
        self.waiting: list[Any] = []
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self.transport = cast(asyncio.Transport, transport)
        self._flush()

    def say(self, message: Any) -> None:
        """Have it sent."""
        if not self.waiting and self.transport:
            asyncio.get_running_loop().call_soon(self._flush)
        self.waiting.append(message)

    def _flush(self) -> None:
        if self.waiting and self.transport:
            data, self.waiting = self.encode(self.waiting), []
            self.transport.write(len(data).to_bytes(SIZE, "big") + data)

    def data_received(self, data: bytes) -> None:
        """A piece of what the other says."""
        data, at = self.rest + data, 0
        while len(data) - at >= SIZE and len(data) - at - SIZE >= (size := int.from_bytes(data[at : at + SIZE], "big")):
            at += SIZE + size
            for message in self.decode(data[at - size : at]):
                self.heard(message)
        self.rest = data[at:]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (the loop's signature)
        """The other is gone."""
        self.transport = None
        self.gone()


class Apart:
    """Has letters sent by a process of its own, and starts another if that dies."""

    def __init__(self, begin: Begin) -> None:
        self.begin = begin
        self.process: subprocess.Popen[bytes] | None = None
        self.portions: Portions | None = None
        self.under_way: dict[int, Done] = {}
        self.number = 0
        self.starting: asyncio.Task[Any] | None = None

    def send(self, letter: Letter, done: Done) -> None:
        """See `Carrier`. None comes of it when the sender has died."""
        if self.portions is None:
            self._start()
        assert self.portions
        self.number += 1
        self.under_way[self.number] = done
        self.portions.say((self.number, letter))

    def _start(self) -> None:
        if self.process:  # which has died
            self.process.wait()
        ours, its = socket.socketpair()
        with its:
            command = [sys.executable, "-m", "groundlevel.outside.apart", str(its.fileno())]
            self.process = subprocess.Popen(command, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL)  # noqa: S603
        ours.sendall(len(told := msgspec.msgpack.encode(self.begin)).to_bytes(SIZE, "big") + told)
        ours.setblocking(False)
        self.portions = Portions(Came, self._came, self._gone)
        self.starting = asyncio.create_task(self._connect(ours, self.portions))

    async def _connect(self, ours: socket.socket, portions: Portions) -> None:
        await asyncio.get_running_loop().create_connection(lambda: portions, sock=ours)

    def _came(self, message: Came) -> None:
        number, answer = message
        self.under_way.pop(number)(answer)

    def _gone(self) -> None:
        """What was under way may have been sent or not."""
        lost, self.under_way, self.portions = self.under_way, {}, None
        if lost:
            log.warning("the process that sends webhooks died", under_way=len(lost))
        for done in lost.values():
            done(None)

    async def close(self) -> None:
        """See `Carrier`."""
        self.under_way.clear()
        if self.starting:
            await self.starting
        if self.portions and self.portions.transport:
            self.portions.transport.close()
        if self.process:
            try:
                await asyncio.get_running_loop().run_in_executor(None, self.process.wait, END_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Hearing:
    """In the sender: has letters sent that the other asks for, and tells it what came of them while it is there."""

    def __init__(self, carrier: Here, notes: str) -> None:
        self.carrier, self.folder = carrier, notes
        self.portions = Portions(Sent, self.heard, self.gone)
        self.ended = asyncio.Event()
        self.notes: Notes | None = None

    def heard(self, message: Sent) -> None:
        """A letter is to be sent."""
        number, letter = message
        self.carrier.send(letter, lambda answer: self.came(number, letter, answer))

    def came(self, number: int, letter: Letter, answer: Answer | None) -> None:
        """What came of one (who sends from its own process always knows): told, or noted where nobody hears it."""
        assert answer
        if not self.ended.is_set():
            self.portions.say((number, answer))
        elif self.notes:
            self.notes.add(b"[" + letter.note + b"," + msgspec.json.encode(answer) + b"]")

    def gone(self) -> None:
        """The other is: nothing more begins."""
        self.ended.set()
        self.carrier.waiting.clear()
        if self.folder and self.carrier.tasks:
            try:
                self.notes = Notes(Path(self.folder))
            except OSError as error:
                log.warning("answers of webhooks cannot be noted", folder=self.folder, error=str(error))

    async def work(self, other: socket.socket) -> None:
        """Until the other is gone, and a little longer for what is under way."""
        await asyncio.get_running_loop().create_connection(lambda: self.portions, sock=other)
        await self.ended.wait()
        if self.carrier.tasks:
            await asyncio.wait(self.carrier.tasks, timeout=LAST_S)
        if self.notes:
            self.notes.close(keep=True)
        await self.carrier.close()


def stand_back() -> None:
    """Let others go first from now on: this thread, and what it starts. Requests come before webhooks."""
    if sys.platform == "linux":  # elsewhere it would be the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def main(descriptor: int) -> None:
    """The sender's whole life."""
    import resource

    import uvloop

    from groundlevel.outside.http import Internet
    from groundlevel.outside.signing import Signer

    for number in (signal.SIGINT, signal.SIGTERM):  # whoever it sends for decides when it ends
        signal.signal(number, signal.SIG_IGN)
    stand_back()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    other = socket.socket(fileno=descriptor)
    size = int.from_bytes(_exactly(other, SIZE), "big")
    told = msgspec.msgpack.decode(_exactly(other, size), type=Begin)
    other.setblocking(False)
    carrier = Here(Internet(Aim(frozenset(told.named))), Signer(told.ed25519, told.rsa))
    uvloop.run(Hearing(carrier, told.notes).work(other))


def _exactly(other: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = other.recv(size - len(data))
        if not part:
            sys.exit(0)
        data += part
    return data


if __name__ == "__main__":
    main(int(sys.argv[1]))
