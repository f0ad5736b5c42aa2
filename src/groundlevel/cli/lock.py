"""One server for each database file: held by an advisory lock that ends with its holder, however it ends."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from groundlevel.cli.places import file_of
from groundlevel.cli.trouble import Trouble


def lock_file(database: Path) -> Path:
    """The file beside the database whose lock the server holds."""
    return database.with_name(f"{database.name}-serving")


@contextmanager
def held(database: str, address: str) -> Generator[None]:
    """Hold the database for this process: a file for it alone, a server's with whoever else serves it."""
    path = file_of(database)
    if path is None:
        yield
    else:
        with take(path, address):
            yield


def take(database: Path, address: str) -> IO[str]:
    """Hold the database for this process, until the file is closed. Trouble where another server has it."""
    held = lock_file(database).open("a+", encoding="utf-8")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        who = holder(database) or "by another process"
        held.close()
        raise Trouble(
            f"{database} is being served already, {who}. One server has an SQLite file to itself: "
            "stop that one, or name another file with --database."
        ) from None
    held.seek(0)
    held.truncate()
    held.write(f"at {address} (process {os.getpid()})")
    held.flush()
    return held


def holder(database: Path) -> str | None:
    """Who serves the database, in words; None when nobody does."""
    path = lock_file(database)
    if not path.exists():
        return None
    with path.open("r", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return file.read() or "by another process"
    return None
