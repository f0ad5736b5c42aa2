"""Free times as a booking page shows them: days of a month and times of a day, on the asker's clock. Pure."""

from calendar import Calendar as Weeks
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
SUNDAY_FIRST = 6


class Day(Struct, frozen=True):
    """A day of the month that is shown; `times`: how many are free on it."""

    date: date
    times: int
    chosen: bool = False

    @property
    def label(self) -> str:
        """`Wednesday, March 10, 3 times`, for whoever does not see where it stands."""
        many = "no times" if not self.times else "1 time" if self.times == 1 else f"{self.times} times"
        return f"{self.date:%A, %B} {self.date.day}, {many}"


class Month(Struct, frozen=True):
    """A month as a calendar on a wall: weeks from Sunday on, None for what is of another month."""

    first: date
    weeks: list[list[Day | None]]

    @property
    def name(self) -> str:
        """`March 2027`."""
        return f"{self.first:%B %Y}"

    @property
    def empty(self) -> bool:
        """Whether no day of it has free times."""
        return not any(day and day.times for week in self.weeks for day in week)


class Time(Struct, frozen=True):
    """A free time of a day: when it begins, in seconds since 1970, and how it is told."""

    start: int
    text: str


def month_of(starts: Sequence[int], zone: ZoneInfo, first: date, chosen: date | None) -> Month:
    """The month with how many times begin on each of its days, on the zone's clock."""
    many: dict[date, int] = {}
    for start in starts:
        day = datetime.fromtimestamp(start, zone).date()
        many[day] = many.get(day, 0) + 1
    weeks = Weeks(SUNDAY_FIRST).monthdatescalendar(first.year, first.month)
    days = [
        [Day(day, many.get(day, 0), day == chosen) if day.month == first.month else None for day in week]
        for week in weeks
    ]
    return Month(first, days)


def times_of(starts: Sequence[int], zone: ZoneInfo, day: date) -> list[Time]:
    """The times of a day. On one whose clock changes each says its offset too: an hour may be there twice."""
    found = [start for start in starts if datetime.fromtimestamp(start, zone).date() == day]
    since, until = (_midnight(day + timedelta(days=n), zone) for n in (0, 1))
    changes = until - since != timedelta(days=1)
    return [Time(start, clock(start, zone) + (f" {datetime.fromtimestamp(start, zone):%Z}" if changes else ""))
            for start in found]  # fmt: skip


def bounds(first: date, zone: ZoneInfo) -> tuple[int, int]:
    """When a month begins on the zone's clock, and when the next one does."""
    return round(_midnight(first, zone).timestamp()), round(_midnight(turned(first, 1), zone).timestamp())


def turned(first: date, by: int) -> date:
    """The first day of the month so many months later."""
    month = first.year * 12 + first.month - 1 + by
    return date(month // 12, month % 12 + 1, 1)


def month_in(text: str) -> date | None:
    """The month that `2027-03` names; None for anything else, and for years that no clock shows."""
    try:
        found = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  (a calendar's)
    except ValueError:
        return None
    return found if 1971 < found.year < 9_000 else None


def day_in(text: str) -> date | None:
    """The day that `2027-03-10` names; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1971 < found.year < 9_000 and len(text) == 10 else None


def clock(moment: int, zone: ZoneInfo) -> str:
    """`9:00 AM`."""
    return f"{datetime.fromtimestamp(moment, zone):%I:%M %p}".lstrip("0")


def day_at(moment: int, zone: ZoneInfo) -> str:
    """`2027-03-10`."""
    return datetime.fromtimestamp(moment, zone).date().isoformat()


def whole_day(moment: int, zone: ZoneInfo) -> str:
    """`Wednesday, March 10, 2027`."""
    there = datetime.fromtimestamp(moment, zone)
    return f"{there:%A, %B} {there.day}, {there.year}"


def stretch(start: int, end: int, zone: ZoneInfo) -> str:
    """`9:00 AM to 9:30 AM`; with the day, where it ends on another."""
    last = clock(end, zone)
    if whole_day(start, zone) != whole_day(end, zone):
        last = f"{whole_day(end, zone)}, {last}"
    return f"{clock(start, zone)} to {last}"


def length(seconds: int) -> str:
    """`1 hour 30 minutes`."""
    hours, minutes = divmod(round(seconds / 60), 60)
    said = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((hours, "hour"), (minutes, "minute")) if n]
    return " ".join(said) or "less than a minute"


def zone_name(zone: ZoneInfo, moment: int) -> str:
    """`New York (EDT, UTC−04:00)`, as it is at a moment."""
    there = datetime.fromtimestamp(moment, zone)
    offset = there.utcoffset() or timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    sign, letters = "−" if minutes < 0 else "+", f"{there:%Z}"
    told = f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return f"{city(zone.key)} ({f'{letters}, ' if letters.isalpha() and letters != 'UTC' else ''}{told})"


def city(key: str) -> str:
    """`New York` of `America/New_York`."""
    return key.rpartition("/")[2].replace("_", " ")


available = cache(available_timezones)
"""The names of all time zones."""


@cache
def zones_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """(region, [(zone, city)]) of all zones that are named after a place, and UTC."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for key in sorted(available()):
        region, slash, _ = key.partition("/")
        if slash and region not in ("Etc", "SystemV", "posix", "right"):
            regions.setdefault(region, []).append((key, key.partition("/")[2].replace("_", " ").replace("/", ", ")))
    return [*sorted(regions.items()), ("Other", [("UTC", "UTC")])]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
