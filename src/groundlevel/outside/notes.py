"""Notes in a file that outlives its process: a line for each thing that whoever comes after ought to know.

A process holds a lock on its own file, so one that nobody holds was left by a process that died. The file is not
flushed: it is lost with its machine only.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from groundlevel.kernel.log import log

ENDING = ".outcomes"


class Notes:
    """This process's file in a folder of such; the folder is made where it is missing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / f"{os.getpid()}-{token_hex(4)}{ENDING}"
        new = self.path.with_suffix(".new")
        self.file = os.open(new, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        fcntl.flock(self.file, fcntl.LOCK_EX)
        new.rename(self.path)

    def add(self, *lines: bytes) -> None:
        """Some lines more. Where that cannot be, it is logged, and nothing is noted from now on."""
        if self.file >= 0 and lines:
            try:
                os.write(self.file, b"".join(line + b"\n" for line in lines))
            except OSError as error:
                log.warning("outcomes of webhooks cannot be kept in a file", path=str(self.path), error=str(error))
                os.close(self.file)
                self.file = -1

    def clear(self) -> None:
        """No line any more."""
        if self.file >= 0:
            os.ftruncate(self.file, 0)

    def close(self, *, keep: bool) -> None:
        """Let go of the file; it stays for others only if it is to be kept."""
        if self.file >= 0:
            if not keep:
                self.path.unlink(missing_ok=True)
            os.close(self.file)
            self.file = -1

    def left_by_others(self) -> Iterator[bytes]:
        """The lines of processes that have died, which are nobody's from now on. The last may be half a line."""
        for path in self.path.parent.glob(f"*{ENDING}"):
            if path == self.path:
                continue
            with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield from file
                path.unlink()
