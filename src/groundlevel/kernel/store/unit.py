"""A unit of work: the store as one caller sees it, for the length of one request or job."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Protocol, TypeVar, cast

from msgspec import Struct

from groundlevel.kernel.store.query import Condition, Scalar, Sort
from groundlevel.kernel.store.table import Table
from groundlevel.kernel.store.whole import Whole

T = TypeVar("T", bound=Struct)
R = TypeVar("R")

SYSTEM = "system"
PORTION = 500


class DatabaseTrouble(Exception):
    """A database cannot be used; the text says why and what to do."""


class NothingYet(DatabaseTrouble):
    """A database is there, and holds nothing of ours yet."""


class Owners(Struct, frozen=True):
    """Whose rows a unit of work sees: those of one location, of one company, and (kernel, operators) the system's."""

    location: str = ""
    company: str = ""
    system: bool = False

    def of(self, table: Table[Any]) -> str:
        """The owner of this caller's rows in the table; LookupError where it may have none."""
        owner = SYSTEM if table.owner == "system" and self.system else ""
        owner = owner or (self.location if table.owner == "location" else "")
        owner = owner or (self.company if table.owner == "company" else "")
        if not owner:
            raise LookupError(f"no {table.owner} to look for {table.name} in")
        return owner


class Unit(Protocol):
    """What a handler asks of the store. Each method is bound to the caller's owner; there is no query without one."""

    owners: Owners

    def get(self, table: Table[T], id: str) -> T | None:
        """The document with this id, or None."""
        ...

    def put(self, table: Table[T], item: T) -> T:
        """Store the document under its `id`, in place of what was there; returns it. Conflict on a unique field."""
        ...

    def put_many(self, table: Table[T], items: Sequence[T]) -> None:
        """The same for many of different ids, in one statement."""
        ...

    def delete(self, table: Table[Any], id: str) -> bool:
        """Remove the document; whether there was one."""
        ...

    def alone(self, name: str) -> None:
        """Go on when nobody else of this owner is alone under this name. A unit may begin anew for it: call it early.

        For records that many want to change at once: nothing depends on it but that they need not do their work over
        again. A unit is alone under one name; others that it says later are not minded.
        """
        ...

    def find(
        self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int = 100, skip: int = 0
    ) -> list[T]:
        """The documents for which all conditions hold, in order (default: `Table.order`, newest first)."""
        ...

    def claim(self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int = 100) -> list[T]:
        """The same as `find` for rows about to be changed: those that another unit of work holds are left out."""
        ...

    def page(
        self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int, after: Sequence[Scalar | None]
    ) -> list[T]:
        """The same, from behind a row onwards: `after` holds that row's value for each sort key, then its id."""
        ...

    def one(self, table: Table[T], *where: Condition) -> T | None:
        """Any one that fits, or None."""
        ...

    def count(self, table: Table[Any], *where: Condition, up_to: int = 0) -> int:
        """How many there are. With `up_to`, counting may stop there."""
        ...

    def each(self, table: Table[T], *where: Condition) -> Iterator[T]:
        """All that fit, in the order of their ids, read in portions."""
        ...

    def append(self, log: str, kind: str, doc: Struct, at: str) -> int:
        """Write a row to a log (events); its number, which only grows."""
        ...

    def append_many(self, log: str, docs: Sequence[Struct], at: str) -> None:
        """The same for many, in one statement; the kind of each is the name of its type."""
        ...

    def elsewhere(self, owners: Owners) -> "Unit":
        """The same unit of work with other eyes. Loud on purpose: `tests/test_boundaries.py` lists who may."""
        ...

    def across_owners(self, table: Table[T], *where: Condition, limit: int = 100) -> list[tuple[str, T]]:
        """(owner, document) of every owner. Loud on purpose: `tests/test_boundaries.py` lists who may."""
        ...

    def log_after(self, log: str, number: int, limit: int = 100) -> list[tuple[int, str, str, str, str]]:
        """Rows of a log behind `number`: (number, owner, kind, document as JSON, at). Every owner's."""
        ...


def in_portions(db: Unit, table: Table[T], *where: Condition) -> Iterator[T]:
    """What `Unit.each` promises, by pages."""
    last = ""
    while True:
        rows = db.page(table, *where, sort=(Sort("id"),), limit=PORTION, after=(last, last))
        yield from rows
        if len(rows) < PORTION:
            return
        last = cast(str, rows[-1].id)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


class Store(Protocol):
    """An engine that keeps the tables. `perform` is the one way for a request to reach it.

    several_processes: whether more than one may serve it.
    """

    several_processes: ClassVar[bool]

    @abstractmethod
    async def perform(self, owners: Owners, work: Callable[[Unit], R], *, write: bool, slow: bool = False) -> R:
        """Run one unit of work; when it returns, what was written is on the disk. A raise undoes all of it."""
        ...

    @abstractmethod
    def read(self, owners: Owners) -> Unit:
        """Look at what is committed, from this thread, outside any transaction."""
        ...

    @abstractmethod
    def write(self, owners: Owners, work: Callable[[Unit], R]) -> R:
        """The same as `perform(write=True)` for programs without an event loop (the worker, the command line)."""
        ...

    @abstractmethod
    def bulk_loading(self, found_by: Mapping[Table[Any], Collection[str]], rows: int) -> AbstractContextManager[bool]:
        """While very many records come into some tables, have them found by nothing but ids and these fields.

        What else finds them is made at the end, in a fraction of the time; after a kill, when the store is opened
        again. What was committed is on the disk at the end. False where it goes on as ever: others use the store at the
        same time, or too few `rows` come for it.
        """
        ...

    @abstractmethod
    def whole(self) -> AbstractContextManager[Whole]:
        """Everything as it is at one moment, whatever is written meanwhile."""
        ...

    @abstractmethod
    def tend(self) -> bool:
        """Do a small piece of housekeeping; whether more is waiting."""
        ...

    @abstractmethod
    def describe(self) -> str:
        """The engine, its version and the size of the data, in words."""
        ...

    @abstractmethod
    def check(self) -> list[str]:
        """What is wrong with the data, in words; nothing when all is well."""
        ...

    @abstractmethod
    def close(self) -> None:
        """Release everything."""
        ...
