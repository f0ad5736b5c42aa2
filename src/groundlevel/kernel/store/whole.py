"""A whole installation, from one place to another: between stores, into a backup and out of it."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from groundlevel.kernel.store.table import TABLES, Table

PORTION = 10_000
"""Rows that are kept together: what is lost when a copy is interrupted is at most so many."""

Key = tuple[str, str]
Row = tuple[str, str, bytes]
"""Owner, id, document as JSON."""
LogRow = tuple[int, str, str, str, str, str]
"""Number, owner, log, kind, document as JSON, moment."""
Tell = Callable[[str, int], None]
"""Is told how many more rows of a table (or of the log) are done."""

LOG = "log_rows"
FIRST: Key = ("", "")


class Whole(Protocol):
    """All rows of an installation, of every owner, as they are at one moment."""

    def count(self, name: str) -> int:
        """How many rows a table has, or the log (`LOG`); 0 where that is not known beforehand."""
        ...

    def rows(self, table: Table[Any], after: Key) -> Iterator[Row]:
        """The rows of a table behind a key, by owner and id, both by code point."""
        ...

    def log(self, after: int) -> Iterator[LogRow]:
        """The rows of all logs behind a number, by number."""
        ...


class Filling(Protocol):
    """A place that is given a whole installation, portion by portion. Each is kept when the call returns."""

    def last(self, table: Table[Any]) -> Key:
        """The key of the last row that is there, `FIRST` where there is none: a copy goes on behind it."""
        ...

    def last_logged(self) -> int:
        """The same for the log."""
        ...

    def add(self, table: Table[Any], rows: list[Row]) -> None:
        """Keep these rows, which come in order."""
        ...

    def add_log(self, rows: list[LogRow]) -> None:
        """Keep these rows of the log, which come in order."""
        ...

    def finish(self) -> None:
        """All rows are there: make it fit for use. Log numbers go on behind the last."""
        ...


class Source(Protocol):
    """What a whole installation can be had from."""

    def whole(self) -> AbstractContextManager[Whole]:
        """Everything as it is at one moment, whatever is written meanwhile."""
        ...


class Digest(Struct, frozen=True):
    """What a table holds, in short: equal digests mean equal rows, whichever store has them."""

    rows: int
    sha256: str


def tables() -> list[Table[Any]]:
    """All declared tables, in the order in which they are copied."""
    return [TABLES[name] for name in sorted(TABLES)]


def copy(source: Whole, target: Filling, tell: Tell) -> None:
    """Bring everything over that is not there yet. The target is to be finished when the source has proved whole."""
    for table in tables():
        rows = source.rows(table, target.last(table))
        while portion := list(islice(rows, PORTION)):
            target.add(table, portion)
            tell(table.name, len(portion))
    log = source.log(target.last_logged())
    while portion := list(islice(log, PORTION)):
        target.add_log(portion)
        tell(LOG, len(portion))


def digests(of: Whole, tell: Tell) -> dict[str, Digest]:
    """The digest of each table and of the log."""
    found = {
        t.name: _digest((o, i, _canonical(d)) for o, i, d in _told(of.rows(t, FIRST), t.name, tell)) for t in tables()
    }
    log = ((str(n), owner, name, kind, doc, at) for n, owner, name, kind, doc, at in _told(of.log(0), LOG, tell))
    return found | {LOG: _digest(tuple(part.encode() for part in row) for row in log)}


def _told(rows: Iterator[Any], name: str, tell: Tell) -> Iterator[Any]:
    while portion := list(islice(rows, PORTION)):
        yield from portion
        tell(name, len(portion))


def _digest(rows: Any) -> Digest:
    sha, n = hashlib.sha256(), 0
    for row in rows:
        n += 1
        for part in row:
            sha.update(part if isinstance(part, bytes) else part.encode())
            sha.update(b"\0")
    return Digest(n, sha.hexdigest())


def _number(text: str) -> float | int:
    """PostgreSQL writes a large float as a whole number."""
    return float(text) if abs(float(text)) < 1e15 else int(Decimal(text))


_READ = msgspec.json.Decoder(Any, float_hook=_number).decode
_SORTED = msgspec.json.Encoder(order="sorted").encode


def _canonical(doc: bytes) -> bytes:
    """The document in one form: stores keep its members in an order, and its numbers in a form, of their own."""
    return _SORTED(_READ(doc))
