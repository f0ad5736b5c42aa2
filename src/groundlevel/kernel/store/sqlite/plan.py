"""Conditions to SQLite's SQL, and which way to go through the rows.

SQLite without statistics prefers to scan the primary key even where an index fits, so the way is always named.
There are two: *seek* the keys of the rarest condition and sort them, or *walk* an index that has the wanted order
and filter. Which is better hangs on how many rows a condition has, so that is counted first, up to `FEW`.
"""

# apsw's own type stubs leave the types of rows open
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import apsw

from groundlevel.kernel.store import query as q
from groundlevel.kernel.store.sqlite.schema import ROWS_EACH, index_name
from groundlevel.kernel.store.table import Table

FEW = 1_500
"""A condition with fewer rows than this is sought and sorted (a few ms); one with more is walked past."""

Sql = tuple[str, list[Any]]

_ASCII_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
"""As SQLite's lower(), which leaves other letters as they are."""


@dataclass(frozen=True)
class Ask:
    """A question: these rows of this owner, in this order."""

    table: Table[Any]
    owner: int
    where: tuple[q.Condition, ...]
    sort: tuple[q.Sort, ...] = ()
    after: tuple[Any, ...] = ()

    @property
    def keys(self) -> tuple[int, int]:
        """The range of k that is this owner's."""
        return self.owner << ROWS_EACH, (self.owner + 1) << ROWS_EACH

    @property
    def order(self) -> tuple[q.Sort, ...]:
        """The sort keys, the default where none were given."""
        return self.sort or ((q.Sort(self.table.order, True),) if self.table.order else ())


def column(t: Table[Any], field: str) -> str:
    """SQL for a field: its generated column, or its value taken from the document."""
    if field in ("id", *t.columns):
        return f"{t.name}.{field}"
    path = "".join(f'."{part}"' for part in t.member(field).replace('"', "").replace("'", "").split("."))
    return f"({t.name}.doc ->> '${path}')"


def condition(ask: Ask, c: q.Condition) -> Sql:
    """SQL that is true for the rows that fit."""
    t = ask.table
    match c:
        case q.Eq(field, value):
            return f"{column(t, field)} = ?", [value]
        case q.In(_, ()):
            return f"{t.name}.k < 0", []
        case q.In(field, values):
            return f"{column(t, field)} IN ({', '.join('?' * len(values))})", list(values)
        case q.Range(field, op, value):
            return f"{column(t, field)} {op} ?", [value]
        case q.Prefix(field, value):
            return f"({column(t, field)} >= ? AND {column(t, field)} < ?)", [value, value + "\U0010ffff"]
        case q.Contains(field, value):
            return _on_value(t, field, "instr(lower({}), ?) > 0", [value.translate(_ASCII_LOWER)])
        case q.Has() | q.HasRange():
            return _has(ask, c)
        case q.Exists(field):
            return _on_value(t, field, "coalesce({}, '') NOT IN ('', '[]')", [])
        case q.Text(value):
            test, args = _text_test(t, value)
            return test, args
        case q.Not(inner):
            sql, args = condition(ask, inner)
            return f"NOT coalesce({sql}, 0)", args
        case q.All(conditions):
            return _joined(ask, conditions, " AND ")
        case q.Any_(conditions):
            return _joined(ask, conditions, " OR ")


def _joined(ask: Ask, conditions: Sequence[q.Condition], word: str) -> Sql:
    parts = [condition(ask, c) for c in conditions]
    if not parts:  # no constants: SQLite finds no way along a partial index past a constant false
        return f"{ask.table.name}.k {'>=' if word == ' AND ' else '<'} 0", []
    return f"({word.join(sql for sql, _ in parts)})", [a for _, args in parts for a in args]


def _on_value(t: Table[Any], field: str, test: str, args: list[Any]) -> Sql:
    """A test of a plain field, or of the value of one `{id, value}` pair in a list of them."""
    head, _, rest = field.partition(".")
    if head not in t.many or not rest:
        return test.format(column(t, field)), args
    pair = f"SELECT 1 FROM json_each({t.name}.doc, '$.{t.member(head)}') AS p WHERE p.value ->> '$.id' = ?"
    return f"EXISTS ({pair} AND {test.format('''(p.value ->> '$.value')''')})", [rest, *args]


def _has(ask: Ask, c: q.Has | q.HasRange) -> Sql:
    t, op = ask.table, c.op if isinstance(c, q.HasRange) else "="
    at = f"m.at = {column(t, t.order)} AND " if t.order and op == "=" else ""
    terms = f"SELECT 1 FROM {t.name}_terms AS m WHERE m.owner = ? AND m.name = ? AND m.value {op} ?"
    return f"EXISTS ({terms} AND {at}m.k = {t.name}.k)", [ask.owner, t.member(c.field), c.value]


def _text_test(t: Table[Any], value: str) -> Sql:
    value = value.lower()
    if len(value) < 3:
        tests = [f"({column(t, f)} >= ? AND {column(t, f)} < ?)" for f in t.text]
        return f"({' OR '.join(tests)})", [value, value + "\U0010ffff"] * len(t.text)
    return f"({' OR '.join(f'instr({column(t, f)}, ?) > 0' for f in t.text)})", [value] * len(t.text)


# --- the keys of the rows that fit one condition, by an index ---


def keys_of(ask: Ask, c: q.Condition) -> Sql | None:
    """SQL that selects k of all rows that fit, from an index alone; None where no index fits."""
    t = ask.table
    match c:
        case q.In(_, ()):
            return "SELECT 0 AS k WHERE 0", []
        case q.Eq(field) | q.In(field) | q.Range(field) | q.Prefix(field) if field in t.found_by:
            sql, args = condition(ask, c)
            return f"SELECT k FROM {t.name} INDEXED BY {index_name(t, field)} WHERE owner = ? AND {sql}", [
                ask.owner,
                *args,
            ]
        case q.Has() | q.HasRange():
            op = c.op if isinstance(c, q.HasRange) else "="
            sql = f"SELECT k FROM {t.name}_terms WHERE owner = ? AND name = ? AND value {op} ?"
            return sql, [ask.owner, t.member(c.field), c.value]
        case q.Exists(field) if field.partition(".")[0] in t.many and "." in field:
            sql = f"SELECT DISTINCT k FROM {t.name}_terms WHERE owner = ? AND name = ?"
            return sql, [ask.owner, t.member(field)]
        case q.Text(value) if len(value) >= 3:
            return _text_keys(ask, value, "", c)
        case q.Contains(field, value) if field in t.text and len(value) >= 3:
            return _text_keys(ask, value, f"{field} : ", c)
        case q.Text(value):
            parts = [keys_of(ask, q.Prefix(f, value.lower())) for f in t.text]
            return _union([p for p in parts if p])
        case q.Any_(conditions):
            parts = [keys_of(ask, inner) for inner in conditions]
            return _union([p for p in parts if p]) if parts and all(parts) else None
        case q.All(conditions):
            return next((found for inner in conditions if (found := keys_of(ask, inner))), None)
        case _:
            return None


def _union(parts: list[Sql]) -> Sql | None:
    if not parts:
        return None
    return " UNION ".join(sql for sql, _ in parts), [a for _, args in parts for a in args]


def _text_keys(ask: Ask, value: str, where: str, c: q.Condition) -> Sql:
    """The text index for the rows it is up to date with; the few others are read."""
    t, (low, high) = ask.table, ask.keys
    test, args = condition(Ask(t, ask.owner, ()), c)
    phrase = where + '"' + value.lower().replace('"', '""') + '"'
    sql = (
        f"SELECT rowid AS k FROM {t.name}_text WHERE {t.name}_text MATCH ? AND rowid >= ? AND rowid < ?"
        f" AND rowid NOT IN (SELECT k FROM {t.name}_fresh) UNION ALL SELECT k FROM {t.name} NOT INDEXED"
        f" WHERE k IN (SELECT k FROM {t.name}_fresh WHERE k >= ? AND k < ?) AND {test}"
    )
    return sql, [phrase, low, high, low, high, *args]


# --- the way ---


@dataclass(frozen=True)
class Way:
    """FROM and the first conditions, and which of the question's conditions they leave to be tested row by row."""

    source: str
    first: str
    args: list[Any]
    left: tuple[q.Condition, ...]
    at: str = ""
    """SQL for the default order's column, where the source has it at hand."""


def way(db: apsw.Connection, ask: Ask) -> Way:
    """How to go through the rows: by the rarest condition if it is rare enough, else along the wanted order."""
    t = ask.table
    conditions = tuple(q.flat(ask.where))
    natural = not ask.sort or (ask.sort[0].field == t.order and len(ask.sort) == 1)
    ordered = next((w for c in conditions if natural and (w := _ordered(ask, c, conditions))), None)
    if ordered and len(conditions) == 1:
        return ordered
    seeks = [(found, c) for c in conditions if (found := keys_of(ask, c))]
    rare = min(((_count(db, s, FEW), i) for i, (s, _) in enumerate(seeks)), default=(FEW, 0))
    if rare[0] < FEW:
        (sql, args), c = seeks[rare[1]]
        exact = isinstance(c, q.Eq | q.In | q.Range | q.Prefix | q.Has | q.HasRange | q.Exists | q.Text | q.Contains)
        left = tuple(x for x in conditions if x is not c or not exact)
        return Way(f"{t.name} NOT INDEXED", f"{t.name}.k IN ({sql})", args, left)
    if ordered:
        return ordered
    by = ask.order[0].field if ask.order else ""
    by = by if by in t.sorted_by else t.order
    source = f"{t.name} INDEXED BY {index_name(t, by)}" if by else t.name
    return Way(source, f"{t.name}.owner = ?", [ask.owner], conditions)


def _ordered(ask: Ask, c: q.Condition, all_of_them: tuple[q.Condition, ...]) -> Way | None:
    """The index of an equality goes on with the default order: its rows come sorted."""
    t = ask.table
    left = tuple(x for x in all_of_them if x is not c)
    if isinstance(c, q.Eq) and c.field in t.found_by:
        sql, args = condition(ask, c)
        source = f"{t.name} INDEXED BY {index_name(t, c.field)}"
        return Way(source, f"{t.name}.owner = ? AND {sql}", [ask.owner, *args], left)
    if isinstance(c, q.Has) and t.order:
        first = "m.owner = ? AND m.name = ? AND m.value = ?"
        source = f"{t.name}_terms AS m CROSS JOIN {t.name} ON {t.name}.k = m.k"
        return Way(source, first, [ask.owner, t.member(c.field), c.value], left, "m.at")
    return None


def _count(db: apsw.Connection, keys: Sql, limit: int) -> int:
    row = db.execute(f"SELECT count(*) FROM (SELECT 1 FROM ({keys[0]}) LIMIT ?)", (*keys[1], limit)).fetchone()
    return row[0] if row else 0


# --- whole statements ---


@cache
def look_up(t: Table[Any], field: str) -> str:
    """The commonest question, worded once: the rows with one value of an indexed field, in the default order."""
    order = f"{t.order} DESC, id DESC" if t.order else "id"
    return (
        f"SELECT doc FROM {t.name} INDEXED BY {index_name(t, field)}"
        f" WHERE owner = ? AND {field} = ? ORDER BY {order} LIMIT ? OFFSET ?"
    )


@cache
def look_up_one(t: Table[Any], field: str) -> str:
    """The same for any one of them: nothing is sorted."""
    return f"SELECT doc FROM {t.name} INDEXED BY {index_name(t, field)} WHERE owner = ? AND {field} = ? LIMIT 1"


def select(db: apsw.Connection, ask: Ask, what: str, limit: int, skip: int = 0) -> Sql:
    """The rows, in order, from behind `ask.after` onwards."""
    w = way(db, ask)
    tests = [condition(ask, c) for c in w.left]
    if ask.after:
        tests.append(_behind(ask))
    where = " AND ".join([w.first, *(sql for sql, _ in tests)])
    order = ", ".join(_keys(ask, w))
    sql = f"SELECT {what} FROM {w.source} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
    return sql, [*w.args, *(a for _, args in tests for a in args), limit, skip]


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


def count(db: apsw.Connection, ask: Ask, up_to: int) -> Sql:
    """How many rows fit; counting stops at `up_to`, if that is not 0."""
    conditions = tuple(q.flat(ask.where))
    if not conditions:
        return "SELECT n FROM row_counts WHERE tbl = ? AND owner = ?", [ask.table.name, ask.owner]
    limit = up_to or -1
    if len(conditions) == 1 and (keys := keys_of(ask, conditions[0])) and not isinstance(conditions[0], q.Any_ | q.All):
        distinct = "DISTINCT k" if isinstance(conditions[0], q.HasRange) else "1"
        return f"SELECT count(*) FROM (SELECT {distinct} FROM ({keys[0]}) LIMIT ?)", [*keys[1], limit]
    w = way(db, Ask(ask.table, ask.owner, conditions))
    tests = [condition(ask, c) for c in w.left]
    where = " AND ".join([w.first, *(sql for sql, _ in tests)])
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {w.source} WHERE {where} LIMIT ?)"
    return sql, [*w.args, *(a for _, args in tests for a in args), limit]
