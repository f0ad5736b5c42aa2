"""A connection as units of work use it.

Statements go by libpq's own calls, which psycopg offers as `pgconn`: for the same statement that takes a fourth of the
processor time of a cursor, whose adaptation of types we do not need. All values come as text.
"""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus

from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store.postgres.schema import sql

CONNECT_S = 3
"""How long a connection may take."""
KEEPING: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""When a server that went away without a word is given up, in seconds and (the last) milliseconds."""
SESSION = (
    "SET statement_timeout = '15s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s';"
    " SET enable_seqscan = off; SET jit = off; SET TimeZone = 'UTC'; SET client_min_messages = warning"
)
"""Statements end sooner than clients' patience. Every question has an owner, and every index begins with it, so
a scan of a whole table is never right; in a small table it would also make strangers' writes conflict."""

GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
Row = tuple[bytes, ...]


class Line:
    """A connection with our settings; each statement commits by itself unless a transaction is begun."""

    def __init__(self, url: str) -> None:
        self.connection: psycopg.Connection[Any] = psycopg.connect(
            url, autocommit=True, connect_timeout=CONNECT_S, application_name="groundlevel", **KEEPING
        )
        self.connection.execute(SESSION)
        self.pg = self.connection.pgconn
        self.names: dict[str, bytes] = {}

    @property
    def lost(self) -> bool:
        """Whether it has ended, by itself or by us."""
        return self.connection.closed

    def close(self) -> None:
        """End it."""
        self.connection.close()

    def begin(self, level: str) -> None:
        """Begin a transaction."""
        self._good(lambda: self.pg.exec_(f"BEGIN ISOLATION LEVEL {level}".encode()))

    def commit(self) -> None:
        """Keep what the transaction did."""
        self._good(lambda: self.pg.exec_(b"COMMIT"))

    def roll_back(self) -> None:
        """Undo what the transaction did."""
        self._good(lambda: self.pg.exec_(b"ROLLBACK"))

    def send(self, statement: str, args: Sequence[Any], *, prepare: bool) -> tuple[list[Row], int]:
        """The rows of a statement, and how many it changed. One not prepared is planned for the values it has.

        Raises psycopg's errors; 400 for a text that no text of PostgreSQL's can be.
        """
        values = [as_text(one) for one in args]
        if prepare:
            name = self.names.get(statement) or self._prepare(statement)
            result = self._good(lambda: self.pg.exec_prepared(name, values))
        else:
            text = numbered(statement)
            result = self._good(lambda: self.pg.exec_params(text, values))
        columns = range(result.nfields)
        rows = [tuple(result.get_value(n, c) or b"" for c in columns) for n in range(result.ntuples)]
        return rows, result.command_tuples or 0

    def _prepare(self, statement: str) -> bytes:
        name = b"s%d" % len(self.names)
        self._good(lambda: self.pg.prepare(name, numbered(statement)))
        self.names[statement] = name
        return name

    def _good(self, call: Callable[[], Any]) -> Any:
        result = call()
        if result.status in GOOD:
            return result
        if self.pg.status == ConnStatus.BAD:
            raise psycopg.OperationalError(result.get_error_message())
        raise error_from_result(result)


def numbered(statement: str) -> bytes:
    """The statement with `$1`, `$2` … for each `%s`."""
    first, *rest = sql(statement).split("%s")
    return (first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))).encode()


def as_text(value: Any) -> bytes:
    """A value as PostgreSQL reads it. 400 for a text with NUL, which it cannot keep."""
    match value:
        case str():
            if "\0" in value:
                raise BadRequest("Text must not contain NUL")
            return value.encode()
        case bool():
            return b"t" if value else b"f"
        case int() | float():
            return repr(value).encode()
        case _:
            quoted = (str(one).replace("\\", "\\\\").replace('"', '\\"') for one in value)
            return as_text("{" + ",".join(f'"{one}"' for one in quoted) + "}")
