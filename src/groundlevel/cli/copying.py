"""`groundlevel migrate`, `backup` and `restore`: a whole installation from one place to another, and the proof."""

from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from groundlevel.cli import say
from groundlevel.cli.archive import Archive, ArchiveWriter
from groundlevel.cli.lock import held
from groundlevel.cli.operate import open_or_trouble
from groundlevel.cli.places import file_of, named, refuse_missing, said
from groundlevel.cli.trouble import Trouble
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import DatabaseTrouble, Store
from groundlevel.kernel.store.whole import LOG, Digest, Tell, Whole, copy, digests, tables
from groundlevel.kernel.wire import iso
from groundlevel.main import open_filling
from groundlevel.secret import carried, secret_path


def migrate(source: str, target: str) -> None:
    """Copy an installation into an empty database, or go on with it, and compare the two."""
    refuse_missing(source)
    # nobody may write to a file meanwhile; a server's database is read as it is at one moment
    alone = held(source, "as it is being migrated") if file_of(source) else nullcontext()
    with alone, _opened(source) as store, store.whole() as whole, _words():
        with open_filling(target) as filling, _progress(whole, "copying") as tell:
            copy(whole, filling, tell)
            filling.finish()
        with _progress(whole, "reading the original") as tell:
            wanted = digests(whole, tell)
    _compare(wanted, target)
    if not carried(Settings(database=source), Settings(database=target)):
        say.line(f"What was sealed there opens only with its secret: {secret_path(Settings(database=source))}.")
    say.line(f"Everything in {named(source)} is in {named(target)} too. Next: groundlevel serve{said(target)}")


def backup(database: str, file: Path) -> None:
    """Write everything, as it is at this moment, into a file; servers may go on."""
    if file.exists():
        raise Trouble(f"{file} is there already. Name a new file; backups are never overwritten.")
    refuse_missing(database)
    with _words():
        try:
            to = ArchiveWriter(file, iso(datetime.now(UTC)))
        except OSError as error:
            raise Trouble(f"{file} cannot be written: {error}.") from None
        try:
            with _opened(database) as store, store.whole() as whole:
                with _progress(whole, "writing") as tell:
                    copy(whole, to, tell)
                to.finish()
                with _progress(whole, "reading the original") as tell:
                    wanted = digests(whole, tell)
        except BaseException:
            to.give_up()
            raise
        with Archive(file).whole() as written, _progress(written, "reading the backup") as tell:
            _refuse_different(wanted, digests(written, tell), str(file))
    size = file.stat().st_size / 1e6
    say.line(f"{file} has everything: {sum(d.rows for d in wanted.values()):,} rows, {size:,.1f} MB.")


def restore(file: Path, database: str) -> None:
    """Make a new database of a backup, and look it over."""
    if not file.exists():
        raise Trouble(f"There is no file {file}.")
    if (path := file_of(database)) is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    with _words():
        archive = Archive(file)
        with open_filling(database) as filling:
            with archive.whole() as whole, _progress(whole, "restoring") as tell:
                copy(whole, filling, tell)
            filling.finish()
        with archive.whole() as whole, _progress(whole, "reading the backup") as tell:
            wanted = digests(whole, tell)
    _compare(wanted, database)
    made = archive.heading.made_at
    if not secret_path(Settings(database=database)).exists():
        say.line("Bring the original's secret too: GROUNDLEVEL_SECRET, or the file that `groundlevel doctor` names.")
    say.line(f"{named(database)} is as it was at {made}. Next: groundlevel serve{said(database)}")


def _compare(wanted: dict[str, Digest], database: str) -> None:
    """Trouble where the new database has other rows, or is not sound."""
    with _words(), _opened(database) as store:
        with store.whole() as whole, _progress(whole, "reading the copy") as tell:
            _refuse_different(wanted, digests(whole, tell), named(database))
        if troubles := store.check():
            raise Trouble(f"{named(database)} is not sound: {'; '.join(troubles)}.")


def _refuse_different(wanted: dict[str, Digest], there: dict[str, Digest], name: str) -> None:
    different = [
        f"{table} ({wanted[table].rows:,} rows there, {there[table].rows:,} here)"
        for table in wanted
        if wanted[table] != there[table]
    ]
    if different:
        raise Trouble(f"{name} differs from the original in {', '.join(different)}. Empty it and begin again.")


@contextmanager
def _opened(database: str) -> Generator[Store]:
    store = open_or_trouble(Settings(database=database, threads=1))
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _words() -> Generator[None]:
    """What is wrong with a database or a file, as Trouble."""
    try:
        yield
    except DatabaseTrouble as trouble:
        raise Trouble(str(trouble)) from None


@contextmanager
def _progress(of: Whole, what: str) -> Generator[Tell]:
    """A bar on the terminal, with the table that is being worked at."""
    total = sum(of.count(name) for name in (*(t.name for t in tables()), LOG))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=say.ERR, transient=False) as bar:
        task = bar.add_task(what, total=total or None)

        def tell(name: str, n: int) -> None:
            bar.update(task, advance=n, description=f"{what} ({name})")

        yield tell
        bar.update(task, description=what)
