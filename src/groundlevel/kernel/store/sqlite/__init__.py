"""The embedded store: one SQLite file, one writer. Nothing outside this folder knows SQLite."""

from groundlevel.kernel.store.sqlite.store import SqliteStore, sqlite_filling

__all__ = ["SqliteStore", "sqlite_filling"]
