"""A connection as units of work use it.

Statements go by libpq's own calls, which psycopg offers as `pgconn`: for the same statement that takes a fourth of the
processor time of a cursor, whose adaptation of types we do not need. All values come as text.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus

from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store.postgres.schema import sql
from groundlevel.kernel.store.postgres.turns import Turn, this_turn

CONNECT_S, LOOK_S = 3, 1.0
"""How long a connection may take; how often it is looked whether an answer has come that nobody told of."""
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

LOCK, UNLOCK = (f"SELECT pg_advisory_{do}(hashtextextended(%s, 0))" for do in ("lock", "unlock"))
GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
Row = tuple[bytes, ...]


class Line:
    """A connection with our settings; each statement commits by itself unless a transaction is begun.

    On the event loop its answers are waited for in turns.
    """

    def __init__(self, url: str) -> None:
        self.connection: psycopg.Connection[Any] = psycopg.connect(
            url, autocommit=True, connect_timeout=CONNECT_S, application_name="groundlevel", **KEEPING
        )
        self.connection.execute(SESSION)
        self.pg = self.connection.pgconn
        self.names: dict[str, bytes] = {}
        self.alone = ""
        """Under which name its unit is alone."""
        self.asking: Turn | None = None
        self.ear = -1
        """The socket for the loop: a descriptor of our own, for libpq closes its one without telling the loop."""
        self.loop: asyncio.AbstractEventLoop | None = None

    @property
    def lost(self) -> bool:
        """Whether it has ended, by itself or by us."""
        return self.connection.closed

    def close(self) -> None:
        """End it."""
        self._listen(None)
        self.connection.close()

    def begin(self, level: str) -> None:
        """Begin a transaction."""
        self._plain(f"BEGIN ISOLATION LEVEL {level}".encode())

    def commit(self) -> None:
        """Keep what the transaction did."""
        self._plain(b"COMMIT")

    def roll_back(self) -> None:
        """Undo what the transaction did."""
        self._plain(b"ROLLBACK")

    @contextmanager
    def alone_under(self, name: str) -> Generator[None]:
        """While nobody else is, in any process; without a name, just so.

        The lock is taken before the transaction, for what is seen in it is what was committed when it began.
        """
        if name:
            self.send(LOCK, (name,), prepare=True)
        self.alone = name
        try:
            yield
        finally:
            self.alone = ""
            if name and not self.lost:
                self.send(UNLOCK, (name,), prepare=True)

    def send(self, statement: str, args: Sequence[Any], *, prepare: bool) -> tuple[list[Row], int]:
        """The rows of a statement, and how many it changed. One not prepared is planned for the values it has.

        Raises psycopg's errors; 400 for a text that no text of PostgreSQL's can be.
        """
        values = [as_text(one) for one in args]
        if prepare:
            name = self.names.get(statement) or self._prepare(statement)
            result = self._good(self.pg.exec_prepared, self.pg.send_query_prepared, name, values)
        else:
            result = self._good(self.pg.exec_params, self.pg.send_query_params, numbered(statement), values)
        columns = range(result.nfields)
        rows = [tuple(result.get_value(n, c) or b"" for c in columns) for n in range(result.ntuples)]
        return rows, result.command_tuples or 0

    def _prepare(self, statement: str) -> bytes:
        name = b"s%d" % len(self.names)
        self._good(self.pg.prepare, self.pg.send_prepare, name, numbered(statement))
        self.names[statement] = name
        return name

    def _plain(self, statement: bytes) -> None:
        self._good(self.pg.exec_, self.pg.send_query, statement)

    def _good(self, ask: Callable[..., Any], begin_to_ask: Callable[..., None], *what: Any) -> Any:
        turn = this_turn()
        if turn is None:
            result = ask(*what)
        else:
            begin_to_ask(*what)
            result = self._answer(turn)
        if result.status in GOOD:
            return result
        if self.pg.status == ConnStatus.BAD:
            raise psycopg.OperationalError(result.get_error_message())
        raise error_from_result(result)

    def _answer(self, turn: Turn) -> Any:
        """The result of what was asked, as libpq's waiting calls have it: the last, of several."""
        pg, last = self.pg, None
        if self.loop is not turn.loop:
            self._listen(turn.loop)
        self.asking = turn
        try:
            while True:
                while pg.is_busy():
                    turn.park()
                    pg.consume_input()
                if (result := pg.get_result()) is None:
                    return last
                last = result
        finally:
            self.asking = None

    def _listen(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Let this loop tell of answers, and no other."""
        if self.loop and self.loop.is_closed():
            os.close(self.ear)
        elif self.loop:
            self.loop.remove_reader(self.ear)
            self.loop.call_soon(os.close, self.ear)  # a socket of the same number would be mistaken for this one
        self.loop = loop
        if loop:
            self.ear = os.dup(self.pg.socket)
            loop.add_reader(self.ear, self._heard)
            loop.call_later(LOOK_S, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whoever waits looks by itself, too: of a connection that was reset uvloop tells nobody."""
        if self.loop is loop:
            loop.call_later(LOOK_S, self._look, loop)
            if self.asking is not None:
                self.asking.switch()

    def _heard(self) -> None:
        """There is something to read: for who asked; or nobody did, and the server has ended the connection."""
        if self.asking is not None:
            self.asking.switch()
        else:
            self.close()


class Lines:
    """The loop's connections: so many at most. Who finds none waits for one, in order."""

    def __init__(self, most: int) -> None:
        self.free: list[Line | None] = [None] * most
        self.queue: deque[Turn] = deque()

    def borrow(self, turn: Turn) -> Line | None:
        """One that is free; None where one may be opened."""
        if self.free:
            return self.free.pop()
        self.queue.append(turn)
        return turn.park()

    def give_back(self, line: Line | None) -> None:
        """Let the next one have it; None for one that was lost."""
        if self.queue:
            turn = self.queue.popleft()
            turn.loop.call_soon(turn.switch, line)
        elif line:
            self.free.append(line)
        else:
            self.free.insert(0, None)


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
