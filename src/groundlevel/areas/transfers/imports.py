"""Imports: what is taken from a file, and how far that has come. One unit of work takes a portion and notes its end."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, BinaryIO, Literal

from msgspec.structs import replace

from groundlevel.areas.transfers.ahead import Ahead
from groundlevel.areas.transfers.kinds import Taking
from groundlevel.areas.transfers.known import kind_named
from groundlevel.areas.transfers.reading import Row, Sheet, rows
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Problem
from groundlevel.kernel.store import Eq, Sort, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, new_id

TOGETHER = 1_000
"""Rows that are worked out while those before them are written."""

State = Literal["waiting", "running", "done", "failed"]


class Column(Wire):
    """A column of the file; `field` is empty where it is left out."""

    heading: str
    field: str


class Import(Wire, omit_defaults=False):
    """An import. place, size: bytes of the file that are done with, and all. rows = created + changed + refused."""

    id: str
    location_id: str
    kind: str
    file_name: str
    state: State
    columns: list[Column]
    date_added: str
    date_updated: str
    size: int
    place: int
    rows: int = 0
    created: int = 0
    changed: int = 0
    refused: int = 0
    error: str = ""


class KeptImport(Import, kw_only=True):
    """An import as it is kept. fingerprint: of the file and of what is taken from it. key: where the file is kept."""

    fingerprint: str
    encoding: str
    delimiter: str
    digest: str
    lines: int
    key: str = ""


class Refusal(Wire):
    """A row that was refused, and every reason. line: of the file, from 1."""

    id: str
    import_id: str
    line: int
    reasons: list[str]
    cells: list[str]


IMPORTS = declare(Table("imports", KeptImport, sparse=("fingerprint",), order="date_added"))
REFUSALS = declare(Table("import_refusals", Refusal))
"""Found by their ids, which begin with the import's and go on in the order of the file."""


def begun(ctx: Ctx, kind: str, file_name: str, sheet: Sheet, columns: list[str]) -> KeptImport:
    """A new import of a file of which nothing has been taken yet; columns: the target of each."""
    return KeptImport(
        id=new_id(), location_id=ctx.location_id, kind=kind, file_name=file_name, state="running", size=sheet.size,
        columns=[Column(heading=h, field=f) for h, f in zip(sheet.headings, columns, strict=True)],
        date_added=ctx.stamp, date_updated=ctx.stamp, place=sheet.place, lines=sheet.lines, digest=sheet.digest,
        encoding=sheet.encoding, delimiter=sheet.delimiter, fingerprint=fingerprint(kind, sheet, columns),
    )  # fmt: skip


def fingerprint(kind: str, sheet: Sheet, columns: list[str]) -> str:
    """The same for the same file with the same columns."""
    return "|".join((kind, sheet.digest, *columns))


def same_before(ctx: Ctx, fingerprint: str) -> KeptImport | None:
    """The newest import of this fingerprint."""
    return next(iter(ctx.db.find(IMPORTS, Eq("fingerprint", fingerprint), limit=1)), None)


def refusals_of(db: Unit, import_id: str, after: str = "", limit: int = TOGETHER) -> list[Refusal]:
    """Some of what was refused, in the order of the file, `after` the refusal with this id."""
    last = after or f"{import_id}-"
    found = db.page(REFUSALS, sort=(Sort("id"),), limit=limit, after=(last, last))
    return [one for one in found if one.import_id == import_id]


def every_refusal(db: Unit, import_id: str) -> Iterator[Refusal]:
    """All of it, read in portions."""
    found = refusals_of(db, import_id)
    while found:
        yield from found
        found = refusals_of(db, import_id, found[-1].id)


def take(ctx: Ctx, one: KeptImport, file: BinaryIO, most: int) -> KeptImport:
    """Take the next rows of the file, at most so many, and note how far it is, in this unit of work."""
    sheet = Sheet(one.encoding, one.delimiter, [], one.digest, one.size, one.place, one.lines)
    with ThreadPoolExecutor(1, thread_name_prefix="writing") as thread:
        ahead = Ahead(ctx.db, thread)
        beside = Ctx(ctx.caller, ahead, ctx.now, ctx.settings, ctx.clock)
        taken = _Taken(beside, ahead, one)
        found = islice(rows(file, sheet, one.place, one.lines), most)
        try:
            taken.take(iter(lambda: list(islice(found, TOGETHER)), []))
        finally:
            ahead.settle()
        after = taken.noted(most)
        ahead.put(IMPORTS, after)
        ahead.flush()
    return after


class _Taken:
    """A portion that is being taken."""

    def __init__(self, ctx: Ctx, ahead: Ahead, one: KeptImport) -> None:
        self.ctx, self.ahead, self.one = ctx, ahead, one
        self.taking: Taking = kind_named(one.kind).taking(ctx)
        self.names = [column.field for column in one.columns]
        self.rows = self.created = self.refused = 0
        self.last: Row | None = None

    def take(self, portions: Iterator[list[Row]]) -> None:
        """Take rows by rules, and meanwhile write those before them and read what will be asked of those behind."""
        foreseen = map(self._foreseen, portions)
        now = next(foreseen, None)
        while now is not None:
            self.ahead.settle(behind=1)
            behind = next(foreseen, None)
            for row, said in now:
                mark = self.ahead.begin()
                try:
                    new = self.taking.keep(self.ctx, said)
                except Problem as problem:
                    self.ahead.undo(mark)
                    self._refuse(row, problem.messages or [problem.title])
                    continue
                if new:
                    self.created += 1
                    self.ahead.made(new)
            self.ahead.write_behind()
            now = behind

    def _foreseen(self, some: list[Row]) -> list[tuple[Row, Any]]:
        """What rows say; what rules will ask about it is being read."""
        read = list(self._read(some))
        self.taking.foresee(self.ahead, [said for _, said in read])
        self.rows += len(some)
        self.last = some[-1]
        return read

    def _read(self, some: list[Row]) -> Iterator[tuple[Row, Any]]:
        for row in some:
            if row.fault:
                self._refuse(row, [row.fault])
                continue
            if any(row.cells[len(self.names) :]):
                self._refuse(row, [f"has {len(row.cells)} cells, and the file has {len(self.names)} headings"])
                continue
            cells = {name: text for name, cell in zip(self.names, row.cells) if name and (text := cell.strip())}  # noqa: B905
            if any("\0" in text for text in cells.values()):
                self._refuse(row, ["must not contain NUL"])
                continue
            try:
                yield row, self.taking.read(cells)
            except Problem as problem:
                self._refuse(row, problem.messages)

    def _refuse(self, row: Row, reasons: Iterable[str]) -> None:
        self.refused += 1
        refusal = Refusal(
            id=f"{self.one.id}-{row.line:010}", import_id=self.one.id, line=row.line, reasons=list(reasons),
            cells=[cell.replace("\0", "") for cell in row.cells],
        )  # fmt: skip
        self.ahead.put(REFUSALS, refusal)

    def noted(self, most: int) -> KeptImport:
        """The import after this portion; done where the file had no more."""
        one, last = self.one, self.last
        return replace(
            one, place=last.place if last else one.place, lines=last.lines if last else one.lines,
            state="done" if self.rows < most else "running", date_updated=self.ctx.stamp, rows=one.rows + self.rows,
            created=one.created + self.created, refused=one.refused + self.refused,
            changed=one.changed + self.rows - self.created - self.refused,
        )  # fmt: skip
