"""Clearing away dead rows, where the server does not do so by itself: a queue leaves one for each step of a message.

A server whose autovacuum is off keeps them all, and with every message it takes longer to find the next. It knows
nothing of how many rows fit what either, and chooses its ways by guess.
"""

import threading
import time

import psycopg

from groundlevel.kernel.log import log
from groundlevel.kernel.store.postgres.schema import sql

EVERY_S = 15.0
"""How often it is looked."""
ONE_SWEEPS = 0x47724C77
"""The key of the lock that the process has which sweeps."""
LITTERED = """
SELECT relname FROM pg_stat_user_tables WHERE current_setting('autovacuum') = 'off'
    AND greatest(n_dead_tup, n_mod_since_analyze) > 2000 + n_live_tup / 5
"""
"""The tables of which more than a fifth has changed since somebody looked after them; none where the server does."""


class Broom:
    """Looks now and then, on a thread and a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url, self.looked = url, time.monotonic()
        self.thread: threading.Thread | None = None

    def look(self) -> None:
        """Begin to look, if it is time."""
        if time.monotonic() - self.looked > EVERY_S and not (self.thread and self.thread.is_alive()):
            self.looked = time.monotonic()
            self.thread = threading.Thread(target=self._sweep, name="sweeping", daemon=True)
            self.thread.start()

    def _sweep(self) -> None:
        try:
            sweep(self.url)
        except psycopg.Error:
            log.exception("dead rows could not be cleared away")


def sweep(url: str) -> list[str]:
    """Clear away the dead rows of what has many, unless another process does; the tables' names."""
    with psycopg.connect(url, autocommit=True) as db:
        found = db.execute("SELECT pg_try_advisory_lock(%s)", (ONE_SWEEPS,)).fetchone()
        names = sorted(name for (name,) in db.execute(LITTERED)) if found and found[0] else []
        for name in names:
            db.execute(sql(f"VACUUM (ANALYZE, SKIP_LOCKED) {name}"))
    return names
