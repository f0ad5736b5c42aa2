"""`groundlevel import`: a file, portion by portion, each in a unit of work that also notes how far it is."""

import csv
import gc
import sys
import time
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from groundlevel.areas.transfers import (
    Import,
    KeptImport,
    NotReadable,
    Refusal,
    Sheet,
    WrongColumns,
    begun,
    every_refusal,
    fingerprint,
    kind_named,
    looked_over,
    said,
    same_before,
    take,
)
from groundlevel.areas.transfers.imports import IMPORTS
from groundlevel.cli import say
from groundlevel.cli.import_commands import Choices
from groundlevel.cli.lock import holder
from groundlevel.cli.operate import Operator, operating
from groundlevel.cli.places import file_of
from groundlevel.cli.trouble import Trouble
from groundlevel.cli.webhooks_trigger import place_of
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Owners

ALONE, BESIDE_OTHERS, BREATH_S = 20_000, 250, 0.005
"""Rows of a portion: many while nobody else writes, few beside a server, which is let in between."""
SWITCH_S = 0.0001
"""How long the thread that writes waits for the one that works rows out, each time it comes back from SQLite."""
CACHE_KB = 1_000_000
"""The writer's quarter of it has the indexes of some hundred thousand contacts: every row goes all over them."""


class Wanted(Struct, frozen=True):
    """What `import` was told."""

    kind: str
    file: Path
    choices: Choices


class _Seen(Exception):
    """Ends a unit of work of which nothing is kept."""

    def __init__(self, after: KeptImport, refused: list[Refusal]) -> None:
        super().__init__()
        self.after, self.refused = after, refused


class Work:
    """An import under way: for whom, of which file, and how far it is."""

    def __init__(self, operator: Operator, place: tuple[str, str], file: BinaryIO, one: KeptImport) -> None:
        self.operator, self.place, self.file, self.one = operator, place, file, one

    def next(self, most: int) -> None:
        """Take the next portion."""
        location, company = self.place
        one, file = self.one, self.file
        self.one = self.operator.do(lambda ctx: take(ctx, one, file, most), location=location, company=company)

    def bulk_loading(self) -> AbstractContextManager[Any]:
        """Take the rest as many rows at once, if it seems to be so many."""
        one = self.one
        rest = one.rows * (one.size - one.place) // max(one.place, 1)
        found_by = kind_named(one.kind).found_by
        return self.operator.store.bulk_loading(found_by, rest) if found_by else nullcontext()

    def refusals(self) -> Iterable[Refusal]:
        """Every row that was refused."""
        return every_refusal(self.operator.store.read(Owners(*self.place)), self.one.id)


class Rehearsal(Work):
    """The same, of which nothing is kept."""

    def __init__(self, operator: Operator, place: tuple[str, str], file: BinaryIO, one: KeptImport) -> None:
        super().__init__(operator, place, file, one)
        self.refused: list[Refusal] = []

    def next(self, most: int) -> None:
        """See what would become of the next portion."""
        location, company = self.place

        def see(ctx: Ctx) -> None:
            after = take(ctx, self.one, self.file, most)
            raise _Seen(after, list(every_refusal(ctx.db, after.id)))

        try:
            self.operator.do(see, location=location, company=company)
        except _Seen as seen:
            self.one = seen.after
            self.refused += seen.refused

    def bulk_loading(self) -> AbstractContextManager[Any]:
        """Nothing is kept: nothing is worth preparing for."""
        return nullcontext()

    def refusals(self) -> Iterable[Refusal]:
        """Every row that would be refused."""
        return self.refused


def run(database: str, wanted: Wanted, *, as_json: bool) -> None:
    """Import a file, or go on with it, and say what became of it."""
    with _opened(wanted) as (file, sheet), operating(database, cache_kb=CACHE_KB) as operator:
        place = place_of(operator, wanted.choices.location)
        work = _begun(operator, place, wanted, file, sheet)
        if not as_json:
            _show_columns(work.one, file, sheet)
        path = file_of(database)
        served = path is None or holder(path) is not None
        began = time.monotonic()
        try:
            with _hurrying():
                _take_all(work, wanted.choices.portion or (BESIDE_OTHERS if served else ALONE), served)
        finally:
            refused = _written(work, wanted.file)
        seconds = time.monotonic() - began
        if not served and not wanted.choices.dry_run:
            _index(operator)
    _told(work.one, wanted, refused, seconds, as_json)


@contextmanager
def _hurrying() -> Generator[None]:
    """A portion makes many objects and no cycles: to look for those would take a tenth of the time. And `SWITCH_S`."""
    usual = sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
        gc.enable()


@contextmanager
def _opened(wanted: Wanted) -> Generator[tuple[BinaryIO, Sheet]]:
    try:
        with wanted.file.open("rb") as file:
            yield file, looked_over(file, wanted.choices.encoding)
    except FileNotFoundError:
        raise Trouble(f"There is no file {wanted.file}.") from None
    except (NotReadable, WrongColumns) as wrong:
        raise Trouble(str(wrong)) from None


def _begun(operator: Operator, place: tuple[str, str], wanted: Wanted, file: BinaryIO, sheet: Sheet) -> Work:
    """The import that was begun earlier, or a new one. Trouble where it was done already."""
    choices, (location, company) = wanted.choices, place
    pairs = dict(_pair(text) for text in choices.map or ())
    columns = operator.look(
        lambda ctx: said(sheet.headings, kind_named(wanted.kind).targets(ctx), pairs),
        location=location,
        company=company,
    )

    def begin(ctx: Ctx) -> KeptImport:
        before = same_before(ctx, fingerprint(wanted.kind, sheet, columns))
        if before and before.state == "running":
            return before
        if before and not choices.again:
            raise Trouble(f"This file was taken on {before.date_added[:10]} already; --again takes it once more.")
        return ctx.db.put(IMPORTS, begun(ctx, wanted.kind, wanted.file.name, sheet, columns))

    if choices.dry_run:
        new = operator.look(
            lambda ctx: begun(ctx, wanted.kind, wanted.file.name, sheet, columns), location=location, company=company
        )
        return Rehearsal(operator, place, file, new)
    return Work(operator, place, file, operator.do(begin, location=location, company=company))


def _pair(text: str) -> tuple[str, str]:
    heading, equals, field = text.rpartition("=")
    if not equals:
        raise Trouble(f"--map {text}: say it as HEADING=FIELD.")
    return heading.strip(), field.strip()


def _show_columns(one: KeptImport, file: BinaryIO, sheet: Sheet) -> None:
    from groundlevel.areas.transfers.reading import rows

    first = next(rows(file, sheet, sheet.place, sheet.lines), None)
    cells = [*(first.cells if first else ()), *("" for _ in one.columns)]
    table = [[c.heading, c.field or "(left out)", cell] for c, cell in zip(one.columns, cells, strict=False)]
    say.table(["column", "becomes", "for example"], table)
    if one.rows:
        say.line(f"Going on behind row {one.rows:,}.")


def _take_all(work: Work, portion: int, served: bool) -> None:
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]} rows, {task.fields[speed]}/s"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    began, before = time.monotonic(), work.one.rows
    with Progress(*columns, console=say.ERR) as bar:
        task = bar.add_task(work.one.kind, total=work.one.size, completed=work.one.place, rows=f"{before:,}", speed="–")

        def next_portion() -> None:
            work.next(portion)
            gc.collect(1)
            one, seconds = work.one, time.monotonic() - began
            speed = f"{(one.rows - before) / max(seconds, 1e-3):,.0f}"
            bar.update(task, completed=one.place, rows=f"{one.rows:,}", speed=speed)

        next_portion()
        with nullcontext() if served else work.bulk_loading() as loading:
            while work.one.state == "running":
                next_portion()
                if served:
                    time.sleep(BREATH_S)
            if loading:
                bar.update(task, description="indexes")


def _index(operator: Operator) -> None:
    """Let texts be found quickly: a server would do it between requests."""
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=say.ERR) as bar:
        task = bar.add_task("index of texts", total=None)
        while operator.store.tend():
            bar.advance(task)
        bar.update(task, total=1, completed=1)


def _written(work: Work, file: Path) -> Path | None:
    """The file beside it with every refused row and the reasons; None where there was none."""
    path = file.with_name(f"{file.stem}.refused.csv")
    if not work.one.refused:
        return None
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["line", "reasons", *(column.heading for column in work.one.columns)])
        for one in work.refusals():
            writer.writerow([one.line, "; ".join(one.reasons), *one.cells])
    return path


def _told(one: KeptImport, wanted: Wanted, refused: Path | None, seconds: float, as_json: bool) -> None:
    if as_json:
        shown = Import(**{name: getattr(one, name) for name in Import.__struct_fields__})
        say.as_json(msgspec.to_builtins(shown) | {"refusedFile": str(refused or ""), "seconds": seconds})
        return
    would = "would be " if wanted.choices.dry_run else ""
    say.line(f"{one.rows:,} rows: {one.created:,} {would}new, {one.changed:,} {would}changed, {one.refused:,} refused.")
    if refused:
        say.line(f"The refused ones, and why: {refused}")
    sys.stdout.flush()
