"""`groundlevel export`: records into a file, in portions, so that memory does not grow with them."""

import csv
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from rich.progress import Progress, TextColumn, TimeElapsedColumn

from groundlevel.areas.objects import object_or_400
from groundlevel.areas.transfers import PLAIN, Outward, outward, rows_of
from groundlevel.cli import say
from groundlevel.cli.operate import operating
from groundlevel.cli.trouble import Trouble
from groundlevel.cli.webhooks_trigger import place_of
from groundlevel.kernel.ctx import Ctx

PORTION = 10_000
"""Rows that are in memory at a time, and a row group of a Parquet file."""

Write = Callable[[list[list[str]]], None]


def run(database: str, kind: str, file: Path, location: str) -> None:
    """Write all records of a kind; the file has its name when it is whole."""
    if file.exists():
        raise Trouble(f"{file} is there already. Name a new file; none is overwritten.")
    writing = WRITERS.get(file.suffix.lower())
    if writing is None:
        raise Trouble(f"{file} is neither .csv nor .parquet.")
    with operating(database) as operator:
        location, company = place_of(operator, location)
        number = operator.look(lambda ctx: _all(ctx, kind, file, writing), location=location, company=company)
    say.line(f"{file} has {number:,} {kind}.")


def _all(ctx: Ctx, kind: str, file: Path, writing: Any) -> int:
    if kind not in PLAIN:
        object_or_400(ctx, kind)
    out = outward(ctx, kind)
    part = file.with_name(f"{file.name}.part")
    try:
        with writing(part, out) as write:
            number = _copied(rows_of(ctx, out), write, kind)
        part.replace(file)
    except OSError as error:
        raise Trouble(f"{file} cannot be written: {error}.") from None
    finally:
        part.unlink(missing_ok=True)
    return number


def _copied(rows: Iterator[list[str]], write: Write, kind: str) -> int:
    number = 0
    with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), console=say.ERR) as bar:
        task = bar.add_task(kind)
        while some := list(islice(rows, PORTION)):
            write(some)
            number += len(some)
            bar.update(task, description=f"{number:,} {kind}")
    return number


@contextmanager
def _csv(path: Path, out: Outward) -> Generator[Write]:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(out.columns)
        yield writer.writerows


@contextmanager
def _parquet(path: Path, out: Outward) -> Generator[Write]:
    try:
        import pyarrow as arrow  # pyright: ignore[reportMissingTypeStubs]
        from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise Trouble("Parquet needs a library that is not there. Run `pip install 'groundlevel[parquet]'`.") from None
    any_arrow: Any = arrow
    any_parquet: Any = parquet  # its own types leave most of it open
    schema = any_arrow.schema([(column, any_arrow.string()) for column in out.columns])
    with any_parquet.ParquetWriter(str(path), schema) as writer:

        def write(rows: list[list[str]]) -> None:
            columns = [any_arrow.array(list(cells), any_arrow.string()) for cells in zip(*rows, strict=True)]
            writer.write_table(any_arrow.Table.from_arrays(columns, schema=schema))

        yield write


WRITERS: dict[str, Any] = {".csv": _csv, ".parquet": _parquet}
"""By the ends of files' names."""
