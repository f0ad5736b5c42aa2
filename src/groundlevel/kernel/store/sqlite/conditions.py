"""Conditions to SQLite's SQL: as tests of a row, and as the keys of the rows that an index finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import json

from groundlevel.kernel.store import query as q
from groundlevel.kernel.store.sqlite.schema import ROWS_EACH, index_name
from groundlevel.kernel.store.table import Table

Sql = tuple[str, list[Any]]

_ASCII_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
"""As SQLite's lower(), which leaves other letters as they are."""

_WORD = "owner = ? AND name = ? AND value = ?"


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
        case q.In("id", values):
            return f"{t.name}.id IN (SELECT value FROM json_each(?))", [json.encode(values).decode()]
        case q.In(field, values):
            return f"{column(t, field)} IN ({', '.join('?' * len(values))})", list(values)
        case q.Range(field, op, value):
            return f"{column(t, field)} {op} ?", [value]
        case q.Prefix(field, value):
            return f"({column(t, field)} >= ? AND {column(t, field)} < ?)", [value, value + "\U0010ffff"]
        case q.Contains(field, value):
            return _on_value(t, field, "instr(lower({}), ?) > 0", [value.translate(_ASCII_LOWER)])
        case q.Has(field, value):
            shift = f"SELECT (no - owner) << 32 FROM words WHERE {_WORD}"
            return f"{t.name}.k + ({shift}) IN {t.name}_held", [ask.owner, t.member(field), value]
        case q.HasRange():
            keys, args = _in_range(ask, c)
            return f"{t.name}.k IN ({keys})", args
        case q.Exists(field):
            return _on_value(t, field, "coalesce({}, '') NOT IN ('', '[]')", [])
        case q.Text(value) if len(value) >= 3:
            tests = [f"instr({column(t, f)}, ?) > 0" for f in t.text]
            return f"({' OR '.join(tests)})", [value.lower()] * len(tests)
        case q.Text():
            return condition(ask, begins(t, c))
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


def _in_range(ask: Ask, c: q.HasRange) -> Sql:
    """The keys of the rows with such an element. SQLite puts all numbers before all texts; only those alike compare."""
    alike = "value >= ''" if isinstance(c.value, str) else "value < ''"
    ends = ((c.op, c.value), *((c.also,) if c.also else ()))
    tests = " AND ".join(f"value {op} ?" for op, _ in ends)
    sql = f"SELECT DISTINCT k FROM {ask.table.name}_terms WHERE owner = ? AND name = ? AND {tests} AND {alike}"
    return sql, [ask.owner, ask.table.member(c.field), *(value for _, value in ends)]


def begins(t: Table[Any], c: q.Condition) -> q.Condition:
    """A text too short for trigrams, as the beginnings it stands for; any other condition as it is."""
    if not isinstance(c, q.Text) or len(c.value) >= 3:
        return c
    return q.Any_(tuple(q.Prefix(f, c.value.lower()) for f in t.text))


def with_stretches(conditions: list[q.Condition]) -> tuple[q.Condition, ...]:
    """The same, with all that bounds one field put together: the rows of a stretch can be counted."""
    bounds: dict[str, list[q.Condition]] = {}
    for c in conditions:
        if isinstance(c, q.Range):
            bounds.setdefault(c.field, []).append(c)
    several = {field: q.All(tuple(some)) for field, some in bounds.items() if len(some) > 1}
    others = [c for c in conditions if not (isinstance(c, q.Range) and c.field in several)]
    return (*others, *several.values())


def is_stretch(c: q.Condition) -> bool:
    """Whether it is all that bounds one field."""
    fields = {p.field if isinstance(p, q.Range) else "" for p in c.conditions} if isinstance(c, q.All) else set[str]()
    return len(fields) == 1 and "" not in fields


# --- the keys of the rows that fit one condition, by an index ---


def keys_of(ask: Ask, c: q.Condition) -> Sql | None:
    """SQL that selects k of all rows that fit, from an index alone; None where no index fits."""
    t = ask.table
    match c:
        case q.In(_, ()) | q.Any_(()):
            return "SELECT 0 AS k WHERE 0", []
        case q.Eq(field) | q.In(field) | q.Range(field) | q.Prefix(field) if field == "id" or field in t.found_by:
            sql, args = condition(ask, c)
            by = f"{t.name} INDEXED BY {index_name(t, field)}"
            return f"SELECT k FROM {by} WHERE owner = ? AND {sql}", [ask.owner, *args]
        case q.All((q.Range(field), *_)) if is_stretch(c) and (field == "id" or field in t.found_by):
            sql, args = condition(ask, c)
            by = f"{t.name} INDEXED BY {index_name(t, field)}"
            return f"SELECT k FROM {by} WHERE owner = ? AND {sql}", [ask.owner, *args]
        case q.Has(field, value):
            sql = f"SELECT h.nk - ((w.no - w.owner) << 32) AS k FROM words AS w CROSS JOIN {t.name}_held AS h"
            held = "h.nk >= w.no << 32 AND h.nk < (w.no + 1) << 32"
            return f"{sql} WHERE {_WORD} AND {held}", [ask.owner, t.member(field), value]
        case q.HasRange():
            return _in_range(ask, c)
        case q.Exists(field) if field.partition(".")[0] in t.many and "." in field:
            sql = f"SELECT DISTINCT k FROM {t.name}_terms WHERE owner = ? AND name = ?"
            return sql, [ask.owner, t.member(field)]
        case q.Text(value) if len(value) >= 3:
            return _text_keys(ask, value, "", c)
        case q.Contains(field, value) if field in t.text and len(value) >= 3:
            return _text_keys(ask, value, f"{field} : ", c)
        case q.Text():
            return keys_of(ask, begins(t, c))
        case q.Any_(conditions):
            parts = [keys for inner in conditions if (keys := keys_of(ask, inner))]
            together = " UNION ".join(sql for sql, _ in parts), [a for _, args in parts for a in args]
            return together if len(parts) == len(conditions) else None
        case q.All(conditions):
            return next((found for inner in conditions if (found := keys_of(ask, inner))), None)
        case _:
            return None


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
