"""The embedded store: connections, durability, and commits shared by the writes that came meanwhile."""

# apsw's own type stubs leave the types of rows open
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

import apsw

from groundlevel.kernel.problems import Unavailable
from groundlevel.kernel.store.sqlite.connecting import SERVING_KB, WORKING_KB, connect
from groundlevel.kernel.store.sqlite.plan import Guesses
from groundlevel.kernel.store.sqlite.schema import index_fresh_text, make_ready, take_indexes_away
from groundlevel.kernel.store.sqlite.unit import OwnerNumbers, SqliteUnit
from groundlevel.kernel.store.sqlite.whole import SqliteFilling, SqliteWhole
from groundlevel.kernel.store.table import TABLES, Table
from groundlevel.kernel.store.unit import DatabaseTrouble, Owners, Unit
from groundlevel.kernel.store.whole import Whole

R = TypeVar("R")

TENDED_AT_ONCE = 500
MANY = 50_000
"""Rows that come in, and not fewer than there are, for indexes to be made anew behind them."""
SMALL, REMEMBERED_S = 20_000, 1.0
"""Owners with no more rows than this in any table are searched on the loop; for how long that is remembered."""


@dataclass(slots=True)
class Write:
    """A unit of work that waits for its turn, and who waits for it."""

    owners: Owners
    work: Callable[[Unit], Any]
    done: "asyncio.Future[Any]"


@dataclass(slots=True)
class Raised:
    """What a unit of work raised instead of a result."""

    error: Exception


class SqliteStore:
    """See `Store`. Handlers run where they stand, on the loop; what is `slow` runs on a reader thread."""

    several_processes: ClassVar[bool] = False

    def __init__(self, path: Path, threads: int = 2, cache_kb: int = 0) -> None:
        self.path = path
        self.numbers: OwnerNumbers = {}
        self.learned: OwnerNumbers = {}
        self.guesses: Guesses = {}
        self.cache_kb = cache_kb or (SERVING_KB if threads > 1 else WORKING_KB)
        self._open()
        self.local = threading.local()
        self.opened: list[apsw.Connection] = []
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="reader")
        self.flusher = ThreadPoolExecutor(1, thread_name_prefix="flusher")
        self.queue: list[Write] = []
        self.small: dict[str, tuple[float, bool]] = {}
        self.writing = False

    async def perform(self, owners: Owners, work: Callable[[Unit], R], *, write: bool, slow: bool = False) -> R:
        loop = asyncio.get_running_loop()
        if not write:
            if not slow:
                return self._reading(self.reader, owners, work)
            if self._is_small(owners):
                return self._of_one_moment(self.reader, owners, work)
            return await loop.run_in_executor(self.pool, self._on_thread, owners, work)
        done: asyncio.Future[Any] = loop.create_future()
        self.queue.append(Write(owners, work, done))
        if not self.writing:
            self.writing = True
            loop.call_soon(self._write_queue)
        return await done

    def _open(self) -> None:
        """Have the connections of every day to a file that is ready."""
        self.writer = connect(self.path, cache_kb=self.cache_kb)
        make_ready(self.writer, list(TABLES.values()))
        self.reader = connect(self.path, readonly=True, cache_kb=self.cache_kb)

    def _is_small(self, owners: Owners) -> bool:
        """Whether nothing that is asked of these owners can take long: a hop to a thread would take longer."""
        owner, now = owners.location or owners.company, time.monotonic()
        known = self.small.get(owner)
        if known is None or known[0] < now:
            largest = "SELECT max(n) FROM row_counts JOIN owners ON no = owner WHERE name = ?"
            row = self.reader.execute(largest, (owner,)).fetchone()
            if len(self.small) > 10_000:
                self.small.clear()
            known = self.small[owner] = now + REMEMBERED_S, cast(int, row[0] if row and row[0] else 0) <= SMALL
        return known[1]

    def _reading(self, db: apsw.Connection, owners: Owners, work: Callable[[Unit], R]) -> R:
        unit = SqliteUnit(db, owners, self.numbers, self.guesses)
        result = work(unit)
        if unit.learned:
            self.numbers.update(unit.learned)
        return result

    def _write_queue(self) -> None:
        """Run what is queued, each in its savepoint, and commit it together.

        The disk is waited for on a thread: meanwhile the loop reads, refuses, and queues the next writes. So the more
        is written, the more share a flush.
        """
        batch, self.queue = self.queue, []
        try:
            self.writer.execute("BEGIN IMMEDIATE")
        except apsw.Error:
            return self._answer([(w, Raised(Unavailable("The database is busy; try again."))) for w in batch])
        outcomes = [(w, self._in_savepoint(w)) for w in batch]
        flush = asyncio.get_running_loop().run_in_executor(self.flusher, self.writer.execute, "COMMIT")
        flush.add_done_callback(lambda flushed: self._committed(outcomes, flushed.exception()))
        return None

    def _in_savepoint(self, w: "Write") -> Any:
        """The unit's result, or what it raised: then nothing of it is left."""
        if not self.writer.in_transaction:  # a full disk has ended it
            return Raised(Unavailable("The database could not write; nothing was kept."))
        self.writer.execute("SAVEPOINT unit")
        unit = SqliteUnit(self.writer, w.owners, self.numbers, self.guesses)
        try:
            result = w.work(unit)
        except Exception as refusal:
            if self.writer.in_transaction:
                self.writer.execute("ROLLBACK TO unit; RELEASE unit")
            return Raised(refusal)
        self.writer.execute("RELEASE unit")
        self.learned.update(unit.learned)
        return result

    def _committed(self, outcomes: "list[tuple[Write, Any]]", trouble: BaseException | None) -> None:
        """Now it is on the disk, or none of it is: tell those who wait."""
        if trouble is None:
            self.numbers.update(self.learned)
        elif self.writer.in_transaction:
            self.writer.execute("ROLLBACK")
        self.learned.clear()
        if trouble:
            kept = Raised(Unavailable(f"The database could not write ({type(trouble).__name__}); nothing was kept."))
            outcomes = [(w, outcome if isinstance(outcome, Raised) else kept) for w, outcome in outcomes]
        self._answer(outcomes)

    def _answer(self, outcomes: "list[tuple[Write, Any]]") -> None:
        for w, outcome in outcomes:
            if w.done.done():  # its caller has hung up
                continue
            if isinstance(outcome, Raised):
                w.done.set_exception(outcome.error)
            else:
                w.done.set_result(outcome)
        self.writing = bool(self.queue)
        if self.writing:
            asyncio.get_running_loop().call_soon(self._write_queue)

    def read(self, owners: Owners) -> Unit:
        return SqliteUnit(self.reader, owners, self.numbers, self.guesses)

    def write(self, owners: Owners, work: Callable[[Unit], R]) -> R:
        try:
            self.writer.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:
            raise Unavailable("The database is busy; try again.") from None
        try:
            unit = SqliteUnit(self.writer, owners, self.numbers, self.guesses)
            result = work(unit)
            self.writer.execute("COMMIT")
        except BaseException:
            if self.writer.in_transaction:
                self.writer.execute("ROLLBACK")
            raise
        self.numbers.update(unit.learned)
        return result

    def _on_thread(self, owners: Owners, work: Callable[[Unit], R]) -> R:
        """With the connection of this reader thread."""
        db: apsw.Connection | None = getattr(self.local, "db", None)
        if db is None:
            db = self.local.db = connect(self.path, readonly=True, cache_kb=self.cache_kb)
            self.opened.append(db)
        return self._of_one_moment(db, owners, work)

    def _of_one_moment(self, db: apsw.Connection, owners: Owners, work: Callable[[Unit], R]) -> R:
        """What is committed meanwhile is not seen: a page and its total belong together."""
        db.execute("BEGIN")
        try:
            return self._reading(db, owners, work)
        finally:
            db.execute("COMMIT")

    @contextmanager
    def bulk_loading(self, found_by: Mapping[Table[Any], Collection[str]], rows: int) -> Generator[bool]:
        alone = rows >= max(MANY, *map(self._rows, found_by)) and self._open_alone()
        if not alone:
            yield False
            return
        try:
            with self.writer:
                for t, fields in found_by.items():
                    take_indexes_away(self.writer, t, fields)
            yield True
        finally:
            self.writer.pragma("cache_size", -SERVING_KB)  # as much memory again goes to sorting
            self.writer.pragma("journal_mode", "delete")  # what is only added need not be written twice
            make_ready(self.writer, list(TABLES.values()))
            self.writer.close()
            self._open()

    def _rows(self, t: Table[Any]) -> int:
        """How many there are, of all owners."""
        row = self.reader.execute("SELECT sum(n) FROM row_counts WHERE tbl = ?", (t.name,)).fetchone()
        return cast(int, row[0] or 0) if row else 0

    def _open_alone(self) -> bool:
        """Have one connection, and nobody else any; whether that could be."""
        self.reader.close()
        self.writer.close()
        try:
            self.writer = self.reader = connect(self.path, cache_kb=self.cache_kb, alone=True)
        except apsw.BusyError:
            self._open()
            return False
        return True

    @contextmanager
    def whole(self) -> Generator[Whole]:
        """See `whole.Source`."""
        db = connect(self.path, readonly=True, cache_kb=self.cache_kb)
        try:
            db.execute("BEGIN")
            yield SqliteWhole(db)
        finally:
            db.close()

    def tend(self) -> bool:
        """Bring the text indexes up to date, a portion at a time."""
        if self.writing:
            return True
        waiting = [t for t in TABLES.values() if t.text and self._has_fresh(t)]
        if not waiting:
            return False
        self.writer.execute("BEGIN IMMEDIATE")
        try:
            full = index_fresh_text(self.writer, waiting[0], TENDED_AT_ONCE) == TENDED_AT_ONCE
            self.writer.execute("COMMIT")
        except BaseException:
            self.writer.execute("ROLLBACK")
            raise
        return full or len(waiting) > 1

    def _has_fresh(self, t: Table[Any]) -> bool:
        return self.reader.execute(f"SELECT 1 FROM {t.name}_fresh LIMIT 1").fetchone() is not None

    def describe(self) -> str:
        return f"SQLite {apsw.sqlite_lib_version()}, {self.path.stat().st_size >> 20:,} MB"

    def check(self) -> list[str]:
        troubles = [str(row[0]) for row in self.reader.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        for t in TABLES.values():
            counted = f"SELECT owner, count(*) FROM {t.name} GROUP BY owner"
            kept = f"SELECT owner, n FROM row_counts WHERE tbl = '{t.name}' AND n > 0"
            off = self.reader.execute(f"SELECT count(*) FROM ({counted} EXCEPT {kept})").fetchone()
            if off and off[0]:
                troubles.append(f"{t.name}: the row counts of {off[0]} owners are off")
        return troubles

    def close(self) -> None:
        for threads in (self.pool, self.flusher):
            threads.shutdown(wait=True)
        for db in (*self.opened, self.reader, self.writer):
            db.close()


@contextmanager
def sqlite_filling(path: Path) -> Generator[SqliteFilling]:
    """A file for a whole installation: it has its name when it is complete."""
    if path.exists():
        raise DatabaseTrouble(f"{path} is there already; name a new file.")
    part = path.with_name(f"{path.name}.filling")
    store = SqliteStore(part)
    filling = SqliteFilling(store.writer)
    try:
        yield filling
    finally:
        store.close()
    if filling.complete:
        part.replace(path)
