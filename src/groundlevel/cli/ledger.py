"""Where processes that answer at one address tell each other what they have counted, so that any can tell it all."""

import asyncio
import os
import time
from pathlib import Path

import msgspec

from groundlevel.kernel.observe import Counted, Metrics

EVERY_S = 1.0
"""How often a process says what it has counted."""
GONE_S = 10.0
"""A process that has said nothing for so long has ended. What it has counted still counts, or sums would go back."""


class Ledger:
    """A folder with a file for each process."""

    def __init__(self, folder: Path, metrics: Metrics) -> None:
        self.folder, self.metrics = folder, metrics
        self.mine = folder / str(os.getpid())
        metrics.total = self.total

    async def keep(self) -> None:
        """Say it every now and then, and once more at the end."""
        try:
            while True:
                self.write()
                await asyncio.sleep(EVERY_S)
        finally:
            self.write()

    def write(self) -> None:
        """Say what this process has counted."""
        new = self.mine.with_suffix(".new")
        new.write_bytes(msgspec.msgpack.encode(self.metrics.own))
        new.replace(self.mine)

    def total(self) -> Counted:
        """What all processes have counted, as far as they have said so."""
        sums = Counted()
        add(sums, self.metrics.own)
        for file in self.folder.iterdir():
            if file != self.mine and file.suffix != ".new":
                told = msgspec.msgpack.decode(file.read_bytes(), type=Counted)
                if time.time() - file.stat().st_mtime > GONE_S:
                    told.limits_shared = None
                add(sums, told)
        return sums


def add(sums: Counted, one: Counted) -> None:
    """Add what one process has counted. Limits are shared if they are in every process."""
    for key, n in one.requests.items():
        sums.requests[key] = sums.requests.get(key, 0) + n
    for key, times in one.times.items():
        before = sums.times.get(key)
        sums.times[key] = [x + y for x, y in zip(before, times, strict=True)] if before else list(times)
    if one.limits_shared is not None:
        sums.limits_shared = one.limits_shared and sums.limits_shared is not False
    sums.limits_alone += one.limits_alone
