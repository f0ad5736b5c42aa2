"""Which way to go through the rows, and whole statements.

SQLite without statistics prefers to scan the primary key even where an index fits, so the way is always named.
There are two: *seek* the keys that the rarest conditions share and sort them, or *walk* an index that has the wanted
order (or a few stretches of one at a time) and filter. Which is better hangs on how many rows a condition has, so that
is counted first, up to a bound.
"""

# apsw's own type stubs leave the types of rows open
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import time
from dataclasses import dataclass, field, replace
from typing import Any, cast

import apsw
from msgspec import json

from groundlevel.kernel.store import query as q
from groundlevel.kernel.store.sqlite.conditions import (
    Ask,
    Sql,
    begins,
    column,
    condition,
    is_stretch,
    keys_of,
    with_stretches,
)
from groundlevel.kernel.store.sqlite.schema import index_name
from groundlevel.kernel.store.table import Table

FEW = 2_500
"""A question with fewer rows than this is sought and sorted (some ms); one with more is walked past."""
STRETCHES = 12
"""How many stretches of an index are gone along at a time at most: of each, as many rows as are wanted of all."""
LOOKED, LOOKED_AT_TEXT, LOOKED_AT_GROUP = 50_000, 20_000, 10_000
"""How far the rows of a condition are counted (a few ms) to compare it with others: along an ordinary index, in the
slower index of text, and where those of several are put together."""


Guesses = dict[tuple[int, str, q.Condition], tuple[float, int]]
"""Owner, table and condition -> until when this is believed, and how many rows it had when it was counted."""
BELIEVED_S, MOST_GUESSES = 10.0, 10_000
"""A guess chooses the way and nothing else: what is found, and how much of it there is, is looked up each time."""


@dataclass(frozen=True)
class Known:
    """What has been found out, remembered for one unit of work: a page and its total are asked for together.

    sizes: how many rows a condition has, as far as counted. few: the keys that fit, where they are few.
    guesses: sizes that other units have counted a moment ago.
    """

    guesses: Guesses
    sizes: dict[tuple[str, q.Condition], int] = field(default_factory=dict[tuple[str, q.Condition], int])
    few: dict[tuple[str, tuple[q.Condition, ...]], list[int] | None] = field(default_factory=dict[Any, Any])


class Planner:
    """Answers for one question on one connection."""

    def __init__(self, db: apsw.Connection, ask: Ask, known: Known) -> None:
        self.db, self.ask, self.sizes, self.known = db, ask, known.sizes, known
        self.table = ask.table
        self.conditions = with_stretches([begins(ask.table, c) for c in q.flat(ask.where)])

    def size(self, c: q.Condition) -> int:
        """How many rows fit the condition, counted up to a bound; LOOKED where there are more or no index tells."""
        key, guess = (self.table.name, c), (self.ask.owner, self.table.name, c)
        if key not in self.sizes:
            until, guessed = self.known.guesses.get(guess, (0.0, 0))
            if until > time.monotonic():
                return guessed
            by_text = isinstance(c, q.Text | q.Contains)
            looked = LOOKED if _is_plain(c) else LOOKED_AT_TEXT if by_text else LOOKED_AT_GROUP
            counting = counted(self.ask, c, looked)
            row = self.db.execute(*counting).fetchone() if counting else None
            self.sizes[key] = row[0] if row and row[0] < looked else LOOKED
            if len(self.known.guesses) > MOST_GUESSES:
                self.known.guesses.clear()
            self.known.guesses[guess] = time.monotonic() + BELIEVED_S, self.sizes[key]
        return self.sizes[key]

    def sized(self) -> tuple[q.Condition, ...]:
        """The conditions whose keys can be met, the rarest first: of a countable size, or quickly tested by key."""
        found = [c for c in self.conditions if isinstance(c, q.Has) or self.size(c) < LOOKED]
        return tuple(sorted(found, key=self.size))

    def few(self, sized: tuple[q.Condition, ...]) -> list[int] | None:
        """The keys of the rows that fit all of these, found once; None where there are not few."""
        key = (self.table.name, sized)
        if key not in self.known.few:
            sql, args = self._meeting(sized)
            found = self.db.execute(f"SELECT k FROM ({sql}) LIMIT {FEW}", args).fetchall()
            self.known.few[key] = [cast(int, k) for (k,) in found] if len(found) < FEW else None
        return self.known.few[key]

    def _are_looked_up(self) -> bool:
        """Whether all that is asked for are many values of one field: their keys are found as quickly as counted."""
        only = self.conditions[0] if len(self.conditions) == 1 else None
        return isinstance(only, q.In) and len(only.values) > STRETCHES and only.field in self.table.found_by

    def _few_keys(self, sized: tuple[q.Condition, ...]) -> Sql | None:
        """The same as SQL: straight from the index where one stretch of it is all."""
        if len(sized) == 1 and _is_plain(sized[0]) and not self._are_looked_up():
            return keys_of(self.ask, sized[0]) if self.size(sized[0]) < FEW else None
        few = self.few(sized) if sized else None
        return None if few is None else ("SELECT value FROM json_each(?)", [json.encode(few).decode()])

    def _meeting(self, sized: tuple[q.Condition, ...]) -> Sql:
        """The keys that fit every one of these, from indexes alone."""
        met, args = cast(Sql, keys_of(self.ask, sized[0]))
        for c in sized[1:]:
            if isinstance(c, q.Has):  # each key of the fewer is looked up
                test, more = condition(self.ask, c)
                met, args = f"SELECT k FROM ({met}) AS {self.table.name} WHERE {test}", [*args, *more]
                continue
            keys, more = cast(Sql, keys_of(self.ask, c))
            # an ordinary index is read along, and each of its keys looked up among the fewer
            both = "{} AND k IN ({})" if _is_plain(c) else "SELECT k FROM ({}) INTERSECT SELECT k FROM ({})"
            met, args = both.format(keys, met), [*more, *args]
        return met, args

    def way(self) -> "Way":
        """How to go through the rows: by the keys that indexes find, if they are few, else along the wanted order."""
        ask, t = self.ask, self.table
        natural = not ask.sort or (ask.sort[0].field == t.order and len(ask.sort) == 1)
        in_order = [c for c in self.conditions if natural and _goes_in_order(t, c)]
        if in_order and len(self.conditions) == 1:
            return self._along(in_order[0])
        sized = self.conditions if self._are_looked_up() else self.sized()
        if keys := self._few_keys(sized):
            left = tuple(c for c in self.conditions if c not in sized or not _is_exact(c))
            return Way(f"{t.name} NOT INDEXED", f"{t.name}.k IN ({keys[0]})", keys[1], left, sorted=False)
        if in_order:
            return self._along(min(in_order, key=lambda c: (self.size(c), not isinstance(c, q.Eq))))
        by = ask.order[0].field if ask.order else ""
        by = by if by in t.sorted_by else t.order
        source = f"{t.name} INDEXED BY {index_name(t, by)}" if by else t.name
        return Way(source, f"{t.name}.owner = ?", [ask.owner], self.conditions)

    def _along(self, c: q.Condition) -> "Way":
        """By the index of an equality, which goes on with the default order: its rows come sorted."""
        ask, t = self.ask, self.table
        left = tuple(x for x in self.conditions if x is not c)
        if isinstance(c, q.Has):
            source = f"{t.name}_terms AS m CROSS JOIN {t.name} ON {t.name}.k = m.k"
            first, args = "m.owner = ? AND m.name = ? AND m.value = ?", [ask.owner, t.member(c.field), c.value]
            return Way(source, first, args, left, "m.at")
        assert isinstance(c, q.Eq | q.In)
        sql, args = condition(ask, c)
        source, first = f"{t.name} INDEXED BY {index_name(t, c.field)}", f"{t.name}.owner = ? AND "
        each = tuple(dict.fromkeys(c.values)) if isinstance(c, q.In) else ()
        stretch = f"{first}{column(t, c.field)} = ?" if each else ""
        return Way(source, first + sql, [ask.owner, *args], left, sorted=not each, stretch=stretch, each=each)

    def select(self, limit: int, skip: int = 0) -> Sql:
        """The documents, in order, from behind `ask.after` onwards."""
        w, t = self.way(), self.table
        if w.each:
            return self._merged(w, limit, skip)
        rest, args = self._rest(w, limit, skip)
        if w.sorted:
            return f"SELECT {t.name}.doc {rest}", args
        # only keys are sorted; the documents of those that are left are read after
        return f"SELECT d.doc FROM (SELECT {t.name}.k {rest}) AS f CROSS JOIN {t.name} AS d ON d.k = f.k", args

    def _rest(self, w: "Way", limit: int, skip: int) -> Sql:
        """What comes behind what is selected."""
        tests = [condition(self.ask, c) for c in w.left]
        if self.ask.after:
            tests.append(_behind(self.ask))
        where = " AND ".join([w.first, *(sql for sql, _ in tests)])
        rest = f"FROM {w.source} WHERE {where} ORDER BY {', '.join(_keys(self.ask, w))} LIMIT ? OFFSET ?"
        return rest, [*w.args, *(a for _, args in tests for a in args), limit, skip]

    def _merged(self, w: "Way", limit: int, skip: int) -> Sql:
        """The first of each stretch, which comes sorted, and of these the first."""
        t, down = self.table, " DESC" if self.ask.order[0].descending else ""
        parts = [self._rest(replace(w, first=w.stretch, args=[self.ask.owner, one]), skip + limit, 0) for one in w.each]
        each = f"SELECT * FROM (SELECT {t.name}.k, {t.name}.{t.order} AS at, {t.name}.id {{}})".format
        some = " UNION ALL ".join(each(rest) for rest, _ in parts)
        sql = f"SELECT d.doc FROM ({some}) AS f CROSS JOIN {t.name} AS d ON d.k = f.k ORDER BY f.at{down}, f.id{down}"
        return f"{sql} LIMIT ? OFFSET ?", [*(a for _, args in parts for a in args), limit, skip]

    def count(self, up_to: int) -> Sql:
        """How many rows fit; counting stops at `up_to`, if that is not 0."""
        ask, limit = self.ask, up_to or -1
        if not self.conditions:
            return "SELECT n FROM row_counts WHERE tbl = ? AND owner = ?", [self.table.name, ask.owner]
        if len(self.conditions) == 1 and (counting := counted(ask, self.conditions[0], limit)):
            known = self.sizes.get((self.table.name, self.conditions[0]), -1)
            if 0 <= known < LOOKED or 0 < limit <= min(known, LOOKED_AT_GROUP):
                return "SELECT ?", [min(known, up_to or known)]
            return counting
        sized = self.sized()
        if len(sized) == len(self.conditions) and all(_is_exact(c) for c in sized):
            if (few := self.few(sized)) is not None:
                return "SELECT ?", [min(len(few), up_to or FEW)]
            keys, args = self._meeting(sized)
            return f"SELECT count(*) FROM (SELECT 1 FROM ({keys}) LIMIT ?)", [*args, limit]
        w = self.way()
        tests = [condition(ask, c) for c in w.left]
        where = " AND ".join([w.first, *(sql for sql, _ in tests)])
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {w.source} WHERE {where} LIMIT ?)"
        return sql, [*w.args, *(a for _, args in tests for a in args), limit]


@dataclass(frozen=True)
class Way:
    """FROM and the first conditions, and which of the question's conditions they leave to be tested row by row."""

    source: str
    first: str
    args: list[Any]
    left: tuple[q.Condition, ...]
    at: str = ""
    """SQL for the default order's column, where the source has it at hand."""
    sorted: bool = True
    """Whether the rows come in the wanted order by themselves (or nearly)."""
    stretch: str = ""
    each: tuple[Any, ...] = ()
    """The first conditions once more, for one of several values, each of which has a sorted stretch of the index."""


def _goes_in_order(t: Table[Any], c: q.Condition) -> bool:
    if isinstance(c, q.In):
        return c.field in t.found_by and bool(t.order) and 0 < len(c.values) <= STRETCHES
    return (isinstance(c, q.Eq) and c.field in t.found_by) or (isinstance(c, q.Has) and bool(t.order))


def _is_plain(c: q.Condition) -> bool:
    """Whether its keys are one stretch (or a few) of an ordinary index."""
    return isinstance(c, q.Eq | q.In | q.Range | q.Prefix | q.Has | q.HasRange) or is_stretch(c)


def _is_exact(c: q.Condition) -> bool:
    """Whether `keys_of` finds just what fits: of a group of AND it takes one part, and finds more."""
    return (is_stretch(c) or not isinstance(c, q.All)) and not (
        isinstance(c, q.Any_) and not all(_is_exact(p) for p in c.conditions)
    )


def counted(ask: Ask, c: q.Condition, limit: int) -> Sql | None:
    """SQL that counts the rows of one condition from indexes alone, up to `limit` (-1: all); None where none fits."""
    if not _is_exact(c):
        return None
    parts = [keys_of(ask, p) for p in c.conditions] if isinstance(c, q.Any_) else [keys_of(ask, c)]
    known = [keys for keys in parts if keys]
    if len(known) < len(parts):
        return None
    args = [a for _, more in known for a in more]
    if isinstance(c, q.Any_):  # each part need not be read further than the whole is counted
        some = " UNION ".join(f"SELECT * FROM (SELECT k FROM ({sql}) LIMIT {limit})" for sql, _ in known)
        return f"SELECT count(*) FROM (SELECT * FROM ({some or 'SELECT 0 WHERE 0'}) LIMIT ?)", [*args, limit]
    return f"SELECT count(*) FROM (SELECT 1 FROM ({known[0][0]}) LIMIT ?)", [*args, limit]


def _keys(ask: Ask, w: Way) -> list[str]:
    t, down = ask.table, bool(ask.order) and ask.order[-1].descending
    keys = [
        f"{w.at if w.at and s.field == t.order else column(t, s.field)}"
        f"{' DESC' if s.descending else ''}{'' if s.field in (t.order, 'id') else ' NULLS LAST'}"
        for s in ask.order
    ]
    return [*keys, f"{t.name}.id{' DESC' if down else ''}"]


def _behind(ask: Ask) -> Sql:
    """True for the rows behind the one whose sort values and id are `ask.after`."""
    t = ask.table
    keys = [*ask.order, q.Sort("id", bool(ask.order) and ask.order[-1].descending)]
    options: list[str] = []
    args: list[Any] = []
    for i, s in enumerate(keys):
        value, name = ask.after[i], column(t, s.field)
        if value is None:
            continue  # missing values are last: nothing is behind them by this key
        same = [f"{column(t, p.field)} IS ?" for p in keys[:i]]
        op = "<" if s.descending else ">"
        further = f"{name} {op} ?" if s.field in (t.order, "id") else f"({name} {op} ? OR {name} IS NULL)"
        options.append(" AND ".join([*same, further]))
        args += [*ask.after[:i], value]
    sql = f"({' OR '.join(options)})" if options else "0"
    first = keys[0]
    if first.field == t.order and ask.after[0] is not None:  # never missing: lets the index start there
        sql = f"{column(t, first.field)} {'<=' if first.descending else '>='} ? AND {sql}"
        args.insert(0, ask.after[0])
    return sql, args
