"""Connections to an SQLite file with our settings, and refusing files that are not ours."""

# apsw's own type stubs leave the types of rows open
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import time
from pathlib import Path
from typing import cast

import apsw

from groundlevel.kernel.store.unit import DatabaseTrouble

APPLICATION_ID = 0x47724C76
SCHEMA = 2
"""Of the file's own layout; a newer one than ours is refused."""

BUSY_MS = 3_000
SERVING_KB, WORKING_KB = 64_000, 4_000
"""Cache of a connection of a server, which searches, and of a worker or a command, which goes through rows once."""


def connect(path: Path, *, readonly: bool = False, cache_kb: int = SERVING_KB, alone: bool = False) -> apsw.Connection:
    """A connection with our settings. DatabaseTrouble where the file is not ours, newer, or damaged.

    cache_kb: what it may keep of the file in memory; one that writes keeps a quarter of it.
    alone: nobody else may have the file open; what is committed is on the disk when it is closed. apsw.BusyError where
    somebody has it open.
    """
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    try:
        db = apsw.Connection(str(path), flags=flags, statementcachesize=400)
        if alone:
            db.pragma("locking_mode", "exclusive")
        else:
            db.set_busy_handler(_wait)
        db.transaction_mode = "IMMEDIATE"  # one that reads before it writes would be refused, not made to wait
        _as_wal(db, 0 if alone else BUSY_MS)
        db.pragma("synchronous", "normal" if alone else "full")
        db.pragma("cache_size", -cache_kb if readonly else -cache_kb // 4)
        db.pragma("temp_store", "file" if alone else "memory")  # indexes of many rows are sorted there
        db.pragma("mmap_size", 1 << 36)  # what another process has written need not be read again page by page
        db.pragma("wal_autocheckpoint", 256_000 if alone else 16_000)  # 1 GB or 64 MB
        ours, version = db.pragma("application_id"), db.pragma("user_version")
        empty = not db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except apsw.NotADBError:
        raise DatabaseTrouble(
            f"{path} is not an SQLite database, or is damaged; restore a backup or name another file."
        ) from None
    except apsw.BusyError:
        if alone:
            raise
        raise DatabaseTrouble(
            f"{path} belongs to one program alone for some minutes, as to an import of very many records; try later."
        ) from None
    except apsw.CantOpenError:
        raise DatabaseTrouble(f"{path} cannot be opened; check that its folder exists and may be written to.") from None
    if not empty and ours != APPLICATION_ID:
        raise DatabaseTrouble(f"{path} is a database of another program; name another file.")
    if cast(int, version) > SCHEMA:
        raise DatabaseTrouble(f"{path} was written by a newer Groundlevel; install that version or a newer one.")
    if readonly:
        db.pragma("query_only", True)
    return db


def _wait(times: int) -> bool:
    """Whether to try once more. SQLite's own waits grow to a tenth of a second, while units take hundredths."""
    time.sleep(0.001)
    return times < BUSY_MS


def _as_wal(db: apsw.Connection, patience_ms: int) -> None:
    """Have the file written with a log ahead. SQLite itself does not wait for who is just closing the file."""
    until = time.monotonic() + patience_ms / 1000
    while True:
        try:
            db.pragma("journal_mode", "wal")
        except apsw.BusyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
