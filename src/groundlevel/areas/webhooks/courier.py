"""Brings deliveries to their endpoints: takes them from the store, has them sent, brings back what came of it.

The store is used on one thread beside the loop, in small units of work, and no unit is open while something is sent.
Each endpoint has its own few requests under way, so a slow one delays no other.
"""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path

from msgspec import Struct

from groundlevel.areas.webhooks.planning import Logged, concerns_anybody, plan, tidy, unplanned
from groundlevel.areas.webhooks.posting import Outcome, Parcel, Room, Taking, lease, settle
from groundlevel.areas.webhooks.unwritten import Unwritten, noted
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.log import log
from groundlevel.kernel.store import Store, Unit
from groundlevel.kernel.wire import iso
from groundlevel.outside.posting import Answer, Carrier, Letter

AT_ONCE, SLOW_AT_ONCE, QUICK_AT_ONCE = 8, 2, 64
"""Requests under way to one endpoint; to one whose last answer took longer than SLOW_MS, and less than QUICK_MS."""
QUICK_IN_ALL = 240
"""Requests under way to all quick endpoints together, which share them: what is under way when a sender dies comes
twice, and at a quick endpoint more of it brings nothing sooner."""
SLOW_MS, QUICK_MS = 2_000.0, 250.0
AHEAD, IN_ALL, UNDER_WAY = 400, 1_000, 800
"""Deliveries that are held for one endpoint, for all of them, and requests under way to all. What a killed worker held
waits until its lease ends."""
LIVELY_S = 0.5
"""No more is planned while much is held for an endpoint that has answered quickly within this time."""
SEND_WITHIN_S = 10.0
"""What has waited longer for its turn here is not sent by us: its lease might end before its answer comes."""
TOGETHER, UNWRITTEN = 200, 200
"""How many outcomes are written together; and how many wait for that at most before no more is sent."""
LEAST, MOST, PLAN_S, PLAN_BESIDE_S = 2, 200, 0.03, 0.05
"""How many events are planned together: so many that it takes about so long, while others wait for the store; and where
others need not wait."""
END_S = 5.0
"""How long answers are waited for when it is to end."""
IDLE_S, LOOK_S, TROUBLE_S, TIDY_S, INHERIT_S = 0.02, 0.2, 1.0, 30.0, 2.0
"""How often the log is looked at, and what is due though nothing has happened here; how long to wait after trouble, how
often old rows are cleared away, and how often the outcomes of killed workers are looked for."""

UNMOVED = 1_000
"""Events that nobody is told of, and that are passed by before the cursor is moved behind them: writing takes turns."""

NOTHING = Logged([], 0)


class Turn(Struct, frozen=True):
    """What came of a turn: whether anything moved, what is to be sent, which endpoints are to be left alone.

    missed: those that something was left of for want of room.
    """

    moved: bool = False
    parcels: list[Parcel] = []
    alone: set[str] = set()
    missed: set[str] = set()


class Courier:
    """One worker's way out. `now`: the installation's clock, asked on the thread of the store.

    kept: the folder where outcomes are noted that are not written yet; see `Unwritten`.
    """

    def __init__(self, store: Store, now: Callable[[], datetime], carrier: Carrier, kept: Path | None = None) -> None:
        self.store, self.now, self.carrier = store, now, carrier
        self.outcomes = Unwritten(kept)
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="courier")
        self.chance = random.Random()  # noqa: S311  (spreads retries)
        self.queues: dict[str, deque[tuple[float, Parcel]]] = {}
        self.under_way, self.taken = Counter[str](), Counter[str]()
        self.out = 0
        self.slow, self.quick = set[str](), dict[str, float]()
        self.missed = set[str]()
        self.cursor: int | None = None
        self.passed = self.unmoved = 0
        self.news = asyncio.Event()
        self.moment, self.events = now(), 20
        self.tidied = self.looked = self.inherited = 0.0

    async def work(self, wanted: Callable[[], bool]) -> None:
        """Go on until it is not wanted any more; then let what is under way come to its end."""
        while wanted():
            await self.turn()
        await self.end()

    async def drain(self) -> None:
        """Go on until nothing is due any more (for tests, and for whoever wants to see everything sent)."""
        while await self.turn(eager=True) or self.out or self.outcomes:
            await self._pause(IDLE_S)
            self.news.clear()

    async def end(self) -> None:
        """Finish what is under way, and write it down. What is late is sent again when its lease has ended."""
        self.queues.clear()
        until = time.monotonic() + END_S
        while self.out and time.monotonic() < until:
            self.news.clear()
            await self._pause(LOOK_S)
        while self.outcomes and await self.turn(last=True):
            pass
        await self.carrier.close()
        self.thread.shutdown()
        self.outcomes.close()

    async def turn(self, *, last: bool = False, eager: bool = False) -> bool:
        """Once to the store and back; whether anything moved. What could not be written is kept for the next turn.

        last: only write what is done. eager: look for what is due even though nothing has happened.
        """
        if time.monotonic() - self.inherited > INHERIT_S:
            self.inherited = time.monotonic()
            self.outcomes.inherit()
        outcomes = self.outcomes.outcomes[:TOGETHER]
        try:
            turn = await asyncio.get_running_loop().run_in_executor(
                self.thread, self._at_the_store, outcomes, last, eager
            )
        except Exception:  # the store is busy or away: rows stay as they are, and leases end by themselves
            log.exception("webhooks could not reach the store")
            await self._pause(TROUBLE_S)
            return not last
        self.outcomes.written(len(outcomes))
        self.taken.clear()
        for endpoint_id in turn.alone:  # what is held for it is due again when its lease ends
            self.queues.pop(endpoint_id, None)
        arrived = time.monotonic()
        for parcel in turn.parcels:
            self.queues.setdefault(parcel.endpoint_id, deque()).append((arrived, parcel))
        self._send_on()
        return turn.moved

    def _at_the_store(self, outcomes: list[Outcome], last: bool, eager: bool) -> Turn:
        """On the store's thread: write what is done and plan what has happened, in one unit; take what is due."""
        while True:
            logged = NOTHING if last or self._ahead() else self._happened()
            due = eager or time.monotonic() - self.looked > LOOK_S or any(self._room(id, -1) for id in self.missed)
            if outcomes or logged.rows or due:
                break
            if last or self.outcomes:
                return Turn()
            time.sleep(IDLE_S)  # here, where a look is one question to the store and nothing else
        now = self.moment = self.now()
        turn = self._write(now, outcomes, logged, no_room if last else self._room)
        return self._take(turn, now) if due and not last else turn

    def _happened(self) -> Logged:
        """What is to be planned: what comes before that concerns nobody is passed by."""
        while (logged := unplanned(self.store, self.events, self.cursor, self.passed)).rows:
            if self.unmoved > UNMOVED or concerns_anybody(self.store, logged, self.now()):
                self.unmoved = 0
                break
            self.cursor, self.passed = logged.behind, logged.rows[-1][0]
            self.unmoved += len(logged.rows)
        return logged

    def _write(self, now: datetime, outcomes: list[Outcome], logged: Logged, room: Room) -> Turn:
        """In one unit of work, which is small enough not to keep others waiting for long.

        In two where other workers plan, too: planning may have to be done again for their sake.
        """
        if self.store.several_processes and outcomes and logged.rows:
            first, then = self._write(now, outcomes, NOTHING, room), self._write(now, [], logged, room)
            return Turn(True, first.parcels + then.parcels, first.alone)
        if not (outcomes or logged.rows):
            return Turn()

        def write(db: Unit) -> tuple[Turn, int | None]:
            taking = Taking(db, now, room)
            alone = settle(taking, outcomes) if outcomes else set[str]()
            began = time.monotonic()
            cursor = plan(taking, logged) if logged.rows else self.cursor
            late = time.monotonic() - began > (PLAN_BESIDE_S if self.store.several_processes else PLAN_S)
            if late or len(logged.rows) == self.events:
                self.events = max(LEAST, self.events // 2) if late else min(MOST, self.events * 2)
            return Turn(True, taking.parcels, alone, taking.missed), cursor

        turn, self.cursor = self.store.write(SYSTEM, write)
        self.taken.update(one.endpoint_id for one in turn.parcels)
        self.missed |= turn.missed
        return turn

    def _take(self, turn: Turn, now: datetime) -> Turn:
        """The same turn, with what is due besides: now and then, or when something was left and there is room again."""
        self.looked = time.monotonic()
        if self.looked - self.tidied > TIDY_S and not tidy(self.store, now):
            self.tidied = time.monotonic()
        taking = lease(self.store, now, self._room)
        self.missed = taking.missed
        return Turn(turn.moved or bool(taking.parcels), turn.parcels + taking.parcels, turn.alone)

    def _ahead(self) -> bool:
        """Whether enough is planned: much is held for an endpoint that is taking it quickly."""
        lively = time.monotonic() - LIVELY_S
        return any(self.quick.get(id, 0.0) > lively and not self._room(id, -1) for id in list(self.queues))

    def _most(self, endpoint_id: str) -> int:
        """How many requests may be under way to an endpoint."""
        if endpoint_id in self.quick:
            return max(AT_ONCE, min(QUICK_AT_ONCE, QUICK_IN_ALL // max(1, len(self.under_way))))
        return SLOW_AT_ONCE if endpoint_id in self.slow else AT_ONCE

    def _room(self, endpoint_id: str, admitted: int) -> int:
        """How many more deliveries to take for an endpoint: few for a slow one, few when many are held in all."""
        held = len(self.queues.get(endpoint_id, ())) + self.under_way[endpoint_id] + self.taken[endpoint_id]
        if admitted >= 0:
            return admitted - held
        in_all = sum(len(queue) for queue in list(self.queues.values())) + self.out + self.taken.total()
        most = SLOW_AT_ONCE if endpoint_id in self.slow else AHEAD if in_all < IN_ALL else AT_ONCE
        return most - held if held <= most // 2 else 0  # in portions: each time costs a look at the endpoint

    def _send_on(self) -> None:
        """Begin as many requests as may be under way."""
        for endpoint_id in list(self.queues):
            self._send_to(endpoint_id)

    def _send_to(self, endpoint_id: str) -> None:
        queue, most, now = self.queues.get(endpoint_id), self._most(endpoint_id), time.monotonic()
        while queue and self.under_way[endpoint_id] < most and self.out < UNDER_WAY and len(self.outcomes) < UNWRITTEN:
            since, parcel = queue.popleft()
            if now - since < SEND_WITHIN_S:
                self.under_way[endpoint_id] += 1
                self.out += 1
                at, chance = iso(self.moment), self.chance.random()
                letter = Letter(parcel.url, parcel.id, parcel.body.encode(), noted(parcel, at, chance))
                self.carrier.send(letter, partial(self._came, parcel, at, chance))
        if not queue:
            self.queues.pop(endpoint_id, None)

    def _came(self, parcel: Parcel, at: str, chance: float, answer: Answer | None) -> None:
        """One attempt has come to its end. Without an answer nobody knows of it, and its lease ends by itself."""
        id, crowded = parcel.endpoint_id, self.out >= UNDER_WAY
        if answer is not None:
            self.outcomes.add(Outcome(parcel, answer, at, chance))
            self._mark(id, answer)
        self.out -= 1
        self.under_way[id] -= 1
        if not self.under_way[id]:
            del self.under_way[id]
        self._send_to(id)
        if crowded:
            self._send_on()
        self.news.set()

    def _mark(self, endpoint_id: str, answer: Answer) -> None:
        """Remember how quickly an endpoint answers; one that is not there is not quick."""
        (self.slow.add if answer.ms > SLOW_MS else self.slow.discard)(endpoint_id)
        if answer.status and answer.ms < QUICK_MS:
            self.quick[endpoint_id] = time.monotonic()
        else:
            self.quick.pop(endpoint_id, None)

    async def _pause(self, seconds: float) -> None:
        """Wait, unless an answer comes."""
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            pass


def no_room(_endpoint_id: str, _admitted: int) -> int:
    """For who is about to end."""
    return 0
