"""The embedded store: one SQLite file, one writer. Nothing outside this folder knows SQLite."""

from groundlevel.kernel.store.sqlite.store import DatabaseTrouble, SqliteStore

__all__ = ["DatabaseTrouble", "SqliteStore"]
