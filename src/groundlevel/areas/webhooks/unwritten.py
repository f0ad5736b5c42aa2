"""What came of attempts and is not in the store yet: in memory, and in a file for who comes after a killed worker.

Writing to the store takes a while, and a worker that is killed meanwhile would have its deliveries sent again. The file
costs microseconds. It is lost with its machine only; then some deliveries arrive twice. A line of it is an attempt and
the answer; the process that sends adds those whose worker has died (`outside/apart.py`).
"""

from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.webhooks.posting import Outcome, Parcel
from groundlevel.outside.notes import Notes
from groundlevel.outside.posting import Answer


class Attempted(Struct, frozen=True):
    """An attempt whose answer is to come: an `Outcome` without it."""

    parcel: Parcel
    at: str
    chance: float


_ENCODE, _DECODE = msgspec.json.Encoder().encode, msgspec.json.Decoder(tuple[Attempted, Answer]).decode


class Unwritten:
    """Outcomes in order. folder: of all workers' files on this machine; without one there is no file."""

    def __init__(self, folder: Path | None = None) -> None:
        self.notes, self.outcomes = Notes(folder) if folder else None, list[Outcome]()

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
            if self.notes:
                self.notes.clear()
                self._note(self.outcomes)

    def inherit(self) -> None:
        """Take over what killed workers have left, and what was heard for them."""
        for line in self.notes.left_by_others() if self.notes else ():
            with suppress(msgspec.DecodeError):  # the last may be half a line
                attempted, answer = _DECODE(line)
                self.add(Outcome(attempted.parcel, answer, attempted.at, attempted.chance))

    def close(self) -> None:
        """The end of a worker. What it could not write stays in its file."""
        if self.notes:
            self.notes.close(keep=bool(self.outcomes))

    def _note(self, some: list[Outcome]) -> None:
        if self.notes:
            self.notes.add(*(_ENCODE((_attempted(one.parcel, one.at, one.chance), one.answer)) for one in some))


def noted(parcel: Parcel, at: str, chance: float) -> bytes:
    """The first half of a line, for whoever hears the answer if nobody else does any more."""
    return _ENCODE(_attempted(parcel, at, chance))


def _attempted(parcel: Parcel, at: str, chance: float) -> Attempted:
    """Without what only sending needs."""
    return Attempted(replace(parcel, url="", body=""), at, chance)
