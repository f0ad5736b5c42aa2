"""Processes that are kept running: one that dies is started again, one that is to end may finish."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec

from groundlevel.cli.serving import Serving
from groundlevel.kernel.log import log

SOON_S, LATE_S = 1.0, 30.0
"""How long to wait before one that died is started again; doubling while it goes on dying."""
START_S = 60.0
"""How long one may take until it is ready."""
PATIENCE_S = 30.0
"""How long one may take to finish: longer than the requests and the job it is at may take."""
READY = b"ready\n"


class Told(msgspec.Struct, frozen=True):
    """What one of several answering processes is told, on its standard input.

    `descriptor` is the socket to share, `ledger` the folder to say in what it has counted.
    """

    serving: Serving
    descriptor: int
    ledger: str


class Kept:
    """A process that is kept running. `start` comes back when it is ready for its work, or has died."""

    def __init__(self, name: str, start: Callable[[], Awaitable[Process]]) -> None:
        self.name, self.start = name, start
        self.process: Process | None = None
        self.began = 0.0
        self.starting = asyncio.Lock()

    async def begin(self) -> bool:
        """Start it; whether it came to be ready."""
        self.process, self.began = await self.start(), time.monotonic()
        return self.process.returncode is None

    async def keep(self) -> None:
        """Start another whenever it dies. Goes on until it is cancelled."""
        wait = SOON_S
        if self.process is None:
            await self.begin()
        while process := self.process:
            code = await process.wait()
            if process is not self.process:  # a successor has taken its place
                continue
            wait = SOON_S if time.monotonic() - self.began > LATE_S else min(wait * 2, LATE_S)
            log.warning(f"{self.name} died; starting another", code=code, seconds=wait)
            await asyncio.sleep(wait)
            async with self.starting:
                if process is self.process:
                    await self.begin()

    async def replace(self) -> bool:
        """Start a successor, and end this one when that is ready. One that does not get ready replaces nobody."""
        async with self.starting:
            successor = await self.start()
            if successor.returncode is not None:
                log.error(f"{self.name} stays: its successor died", code=successor.returncode)
                return False
            old, self.process, self.began = self.process, successor, time.monotonic()
        await end(old)
        log.info(f"{self.name} replaced", process=successor.pid)
        return True


async def end(process: Process | None) -> None:
    """Let a process finish what it is doing, but not for ever."""
    if process is None or process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), PATIENCE_S)
    except TimeoutError:
        await _kill(process)


async def start_worker(database: str, webhooks_to: tuple[str, ...] = (), public_url: str = "") -> Process:
    """A worker beside us. The address may hold a password, so it is not said where other users can read it."""
    allowed = [word for host in webhooks_to for word in ("--allow-webhooks-to", host)]
    command = (sys.executable, "-m", "groundlevel.cli", "worker", "--beside", str(os.getpid()), *allowed)
    told = {"GROUNDLEVEL_DATABASE": database, "GROUNDLEVEL_PUBLIC_URL": public_url}
    return await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, env={**os.environ, **told})


async def start_answering(told: Told) -> Process:
    """One of several processes that answer at a socket. It ends when we do: its standard input ends then."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "groundlevel.cli", "answer"), stdin=PIPE, stdout=PIPE, pass_fds=[told.descriptor]
    )
    assert process.stdin and process.stdout
    try:
        process.stdin.write(msgspec.json.encode(told) + b"\n")
        ready = await asyncio.wait_for(process.stdout.readline(), START_S) == READY
    except (TimeoutError, ConnectionError):
        ready = False
    except asyncio.CancelledError:
        await _kill(process)
        raise
    if not ready:
        await _kill(process)
    return process


async def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself
        process.kill()
    await process.wait()
