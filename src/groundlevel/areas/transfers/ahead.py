"""A unit of work for many records that are written one after the other by rules made for one.

The rules ask for the same few records again and again, and for those that a new one might double. Here what was read
is remembered, what will be asked is read beforehand (`foresee`), and what is written goes to the store together, on a
thread, while the next records are worked out (`write_behind`). Who asks sees what was written all the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar, cast

from msgspec import Struct

from groundlevel.kernel.store import Condition, Eq, In, Owners, Sort, Table, Unit
from groundlevel.kernel.store.query import Scalar

T = TypeVar("T", bound=Struct)

AT_ONCE, MOST_ALIKE = 1_000, 20_000
"""Values in one question to the store, and records that an answer may have to be remembered."""

Documents = dict[str, Any]
"""Documents of one table by their ids; None where there is known to be none."""


class Ahead:
    """See `Unit`. Questions other than for an id or for equal values are the store's, after everything is written."""

    def __init__(self, db: Unit, thread: ThreadPoolExecutor) -> None:
        self.db, self.thread = db, thread
        self.owners: Owners = db.owners
        self.log = ""
        self.known: dict[str, Documents] = {}
        self.waiting: dict[str, tuple[Table[Any], Documents]] = {}
        self.events: list[tuple[str, Struct]] = []
        self.alike: dict[str, dict[str, dict[Scalar, set[str]]]] = {}
        self.complete: set[tuple[str, str, Scalar]] = set()
        self.undoing: list[tuple[Table[Any], str, Any]] = []
        self.new: set[Scalar] = set()
        self.asked: list[tuple[Table[Any], str, tuple[Scalar, ...], Future[list[Any]]]] = []
        self.writing: list[Future[None]] = []

    # --- what it is for ---

    def foresee(self, table: Table[Any], field: str, values: Iterable[Scalar]) -> None:
        """Have all records read that have one of the values, in few questions: they will be asked for one by one.

        They are read on the thread, and known from the next `settle` on. What is written meanwhile, or waits to be, is
        known here as it is: so it does not matter which is done first.
        """
        wanted = iter(dict.fromkeys(v for v in values if (table.name, field, v) not in self.complete))
        while some := tuple(islice(wanted, AT_ONCE)):
            found = self.thread.submit(self.db.find, table, In(field, some), limit=MOST_ALIKE)
            self.asked.append((table, field, some, found))

    def write_behind(self) -> None:
        """Begin to write what waits."""
        tables, events = list(self.waiting.values()), self.events
        self.waiting, self.events = {}, []
        if tables or events:
            self.writing.append(self.thread.submit(self._write, tables, events))

    def settle(self, behind: int = 0) -> None:
        """Wait for what was asked, and for all but the last few writes. What they raised is raised here."""
        asked, self.asked = self.asked, []
        for table, field, values, answer in asked:
            found = answer.result()
            if len(found) == MOST_ALIKE:
                continue
            for doc in found:
                self._learn(table, doc)
            self._all_known(table, field, values)
        while len(self.writing) > behind:
            self.writing.pop(0).result()

    def flush(self) -> None:
        """Write everything."""
        self.write_behind()
        self.settle()

    def begin(self) -> int:
        """Before a record: where `undo` goes back to."""
        self.undoing.clear()
        return len(self.events)

    def made(self, id: str) -> None:
        """A record was made under this new id: nothing that is stored can name it."""
        self.new.add(id)

    def undo(self, mark: int) -> None:
        """Nothing of the record that was begun is kept. Rules refuse before they tell: its events still wait."""
        for table, id, before in reversed(self.undoing):
            waited = id in self.waiting.get(table.name, (table, {}))[1]
            self._set(table, id, before)
            if before is None and not waited:
                self.settle()
                self.db.delete(table, id)
        del self.events[mark:]
        self.undoing.clear()

    def _write(self, tables: list[tuple[Table[Any], Documents]], events: list[tuple[str, Struct]]) -> None:
        for table, docs in tables:
            if docs:
                self.db.put_many(table, list(docs.values()))
        if events:
            self.db.append_many(self.log, [event for _, event in events], events[-1][0])

    def _learn(self, table: Table[Any], doc: Any) -> None:
        """A document is as in the store, unless it has been written since."""
        known = self.known.setdefault(table.name, {})
        if doc.id not in known:
            known[doc.id] = doc
            for field, values in self.alike.get(table.name, {}).items():
                values.setdefault(getattr(doc, field), set()).add(doc.id)

    def _all_known(self, table: Table[Any], field: str, values: Iterable[Scalar]) -> None:
        """Every document that has one of the values is known."""
        if field not in self.alike.setdefault(table.name, {}):
            self._list(table, field)
        self.complete.update((table.name, field, value) for value in values)

    def _list(self, table: Table[Any], field: str) -> None:
        """Keep in mind which of what is known has which value of the field."""
        values: dict[Scalar, set[str]] = {}
        self.alike.setdefault(table.name, {})[field] = values
        for id, doc in self.known.get(table.name, {}).items():
            if doc is not None:
                values.setdefault(getattr(doc, field), set()).add(id)

    def _set(self, table: Table[Any], id: str, doc: Any) -> None:
        """Make this what is known and waits under the id; None takes it back."""
        known = self.known.setdefault(table.name, {})
        before = known.get(id)
        known[id] = doc
        for field, values in self.alike.get(table.name, {}).items():
            if before is not None:
                values[getattr(before, field)].discard(id)
            if doc is not None:
                values.setdefault(getattr(doc, field), set()).add(id)
        waiting = self.waiting.get(table.name)
        if waiting is None:
            waiting = self.waiting[table.name] = table, {}
        if doc is None:
            waiting[1].pop(id, None)
        else:
            waiting[1][id] = doc

    def _equal(self, table: Table[T], where: tuple[Condition, ...]) -> list[T] | None:
        """All for which one field equals a value, newest first; None for another question, or too long an answer."""
        if len(where) != 1 or not isinstance(where[0], Eq) or "." in where[0].field:
            return None
        field, value = where[0].field, where[0].value
        if value in self.new:
            self._all_known(table, field, (value,))
        elif (table.name, field, value) not in self.complete:
            self.foresee(table, field, (value,))
            self.settle()
        if (table.name, field, value) not in self.complete:
            return None
        known = self.known.get(table.name, {})
        found = [known[id] for id in self.alike[table.name][field].get(value, ())]
        return sorted(found, key=lambda doc: getattr(doc, table.order), reverse=True) if table.order else found

    # --- as every unit ---

    def get(self, table: Table[T], id: str) -> T | None:
        known = self.known.setdefault(table.name, {})
        if id not in known:
            self.settle()
            doc = self.db.get(table, id)
            if doc is None:
                known[id] = None
            else:
                self._learn(table, doc)
        return known[id]

    def put(self, table: Table[T], item: T) -> T:
        id = cast(str, item.id)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        self.undoing.append((table, id, self.known.get(table.name, {}).get(id)))
        self._set(table, id, item)
        return item

    def one(self, table: Table[T], *where: Condition) -> T | None:
        asked = where[0] if len(where) == 1 else None
        if isinstance(asked, Eq) and (table.name, asked.field, asked.value) in self.complete:  # asked most of the time
            ids = self.alike[table.name][asked.field].get(asked.value)
            return self.known[table.name][next(iter(ids))] if ids else None
        return next(iter(self.find(table, *where, limit=1)), None)

    def find(
        self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int = 100, skip: int = 0
    ) -> list[T]:
        found = None if sort else self._equal(table, where)
        if found is not None:
            return found[skip : skip + limit]
        self.flush()
        return self.db.find(table, *where, sort=sort, limit=limit, skip=skip)

    def append(self, log: str, kind: str, doc: Struct, at: str) -> int:  # noqa: ARG002  (the type says it)
        """0 for a number: the row has none until it is written."""
        self.log = log
        self.events.append((at, doc))
        return 0

    def append_many(self, log: str, docs: Sequence[Struct], at: str) -> None:
        for doc in docs:
            self.append(log, type(doc).__name__, doc, at)

    def put_many(self, table: Table[T], items: Sequence[T]) -> None:
        for item in items:
            self.put(table, item)

    def delete(self, table: Table[Any], id: str) -> bool:
        self.flush()
        if id in self.known.get(table.name, {}):
            self._set(table, id, None)
        return self.db.delete(table, id)

    def claim(self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int = 100) -> list[T]:
        self.flush()
        return self.db.claim(table, *where, sort=sort, limit=limit)

    def page(
        self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int, after: Sequence[Scalar | None]
    ) -> list[T]:
        self.flush()
        return self.db.page(table, *where, sort=sort, limit=limit, after=after)

    def count(self, table: Table[Any], *where: Condition, up_to: int = 0) -> int:
        self.flush()
        return self.db.count(table, *where, up_to=up_to)

    def each(self, table: Table[T], *where: Condition) -> Iterator[T]:
        found = self._equal(table, where)
        if found is not None:
            return iter(found)
        self.flush()
        return self.db.each(table, *where)

    def alone(self, name: str) -> None:
        self.db.alone(name)

    def elsewhere(self, owners: Owners) -> Unit:
        self.flush()
        return self.db.elsewhere(owners)

    def across_owners(self, table: Table[T], *where: Condition, limit: int = 100) -> list[tuple[str, T]]:
        self.flush()
        return self.db.across_owners(table, *where, limit=limit)

    def log_after(self, log: str, number: int, limit: int = 100) -> list[tuple[int, str, str, str, str]]:
        self.flush()
        return self.db.log_after(log, number, limit)
