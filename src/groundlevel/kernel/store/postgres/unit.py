"""A unit of work on one PostgreSQL connection."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

import psycopg
from msgspec import Struct
from msgspec.json import Encoder

from groundlevel.kernel.problems import Conflict
from groundlevel.kernel.store.postgres.conditions import Ask, Sql, always_there, column, condition, order_by
from groundlevel.kernel.store.postgres.line import Line, Row
from groundlevel.kernel.store.postgres.schema import LONGEST
from groundlevel.kernel.store.postgres.turns import pause
from groundlevel.kernel.store.query import Condition, Eq, In, Scalar, Sort, flat
from groundlevel.kernel.store.table import Table
from groundlevel.kernel.store.unit import Owners, in_portions

T = TypeVar("T", bound=Struct)

EACH_UNIT = 16
"""Bits of a log number that count the rows of one transaction."""
PATIENCE_S, PAUSE_S = 2.0, 0.002
"""How long a reader of a log waits for older transactions to end, and how often it looks."""
_LOG = Encoder()

_IN_SNAPSHOT = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_RUNNING = """
SELECT next - coalesce(max(back) FILTER (WHERE back < 2147483648), 0)
FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next) AS n LEFT JOIN (
    SELECT backend_xid AS xid FROM pg_stat_activity WHERE datname = current_database()
    UNION ALL SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()) AS running ON true
CROSS JOIN LATERAL (SELECT (next - xid::text::bigint) & 4294967295 AS back) AS b
GROUP BY next
"""
"""The oldest transaction that may still write here; `back` is how far one is behind the newest that has ended.

Those of other databases on the server, for which a snapshot's own bound waits too, do not matter. `next` is taken
before the list, so whoever begins meanwhile is not behind it. In a transaction of our own the list would be newer than
what we see."""


class Engine(Struct):
    """What the units of one store share: `offset` is added to transaction ids to number the rows of logs."""

    offset: int = 0


class Alone(Exception):
    """A unit asks to begin anew, alone under the name that is told."""


class PostgresUnit:
    """See `Unit`. `waits`: whether it may wait for other transactions, which it must not inside one of its own."""

    def __init__(self, db: Line, owners: Owners, engine: Engine, *, waits: bool) -> None:
        self.db, self.owners, self.engine, self.waits = db, owners, engine, waits
        self.appended = [0]

    def send(self, statement: str, args: Sequence[Any], *, prepare: bool = True) -> tuple[list[Row], int]:
        """The rows of a statement, and how many it changed. One not prepared is planned for the values it has."""
        return self.db.send(statement, args, prepare=prepare)

    def _documents(self, table: Table[T], statement: Sql, *, prepare: bool = False) -> list[T]:
        decode = table.decoder.decode
        return [decode(doc) for (doc,) in self.send(*statement, prepare=prepare)[0]]

    def get(self, table: Table[T], id: str) -> T | None:
        owner = self.owners.of(table)
        rows, _ = self.send(f"SELECT doc FROM {table.name} WHERE owner = %s AND id = %s", (owner, id))
        return table.decoder.decode(rows[0][0]) if rows else None

    def put(self, table: Table[T], item: T) -> T:
        owner, doc = self.owners.of(table), table.encoder.encode(item).decode()
        id = cast(str, item.id)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        try:
            self.send(
                f"INSERT INTO {table.name} (owner, id, doc) VALUES (%s, %s, %s)"
                " ON CONFLICT (owner, id) DO UPDATE SET doc = excluded.doc",
                (owner, id, doc),
            )
        except psycopg.errors.UniqueViolation:
            raise Conflict(f"{table.name} has another record with the same {' or '.join(table.unique)}") from None
        return item

    def put_many(self, table: Table[T], items: Sequence[T]) -> None:
        docs = b"[" + b",".join(map(table.encoder.encode, items)) + b"]"
        try:
            self.send(
                f"INSERT INTO {table.name} (owner, id, doc)"
                " SELECT %s, d ->> 'id', d FROM jsonb_array_elements(%s::jsonb) AS d"
                " ON CONFLICT (owner, id) DO UPDATE SET doc = excluded.doc",
                (self.owners.of(table), docs.decode()),
            )
        except psycopg.errors.UniqueViolation:
            raise Conflict(f"{table.name} has another record with the same {' or '.join(table.unique)}") from None

    def delete(self, table: Table[Any], id: str) -> bool:
        owner = self.owners.of(table)
        return self.send(f"DELETE FROM {table.name} WHERE owner = %s AND id = %s", (owner, id))[1] > 0

    def alone(self, name: str) -> None:
        if not self.waits and not self.db.alone:
            raise Alone(f"{self.owners.location or self.owners.company}/{name}")

    def find(
        self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int = 100, skip: int = 0
    ) -> list[T]:
        ask = Ask(table, self.owners.of(table), where, tuple(sort))
        statement = one_by_one(ask, limit, skip) or _select(ask, limit, skip)
        return self._documents(table, statement, prepare=_is_plain(where))

    def claim(self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int = 100) -> list[T]:
        text, args = _select(Ask(table, self.owners.of(table), where, tuple(sort)), limit, 0)
        return self._documents(table, (f"{text} FOR UPDATE SKIP LOCKED", args))

    def page(
        self, table: Table[T], *where: Condition, sort: Sequence[Sort] = (), limit: int, after: Sequence[Scalar | None]
    ) -> list[T]:
        ask = Ask(table, self.owners.of(table), where, tuple(sort), tuple(after))
        return self._documents(table, _select(ask, limit, 0))

    def one(self, table: Table[T], *where: Condition) -> T | None:
        text, args = Ask(table, self.owners.of(table), where).fits()
        found = self._documents(
            table, (f"SELECT doc FROM {table.name} WHERE {text} LIMIT 1", args), prepare=_is_plain(where)
        )
        return found[0] if found else None

    def count(self, table: Table[Any], *where: Condition, up_to: int = 0) -> int:
        text, args = Ask(table, self.owners.of(table), where).fits()
        some = f"SELECT FROM {table.name} WHERE {text}" + (" LIMIT %s" if up_to else "")
        rows, _ = self.send(f"SELECT count(*) FROM ({some}) AS f", [*args, *([up_to] if up_to else [])], prepare=False)
        return int(rows[0][0])

    def each(self, table: Table[T], *where: Condition) -> Iterator[T]:
        return in_portions(self, table, *where)

    def append(self, log: str, kind: str, doc: Struct, at: str) -> int:
        """Numbers are of transactions first: a reader that keeps behind the oldest running one misses none."""
        nth = self.appended[0]
        if nth >> EACH_UNIT:
            raise OverflowError(f"more than {1 << EACH_UNIT} rows in a log by one unit of work")
        self.appended[0] += 1
        rows, _ = self.send(
            "INSERT INTO log_rows (owner, number, log, kind, doc, at) VALUES"
            f" (%s, ((pg_current_xact_id()::text::bigint + %s) << {EACH_UNIT}) + %s, %s, %s, %s, %s) RETURNING number",
            (self._owner(), self.engine.offset, nth, log, kind, _LOG.encode(doc).decode(), at),
        )
        return int(rows[0][0])

    def append_many(self, log: str, docs: Sequence[Struct], at: str) -> None:
        nth = self.appended[0]
        if (nth + len(docs)) >> EACH_UNIT:
            raise OverflowError(f"more than {1 << EACH_UNIT} rows in a log by one unit of work")
        self.appended[0] += len(docs)
        rows = _LOG.encode([(type(doc).__name__, doc) for doc in docs]).decode()
        self.send(
            "INSERT INTO log_rows (owner, number, log, kind, doc, at)"
            f" SELECT %s, ((pg_current_xact_id()::text::bigint + %s) << {EACH_UNIT}) + %s + d.nth - 1, %s,"
            " d.pair ->> 0, d.pair ->> 1, %s FROM json_array_elements(%s::json) WITH ORDINALITY AS d(pair, nth)",
            (self._owner(), self.engine.offset, nth, log, at, rows),
        )

    def _owner(self) -> str:
        return self.owners.location or self.owners.company or "system"

    def log_after(self, log: str, number: int, limit: int = 100) -> list[tuple[int, str, str, str, str]]:
        """Rows of transactions before which none is running any more; waits a moment for those that are."""
        until = time.monotonic() + PATIENCE_S
        while True:
            settled = self._settled()
            found, _ = self.send(
                "SELECT number, owner, kind, doc, at FROM log_rows WHERE log = %s AND number > %s"
                " ORDER BY number LIMIT %s",
                (log, number, limit),
            )
            rows = [(int(n), *(text.decode() for text in texts)) for n, *texts in found]
            if not rows or rows[-1][0] < settled or not self.waits or time.monotonic() > until:
                return cast(list[tuple[int, str, str, str, str]], [row for row in rows if row[0] < settled])
            pause(PAUSE_S)

    def _settled(self) -> int:
        """The number below which the log does not change any more."""
        rows, _ = self.send(_RUNNING if self.waits else _IN_SNAPSHOT, ())
        return (int(rows[0][0]) + self.engine.offset) << EACH_UNIT

    def elsewhere(self, owners: Owners) -> "PostgresUnit":
        other = PostgresUnit(self.db, owners, self.engine, waits=self.waits)
        other.appended = self.appended
        return other

    def across_owners(self, table: Table[T], *where: Condition, limit: int = 100) -> list[tuple[str, T]]:
        tests = [condition(table, c) for c in where]
        text = " AND ".join(["true", *(one for one, _ in tests)])
        statement = f"SELECT owner, doc FROM {table.name} WHERE {text} ORDER BY owner LIMIT %s"
        rows, _ = self.send(statement, [*(a for _, args in tests for a in args), limit], prepare=False)
        return [(owner.decode(), table.read(doc)) for owner, doc in rows]


def _is_plain(where: tuple[Condition, ...]) -> bool:
    """Whether one plan is good for every value: nothing is asked, or one thing be equal."""
    return not where or (len(where) == 1 and isinstance(where[0], Eq))


def one_by_one(ask: Ask, limit: int, skip: int) -> Sql | None:
    """The documents that have one of some values, by a look into its index for each; None for another question.

    Left to choose, the planner goes through all rows in their order where it knows little of a table: one that has
    grown since it was last analysed.
    """
    t, conditions = ask.table, flat(ask.where)
    several = next((c for c in conditions if isinstance(c, In) and (c.field == "id" or c.field in t.found_by)), None)
    if several is None or ask.order[0].field not in ("id", t.order):
        return None
    values = [v for v in dict.fromkeys(several.values) if isinstance(v, str) and len(v) < LONGEST]
    if len(values) != len(several.values) or (several.field != "id" and t.kind(several.field) != "text"):
        return None
    text, args = replace(ask, where=tuple(c for c in conditions if c is not several)).fits()
    rows = f"SELECT * FROM {t.name} WHERE {text} AND {several.field} = wanted ORDER BY {order_by(ask)} LIMIT %s"
    return (
        f"SELECT doc FROM unnest(%s::text[]) AS wanted CROSS JOIN LATERAL ({rows}) AS {t.name}"
        f" ORDER BY {order_by(ask)} LIMIT %s OFFSET %s"
    ), [values, *args, limit + skip, limit, skip]


def _select(ask: Ask, limit: int, skip: int) -> Sql:
    """The documents, in order."""
    t, first = ask.table, ask.order[0]
    text, args = ask.fits()
    if always_there(t, first.field) or not first.descending or first.field not in t.sorted_by:
        sql = f"SELECT doc FROM {t.name} WHERE {text} ORDER BY {order_by(ask)} LIMIT %s OFFSET %s"
        return sql, [*args, limit, skip]
    # an index gives missing values first when it is read backwards: so they are a part of their own, asked for last
    keys = [(column(t, s.field), "DESC" if s.descending else "ASC") for s in ask.order]
    rest = order_by(ask).partition(", ")[2]
    named = ", ".join(f"{name} AS s{i}" for i, (name, _) in enumerate(keys))
    parts = [
        f"(SELECT doc, {named} FROM {t.name} WHERE {text} AND {keys[0][0]} {test} ORDER BY {inner} LIMIT %s)"
        for test, inner in (("IS NOT NULL", f"{keys[0][0]} DESC, {rest}"), ("IS NULL", rest))
    ]
    order = ", ".join(f"s{i} {way} NULLS LAST" for i, (_, way) in enumerate(keys))
    every = [*args, limit + skip, *args, limit + skip, limit, skip]
    return f"SELECT doc FROM ({' UNION ALL '.join(parts)}) AS f ORDER BY {order} LIMIT %s OFFSET %s", every
