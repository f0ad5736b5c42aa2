"""A declared table as SQLite keeps it.

    {t}          k, owner, id, a column generated from the document for each searched field, doc; list fields as JSON in
                 columns that are not kept: each trigger that took one from the document would read all of it anew
    {t}_terms    the elements of list fields:  owner, name, value, at -> k     (kept by triggers)
    {t}_held     the same as one integer each: the number of the element in words, and n (kept by triggers)
    {t}_text     full text by trigrams, of the rows that are not in {t}_fresh
    {t}_fresh    rows written since the text index was last brought up to date (kept by triggers)
    row_counts   how many rows each owner has                                  (kept by triggers)
    about        what was declared when the file was last made ready

Owners are small numbers here, and the key of a row is its owner's number and a sequence: `k = owner << 32 | n`.
So every key and every index begins with the owner, an owner's rows lie together, and the text index, which knows
only k, can be asked for one owner's range.
"""

# apsw's own type stubs leave the types of rows open
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import hashlib
from collections.abc import Collection
from functools import cache
from typing import Any

import apsw

from groundlevel.kernel.store.sqlite.connecting import APPLICATION_ID, SCHEMA
from groundlevel.kernel.store.table import Table

ROWS_EACH = 32
"""Bits of k that count the rows of one owner."""

COMMON = """
CREATE TABLE IF NOT EXISTS owners (no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS words (
    no INTEGER PRIMARY KEY, owner INTEGER NOT NULL, name TEXT NOT NULL, value NOT NULL, UNIQUE (owner, name, value));
CREATE TABLE IF NOT EXISTS row_counts (
    owner INTEGER, tbl TEXT, n INTEGER NOT NULL, PRIMARY KEY (owner, tbl)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log_rows (
    number INTEGER PRIMARY KEY AUTOINCREMENT, log TEXT NOT NULL, owner INTEGER NOT NULL, kind TEXT NOT NULL,
    doc TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def make_ready(db: apsw.Connection, tables: list[Table[Any]]) -> None:
    """Create what is missing: tables, columns, indexes, triggers. What is there stays; if all is, nobody waits."""
    declared = [COMMON, *(sql for t in tables for sql in _declaring(t))]
    made = hashlib.sha256("".join(declared).encode()).hexdigest()
    if db.pragma("user_version") == SCHEMA and _made(db) == made:
        return
    with db:
        db.execute(COMMON)
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")  # it may have been made otherwise
        for t in tables:
            table, *others = _declaring(t)
            db.execute(table)
            there = {row[0] for row in db.execute("SELECT name FROM pragma_table_xinfo(?)", (t.name,))}
            for c, value in {**{c: extract(t, c) for c in t.columns}, **_lists(t)}.items():
                if c not in there:  # declared since: only a virtual column can still be added
                    db.execute(f"ALTER TABLE {t.name} ADD COLUMN {c} GENERATED ALWAYS AS ({value}) VIRTUAL")
            db.execute("".join(others))
        db.execute("INSERT OR REPLACE INTO about VALUES ('made', ?)", (made,))
        db.pragma("application_id", APPLICATION_ID)
        db.pragma("user_version", SCHEMA)


def _made(db: apsw.Connection) -> Any:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone():
        return None
    row = db.execute("SELECT value FROM about WHERE name = 'made'").fetchone()
    return row and row[0]


@cache
def _declaring(t: Table[Any]) -> list[str]:
    """The statements that make a table and what goes with it, the table first."""
    # before the document, so that reading them does not mean reading it
    searched = "".join(f"{c} GENERATED ALWAYS AS ({extract(t, c)}) STORED, " for c in t.columns)
    lists = "".join(f"{c} GENERATED ALWAYS AS ({value}) VIRTUAL, " for c, value in _lists(t).items())
    found = [
        f"CREATE TABLE IF NOT EXISTS {t.name} (k INTEGER PRIMARY KEY, owner INTEGER NOT NULL, id TEXT NOT NULL,"
        f" {searched}{lists}doc TEXT NOT NULL, UNIQUE (owner, id));"
    ]
    for c in sorted(t.found_by):
        some = "" if c in t.sorted_by else f" WHERE {c} IS NOT NULL"
        columns = ", ".join(index_columns(t, c))
        found.append(f"CREATE INDEX IF NOT EXISTS {index_name(t, c)} ON {t.name} ({columns}){some};")
    for c in t.unique:
        found.append(f"CREATE UNIQUE INDEX IF NOT EXISTS {t.name}_one_{c} ON {t.name} (owner, {c});")
    return [*found, _counting(t), *([_terms(t)] if t.many else []), *([_texts(t)] if t.text else [])]


def take_indexes_away(db: apsw.Connection, t: Table[Any], found_by: Collection[str]) -> None:
    """Leave of what finds a table's rows only their ids, their order and some fields; `make_ready` makes it again.

    Inside a transaction. It is noted that this is to be done: whoever opens the file next does it.
    """
    db.execute("UPDATE about SET value = '' WHERE name = 'made'")
    for c in t.found_by - {*found_by, t.order}:
        db.execute(f"DROP INDEX IF EXISTS {index_name(t, c)}")
    if t.many:
        of_terms = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND instr(sql, ?)"
        for (name,) in db.execute(of_terms, (t.name, f"{t.name}_terms")).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(f"DROP TABLE IF EXISTS {t.name}_terms; DROP TABLE IF EXISTS {t.name}_held")


def extract(t: Table[Any], field: str) -> str:
    """SQL for the value of a field of the document."""
    path = "".join(f'."{part}"' for part in t.member(field).split("."))
    return f"doc ->> '${path}'"


def _lists(t: Table[Any]) -> dict[str, str]:
    """The columns of list fields, and SQL for each as JSON."""
    return {f"in_{field}": f"doc -> '$.{t.member(field)}'" for field in t.many}


def index_name(t: Table[Any], column: str) -> str:
    """The index for looking up, ranging over and sorting by a column; SQLite's own is the one of (owner, id)."""
    return f"sqlite_autoindex_{t.name}_1" if column == "id" else f"{t.name}_by_{column}"


def index_columns(t: Table[Any], column: str) -> list[str]:
    """Owner, column, and the default order, so that a filtered list needs no sorting."""
    return ["owner", column, *([t.order] if t.order and t.order != column else [])]


def _counting(t: Table[Any]) -> str:
    return f"""
CREATE TRIGGER IF NOT EXISTS {t.name}_added AFTER INSERT ON {t.name} BEGIN
    INSERT INTO row_counts VALUES (new.owner, '{t.name}', 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER IF NOT EXISTS {t.name}_removed AFTER DELETE ON {t.name} BEGIN
    UPDATE row_counts SET n = n - 1 WHERE tbl = '{t.name}' AND owner = old.owner;
END;
"""


_HELD = """CASE json_type(j.value, '$.value') WHEN 'object' THEN '[""]' ELSE j.value -> '$.value' END"""
"""An object is no element to look for, but that there is one can be: it stands as an empty text."""


def _elements(t: Table[Any], field: str, row: str, rows: str = "") -> str:
    """SQL for (owner, name, value, at, k) of every element of a list field: plain ones, or `{id, value}` pairs.

    Of the one row that is called so in a trigger, or of all `rows`.
    """
    name, at = t.member(field), f"{row}.{t.order}" if t.order else "''"
    if field in t.of_texts:  # the same, but several times as fast
        return f"SELECT {row}.owner, '{name}', value, {at}, {row}.k FROM {rows}json_each({row}.in_{field}) WHERE true"
    return (
        f"SELECT {row}.owner, '{name}' || coalesce('.' || CASE j.type WHEN 'object' THEN j.value ->> '$.id' END, ''),"
        f" v.value, {at}, {row}.k FROM {rows}json_each({row}.in_{field}) AS j,"
        f" json_each(CASE j.type WHEN 'object' THEN {_HELD} ELSE json_array(j.value) END) AS v"
        " WHERE v.type NOT IN ('null', 'object', 'array')"
    )


def _terms(t: Table[Any]) -> str:
    word = "FROM words WHERE (owner, name, value) = ({0}.owner, {0}.name, {0}.value)".format
    held = "(no << 32) | ({}.k & 0xffffffff)".format
    every = " UNION ALL ".join(
        f"{_elements(t, field, 'm', f'{t.name} AS m, ')} AND NOT EXISTS (SELECT 1 FROM {t.name}_terms)"
        for field in t.many
    )
    sql = f"""
CREATE TABLE IF NOT EXISTS {t.name}_terms (
    owner INTEGER, name TEXT, value, at TEXT, k INTEGER, PRIMARY KEY (owner, name, value, at, k)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS {t.name}_held (nk INTEGER PRIMARY KEY);
INSERT INTO {t.name}_terms {every} ORDER BY 1, 2, 3, 4, 5 ON CONFLICT DO NOTHING;
INSERT INTO words (owner, name, value) SELECT DISTINCT owner, name, value FROM {t.name}_terms
    WHERE NOT EXISTS (SELECT 1 FROM {t.name}_held) ON CONFLICT DO NOTHING;
INSERT INTO {t.name}_held SELECT {held("m")} FROM words CROSS JOIN {t.name}_terms AS m USING (owner, name, value)
    WHERE NOT EXISTS (SELECT 1 FROM {t.name}_held) ORDER BY 1;
CREATE TRIGGER IF NOT EXISTS {t.name}_held_added AFTER INSERT ON {t.name}_terms BEGIN
    INSERT INTO words (owner, name, value) VALUES (new.owner, new.name, new.value) ON CONFLICT DO NOTHING;
    INSERT INTO {t.name}_held SELECT {held("new")} {word("new")} ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER IF NOT EXISTS {t.name}_held_removed AFTER DELETE ON {t.name}_terms BEGIN
    DELETE FROM {t.name}_held WHERE nk = (SELECT {held("old")} {word("old")});
END;
"""
    return sql + "".join(_following(t, field) for field in t.many)


def _following(t: Table[Any], field: str) -> str:
    """The triggers by which elements come, go and move with their document."""
    new, old = f"new.in_{field}", f"old.in_{field}"
    add = f"INSERT INTO {t.name}_terms {_elements(t, field, 'new')} ON CONFLICT DO NOTHING;"
    those = f"{t.name}_terms {{}} WHERE (owner, name, value, at, k) IN ({_elements(t, field, 'old')});".format
    drop, stem = f"DELETE FROM {those('')}", f"{t.name}_{field}"
    sql = f"""
CREATE TRIGGER IF NOT EXISTS {stem}_added AFTER INSERT ON {t.name} WHEN {new} <> '[]' BEGIN {add} END;
CREATE TRIGGER IF NOT EXISTS {stem}_removed AFTER DELETE ON {t.name} WHEN {old} <> '[]' BEGIN {drop} END;
CREATE TRIGGER IF NOT EXISTS {stem}_changed AFTER UPDATE OF doc ON {t.name} WHEN {old} IS NOT {new}
    BEGIN {drop} {add} END;
"""
    if t.order:
        sql += f"""
CREATE TRIGGER IF NOT EXISTS {stem}_moved AFTER UPDATE OF doc ON {t.name}
    WHEN old.{t.order} IS NOT new.{t.order} AND {new} <> '[]' AND {old} IS {new}
    BEGIN UPDATE {those(f"SET at = new.{t.order}")} END;
"""
    return sql


def _texts(t: Table[Any]) -> str:
    # not INSERT OR IGNORE: the conflict clause of the statement that fires a trigger overrides the trigger's own
    note = f"INSERT INTO {t.name}_fresh VALUES ({{}}.k) ON CONFLICT DO NOTHING;".format
    changed = " OR ".join(f"old.{c} IS NOT new.{c}" for c in t.text)
    return f"""
CREATE VIRTUAL TABLE IF NOT EXISTS {t.name}_text USING fts5(
    {", ".join(t.text)}, content='', contentless_delete=1, tokenize='trigram case_sensitive 1');
CREATE TABLE IF NOT EXISTS {t.name}_fresh (k INTEGER PRIMARY KEY);
CREATE TRIGGER IF NOT EXISTS {t.name}_text_added AFTER INSERT ON {t.name} BEGIN {note("new")} END;
CREATE TRIGGER IF NOT EXISTS {t.name}_text_removed AFTER DELETE ON {t.name} BEGIN {note("old")} END;
CREATE TRIGGER IF NOT EXISTS {t.name}_text_changed AFTER UPDATE OF doc ON {t.name} WHEN {changed}
    BEGIN {note("new")} END;
"""


def index_fresh_text(db: apsw.Connection, t: Table[Any], portion: int) -> int:
    """Bring the text index up to date for up to `portion` rows; how many there were. Inside a transaction."""
    rows = db.execute(f"SELECT k FROM {t.name}_fresh LIMIT ?", (portion,)).fetchall()
    columns = ", ".join(t.text)
    marks = ", ".join("?" * (len(t.text) + 1))
    for (k,) in rows:
        db.execute(f"DELETE FROM {t.name}_text WHERE rowid = ?", (k,))
        row = db.execute(f"SELECT {columns} FROM {t.name} WHERE k = ?", (k,)).fetchone()
        if row:
            db.execute(f"INSERT INTO {t.name}_text (rowid, {columns}) VALUES ({marks})", (k, *row))
        db.execute(f"DELETE FROM {t.name}_fresh WHERE k = ?", (k,))
    return len(rows)
