"""What came of attempts and is not in the store yet: in memory, and in a file for who comes after a killed worker.

Writing to the store takes a while, and a worker that is killed meanwhile would have its deliveries sent again. The file
costs microseconds. It is lost with its machine only; then some deliveries arrive twice.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import msgspec

from groundlevel.areas.webhooks.posting import Outcome
from groundlevel.kernel.log import log

ENDING = ".outcomes"
_ENCODE, _DECODE = msgspec.json.Encoder().encode, msgspec.json.Decoder(Outcome).decode


class Unwritten:
    """Outcomes in order. folder: of all workers' files on this machine; without one there is no file.

    Each worker holds a lock on its own file, so one that nobody holds is a killed worker's.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder, self.outcomes = folder, list[Outcome]()
        self.file, self.path = -1, Path()
        if folder:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path = folder / f"{os.getpid()}-{token_hex(4)}{ENDING}"
            new = self.path.with_suffix(".new")
            self.file = os.open(new, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
            fcntl.flock(self.file, fcntl.LOCK_EX)
            new.rename(self.path)

    def __len__(self) -> int:
        return len(self.outcomes)

    def add(self, one: Outcome) -> None:
        """Keep one until it is written."""
        self.outcomes.append(one)
        self._note([one])

    def written(self, many: int) -> None:
        """The first so many are in the store."""
        if many:
            del self.outcomes[:many]
            if self.file >= 0:
                os.ftruncate(self.file, 0)
                self._note(self.outcomes)

    def inherit(self) -> None:
        """Take over what killed workers have left."""
        for path in self.folder.glob(f"*{ENDING}") if self.folder else ():
            if path == self.path:
                continue
            with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                for line in file:
                    with suppress(msgspec.DecodeError):  # the last may be half a line
                        self.add(_DECODE(line))
                path.unlink()

    def close(self) -> None:
        """The end of a worker. What it could not write stays in its file."""
        if self.file >= 0:
            if not self.outcomes:
                self.path.unlink(missing_ok=True)
            os.close(self.file)
            self.file = -1

    def _note(self, some: list[Outcome]) -> None:
        if self.file >= 0 and some:
            try:
                os.write(self.file, b"".join(_ENCODE(_brief(one)) + b"\n" for one in some))
            except OSError as error:
                log.warning("outcomes of webhooks cannot be kept in a file", path=str(self.path), error=str(error))
                os.close(self.file)
                self.file = -1


def _brief(one: Outcome) -> Outcome:
    """Without what only sending needs."""
    return msgspec.structs.replace(one, parcel=msgspec.structs.replace(one.parcel, url="", body=""))
