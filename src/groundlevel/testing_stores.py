"""The stores that tests run on: SQLite always, PostgreSQL where there is a server."""

import atexit
import os
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Store
from groundlevel.kernel.store.sqlite import SqliteStore

Engine = Literal["sqlite", "postgres"]
ENGINES: tuple[Engine, ...] = ("sqlite", "postgres")

LOCAL = "postgresql://postgres@127.0.0.1:5432"
NOT_FLUSHED = "options=-csynchronous_commit%3Doff"
"""Tests of what requests do need not wait for the disk; tests of what a crash leaves have servers of their own."""

_EMPTY = """
DO $$ DECLARE t record; BEGIN
    FOR t IN SELECT relname, pg_relation_size(oid) AS size FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'about'
    LOOP
        IF t.size > 200000 THEN EXECUTE format('TRUNCATE %I', t.relname);
        ELSIF t.size > 0 THEN EXECUTE format('DELETE FROM %I', t.relname); END IF;
    END LOOP;
END $$
"""


OF_AN_OWNER = re.compile(
    r"(SELECT .*?FROM \w+|DELETE FROM \w+|SELECT FROM \w+) WHERE owner = %s|INSERT INTO \w+ \(owner, ", re.DOTALL
)
WITHOUT_OWNER = {
    "SELECT number, owner, kind, doc, at FROM log_rows WHERE log = %s": "subscribers read all in order",
    "SELECT owner, doc FROM ": "across_owners, whose users another test lists",
    "SELECT pg_snapshot_xmin(": "asks the server, no table",
    "\nSELECT next - coalesce(max(back)": "asks the server, no table",
}
"""How statements begin that may look at the rows of several owners, and why."""


def refuse_without_owner(statement: str) -> None:
    """AssertionError for a statement on rows that does not say whose: it could not be sent to one shard."""
    parts = statement.split(" UNION ALL ") if " UNION ALL (SELECT doc" in statement else [statement]
    listed = statement.startswith(tuple(WITHOUT_OWNER))
    assert listed or all(OF_AN_OWNER.search(part) for part in parts), f"no owner: {statement}"


@cache
def postgres_server() -> str:
    """The server that tests may make databases on: GROUNDLEVEL_TEST_POSTGRES, or one at this machine's usual port.

    Skips the test where there is none, or fails it where one was to be expected (GROUNDLEVEL_TEST_ALL).
    """
    import psycopg

    server = os.environ.get("GROUNDLEVEL_TEST_POSTGRES") or LOCAL
    try:
        psycopg.connect(server, dbname="postgres", connect_timeout=3).close()
    except psycopg.OperationalError as error:
        missing(f"there is no PostgreSQL at {server} ({str(error).strip().splitlines()[0]})")
    return server.rstrip("/")


def missing(what: str) -> None:
    """Skip the test for want of something; fail it if GROUNDLEVEL_TEST_ALL says that it must be there."""
    if os.environ.get("GROUNDLEVEL_TEST_ALL"):
        pytest.fail(f"{what}, and GROUNDLEVEL_TEST_ALL asks for all tests")
    pytest.skip(f"{what}; GROUNDLEVEL_TEST_POSTGRES and GROUNDLEVEL_TEST_REDIS name servers to use")


@cache
def _new_database(name: str) -> str:
    """An address of a database of this process's own, made anew, and dropped when the process ends."""
    import psycopg

    server = postgres_server()
    full = f"groundlevel_test_{os.getpid()}_{name}"

    def drop() -> None:
        with psycopg.connect(server, dbname="postgres", autocommit=True) as db:
            db.execute(f"DROP DATABASE IF EXISTS {full} WITH (FORCE)".encode())

    drop()
    with psycopg.connect(server, dbname="postgres", autocommit=True) as db:
        db.execute(f"CREATE DATABASE {full} TEMPLATE template0 ENCODING 'UTF8'".encode())
    atexit.unregister(drop)
    atexit.register(drop)
    return f"{server}/{full}"


@cache
def file_of_the_product() -> Path:
    """An SQLite file with the tables of all areas and no rows: copying it is quicker than making one."""
    from groundlevel.main import open_store

    folder = Path(tempfile.mkdtemp(prefix="groundlevel-test-"))
    atexit.register(shutil.rmtree, folder)
    open_store(Settings(database=f"sqlite:///{folder}/ready.db")).close()
    return folder / "ready.db"


def database_for(engine: Engine, folder: Path, name: str, *, flushed: bool = False, fresh: bool = False) -> str:
    """The address of an empty database: a new file in the folder, or this process's PostgreSQL database.

    flushed: for tests of what survives. fresh: for tests that need a database nobody has made ready.
    """
    if engine == "sqlite":
        return f"sqlite:///{folder}/{name}.db"
    import psycopg

    if fresh:
        _new_database.cache_clear()
    url = _new_database(name)
    if fresh:
        return f"{url}?{NOT_FLUSHED}"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(_EMPTY)
    return url if flushed else f"{url}?{NOT_FLUSHED}"


def copy_database(like: str, database: str) -> None:
    """Make a PostgreSQL database anew, as a copy of another one on the same server that nobody uses."""
    import psycopg

    names = [url.partition("?")[0].rpartition("/")[2] for url in (like, database)]
    with psycopg.connect(postgres_server(), dbname="postgres", autocommit=True) as db:
        db.execute(f"DROP DATABASE IF EXISTS {names[1]} WITH (FORCE)".encode())
        db.execute(f"CREATE DATABASE {names[1]} TEMPLATE {names[0]}".encode())


def store_at(url: str) -> Store:
    """The store with all declared tables, created where there is none."""
    if url.startswith("sqlite"):
        return SqliteStore(Path(url.removeprefix("sqlite:///")))
    from groundlevel.kernel.store.postgres import PostgresStore

    return PostgresStore(url, create=True)
