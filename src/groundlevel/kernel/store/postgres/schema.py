"""A declared table as PostgreSQL keeps it.

    {t}          owner, id, a column generated from the document for each searched field, doc
    log_rows     what was appended to logs: owner, number, log, kind, doc, at
    about        what the database knows of itself: name, value

Every key and every index begins with the owner. A list field is a column of type text[], one text for each element
(`groundlevel_elements`), under a GIN index; the text fields are one column, under an index of trigrams.
"""

from typing import Any, LiteralString, cast

from groundlevel.kernel.store.table import Kind, Table

TYPES: dict[Kind, str] = {
    "text": 'text COLLATE "C"',
    "number": "double precision",
    "boolean": "boolean",
    "any": 'text COLLATE "C"',
}

SEPARATOR = "\x1f"
"""Between what is put together in one text; no field of ours has it in it (`about_text`)."""

EXTENSIONS = ("pg_trgm", "btree_gin")

LONGEST = 500
"""Characters of a text that its index has: a B-tree and a GIN index refuse entries of more than about 2,700 bytes."""

ELEMENTS = rf"""
CREATE OR REPLACE FUNCTION groundlevel_short(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(value) > {LONGEST} THEN left(value, {LONGEST}) || md5(value) ELSE value END
$$;
CREATE OR REPLACE FUNCTION groundlevel_element(pair text, value jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE jsonb_typeof(value)
        WHEN 'string' THEN pair || E'\x1ft' || groundlevel_short(value #>> '{{}}')
        WHEN 'number' THEN pair || E'\x1fn' || ((value #>> '{{}}')::float8)::text
        WHEN 'boolean' THEN pair || E'\x1fn' || (value = 'true'::jsonb)::int
        WHEN 'object' THEN pair || E'\x1fo'
    END
$$;
CREATE OR REPLACE FUNCTION groundlevel_elements(list jsonb) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE found text[] := '{{}}'; one jsonb; value jsonb;
BEGIN
    IF list IS NULL OR jsonb_typeof(list) <> 'array' OR list = '[]'::jsonb THEN RETURN found; END IF;
    FOR one IN SELECT * FROM jsonb_array_elements(list) LOOP
        IF jsonb_typeof(one) <> 'object' THEN
            found := found || groundlevel_element('', one);
        ELSE
            value := one -> 'value';
            IF jsonb_typeof(value) = 'array' THEN
                found := found || (SELECT array_agg(groundlevel_element(one ->> 'id', v))
                                   FROM jsonb_array_elements(value) AS v);
            ELSE
                found := found || groundlevel_element(one ->> 'id', value);
            END IF;
            IF coalesce(value #>> '{{}}', '') NOT IN ('', '[]') THEN
                found := found || ((one ->> 'id') || E'\x1f');
            END IF;
        END IF;
    END LOOP;
    RETURN array_remove(found, NULL);
END
$$;
"""
"""A text for each element of a list: `pair`, the separator, the value's kind and the value. `pair` is the id of an
`{id, value}` pair, and such a pair with a value has `pair` and the separator alone besides."""

COMMON = """
CREATE TABLE IF NOT EXISTS log_rows (
    owner text COLLATE "C", number bigint, log text NOT NULL, kind text NOT NULL, doc text NOT NULL, at text NOT NULL,
    PRIMARY KEY (owner, number));
CREATE INDEX IF NOT EXISTS log_rows_in_order ON log_rows (log, number);
"""

ABOUT = "CREATE TABLE IF NOT EXISTS about (name text PRIMARY KEY, value text NOT NULL)"


def sql(text: str) -> LiteralString:
    """Statements are put together from the names of declared tables and fields, never from values."""
    return cast(LiteralString, text)


def generated(t: Table[Any]) -> dict[str, str]:
    """The generated columns and their types."""
    found = {c: f"{TYPES[t.kind(c)]} {_always(short(t, c))}" for c in t.columns}
    for c in t.many:
        found[f"in_{c}"] = f"text[] {_always(f'groundlevel_elements(doc -> {literal(t.member(c))})')}"
    if t.text:
        found["all_text"] = f'text COLLATE "C" {_always(about_text(t))}'
    return found


def _always(expression: str) -> str:
    return f"GENERATED ALWAYS AS ({expression}) STORED"


def about_text(t: Table[Any]) -> str:
    """SQL for all text fields as one."""
    return f" || {literal(SEPARATOR)} || ".join(f"coalesce({value(t, f, 'text')}, '')" for f in t.text)


def short(t: Table[Any], field: str) -> str:
    """SQL for the value of a field as its column has it."""
    kind, whole = t.kind(field), value(t, field, t.kind(field))
    return whole if kind in ("number", "boolean") else f"left({whole}, {LONGEST})"


def value(t: Table[Any], field: str, kind: Kind) -> str:
    """SQL for the value of a field of the document, as its kind's type."""
    cast = {"number": "::double precision", "boolean": "::boolean"}.get(kind, "")
    return f"({json(t, field)} #>> '{{}}'){cast}"


def json(t: Table[Any], field: str) -> str:
    """SQL for the field's value in the document, as JSON."""
    return "(doc" + "".join(f" -> {literal(part)}" for part in t.member(field).split(".")) + ")"


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def indexes(t: Table[Any]) -> dict[str, str]:
    """Index name -> the statement that creates it, where it is missing."""
    found: dict[str, str] = {}
    for c in sorted(t.found_by):
        columns = ", ".join(dict.fromkeys(("owner", c, *([t.order] if t.order else ()))))
        some = "" if c in t.sorted_by else f" WHERE {c} IS NOT NULL"
        found[f"{t.name}_by_{c}"] = f"CREATE INDEX IF NOT EXISTS {t.name}_by_{c} ON {t.name} ({columns}){some}"
    for c in t.unique:
        name = f"{t.name}_one_{c}"
        found[name] = f"CREATE UNIQUE INDEX IF NOT EXISTS {name} ON {t.name} (owner, {c})"
    for c in t.many:
        name = f"{t.name}_in_{c}"
        found[name] = f"CREATE INDEX IF NOT EXISTS {name} ON {t.name} USING gin (owner, in_{c})"
    if t.text:
        name = f"{t.name}_text"
        found[name] = f"CREATE INDEX IF NOT EXISTS {name} ON {t.name} USING gin (owner, all_text gin_trgm_ops)"
    return found
