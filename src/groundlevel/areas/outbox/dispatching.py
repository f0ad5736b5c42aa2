"""Lets what is due leave: takes it from the store, gives it to gateways, brings back what came of it.

The store is used on one thread beside the loop, in small units of work, and no unit is open while something is sent.
Each gateway has its own few requests under way, so a slow one delays no other.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from groundlevel.areas.outbox.forgetting import tidy
from groundlevel.areas.outbox.gateways import Gateway
from groundlevel.areas.outbox.leaving import MOST, Leaving, Outcome, Parcel
from groundlevel.areas.outbox.outgoing import EVERYBODYS
from groundlevel.areas.outbox.transports import Transports
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.log import log
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Store, Unit
from groundlevel.outside.transport import Report

AT_ONCE = 8
"""Requests under way to one gateway."""
IDLE_S, TROUBLE_S, END_S, TIDY_S = 0.1, 2.0, 30.0, 60.0
"""How often it is looked what is due, how long to wait after trouble, how long for answers when it is to end, and how
often old messages are cleared away."""


class Dispatcher:
    """One worker's way out. now: the installation's clock, asked on the thread of the store."""

    def __init__(self, store: Store, settings: Settings, now: Callable[[], datetime], transports: Transports) -> None:
        self.store, self.settings, self.now, self.transports = store, settings, now, transports
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self.chance = random.Random()  # noqa: S311  (spreads retries)
        self.under_way = Counter[str]()
        self.tasks: set[asyncio.Task[None]] = set()
        self.outcomes: list[Outcome] = []
        self.news = asyncio.Event()
        self.tidied = time.monotonic()

    async def work(self, wanted: Callable[[], bool]) -> None:
        """Go on until it is not wanted any more; then let what is under way come to its end."""
        while wanted():
            if not await self.turn():
                await self._pause(IDLE_S)
        await self.end()

    async def drain(self) -> int:
        """Go on until nothing is due any more (for tests, and for whoever wants to see everything leave). How often."""
        turns = 0
        while await self.turn() or self.tasks or self.outcomes:
            turns += 1
            if self.tasks and not self.outcomes:
                await self._pause(IDLE_S)
        return turns

    async def end(self) -> None:
        """Finish what is under way, and write it down."""
        until = time.monotonic() + END_S
        while (self.tasks or self.outcomes) and time.monotonic() < until:
            if not self.outcomes:
                await self._pause(IDLE_S)
            await self.turn(last=True)
        await self.transports.close()
        self.thread.shutdown()

    async def turn(self, *, last: bool = False) -> bool:
        """Once to the store and back; whether anything moved. last: take nothing more."""
        self.news.clear()
        outcomes = self.outcomes[:MOST]
        try:
            loop = asyncio.get_running_loop()
            parcels, moved = await loop.run_in_executor(self.thread, self._at_the_store, outcomes, last)
        except Exception:  # the store is busy or away: marks end by themselves
            log.exception("the outbox could not reach the store")
            await asyncio.sleep(TROUBLE_S)
            return False
        del self.outcomes[: len(outcomes)]
        for parcel in parcels:
            self.under_way[parcel.one.queue] += 1
            task = asyncio.create_task(self._send(parcel))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return moved

    def _at_the_store(self, outcomes: list[Outcome], last: bool) -> tuple[list[Parcel], bool]:
        """On the store's thread: write what is done, take what is due."""
        now = self.now()
        if time.monotonic() - self.tidied > TIDY_S:
            self.tidied = time.monotonic()
            tidy(self.store, now)
        if not outcomes and (
            last or not Leaving(self.store.read(SYSTEM), now, self.settings, self._safe).due(self._room)
        ):
            return [], False

        def work(db: Unit) -> tuple[list[Parcel], bool]:
            leaving = Leaving(db, now, self.settings, self._safe)
            leaving.settle(outcomes)
            moved = not last and leaving.take(self._room)
            return leaving.parcels, moved or bool(outcomes)

        return self.store.write(SYSTEM, work)

    def _safe(self, gateway: Gateway) -> bool:
        return self.transports.kind(gateway).idempotent

    def _room(self, queue: str) -> int:
        return MOST if queue == EVERYBODYS else AT_ONCE - self.under_way[queue]

    async def _send(self, parcel: Parcel) -> None:
        idempotent = False
        try:
            transport = self.transports.of(parcel.gateway)
            idempotent = transport.idempotent
            report = await transport.send(self.transports.item(parcel.one, parcel.gateway, parcel.names))
        except Exception as trouble:  # ours: nobody knows how far it has come
            log.exception("a message could not be sent", message=parcel.one.id)
            report = Report("unclear", reason=type(trouble).__name__)
        self.outcomes.append(Outcome(parcel, report, idempotent, self.chance.random()))
        self.under_way[parcel.one.queue] -= 1
        self.news.set()

    async def _pause(self, seconds: float) -> None:
        """Wait, unless an answer comes."""
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            pass
