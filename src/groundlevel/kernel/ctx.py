"""What a handler may touch: who calls, the tenant's data, the time, and what follows from it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from groundlevel.kernel.caller import Caller
from groundlevel.kernel.clock import Clock
from groundlevel.kernel.events import LOG, REACTIONS, Event
from groundlevel.kernel.jobs import BEFORE, JOBS, KINDS, SYSTEM, Job, Step, Work
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Unit
from groundlevel.kernel.wire import iso, new_hex, new_uuid


class Ctx:
    """One per request or job.

    db: the store, bound to the location (and company) the call is about. now: the moment, in UTC.
    location_id, company_id: what the call is about; empty where it is about none. clock: the installation's.
    """

    def __init__(self, caller: Caller, db: Unit, now: datetime, settings: Settings, clock: Clock | None = None) -> None:
        self.caller, self.db, self.now, self.settings = caller, db, now, settings
        self.clock = clock
        self.trace: Callable[[], str] = new_uuid
        self._stamp = ""

    @property
    def location_id(self) -> str:
        """The sub-account the call is about."""
        return self.db.owners.location

    @property
    def company_id(self) -> str:
        """The agency the call is about."""
        return self.db.owners.company

    @property
    def stamp(self) -> str:
        """`now` as it is stored and answered."""
        if not self._stamp:
            self._stamp = iso(self.now)
        return self._stamp

    @property
    def trace_id(self) -> str:
        """The id under which this call can be found in the log."""
        return self.trace()

    def emit(self, event: Event) -> None:
        """Say that something happened: a row of this transaction. Reactions of other areas run now, in it."""
        if event.logged:
            self.db.append(LOG, type(event).__name__, event, self.stamp)
        for reaction in REACTIONS.get(type(event), ()):
            reaction(self, event)

    def later(self, work: Work, *, at: datetime | None = None, **arguments: Any) -> Job:
        """Have a declared job done, at once or `at` a moment: a row of this transaction."""
        if work.__name__ not in KINDS:
            raise LookupError(f"{work.__name__} is not declared as a job")
        job = Job(
            id=new_hex(), name=work.__name__, args=arguments, date_added=self.stamp, due=iso(at or self.now),
            location_id=self.location_id, company_id=self.company_id,
        )  # fmt: skip
        return self.db.elsewhere(SYSTEM).put(JOBS, job)


def acting(caller: Caller, settings: Settings, now: datetime) -> Callable[[Job], Step]:
    """What a worker does with a leased job: call the declared function, with a context of its own."""

    def act(one: Job) -> Step:
        work, _ = KINDS[one.name]
        before = BEFORE.get(one.name)
        came = {"came": before(settings, now, **one.args)} if before else {}
        return lambda db: work(Ctx(caller, db, now, settings), **one.args, **came)

    return act
