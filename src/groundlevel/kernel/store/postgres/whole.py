"""Everything in a PostgreSQL database at one moment, and a database that is filled with such."""

from collections.abc import Iterable, Iterator
from typing import Any

import psycopg

from groundlevel.kernel.store.postgres.schema import sql
from groundlevel.kernel.store.postgres.setup import finish_filling
from groundlevel.kernel.store.postgres.unit import EACH_UNIT
from groundlevel.kernel.store.table import Table
from groundlevel.kernel.store.whole import FIRST, LOG, Key, LogRow, Row, tables

Connection = psycopg.Connection[Any]

READ_AT_ONCE = 5_000


class PostgresWhole:
    """See `Whole`: one connection, in one transaction that reads."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def count(self, name: str) -> int:
        row = self.db.execute(sql(f"SELECT count(*) FROM {name}")).fetchone()
        return row[0] if row else 0

    def rows(self, table: Table[Any], after: Key) -> Iterator[Row]:
        with self.db.cursor(f"all_{table.name}") as cursor:
            cursor.itersize = READ_AT_ONCE
            ordered = f"SELECT owner, id, doc::text FROM {table.name} WHERE (owner, id) > (%s, %s) ORDER BY owner, id"
            for owner, id, doc in cursor.execute(sql(ordered), after):
                yield owner, id, doc.encode()

    def log(self, after: int) -> Iterator[LogRow]:
        with self.db.cursor(f"all_{LOG}") as cursor:
            cursor.itersize = READ_AT_ONCE
            ordered = "SELECT number, owner, log, kind, doc, at FROM log_rows WHERE number > %s ORDER BY number"
            yield from cursor.execute(ordered, (after,))


class PostgresFilling:
    """See `Filling`: rows come by COPY into tables without indexes, which are made when all are there."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def last(self, table: Table[Any]) -> Key:
        row = self.db.execute(
            sql(f"SELECT owner, id FROM {table.name} ORDER BY owner DESC, id DESC LIMIT 1")
        ).fetchone()
        return (row[0], row[1]) if row else FIRST

    def last_logged(self) -> int:
        row = self.db.execute("SELECT max(number) FROM log_rows").fetchone()
        return (row[0] or 0) if row else 0

    def add(self, table: Table[Any], rows: list[Row]) -> None:
        self._copy(f"{table.name} (owner, id, doc)", ((owner, id, doc.decode()) for owner, id, doc in rows))

    def add_log(self, rows: list[LogRow]) -> None:
        self._copy("log_rows (number, owner, log, kind, doc, at)", rows)

    def _copy(self, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """One statement, and so one transaction."""
        with self.db.cursor() as cursor, cursor.copy(sql(f"COPY {columns} FROM STDIN")) as to:
            for row in rows:
                to.write_row(row)

    def finish(self) -> None:
        """Numbers of log rows come of transaction ids, of which this server may have had fewer than the last one."""
        row = self.db.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        offset = max(0, (self.last_logged() >> EACH_UNIT) + 1 - (row[0] if row else 0))
        finish_filling(self.db, tables(), offset)
