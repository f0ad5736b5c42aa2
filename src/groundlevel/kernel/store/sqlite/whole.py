"""Everything in an SQLite file at one moment, and a file that is filled with such."""

# apsw's own type stubs leave the types of rows open
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterator
from typing import Any, cast

import apsw

from groundlevel.kernel.store.sqlite.schema import ROWS_EACH
from groundlevel.kernel.store.table import Table
from groundlevel.kernel.store.whole import FIRST, LOG, Key, LogRow, Row


class SqliteWhole:
    """See `Whole`: one connection, in one transaction that reads."""

    def __init__(self, db: apsw.Connection) -> None:
        self.db = db

    def count(self, name: str) -> int:
        kept = "SELECT count(*) FROM log_rows" if name == LOG else "SELECT sum(n) FROM row_counts WHERE tbl = ?"
        row = self.db.execute(kept, () if name == LOG else (name,)).fetchone()
        return cast(int, row[0] or 0) if row else 0

    def rows(self, table: Table[Any], after: Key) -> Iterator[Row]:
        owners = self.db.execute("SELECT name, no FROM owners WHERE name >= ? ORDER BY name", (after[0],)).fetchall()
        for name, no in owners:
            behind = after[1] if name == after[0] else ""
            ordered = f"SELECT id, doc FROM {table.name} WHERE owner = ? AND id > ? ORDER BY id"
            for id, doc in self.db.execute(ordered, (no, behind)):
                yield cast(str, name), cast(str, id), cast(str, doc).encode()

    def log(self, after: int) -> Iterator[LogRow]:
        rows = self.db.execute(
            "SELECT number, name, log, kind, doc, at FROM log_rows JOIN owners ON no = owner WHERE number > ?"
            " ORDER BY number",
            (after,),
        )
        yield from cast(Iterator[LogRow], rows)


class SqliteFilling:
    """See `Filling`: through the store's own writer, whose triggers keep the rest up to date."""

    def __init__(self, writer: apsw.Connection) -> None:
        self.db, self.complete = writer, False
        self.numbers: dict[str, int] = {}

    def last(self, table: Table[Any]) -> Key:
        row = self.db.execute(
            f"SELECT owners.name, t.id FROM {table.name} AS t JOIN owners ON no = t.owner"
            " ORDER BY owners.name DESC, t.id DESC LIMIT 1"
        ).fetchone()
        return (cast(str, row[0]), cast(str, row[1])) if row else FIRST

    def last_logged(self) -> int:
        row = self.db.execute("SELECT max(number) FROM log_rows").fetchone()
        return cast(int, row[0] or 0) if row else 0

    def _no(self, owner: str) -> int:
        if owner not in self.numbers:
            self.db.execute("INSERT INTO owners (name) VALUES (?) ON CONFLICT DO NOTHING", (owner,))
            row = self.db.execute("SELECT no FROM owners WHERE name = ?", (owner,)).fetchone()
            self.numbers[owner] = cast(int, row[0]) if row else 0
        return self.numbers[owner]

    def add(self, table: Table[Any], rows: list[Row]) -> None:
        with self.db:
            for owner, id, doc in rows:
                no = self._no(owner)
                low, high = no << ROWS_EACH, (no + 1) << ROWS_EACH
                last = f"SELECT k FROM {table.name} WHERE k >= ? AND k < ? ORDER BY k DESC LIMIT 1"
                add = f"INSERT INTO {table.name} (k, owner, id, doc) VALUES (coalesce(({last}), ?) + 1, ?, ?, ?)"
                self.db.execute(add, (low, high, low, no, id, doc.decode()))

    def add_log(self, rows: list[LogRow]) -> None:
        with self.db:
            self.db.executemany(
                "INSERT INTO log_rows (number, owner, log, kind, doc, at) VALUES (?, ?, ?, ?, ?, ?)",
                ((number, self._no(owner), *rest) for number, owner, *rest in rows),
            )

    def finish(self) -> None:
        self.complete = True
