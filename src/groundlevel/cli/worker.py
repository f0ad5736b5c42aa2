"""`groundlevel worker`: does what is due."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from groundlevel.areas.operator import installation
from groundlevel.cli.mail_receiving import ReadingMail, TakingMail
from groundlevel.cli.operate import open_or_trouble
from groundlevel.cli.outbox_sending import LettingLeave
from groundlevel.cli.places import refuse_missing
from groundlevel.cli.webhooks_sending import Sending
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.clock import Clock
from groundlevel.kernel.ctx import acting
from groundlevel.kernel.jobs import BEFORE, Job, Step, lease
from groundlevel.kernel.jobs import run as do_job
from groundlevel.kernel.log import log
from groundlevel.kernel.observe import start_logging
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners, Store

IDLE_S = 0.5
AFTER_TROUBLE_S = 2.0
ASKING_AT_ONCE = 8
"""How many jobs ask others of something at once, before they are done."""


def run(database: str, beside: int, webhooks_to: tuple[str, ...] = (), public_url: str = "", mail_on: str = "") -> None:
    """Work until told to stop, or until the process `beside` (if any) is gone.

    Webhooks and messages go out beside the jobs, and mail comes in: also at `mail_on` (or GROUNDLEVEL_MAIL_ON).
    """
    refuse_missing(database)
    settings = Settings(database=database, threads=1, webhooks_to=webhooks_to)
    settings = replace(settings, public_url=public_url or settings.public_url)
    start_logging()
    worker = Worker(open_or_trouble(settings), settings, beside)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    log.info("worker started", process=os.getpid())
    beside_it: list[threading.Thread] = [
        Sending(settings, lambda: worker.wanted), LettingLeave(settings, lambda: worker.wanted),
    ]  # fmt: skip
    if listens_at := mail_on or os.environ.get("GROUNDLEVEL_MAIL_ON", ""):
        beside_it.append(TakingMail(settings, lambda: worker.wanted, listens_at))
    worker.mail = ReadingMail(settings, lambda: worker.wanted)
    for thread in (worker.mail, *beside_it):
        thread.start()
    worker.work()
    for thread in beside_it:
        thread.join()
    worker.store.close()
    log.info("worker ended", process=os.getpid())


Act = Callable[[Job], Step]


class Asking(threading.Thread):
    """Does what comes before a job. It ends with the process, wherever it is."""

    def __init__(self, act: Act, one: Job) -> None:
        super().__init__(name=f"before {one.name}", daemon=True)
        self.act, self.one = act, one
        self.step: Step | None = None
        self.trouble: Exception | None = None
        self.start()

    def run(self) -> None:
        """Keep what comes of it, or what went wrong."""
        try:
            self.step = self.act(self.one)
        except Exception as trouble:  # told when the job is to be done
            self.trouble = trouble

    def answered(self, _: Job) -> Step:
        """What is to be done now; or what went wrong, raised."""
        if self.step is None:
            raise self.trouble or RuntimeError("what comes before it was broken off")
        return self.step


class Worker:
    """Leases due jobs and does them, one after the other. A job that was begun is finished before it stops.

    What comes before some of them, outside of the process, is done on threads meanwhile, so that it delays no other.
    """

    def __init__(self, store: Store, settings: Settings, beside: int = 0) -> None:
        self.store, self.settings, self.beside = store, settings, beside
        self.stopping = False
        self.chance = random.Random()  # noqa: S311  (spreads retries)
        self.asking: list[tuple[Job, Asking]] = []
        self.mail: ReadingMail | None = None

    def stop(self, *_: object) -> None:
        """Do no further job."""
        self.stopping = True

    @property
    def wanted(self) -> bool:
        """Whether to go on: not told to stop, and the process it belongs to is alive."""
        return not self.stopping and (not self.beside or os.getppid() == self.beside)

    def work(self) -> None:
        """Go round until it is not wanted any more."""
        while self.wanted:
            try:
                found = self.once()
                if self.mail:
                    self.mail.look(self.store)
            except Exception:  # the store may be busy or the disk full: what is due stays due
                log.exception("worker could not reach its jobs")
                time.sleep(AFTER_TROUBLE_S)
                continue
            if not found:
                time.sleep(IDLE_S)

    def once(self) -> bool:
        """Do what is due now; whether there was anything."""
        clock = self.clock()
        asked = [pair for pair in self.asking if not pair[1].is_alive()]
        self.asking = [pair for pair in self.asking if pair[1].is_alive()]
        jobs = lease(self.store, clock.now())
        for one in jobs:
            if not self.wanted:
                break
            if one.name not in BEFORE:
                self.do(one, clock)
            elif len(self.asking) < ASKING_AT_ONCE:  # else it is due again when its lease ends
                act = acting(OPERATOR, self.settings, clock.now())
                self.asking.append((one, Asking(act, one)))
        for one, asking in asked:
            self.do(one, clock, asking.answered)
        return bool(jobs or asked)

    def do(self, one: Job, clock: Clock, act: Act | None = None) -> None:
        """One job, and a line about it. act: how it is done, if what is before it has been done."""
        began, now = time.perf_counter(), clock.now()
        done = do_job(self.store, one, act or acting(OPERATOR, self.settings, now), now, self.chance.random())
        facts = {"job": one.name, "id": one.id, "location": one.location_id, "failures": one.failures + (not done)}
        ms = round((time.perf_counter() - began) * 1000, 2)
        (log.info if done else log.warning)("job done" if done else "job failed", ms=ms, **facts)

    def clock(self) -> Clock:
        """The installation's clock, which an operator may have moved since we last looked."""
        return Clock(timedelta(seconds=installation(self.store.read(Owners(system=True))).clock_offset))
