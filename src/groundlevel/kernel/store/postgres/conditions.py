"""Conditions to PostgreSQL's SQL. Which index to use is left to its planner."""

from dataclasses import dataclass
from hashlib import md5
from typing import Any

from groundlevel.kernel.store import query as q
from groundlevel.kernel.store.postgres.schema import LONGEST, SEPARATOR, json, value
from groundlevel.kernel.store.table import Kind, Table

Sql = tuple[str, list[Any]]

NEVER: Sql = ("false", [])
_ASCII_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True)
class Ask:
    """A question: these rows of this owner, in this order, from behind a row onwards."""

    table: Table[Any]
    owner: str
    where: tuple[q.Condition, ...]
    sort: tuple[q.Sort, ...] = ()
    after: tuple[Any, ...] = ()

    @property
    def order(self) -> tuple[q.Sort, ...]:
        """The sort keys, the default where none were given, and the id."""
        keys = self.sort or ((q.Sort(self.table.order, True),) if self.table.order else ())
        return (*keys, q.Sort("id", bool(keys) and keys[-1].descending))

    def fits(self, *more: Sql) -> Sql:
        """SQL that is true for the rows asked for, whose owner comes first."""
        parts = [("owner = %s", [self.owner]), *(condition(self.table, c) for c in q.flat(self.where)), *more]
        if self.after:
            parts.append(_behind(self))
        return " AND ".join(text for text, _ in parts), [a for _, args in parts for a in args]


def column(t: Table[Any], field: str) -> str:
    """SQL for a field as it is sorted by: its generated column, or its value taken from the document."""
    return field if field in ("id", *t.columns) else collated(t, field)


def collated(t: Table[Any], field: str) -> str:
    """SQL for the whole value of a field; text compares by code point."""
    kind = t.kind(field)
    return value(t, field, kind) + ("" if kind in ("number", "boolean") else ' COLLATE "C"')


def always_there(t: Table[Any], field: str) -> bool:
    """Whether no row lacks the field."""
    return field in ("id", t.order) or field in t.required


def condition(t: Table[Any], c: q.Condition) -> Sql:
    """SQL that is true for the rows that fit."""
    match c:
        case q.Eq(field, wanted):
            return _compared(t, field, "=", wanted)
        case q.In("id", values):  # there may be very many
            return "id = ANY(%s)", [[v for v in values if isinstance(v, str)]]
        case q.In(field, values):
            return _joined([_compared(t, field, "=", v) for v in values], " OR ")
        case q.Range(field, op, wanted):
            return _compared(t, field, op, wanted)
        case q.Prefix(field, start):
            return _begins(t, field, start)
        case q.Contains(field, piece):
            return _contains(t, field, piece)
        case q.Has(field, wanted):
            return _has(t, field, wanted)
        case q.HasRange():
            return _has_range(t, c)
        case q.Exists(field):
            return _exists(t, field)
        case q.Text(piece):
            return _text(t, piece.lower())
        case q.Not(inner):
            text, args = condition(t, inner)
            return f"NOT coalesce({text}, false)", args
        case q.All(conditions):
            return _joined([condition(t, inner) for inner in conditions], " AND ")
        case q.Any_(conditions):
            return _joined([condition(t, inner) for inner in conditions], " OR ")


def _joined(parts: list[Sql], word: str) -> Sql:
    if not parts:
        return "true" if word == " AND " else "false", []
    return f"({word.join(text for text, _ in parts)})", [a for _, args in parts for a in args]


def _kind_of(wanted: q.Scalar) -> Kind:
    return "boolean" if isinstance(wanted, bool) else "text" if isinstance(wanted, str) else "number"


def _compared(t: Table[Any], field: str, op: str, wanted: q.Scalar) -> Sql:
    """The field against a value; one of another kind never compares."""
    if field == "id":
        return (f"id {op} %s", [wanted]) if isinstance(wanted, str) else NEVER
    kind, asked = t.kind(field), _kind_of(wanted)
    if kind == "any":
        told = {"text": "string"}.get(asked, asked)
        test = f"{value(t, field, asked)} {op} %s"
        return f"CASE WHEN jsonb_typeof({json(t, field)}) = '{told}' THEN {test} END", [wanted]
    if kind != asked:
        return NEVER
    if field in t.columns and not (isinstance(wanted, str) and len(wanted) >= LONGEST):
        return f"{field} {op} %s", [wanted]
    return f"{collated(t, field)} {op} %s", [wanted]


def _begins(t: Table[Any], field: str, start: str) -> Sql:
    start = start[: LONGEST - 1] if field in t.columns else start
    parts = [_compared(t, field, ">=", start), _compared(t, field, "<", start + "\U0010ffff")]
    return _joined(parts, " AND ")


def _contains(t: Table[Any], field: str, piece: str) -> Sql:
    """A piece of a text, or of the value of one `{id, value}` pair."""
    args = [piece.translate(_ASCII_LOWER)]
    test = 'strpos(lower({} COLLATE "C"), %s) > 0'.format
    if _is_pair(t, field):
        return _pair(t, field, test("(p ->> 'value')"), args)
    test, found = test(value(t, field, "text")), [*args]
    if field in t.text and len(piece) >= 3:
        narrow = _like(piece.lower())
        return f"({narrow[0]} AND {test})", [*narrow[1], *found]
    return test, found


def _is_pair(t: Table[Any], field: str) -> bool:
    head, _, rest = field.partition(".")
    return head in t.many and bool(rest)


def _pair(t: Table[Any], field: str, test: str, args: list[Any]) -> Sql:
    """A test of the value of one `{id, value}` pair in a list of them."""
    head, _, pair = field.partition(".")
    pairs = f"jsonb_array_elements({json(t, head)}) AS p"
    text = f"({_array(t, field)} AND EXISTS (SELECT FROM {pairs} WHERE p ->> 'id' = %s AND {test}))"
    return text, [[pair + SEPARATOR], pair, *args]


def _array(t: Table[Any], field: str, elements: str = "%s::text[]") -> str:
    """SQL for a list field having certain elements."""
    head, _, _ = field.partition(".")
    if head not in t.many:
        raise LookupError(f"{t.name}.{head} is not a list that is looked into")
    return f"in_{head} @> {elements}"


def _has(t: Table[Any], field: str, wanted: q.Scalar) -> Sql:
    """The element as the index has it: see `schema.ELEMENTS`."""
    start = field.partition(".")[2] + SEPARATOR
    if isinstance(wanted, str):
        short = wanted[:LONGEST] + md5(wanted.encode()).hexdigest() if len(wanted) > LONGEST else wanted  # noqa: S324
        return _array(t, field), [[f"{start}t{short}"]]
    return _array(t, field, "ARRAY[%s || (%s::float8)::text]"), [f"{start}n", wanted]


def _has_range(t: Table[Any], c: q.HasRange) -> Sql:
    """An element of the value's kind that compares so with it."""
    head, _, pair = c.field.partition(".")
    text = isinstance(c.value, str)
    start = pair + SEPARATOR + ("t" if text else "n")
    told = f"substr(e, {len(start) + 1})"
    told = f'{told} COLLATE "C"' if text else f"{told}::float8"
    compared = " AND ".join(f"{told} {op} %s" for op in (c.op, *([c.also[0]] if c.also else [])))
    wanted = [c.value, *([c.also[1]] if c.also else [])]
    test = f"EXISTS (SELECT FROM unnest(in_{head}) AS e WHERE CASE WHEN starts_with(e, %s) THEN {compared} END)"
    narrow, args = (f"{_array(t, c.field)} AND ", [[pair + SEPARATOR]]) if pair else ("", [])
    return f"({narrow}{test})", [*args, start, *wanted]


def _exists(t: Table[Any], field: str) -> Sql:
    if _is_pair(t, field):
        return _array(t, field), [[field.partition(".")[2] + SEPARATOR]]
    if field in t.columns and t.kind(field) == "text":
        return f"coalesce({field}, '') <> ''", []
    return f"coalesce({value(t, field, 'text')}, '') NOT IN ('', '[]')", []


def _text(t: Table[Any], piece: str) -> Sql:
    if len(piece) < 3:
        return _joined([_begins(t, f, piece) for f in t.text], " OR ")
    return NEVER if SEPARATOR in piece else _like(piece)


def _like(piece: str) -> Sql:
    quoted = piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return "all_text LIKE %s", [f"%{quoted}%"]


def order_by(ask: Ask) -> str:
    """The sort keys as SQL. Missing values come last either way."""
    t = ask.table
    return ", ".join(
        column(t, s.field) + (" DESC" if s.descending else "") + ("" if always_there(t, s.field) else " NULLS LAST")
        for s in ask.order
    )


def _behind(ask: Ask) -> Sql:
    """True for the rows behind the one whose sort values and id are `ask.after`."""
    t, options = ask.table, list[Sql]()
    values = [v[:LONGEST] if isinstance(v, str) else v for v in ask.after]
    for i, s in enumerate(ask.order):
        if values[i] is None:
            continue  # missing values are last: nothing is behind them by this key
        name, op = column(t, s.field), "<" if s.descending else ">"
        further = f"{name} {op} %s" if always_there(t, s.field) else f"({name} {op} %s OR {name} IS NULL)"
        same = [_same(column(t, p.field), values[j]) for j, p in enumerate(ask.order[:i])]
        options.append(_joined([*same, (further, [values[i]])], " AND "))
    text, args = _joined(options, " OR ")
    first = ask.order[0]
    if always_there(t, first.field):  # lets the index start there
        text = f"{column(t, first.field)} {'<=' if first.descending else '>='} %s AND {text}"
        args = [values[0], *args]
    return text, args


def _same(name: str, at: Any) -> Sql:
    return (f"{name} IS NULL", []) if at is None else (f"{name} = %s", [at])
