"""A backup: one compressed file that any store can be made from.

Lines of JSON under gzip: a heading, `["table"]` before the rows of each table, `[owner, id, document]` for each, the
log's rows under `["log_rows"]`, and at the end how many rows there were. A file without its end is not whole.
"""

import gzip
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw, Struct

from groundlevel.kernel.store.table import TABLES, Table
from groundlevel.kernel.store.unit import DatabaseTrouble
from groundlevel.kernel.store.whole import FIRST, LOG, Key, LogRow, Row, Whole

FORMAT = 1
_encode = msgspec.json.Encoder().encode
_line = msgspec.json.Decoder(list[Raw]).decode
_text = msgspec.json.Decoder(str).decode


class Heading(Struct):
    """What a backup says of itself: when it was made, and of which tables."""

    groundlevel_backup: int
    made_at: str
    tables: list[str]


class ArchiveWriter:
    """See `Filling`. The file has its name when it is whole; until then it is `….part` beside it."""

    def __init__(self, path: Path, made_at: str) -> None:
        self.path, self.part = path, path.with_name(f"{path.name}.part")
        self.file = gzip.GzipFile(self.part, "wb", compresslevel=3, mtime=0)
        self.part.chmod(0o600)
        self.counts: dict[str, int] = {}
        self.file.write(_encode(Heading(FORMAT, made_at, sorted(TABLES))) + b"\n")

    def last(self, table: Table[Any]) -> Key:
        return FIRST

    def last_logged(self) -> int:
        return 0

    def _under(self, name: str, lines: list[bytes]) -> None:
        if name not in self.counts:
            self.counts[name] = 0
            self.file.write(_encode([name]) + b"\n")
        self.counts[name] += len(lines)
        self.file.write(b"\n".join(lines) + b"\n")

    def add(self, table: Table[Any], rows: list[Row]) -> None:
        self._under(table.name, [_encode((owner, id, Raw(doc))) for owner, id, doc in rows])

    def add_log(self, rows: list[LogRow]) -> None:
        self._under(LOG, [_encode(row) for row in rows])

    def finish(self) -> None:
        self.file.write(_encode([self.counts]) + b"\n")
        self.file.close()
        with self.part.open("rb") as written:
            os.fsync(written.fileno())
        self.part.replace(self.path)

    def give_up(self) -> None:
        """Leave nothing half-done behind."""
        self.file.close()
        self.part.unlink(missing_ok=True)


class Archive:
    """A backup to read from. DatabaseTrouble where the file is no backup, is cut short, or is of a newer version."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._opened() as lines:
            self.heading = lines.heading
        if strange := sorted(set(self.heading.tables) - set(TABLES)):
            raise DatabaseTrouble(
                f"{path} has what this version does not know ({', '.join(strange)}); install a newer one."
            )

    @contextmanager
    def _opened(self) -> Generator["_Lines"]:
        try:
            with gzip.open(self.path, "rb") as file:
                yield _Lines(self.path, iter(file))
        except (EOFError, gzip.BadGzipFile, msgspec.DecodeError, OSError) as error:
            raise DatabaseTrouble(f"{self.path} cannot be read as a backup: {error}.") from None

    @contextmanager
    def whole(self) -> Generator[Whole]:
        """Everything in it, to be read once from beginning to end."""
        with self._opened() as lines:
            yield lines
            lines.end()


class _Lines:
    """See `Whole`: reads on where it is, so tables must be asked for in their order, and once."""

    def __init__(self, path: Path, lines: Iterator[bytes]) -> None:
        self.path, self.lines = path, lines
        self.heading = msgspec.json.decode(next(lines, b""), type=Heading)
        if self.heading.groundlevel_backup > FORMAT:
            raise DatabaseTrouble(f"{path} was written by a newer Groundlevel; install that version or a newer one.")
        self.counts: dict[str, int] = {}

    def count(self, name: str) -> int:
        return 0

    def _under(self, name: str) -> Iterator[list[Raw]]:
        """The rows under a heading, if it comes next."""
        n = 0
        for line in self.lines:
            parts = _line(line)
            if len(parts) > 1:
                n += 1
                yield parts
            elif n or bytes(parts[0]) != _encode(name):
                self.lines = chain((line,), self.lines)
                break
            else:
                self.counts[name] = 0
        if n:
            self.counts[name] = n

    def rows(self, table: Table[Any], after: Key) -> Iterator[Row]:
        for owner, id, doc in self._under(table.name):
            if (key := (_text(owner), _text(id))) > after:
                yield *key, bytes(doc)

    def log(self, after: int) -> Iterator[LogRow]:
        for number, *texts in self._under(LOG):
            owner, log, kind, doc, at = (_text(part) for part in texts)
            if int(bytes(number)) > after:
                yield int(bytes(number)), owner, log, kind, doc, at

    def end(self) -> None:
        """Every row has been read, and the file says the same."""
        told = _line(next(self.lines, b"[]"))
        if not told or msgspec.json.decode(told[0]) != self.counts:
            raise DatabaseTrouble(f"{self.path} is not whole: its end is missing or tells of other rows.")
