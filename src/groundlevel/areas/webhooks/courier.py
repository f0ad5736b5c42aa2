"""Brings deliveries to their endpoints: takes them from the store, sends them, brings back what came of it.

Requests go out on the loop, many at once; the store is used on one thread beside it, in small units of work. No unit
is open while something is sent. Each endpoint has its own few requests under way, so a slow one delays no other.
"""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import structlog

from groundlevel.areas.webhooks.envelope import USER_AGENT
from groundlevel.areas.webhooks.keys import Signer
from groundlevel.areas.webhooks.planning import plan, tidy
from groundlevel.areas.webhooks.posting import Outcome, Parcel, lease, settle
from groundlevel.kernel.store import Store
from groundlevel.kernel.wire import iso
from groundlevel.outside.posting import Answer, Outgoing

log: Any = structlog.get_logger()

AT_ONCE, SLOW_AT_ONCE, SLOW_MS = 8, 2, 2_000.0
"""Requests under way to one endpoint, and to one whose last answer took longer than that."""
AHEAD, IN_ALL, UNDER_WAY = 100, 2_000, 250
"""Deliveries that are held for one endpoint, for all of them, and requests under way to all."""
SEND_WITHIN_S = 40.0
"""What has waited longer for its turn here is not sent by us: its lease might end before its answer comes."""
END_S = 5.0
"""How long answers are waited for when it is to end."""
IDLE_S, LOOK_S, TROUBLE_S, TIDY_S, TOGETHER = 0.025, 0.2, 1.0, 30.0, 200
"""How often the log is looked at, and what is due though nothing has happened here; how long to wait after trouble, how
often old rows are cleared away, and how many outcomes are written together."""


class Courier:
    """One worker's way out. `now`: the installation's clock, asked on the thread of the store."""

    def __init__(self, store: Store, now: Callable[[], datetime], outgoing: Outgoing, signer: Signer) -> None:
        self.store, self.now, self.outgoing, self.signer = store, now, outgoing, signer
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="courier")
        self.chance = random.Random()  # noqa: S311  (spreads retries)
        self.queues: dict[str, deque[tuple[float, Parcel]]] = {}
        self.under_way, self.slow = Counter[str](), set[str]()
        self.outcomes: list[Outcome] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.news = asyncio.Event()
        self.moment = now()
        self.tidied = self.looked = 0.0

    async def work(self, wanted: Callable[[], bool]) -> None:
        """Go on until it is not wanted any more; then let what is under way come to its end."""
        while wanted():
            self.news.clear()
            if not await self.turn():
                await self._pause(IDLE_S)
        await self.end()

    async def drain(self) -> None:
        """Go on until nothing is due any more (for tests, and for whoever wants to see everything sent)."""
        while await self.turn(eager=True) or self.tasks or self.outcomes:
            await self._pause(IDLE_S)
            self.news.clear()

    async def end(self) -> None:
        """Finish what is under way, and write it down."""
        self.queues.clear()
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=END_S)
            for task in late:  # sent again by whoever works next, when the lease has ended
                task.cancel()
        while self.outcomes and await self.turn(last=True):
            pass
        await self.outgoing.close()
        self.thread.shutdown()

    async def turn(self, *, last: bool = False, eager: bool = False) -> bool:
        """Once to the store and back; whether anything moved. What could not be written is kept for the next turn.

        last: only write what is done. eager: look for what is due even though nothing has happened.
        """
        outcomes = self.outcomes[:TOGETHER]
        try:
            moved, parcels, alone = await asyncio.get_running_loop().run_in_executor(
                self.thread, self._at_the_store, outcomes, last, eager
            )
        except Exception:  # the store is busy or away: rows stay as they are, and leases end by themselves
            log.exception("webhooks could not reach the store")
            await self._pause(TROUBLE_S)
            return not last
        del self.outcomes[: len(outcomes)]
        for endpoint_id in alone:  # what is held for it is due again when its lease ends
            self.queues.pop(endpoint_id, None)
        arrived = time.monotonic()
        for parcel in parcels:
            self.queues.setdefault(parcel.endpoint_id, deque()).append((arrived, parcel))
        self._send_on()
        return moved

    def _at_the_store(self, outcomes: list[Outcome], last: bool, eager: bool) -> tuple[bool, list[Parcel], set[str]]:
        """On the store's thread: write what is done, plan what has happened, take what is due."""
        now = self.moment = self.now()
        alone = settle(self.store, now, outcomes) if outcomes else set[str]()
        if last:
            return bool(outcomes), [], alone
        planned = plan(self.store, now)
        if not (outcomes or planned or eager) and time.monotonic() - self.looked < LOOK_S:
            return False, [], alone
        self.looked = time.monotonic()
        if time.monotonic() - self.tidied > TIDY_S and not tidy(self.store, now):
            self.tidied = time.monotonic()
        parcels = lease(self.store, now, self._room)
        return bool(outcomes or planned or parcels), parcels, alone

    def _room(self, endpoint_id: str, admitted: int) -> int:
        """How many more deliveries to take for an endpoint: few for a slow one, few when many are held in all."""
        held = len(self.queues.get(endpoint_id, ())) + self.under_way[endpoint_id]
        if admitted >= 0:
            return admitted - held
        in_all = sum(len(queue) for queue in list(self.queues.values())) + self.under_way.total()
        most = SLOW_AT_ONCE if endpoint_id in self.slow else AHEAD if in_all < IN_ALL else AT_ONCE
        return most - held if held <= most // 2 else 0  # in portions: each time costs a look at the endpoint

    def _send_on(self) -> None:
        """Begin as many requests as may be under way."""
        for endpoint_id, queue in list(self.queues.items()):
            most = SLOW_AT_ONCE if endpoint_id in self.slow else AT_ONCE
            while queue and self.under_way[endpoint_id] < most and len(self.tasks) < UNDER_WAY:
                since, parcel = queue.popleft()
                if time.monotonic() - since < SEND_WITHIN_S:
                    self.under_way[endpoint_id] += 1
                    task = asyncio.create_task(self._send(parcel))
                    self.tasks.add(task)
                    task.add_done_callback(self.tasks.discard)
            if not queue:
                del self.queues[endpoint_id]

    async def _send(self, parcel: Parcel) -> None:
        """One attempt, to its end, whatever that is."""
        at, body = iso(self.moment), parcel.body.encode()
        try:
            headers = {
                "Content-Type": "application/json", "User-Agent": USER_AGENT, "X-Webhook-Id": parcel.id,
                **self.signer.headers(body),
            }  # fmt: skip
            answer = await self.outgoing.post(parcel.url, headers, body)
        except Exception as trouble:  # ours: it must not be lost for that
            log.exception("a webhook could not be sent", delivery=parcel.id)
            answer = Answer(error=f"it could not be sent: {type(trouble).__name__}")
        self.outcomes.append(Outcome(parcel, answer, at, self.chance.random()))
        self._mark(parcel.endpoint_id, answer.ms)
        self.under_way[parcel.endpoint_id] -= 1
        if not self.under_way[parcel.endpoint_id]:
            del self.under_way[parcel.endpoint_id]
        self._send_on()
        self.news.set()

    def _mark(self, endpoint_id: str, ms: float) -> None:
        (self.slow.add if ms > SLOW_MS else self.slow.discard)(endpoint_id)

    async def _pause(self, seconds: float) -> None:
        """Wait, unless an answer comes."""
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            pass
