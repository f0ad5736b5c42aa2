"""Which webhooks were taken already, by their webhookId: in memory, in an SQLite file, or in Redis.

A webhook is begun, and done when its handler has come back. One that was begun and never done, because a process died,
is free again after a while.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Literal, Protocol

State = Literal["new", "busy", "done"]

BEGUN_S, DONE_S = 120, 31 * 86_400
"""Seconds for which a webhook is busy at most, and for which it is remembered: longer than any is sent again."""


class Seen(Protocol):
    """Remembers webhooks."""

    def begin(self, id: str) -> State:
        """`new`: it is ours to handle now. `busy`: somebody is handling it. `done`: somebody has."""
        ...

    def done(self, id: str) -> None:
        """It is handled, and not to be taken again."""
        ...

    def forget(self, id: str) -> None:
        """It could not be handled; it may come again."""
        ...


class MemorySeen:
    """In this process, the latest `most`. For programs of one process that may take some twice when restarted."""

    def __init__(self, most: int = 100_000, now: Callable[[], float] = time.time) -> None:
        self.most, self.now, self.lock = most, now, threading.Lock()
        self.states: dict[str, tuple[State, float]] = {}

    def begin(self, id: str) -> State:
        """See `Seen`."""
        with self.lock:
            state, until = self.states.get(id, ("new", 0.0))
            if state != "new" and until > self.now():
                return state
            self.states.pop(id, None)
            self.states[id] = "busy", self.now() + BEGUN_S
            while len(self.states) > self.most:
                del self.states[next(iter(self.states))]
            return "new"

    def done(self, id: str) -> None:
        """See `Seen`."""
        with self.lock:
            self.states[id] = "done", self.now() + DONE_S

    def forget(self, id: str) -> None:
        """See `Seen`."""
        with self.lock:
            self.states.pop(id, None)


class SqliteSeen:
    """In a file, for all processes of a machine."""

    def __init__(self, path: str | Path, now: Callable[[], float] = time.time) -> None:
        self.path, self.now, self.begun = str(path), now, 0
        self._do("CREATE TABLE IF NOT EXISTS webhooks_seen (id TEXT PRIMARY KEY, done INTEGER, until REAL)")
        self._do("CREATE INDEX IF NOT EXISTS webhooks_seen_until ON webhooks_seen (until)")

    def _do(self, sql: str, *args: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path, timeout=10, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = wal")
            return db.execute(sql, args).fetchall()

    def begin(self, id: str) -> State:
        """See `Seen`."""
        now = self.now()
        taken = self._do(
            "INSERT INTO webhooks_seen VALUES (?, 0, ?) ON CONFLICT (id) DO UPDATE SET done = 0, until = excluded.until"
            " WHERE until <= ? RETURNING 1",
            id, now + BEGUN_S, now,
        )  # fmt: skip
        self.begun += 1
        if self.begun % 1_000 == 1:
            self._do("DELETE FROM webhooks_seen WHERE until <= ?", now)
        if taken:
            return "new"
        found = self._do("SELECT done FROM webhooks_seen WHERE id = ?", id)
        return "done" if found and found[0][0] else "busy"

    def done(self, id: str) -> None:
        """See `Seen`."""
        self._do("INSERT OR REPLACE INTO webhooks_seen VALUES (?, 1, ?)", id, self.now() + DONE_S)

    def forget(self, id: str) -> None:
        """See `Seen`."""
        self._do("DELETE FROM webhooks_seen WHERE id = ?", id)


class RedisSeen:
    """In a Redis or Valkey, for all processes of all machines. `redis`: a client of the package redis or valkey."""

    def __init__(self, redis: Any, prefix: str = "groundlevel:webhook:") -> None:
        self.redis, self.prefix = redis, prefix

    def begin(self, id: str) -> State:
        """See `Seen`."""
        if self.redis.set(self.prefix + id, "busy", nx=True, ex=BEGUN_S):
            return "new"
        return "done" if self.redis.get(self.prefix + id) in (b"done", "done") else "busy"

    def done(self, id: str) -> None:
        """See `Seen`."""
        self.redis.set(self.prefix + id, "done", ex=DONE_S)

    def forget(self, id: str) -> None:
        """See `Seen`."""
        self.redis.delete(self.prefix + id)
