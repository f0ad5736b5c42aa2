"""When reminders and follow-ups of an appointment are due. Pure. All moments are seconds since 1970."""

from collections.abc import Sequence

from msgspec import Struct

from groundlevel.areas.calendars.recurrence import Series, occurrences
from groundlevel.areas.calendars.rules import DAY

HORIZON = 400 * DAY
"""How far ahead the next one of a series is looked for."""


class Timed(Struct, frozen=True):
    """What is sent so many seconds before the start (below zero) or after the end (from zero on)."""

    notification_id: str
    offset: int


class Times(Struct, frozen=True):
    """When an appointment is: its start and end, again and again if it is a series."""

    start: int
    end: int
    series: Series | None = None

    def starts(self, since: int, until: int) -> Sequence[int]:
        """When it begins, from one moment until before another."""
        if self.series:
            return occurrences(self.series, since, until) if since < until else []
        return [self.start] if since <= self.start < until else []

    def shift(self, timed: Timed) -> int:
        """How much later than the start something is due."""
        return timed.offset if timed.offset < 0 else self.end - self.start + timed.offset


def due(times: Times, wanted: Sequence[Timed], after: int, until: int) -> list[tuple[int, Timed]]:
    """What is due after one moment and not after another, in order. A reminder is not, once it has begun."""
    found: list[tuple[int, Timed]] = []
    for timed in wanted:
        shift = times.shift(timed)
        for start in times.starts(after - shift + 1, until - shift + 1):
            if timed.offset >= 0 or start > until:
                found.append((start + shift, timed))
    return sorted(found, key=lambda pair: (pair[0], pair[1].notification_id, pair[1].offset))


def next_due(times: Times, wanted: Sequence[Timed], after: int) -> int | None:
    """The first moment after this one at which anything is due; None if nothing is any more."""
    found: list[int] = []
    for timed in wanted:
        shift = times.shift(timed)
        begin = after - shift + 1
        far = max(begin, times.start) + HORIZON if times.series else times.start + 1
        found += [start + shift for start in times.starts(begin, far)[:1]]
    return min(found, default=None)
