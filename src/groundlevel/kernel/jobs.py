"""What is to be done later: rows, leased by workers, retried with patience, kept when they finally fail."""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from groundlevel.kernel.store import Owners, Range, Sort, Store, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso


class Retry(Struct, frozen=True):
    """How long to wait after a failure: doubling from `first` to `longest` seconds, varied by up to `jitter`."""

    attempts: int = 12
    first: float = 5.0
    longest: float = 3_600.0
    jitter: float = 0.2

    def delay(self, failures: int, chance: float) -> timedelta | None:
        """The wait after so many failures, `chance` being uniform in [0, 1); None when it is time to give up."""
        if failures >= self.attempts:
            return None
        plain = min(self.longest, self.first * 2 ** (failures - 1))
        return timedelta(seconds=plain * (1 + self.jitter * (2 * chance - 1)))


class Job(Wire):
    """A row of work. `due` is missing once it has finally failed."""

    id: str
    name: str
    args: dict[str, Any]
    date_added: str
    due: str | None = None
    failures: int = 0
    error: str = ""
    location_id: str = ""
    company_id: str = ""


JOBS = declare(Table("jobs", Job, index=("due",), sparse=("location_id",), order="date_added", owner="system"))

Work = Callable[..., None]
W = TypeVar("W", bound=Work)
Step = Callable[[Unit], None]

KINDS: dict[str, tuple[Work, Retry]] = {}
BEFORE: dict[str, Callable[..., Any]] = {}
"""What some jobs ask of others before they are done, by their names."""
LEASE = timedelta(seconds=60)
SYSTEM = Owners(system=True)


def job(retry: Retry | None = None, *, before: Callable[..., Any] | None = None) -> Callable[[W], W]:
    """Declare a function `(ctx, **arguments)` as work for later; its name is the job's. Arguments are JSON values.

    It runs in a unit of work together with the removal of its row: done and gone, or undone and due again.
    before: `(settings, now, **arguments)`, which may reach out of the process, as no unit of work is open yet. The work
    gets what it returns as `came`. It must be done within LEASE.
    """

    def register(work: W) -> W:
        if KINDS.setdefault(work.__name__, (work, retry or Retry()))[0] is not work:
            raise ValueError(f"two jobs are called {work.__name__}")
        if before:
            BEFORE[work.__name__] = before
        return work

    return register


def lease(store: Store, now: datetime, most: int = 20) -> list[Job]:
    """Take due jobs: nobody else gets them until the lease ends, and then only if they are still there."""

    def take(db: Unit) -> list[Job]:
        due = db.claim(JOBS, Range("due", "<=", iso(now)), sort=(Sort("due"),), limit=most)
        for one in due:
            db.put(JOBS, msgspec.structs.replace(one, due=iso(now + LEASE)))
        return due

    if not store.read(SYSTEM).find(JOBS, Range("due", "<=", iso(now)), sort=(Sort("due"),), limit=1):
        return []
    return store.write(SYSTEM, take)


def run(store: Store, one: Job, act: Callable[[Job], Step], now: datetime, chance: float) -> bool:
    """Do one leased job with `act` and remove it, or note its failure; whether it succeeded.

    act: does what is done before a unit of work, and returns what is done in it.
    """

    def do(db: Unit) -> None:
        system = db.elsewhere(SYSTEM)
        if system.get(JOBS, one.id) is not None:  # another worker may have finished it after our lease ended
            step(db)
            system.delete(JOBS, one.id)

    try:
        step = act(one)
        store.write(Owners(one.location_id, one.company_id), do)
        return True
    except Exception:  # whatever it was, the job must not be lost
        _, retry = KINDS.get(one.name, (None, Retry()))
        wait = retry.delay(one.failures + 1, chance)
        failed = msgspec.structs.replace(
            one,
            failures=one.failures + 1,
            due=iso(now + wait) if wait else None,
            error=traceback.format_exc(limit=8)[-4_000:],
        )
        store.write(SYSTEM, lambda db: db.get(JOBS, one.id) and db.put(JOBS, failed))  # unless another one did it
        return False
