"""`groundlevel worker`: does what is due."""

import os
import random
import signal
import time
from datetime import timedelta

from groundlevel.areas.operator import installation
from groundlevel.cli.operate import open_or_trouble
from groundlevel.cli.places import refuse_missing
from groundlevel.cli.webhooks_sending import Sending
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.clock import Clock
from groundlevel.kernel.ctx import acting
from groundlevel.kernel.jobs import Job, lease
from groundlevel.kernel.jobs import run as do_job
from groundlevel.kernel.log import log
from groundlevel.kernel.observe import start_logging
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners, Store

IDLE_S = 0.5
AFTER_TROUBLE_S = 2.0


def run(database: str, beside: int, webhooks_to: tuple[str, ...] = ()) -> None:
    """Work until told to stop, or until the process `beside` (if any) is gone. Webhooks go out beside the jobs."""
    refuse_missing(database)
    settings = Settings(database=database, threads=1, webhooks_to=webhooks_to)
    start_logging()
    worker = Worker(open_or_trouble(settings), settings, beside)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    log.info("worker started", process=os.getpid())
    sending = Sending(settings, lambda: worker.wanted)
    sending.start()
    worker.work()
    sending.join()
    worker.store.close()
    log.info("worker ended", process=os.getpid())


class Worker:
    """Leases due jobs and does them, one after the other. A job that was begun is finished before it stops."""

    def __init__(self, store: Store, settings: Settings, beside: int = 0) -> None:
        self.store, self.settings, self.beside = store, settings, beside
        self.stopping = False
        self.chance = random.Random()  # noqa: S311  (spreads retries)

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
            except Exception:  # the store may be busy or the disk full: what is due stays due
                log.exception("worker could not reach its jobs")
                time.sleep(AFTER_TROUBLE_S)
                continue
            if not found:
                time.sleep(IDLE_S)

    def once(self) -> bool:
        """Do what is due now; whether there was anything."""
        clock = self.clock()
        jobs = lease(self.store, clock.now())
        for one in jobs:
            if not self.wanted:
                break
            self.do(one, clock)
        return bool(jobs)

    def do(self, one: Job, clock: Clock) -> None:
        """One job, and a line about it."""
        began, now = time.perf_counter(), clock.now()
        done = do_job(self.store, one, acting(OPERATOR, self.settings, now), now, self.chance.random())
        facts = {"job": one.name, "id": one.id, "location": one.location_id, "failures": one.failures + (not done)}
        ms = round((time.perf_counter() - began) * 1000, 2)
        (log.info if done else log.warning)("job done" if done else "job failed", ms=ms, **facts)

    def clock(self) -> Clock:
        """The installation's clock, which an operator may have moved since we last looked."""
        return Clock(timedelta(seconds=installation(self.store.read(Owners(system=True))).clock_offset))
