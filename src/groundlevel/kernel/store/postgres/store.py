"""The store of many processes: connections, transactions, and what to do when the database is away."""

import random
import threading
import time
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, TypeVar

import psycopg

from groundlevel.kernel.problems import Conflict, Problem, Unavailable
from groundlevel.kernel.store.postgres.line import Line, Lines
from groundlevel.kernel.store.postgres.schema import sql
from groundlevel.kernel.store.postgres.setup import begin_filling, create_database, make_ready, trouble_with
from groundlevel.kernel.store.postgres.sweeping import Broom
from groundlevel.kernel.store.postgres.turns import Turn, in_turns, pause, this_turn
from groundlevel.kernel.store.postgres.unit import Alone, Engine, PostgresUnit
from groundlevel.kernel.store.postgres.whole import PostgresFilling, PostgresWhole
from groundlevel.kernel.store.table import TABLES, Table
from groundlevel.kernel.store.unit import Owners, Unit
from groundlevel.kernel.store.whole import Filling, Whole

R = TypeVar("R")

AWAY_S = 0.5
"""How long nobody tries to connect again after that has failed."""
ATTEMPTS, BUDGET_S = 40, 5.0
"""How often, and for how long, a unit of work is done again that ran into another one."""
AWAY = "The database does not answer; nothing was changed. Try again."
UNSURE = "The connection to the database was lost while it confirmed the change; look whether it was made."
SLOW = "The database took too long; nothing was changed. Try again, or ask for less."
BUSY = "Too many changes to the same records at once; nothing was changed. Try again."


class PostgresStore:
    """See `Store`. On the loop, units of work take turns on some connections; elsewhere each thread has one of its own.

    A unit that writes is a serialisable transaction: what it looked at (is there such a contact already?) still
    holds when it commits, whichever process else writes. One that fails for another's sake is done again.
    """

    several_processes: ClassVar[bool] = True

    def __init__(self, url: str, lines: int = 8, *, create: bool = False) -> None:
        """lines: connections for the loop, at most. DatabaseTrouble where the database cannot be used; with `create`
        it is made where it is missing."""
        self.url, self.local, self.opened = url, threading.local(), set[Line]()
        self.away_until = 0.0
        self.lines, self.broom = Lines(lines), Broom(url)
        self.chance = random.Random()  # noqa: S311  (spreads second attempts)
        try:
            if create:
                create_database(url)
            with self._line() as line:
                self.engine = Engine(make_ready(line.connection, list(TABLES.values()), create=create))
        except psycopg.OperationalError as error:
            raise trouble_with(url, error) from None
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _line(self) -> Generator[Line]:
        """This thread's connection, or this turn's; one that was lost is not used again."""
        turn = this_turn()
        line = self.lines.borrow(turn) if turn else getattr(self.local, "line", None)
        try:
            line = self._kept(line) or self._connected(turn)
            yield line
        finally:
            line = self._kept(line)
            if turn:
                self.lines.give_back(line)
            else:
                self.local.line = line

    def _kept(self, line: Line | None) -> Line | None:
        """The same, if it can be used further."""
        if line is None or not line.lost:
            return line
        line.close()
        self.opened.discard(line)
        return None

    def _connected(self, turn: Turn | None) -> Line:
        if time.monotonic() < self.away_until:
            raise Unavailable(AWAY)
        try:
            line = turn.wait_for(turn.loop.run_in_executor(None, Line, self.url)) if turn else Line(self.url)
        except psycopg.OperationalError:
            self.away_until = time.monotonic() + AWAY_S
            raise
        self.opened.add(line)
        return line

    async def perform(self, owners: Owners, work: Callable[[Unit], R], *, write: bool, slow: bool = False) -> R:
        how = self.write if write else self._of_one_moment if slow else self._reading
        return await in_turns(lambda: how(owners, work))

    def read(self, owners: Owners) -> Unit:
        with self._line() as db:
            return PostgresUnit(db, owners, self.engine, waits=True)

    def _reading(self, owners: Owners, work: Callable[[Unit], R]) -> R:
        """Each statement sees what is committed when it begins."""

        def look(db: Line) -> R:
            return work(PostgresUnit(db, owners, self.engine, waits=True))

        return self._again(look)

    def _of_one_moment(self, owners: Owners, work: Callable[[Unit], R]) -> R:
        """What is committed meanwhile is not seen: a page and its total belong together."""

        def look(db: Line) -> R:
            return self._transaction(db, "REPEATABLE READ READ ONLY", owners, work)

        return self._again(look)

    def write(self, owners: Owners, work: Callable[[Unit], R]) -> R:
        return self._again(lambda db: self._transaction(db, "SERIALIZABLE", owners, work))

    def _transaction(self, db: Line, level: str, owners: Owners, work: Callable[[Unit], R]) -> R:
        db.begin(level)
        try:
            result = work(PostgresUnit(db, owners, self.engine, waits=False))
        except BaseException:
            with suppress(psycopg.OperationalError):
                db.roll_back()
            raise
        try:
            db.commit()
        except psycopg.OperationalError:
            if db.lost:
                raise Unavailable(UNSURE) from None
            raise
        return result

    def _again(self, attempt: Callable[[Line], R]) -> R:
        """Do it; once more with a new connection if it was lost, and some more times if others stood in the way."""
        until, lost, taken, name = time.monotonic() + BUDGET_S, False, False, ""
        for nth in range(ATTEMPTS):
            line = None
            try:
                with self._line() as line, line.alone_under(name):
                    return attempt(line)
            except Alone as wanted:
                name = str(wanted)
            except Conflict:  # of a unit that another one has overtaken, or truly so: then it comes again
                if taken:
                    raise
                taken = True
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):
                if time.monotonic() > until:
                    break
                pause(self.chance.random() * min(0.001 * 2**nth, 0.2))
            except psycopg.errors.LockNotAvailable:
                break
            except psycopg.errors.QueryCanceled:
                raise Unavailable(SLOW) from None
            except psycopg.OperationalError as error:
                if lost or line is None or not line.lost:
                    raise _unable(error) from None
                lost = True
        raise Unavailable(BUSY)

    @contextmanager
    def bulk_loading(self, found_by: Mapping[Table[Any], Collection[str]], rows: int) -> Generator[bool]:  # noqa: ARG002  (the type says it)
        yield False  # others ask at the same time

    @contextmanager
    def whole(self) -> Generator[Whole]:
        """See `whole.Source`."""
        with self._line() as line:
            db = line.connection
            db.execute("SET statement_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield PostgresWhole(db)
            finally:
                db.execute("ROLLBACK; SET statement_timeout = '15s'")

    def tend(self) -> bool:
        """PostgreSQL looks after itself; where that is turned off, a thread does."""
        self.broom.look()
        return False

    def describe(self) -> str:
        with self._line() as line:
            db = line.connection
            row = db.execute("SELECT pg_database_size(current_database()) >> 20").fetchone()
            version = db.info.parameter_status("server_version") or "?"
        return f"PostgreSQL {version.split()[0]}, {row[0] if row else 0:,} MB"

    def check(self) -> list[str]:
        """Indexes that are not whole, and documents under another id than their own."""
        with self._line() as line:
            db = line.connection
            broken = db.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid").fetchall()
            troubles = [f"the index {name} is not whole; REINDEX INDEX {name} mends it" for (name,) in broken]
            for t in TABLES.values():
                strange = f"SELECT count(*) FROM {t.name} WHERE doc ->> 'id' IS DISTINCT FROM id"
                row = db.execute(sql(strange)).fetchone()
                if row and row[0]:
                    troubles.append(f"{t.name}: {row[0]} records are kept under an id that is not theirs")
        return troubles

    def close(self) -> None:
        for line in self.opened:
            line.close()


def _unable(error: psycopg.OperationalError) -> Problem:
    if isinstance(error, psycopg.errors.DiskFull | psycopg.errors.ReadOnlySqlTransaction):
        return Unavailable("The database could not write; nothing was kept.")
    return Unavailable(AWAY)


@contextmanager
def postgres_filling(url: str) -> Generator[Filling]:
    """A database for a whole installation: an empty one, or one that was being filled."""
    try:
        create_database(url)
        line = Line(url)
    except psycopg.OperationalError as error:
        raise trouble_with(url, error) from None
    with line.connection as db:
        db.execute("SET statement_timeout = 0")
        begin_filling(db, list(TABLES.values()))
        yield PostgresFilling(db)
