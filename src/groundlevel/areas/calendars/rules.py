"""When somebody is open for appointments: hours of weekdays and of single dates, on the clock of a time zone. Pure.

What is a stretch of the clock is found moment by moment: an hour that a change of the clock leaves out does not exist,
and one that it repeats is there twice. All moments are seconds since 1970.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

DAY, HOUR, MINUTE = 86_400, 3_600, 60
EPOCH = date(1970, 1, 1).toordinal()

Stretch = tuple[int, int]
"""From a moment until just before another."""


class Rules(Struct, frozen=True):
    """Hours of weekdays (Sunday first) in minutes of the day, hours of dates in their place, and whose clock it is.

    An hour is from one minute of the day until before another; the end of the day is 1440. No hours: closed.
    """

    zone: str
    weekly: tuple[tuple[Stretch, ...], ...] = ((),) * 7
    dates: tuple[tuple[str, tuple[Stretch, ...]], ...] = ()

    def __post_init__(self) -> None:
        """ValueError unless there are seven weekdays."""
        if len(self.weekly) != 7:
            raise ValueError("there are seven weekdays")


class Window(Struct, frozen=True):
    """A part of an hour of some day in which the clock does not change. `anchor`: when the whole hour would begin."""

    start: int
    end: int
    anchor: int


def hours_of(weekly: Mapping[int, Sequence[Stretch]]) -> tuple[tuple[Stretch, ...], ...]:
    """The seven weekdays from those that have hours; 0 is Sunday."""
    return tuple(tuple(sorted(weekly.get(day, ()))) for day in range(7))


def windows(rules: Rules, since: int, until: int) -> list[Window]:
    """When it is open between two moments, in order of their beginnings."""
    dates = dict(rules.dates)
    found: list[Window] = []
    for start, end, offset in segments(rules.zone, since, until):
        for day in range((start + offset) // DAY, (end - 1 + offset) // DAY + 1):
            midnight = day * DAY - offset
            hours = rules.weekly[(day + 4) % 7]
            if dates:
                hours = dates.get(date.fromordinal(day + EPOCH).isoformat(), hours)
            for opens, closes in hours:
                anchor = midnight + opens * MINUTE
                first, last = max(start, anchor), min(end, midnight + closes * MINUTE)
                if first < last:
                    found.append(Window(first, last, anchor))
    return sorted(found, key=lambda w: (w.start, w.anchor))


def merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The same time in as few stretches as there can be, in order."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = found[-1][0], end
        elif start < end:
            found.append((start, end))
    return found


@lru_cache(maxsize=256)
def starts(rules: Rules, since: int, until: int, interval: int, duration: int) -> tuple[int, ...]:
    """When slots begin, from `since` until before `until`: as an hour opens and every `interval` after, by its clock.

    A slot lies in open time as a whole; it may go on into an hour that follows at once, and past `until`.
    """
    found: set[int] = set()
    open_now = windows(rules, since, until + duration)
    runs = merged([(w.start, w.end) for w in open_now])
    begins = [run[0] for run in runs]
    for window in open_now:
        run = runs[bisect_right(begins, window.start) - 1]
        last = min(window.end, until, run[1] - duration + 1)
        first = window.anchor + -(-(window.start - window.anchor) // interval) * interval
        found.update(range(first, last, interval))
    return tuple(sorted(found))


def open_runs(rules: Rules, since: int, until: int) -> list[Stretch]:
    """When it is open between two moments, hours that follow at once taken together."""
    return merged([(w.start, w.end) for w in windows(rules, since, until)])


def segments(zone: str, since: int, until: int) -> Iterator[tuple[int, int, int]]:
    """The time between two moments in parts in which the zone's clock does not change: from, until, its offset."""
    changes = _changes_between(zone, since, until)
    for number, (start, offset) in enumerate(changes):
        end = changes[number + 1][0] if number + 1 < len(changes) else until
        if max(start, since) < min(end, until):
            yield max(start, since), min(end, until), offset


def days(zone: str, since: int, until: int) -> list[tuple[int, int, int]]:
    """The days of a zone that the time between two moments lies in, whole: from, until, which (since 1970).

    A day in which the clock changes comes in several parts.
    """
    parts: list[tuple[int, int, int]] = []
    for start, end, offset in segments(zone, since - 2 * DAY, until + 2 * DAY):
        for day in range((start + offset) // DAY, (end - 1 + offset) // DAY + 1):
            parts.append((max(start, day * DAY - offset), min(end, (day + 1) * DAY - offset), day))
    wanted = {day for start, end, day in parts if start < until and since < end}
    return [part for part in parts if part[2] in wanted]


def offset_at(zone: str, moment: int) -> int:
    """How many seconds the zone's clock is ahead of UTC."""
    offset = datetime.fromtimestamp(moment, ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset.days * DAY + offset.seconds


def _changes_between(zone: str, since: int, until: int) -> list[tuple[int, int]]:
    first, last = (datetime.fromtimestamp(moment, UTC).year for moment in (since, max(since, until)))
    found: list[tuple[int, int]] = []
    for year in range(first, last + 1):
        found += (change for change in _changes(zone, year) if not found or change[1] != found[-1][1])
    return found


@lru_cache(maxsize=2_048)
def _changes(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    """The offset with which a year (of UTC) begins, and each that comes in it, with its moment.

    Looked for twelve hours apart: no zone has changed its clock and back within that.
    """
    start, end = (int(datetime(y, 1, 1, tzinfo=UTC).timestamp()) for y in (year, year + 1))
    found = [(start, offset_at(zone, start))]
    for moment in range(start + DAY // 2, end, DAY // 2):
        offset = offset_at(zone, moment)
        if offset != found[-1][1]:
            found.append((_change(zone, moment - DAY // 2, moment), offset))
    return tuple(found)


def _change(zone: str, before: int, after: int) -> int:
    """The first moment of the new offset, between one before the change and one after it."""
    old = offset_at(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after
