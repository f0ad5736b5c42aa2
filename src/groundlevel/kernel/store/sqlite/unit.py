"""A unit of work on one SQLite connection."""

# apsw's own type stubs leave the types of rows open
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeVar, cast

import apsw
from msgspec import Struct
from msgspec.json import Encoder

from groundlevel.kernel.problems import Conflict
from groundlevel.kernel.store.query import Condition, Eq, Scalar, Sort
from groundlevel.kernel.store.sqlite import plan
from groundlevel.kernel.store.sqlite.conditions import Ask, Sql, condition
from groundlevel.kernel.store.sqlite.schema import ROWS_EACH, index_name
from groundlevel.kernel.store.table import Table
from groundlevel.kernel.store.unit import Owners, in_portions

T = TypeVar("T", bound=Struct)

OwnerNumbers = dict[str, int]
_LOG = Encoder()


class SqliteUnit:
    """See `Unit`. `numbers` is what the process knows of the owners' numbers; they never change.

    What this unit learns of them is kept apart in `learned` until it is committed: a number given by a unit that
    is undone may be given to somebody else.
    """

    def __init__(self, db: apsw.Connection, owners: Owners, numbers: OwnerNumbers, guesses: plan.Guesses) -> None:
        self.db, self.owners, self.numbers = db, owners, numbers
        self.learned: OwnerNumbers = {}
        self.known = plan.Known(guesses)

    def _no(self, owner: str) -> int:
        """The owner's number; 0, which nobody has, for one that has no rows yet."""
        found = self.numbers.get(owner) or self.learned.get(owner)
        if found is None:
            row = self.db.execute("SELECT no FROM owners WHERE name = ?", (owner,)).fetchone()
            if row is None:
                return 0
            found = self.learned[owner] = cast(int, row[0])
        return found

    def _number(self, owner: str) -> int:
        """The owner's number, given now if it has none."""
        if no := self._no(owner):
            return no
        self.db.execute("INSERT INTO owners (name) VALUES (?)", (owner,))
        return self.db.last_insert_rowid()

    def get(self, table: Table[T], id: str) -> T | None:
        owner = self._no(self.owners.of(table))
        row = self.db.execute(f"SELECT doc FROM {table.name} WHERE owner = ? AND id = ?", (owner, id)).fetchone()
        return table.decoder.decode(cast(str, row[0])) if row else None

    def put(self, table: Table[T], item: T) -> T:
        owner = self._number(self.owners.of(table))
        low = owner << ROWS_EACH
        last = f"SELECT k FROM {table.name} WHERE k >= ? AND k < ? ORDER BY k DESC LIMIT 1"
        doc = table.encoder.encode(item).decode()
        args = (low, low + (1 << ROWS_EACH), low, owner, item.id, doc)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
        self._insert(table, f"VALUES (coalesce(({last}), ?) + 1, ?, ?, ?)", args)
        return item

    def put_many(self, table: Table[T], items: Sequence[T]) -> None:
        owner = self._number(self.owners.of(table))
        low = owner << ROWS_EACH
        row = self.db.execute(f"SELECT max(k) FROM {table.name} WHERE k < ?", (low + (1 << ROWS_EACH),)).fetchone()
        docs = b"[" + b",".join(map(table.encoder.encode, items)) + b"]"
        args = (max(low, cast(int, row[0] or 0) if row else 0) + 1, owner, docs.decode())
        self._insert(table, "SELECT ? + key, ?, value ->> '$.id', value FROM json_each(?) WHERE true", args)

    def _insert(self, table: Table[Any], rows: str, args: tuple[Any, ...]) -> None:
        sql = f"INSERT INTO {table.name} (k, owner, id, doc) {rows}"
        try:
            self.db.execute(sql + " ON CONFLICT (owner, id) DO UPDATE SET doc = excluded.doc", args)
        except apsw.ConstraintError:
            raise Conflict(f"{table.name} has another record with the same {' or '.join(table.unique)}") from None

    def delete(self, table: Table[Any], id: str) -> bool:
        owner = self._no(self.owners.of(table))
        self.db.execute(f"DELETE FROM {table.name} WHERE owner = ? AND id = ?", (owner, id))
        return self.db.changes() > 0

    def alone(self, name: str) -> None:
        pass  # nobody else writes meanwhile

    def find(
        self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int = 100, skip: int = 0
    ) -> list[T]:
        owner = self._no(self.owners.of(table))
        if not where and not sort:
            return self._select(table, (_everything(table), [owner, limit, skip]))
        if len(where) == 1 and not sort and isinstance(where[0], Eq) and where[0].field in table.found_by:
            return self._select(table, (_look_up(table, where[0].field), [owner, where[0].value, limit, skip]))
        return self._select(table, self._planner(table, where, tuple(sort)).select(limit, skip))

    def claim(self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int = 100) -> list[T]:
        return self.find(table, *where, sort=sort, limit=limit)  # nobody else writes meanwhile

    def page(
        self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int, after: Sequence[Scalar | None]
    ) -> list[T]:
        return self._select(table, self._planner(table, where, tuple(sort), tuple(after)).select(limit))

    def _planner(
        self, table: Table[Any], where: tuple[Condition, ...], sort: tuple[Sort, ...] = (), after: tuple[Any, ...] = ()
    ) -> plan.Planner:
        owner = self._no(self.owners.of(table))
        return plan.Planner(self.db, Ask(table, owner, where, sort, after), self.known)

    def _select(self, table: Table[T], sql: Sql) -> list[T]:
        decode = table.decoder.decode
        return [decode(cast(str, doc)) for (doc,) in self.db.execute(*sql)]

    def one(self, table: Table[T], *where: Condition) -> T | None:
        if len(where) == 1 and isinstance(where[0], Eq) and where[0].field in table.found_by:
            owner = self._no(self.owners.of(table))
            any_one = _look_up(table, where[0].field, ordered=False), [owner, where[0].value, 1, 0]
            return next(iter(self._select(table, any_one)), None)
        return next(iter(self.find(table, *where, limit=1)), None)

    def count(self, table: Table[Any], *where: Condition, up_to: int = 0) -> int:
        row = self.db.execute(*self._planner(table, where).count(up_to)).fetchone()
        return cast(int, row[0]) if row else 0

    def each(self, table: Table[T], *where: Condition) -> Iterator[T]:
        return in_portions(self, table, *where)

    def append(self, log: str, kind: str, doc: Struct, at: str) -> int:
        args = (log, self._logged_for(), kind, _LOG.encode(doc).decode(), at)
        self.db.execute("INSERT INTO log_rows (log, owner, kind, doc, at) VALUES (?, ?, ?, ?, ?)", args)
        return self.db.last_insert_rowid()

    def append_many(self, log: str, docs: Sequence[Struct], at: str) -> None:
        pairs = _LOG.encode([(type(doc).__name__, doc) for doc in docs]).decode()
        rows = "SELECT ?, ?, value ->> '$[0]', value -> '$[1]', ? FROM json_each(?) ORDER BY key"
        args = (log, self._logged_for(), at, pairs)
        self.db.execute(f"INSERT INTO log_rows (log, owner, kind, doc, at) {rows}", args)

    def _logged_for(self) -> int:
        return self._number(self.owners.location or self.owners.company or "system")

    def log_after(self, log: str, number: int, limit: int = 100) -> list[tuple[int, str, str, str, str]]:
        sql = (
            "SELECT number, name, kind, doc, at FROM log_rows JOIN owners ON no = owner"
            " WHERE number > ? AND log = ? ORDER BY number LIMIT ?"
        )
        return cast(list[tuple[int, str, str, str, str]], self.db.execute(sql, (number, log, limit)).fetchall())

    def elsewhere(self, owners: Owners) -> "SqliteUnit":
        other = SqliteUnit(self.db, owners, self.numbers, self.known.guesses)
        other.learned = self.learned
        return other

    def across_owners(self, table: Table[T], *where: Condition, limit: int = 100) -> list[tuple[str, T]]:
        ask = Ask(table, 0, where)
        tests = [condition(ask, c) for c in where]
        keys = " AND ".join(["1", *(sql for sql, _ in tests)])
        source = f"{table.name} JOIN owners ON owners.no = {table.name}.owner"
        sql = f"SELECT owners.name, {table.name}.doc FROM {source} WHERE {keys} LIMIT ?"
        rows = self.db.execute(sql, (*(a for _, args in tests for a in args), limit))
        return [(cast(str, name), table.read(doc)) for name, doc in rows]


@cache
def _look_up(t: Table[Any], field: str, *, ordered: bool = True) -> str:
    """The commonest question, worded once: the rows with one value of an indexed field, in the default order or any."""
    by = f" ORDER BY {t.order} DESC, id DESC" if t.order else " ORDER BY id"
    rows = f"SELECT doc FROM {t.name} INDEXED BY {index_name(t, field)} WHERE owner = ? AND {field} = ?"
    return f"{rows}{by if ordered else ''} LIMIT ? OFFSET ?"


@cache
def _everything(t: Table[Any]) -> str:
    """The same for all rows of an owner, in the default order."""
    by = f"{t.order} DESC, id DESC" if t.order else "id"
    rows = f"SELECT doc FROM {t.name} INDEXED BY {index_name(t, t.order or 'id')} WHERE owner = ?"
    return f"{rows} ORDER BY {by} LIMIT ? OFFSET ?"
