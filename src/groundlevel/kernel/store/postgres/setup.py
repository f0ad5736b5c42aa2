"""Making a PostgreSQL database ready, and saying what keeps one from being so."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from groundlevel.kernel.store.postgres.schema import ABOUT, COMMON, ELEMENTS, EXTENSIONS, generated, indexes, sql
from groundlevel.kernel.store.table import Table
from groundlevel.kernel.store.unit import DatabaseTrouble, NothingYet

Connection = psycopg.Connection[Any]
Tables = list[Table[Any]]

SCHEMA = 1
"""Of the database's own layout; a newer one than ours is refused."""
ONE_AT_A_TIME = 0x47724C76
"""The key of the lock under which a database is made ready: several processes may start at once."""
EARLIEST = 130_000
"""PostgreSQL 13: the first in which an owner of a database may add the extensions we need."""


def make_ready(db: Connection, tables: Tables, *, create: bool) -> int:
    """Create what is missing: tables, columns, indexes. What is there stays. The offset of log numbers.

    DatabaseTrouble where there is nothing of ours (unless `create`), or what we cannot use.
    """
    with alone(db):
        known = _begun(db, create=create)
        if "filling" in known:
            raise DatabaseTrouble(f"{place(db)} was being filled and is not complete; run the same command again.")
        if known.get("made") != fingerprint(tables):
            _make_tables(db, tables, known)
            _make_indexes(db, tables)
    return int(known["log offset"])


def begin_filling(db: Connection, tables: Tables) -> None:
    """Make an empty database ready to be filled, or to be filled further. DatabaseTrouble where there is anything."""
    with alone(db):
        known = _begun(db, create=True)
        if "filling" not in known and any(_has_rows(db, t.name) for t in tables if known.get("made")):
            raise DatabaseTrouble(f"{place(db)} holds an installation already; name an empty database.")
        remember(db, {"filling": "begun"})
        _make_tables(db, tables, known)


def finish_filling(db: Connection, tables: Tables, offset: int) -> None:
    """Make the indexes, and let the database be used."""
    with alone(db):
        _make_indexes(db, tables)
        remember(db, {"log offset": str(offset)})
        db.execute("DELETE FROM about WHERE name = 'filling'")
    db.execute("ANALYZE")


def _begun(db: Connection, *, create: bool) -> dict[str, str]:
    """What the database knows of itself, which is begun if `create`."""
    if not _is_ours(db):
        if not create:
            raise NothingYet(f"There is no Groundlevel in {place(db)} yet.")
        _begin(db)
    known = about(db)
    if int(known["schema"]) > SCHEMA:
        raise DatabaseTrouble(f"{place(db)} was written by a newer Groundlevel; install that version or a newer one.")
    return known


def _has_rows(db: Connection, name: str) -> bool:
    return db.execute(sql(f"SELECT 1 FROM {name} LIMIT 1")).fetchone() is not None


def _make_indexes(db: Connection, tables: Tables) -> None:
    for t in tables:
        for statement in indexes(t).values():
            db.execute(sql(statement))
    remember(db, {"made": fingerprint(tables)})


@contextmanager
def alone(db: Connection) -> Generator[None]:
    """A transaction in which nobody else prepares this database, and which may take its time."""
    with db.transaction():
        db.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
        db.execute("SET LOCAL maintenance_work_mem = '256MB'")
        db.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
        yield


def about(db: Connection) -> dict[str, str]:
    """What the database knows of itself."""
    return dict(db.execute("SELECT name, value FROM about").fetchall())


def remember(db: Connection, facts: dict[str, str]) -> None:
    """Let the database know something of itself."""
    keep = "INSERT INTO about VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    for name, value in facts.items():
        db.execute(keep, (name, value))


def fingerprint(tables: Tables) -> str:
    """Changes whenever a declaration does that the database must follow."""
    declared = [_declared(t) for t in sorted(tables, key=lambda t: t.name)]
    return hashlib.sha256(repr((ELEMENTS, COMMON, declared)).encode()).hexdigest()


@cache
def _declared(t: Table[Any]) -> tuple[str, dict[str, str], dict[str, str]]:
    return t.name, generated(t), indexes(t)


def _is_ours(db: Connection) -> bool:
    """Whether Groundlevel was here. DatabaseTrouble where others are."""
    there = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
    names = {name for (name,) in db.execute(there)}
    if "about" in names and about(db).get("program") == "Groundlevel":
        return True
    if names:
        raise DatabaseTrouble(f"{place(db)} holds tables of another program; name another database.")
    return False


def _begin(db: Connection) -> None:
    version = db.info.server_version
    if version < EARLIEST:
        raise DatabaseTrouble(f"PostgreSQL {version // 10_000} is too old; version 13 or newer is needed.")
    try:
        for name in EXTENSIONS:
            db.execute(sql(f"CREATE EXTENSION IF NOT EXISTS {name}"))
    except psycopg.Error as error:
        raise DatabaseTrouble(
            f"The extensions {' and '.join(EXTENSIONS)} cannot be added ({str(error).strip()}). "
            "Install PostgreSQL's contrib package, or let an administrator create them in this database."
        ) from None
    db.execute(ABOUT)
    remember(db, {"program": "Groundlevel", "schema": str(SCHEMA), "log offset": "0"})


def _make_tables(db: Connection, tables: Tables, known: dict[str, str]) -> None:
    """Tables and columns. A generated column that is made otherwise now is made anew."""
    db.execute(sql(ELEMENTS))
    db.execute(sql(COMMON))
    for t in tables:
        keys = 'owner text COLLATE "C", id text COLLATE "C", doc jsonb NOT NULL'
        columns = generated(t)
        declared = "".join(f", {name} {kind}" for name, kind in columns.items())
        db.execute(sql(f"CREATE TABLE IF NOT EXISTS {t.name} ({keys}{declared}, PRIMARY KEY (owner, id))"))
        for name, kind in columns.items():
            if known.get(f"{t.name}.{name}", kind) != kind:
                db.execute(sql(f"ALTER TABLE {t.name} DROP COLUMN {name}"))
            db.execute(sql(f"ALTER TABLE {t.name} ADD COLUMN IF NOT EXISTS {name} {kind}"))
        remember(db, {f"{t.name}.{name}": kind for name, kind in columns.items()})


def place(db: Connection) -> str:
    """The database in words, without its password."""
    return f"the database {db.info.dbname} at {db.info.host}:{db.info.port}"


def create_database(url: str) -> None:
    """Create the database itself, where the server has none of this name."""
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        name = str(conninfo_to_dict(url).get("dbname") or "")
        with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as db:
            if db.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                raise
            db.execute(SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(Identifier(name)))


def trouble_with(url: str, error: psycopg.OperationalError) -> DatabaseTrouble:
    """What to say of a database that cannot be reached."""
    told = conninfo_to_dict(url)
    where = f"{told.get('host', 'localhost')}:{told.get('port', 5432)}"
    why = str(error).strip().splitlines()[-1]
    if "does not exist" in why and "database" in why:
        return NothingYet(f"PostgreSQL at {where} has no database {told.get('dbname')}.")
    return DatabaseTrouble(f"PostgreSQL at {where} cannot be used: {why}. Check its address, user and password.")
