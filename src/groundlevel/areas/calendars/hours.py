"""When someone or something is available, as schedules say it: hours of weekdays, and of single dates instead. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from groundlevel.areas.calendars.rules import Rules, Stretch, hours_of, merged
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import Body

Day = Literal["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
Clock = Annotated[str, Meta(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]
"""A time of day on a 24-hour clock, "9:30" or "09:30"."""
CalendarDate = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
"""A day, "YYYY-MM-DD"."""
Zone = Annotated[str, Meta(min_length=1, max_length=100)]
"""An IANA time zone."""
DAYS: tuple[Day, ...] = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MIDNIGHT = 24 * 60


class Interval(Body):
    """From one time of day to a later one. `to` "00:00": to the day's end."""

    start: Clock = msgspec.field(name="from")
    end: Clock = msgspec.field(name="to")

    @property
    def minutes(self) -> tuple[int, int]:
        """Where it begins and ends, in minutes of the day."""
        return minutes_of(self.start), minutes_of(self.end) or MIDNIGHT


class ScheduleRule(Body):
    """The hours of a day of the week (`wday`, `day`), or of one date in place of them (`date`); none: closed."""

    type: Literal["wday", "date"]
    intervals: Annotated[list[Interval], Meta(max_length=50)]
    date: CalendarDate | None = None
    day: Day | None = None


ScheduleRules = Annotated[list[ScheduleRule], Meta(max_length=1_000)]


def rules_in(zone: str, said: list[ScheduleRule]) -> Rules:
    """The same for whoever looks for slots: several rules for one day are taken together."""
    weekly: dict[int, list[Stretch]] = {}
    dates: dict[str, list[Stretch]] = {}
    for rule in said:
        if rule.type == "wday":
            of_day = weekly.setdefault(DAYS.index(rule.day or "sunday"), [])
        else:
            of_day = dates.setdefault(rule.date or "", [])
        of_day.extend(interval.minutes for interval in rule.intervals)
    hours = hours_of({day: merged(stretches) for day, stretches in weekly.items()})
    return Rules(zone, hours, tuple((day, tuple(merged(stretches))) for day, stretches in sorted(dates.items())))


def minutes_of(clock: str) -> int:
    """A time of day in minutes."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def check_rules(rules: list[ScheduleRule]) -> None:
    """422 naming every rule without its day or date, and every interval that does not end after it begins."""
    if wrong := list(_faults(rules)):
        raise Unprocessable(*wrong)


def _faults(rules: list[ScheduleRule]) -> Iterator[str]:
    for number, rule in enumerate(rules):
        at = f"rules.{number}"
        if rule.type == "wday" and rule.day is None:
            yield f"{at}.day should not be empty"
        if rule.type == "date" and not _exists(rule.date):
            yield f"{at}.date must be a valid date, YYYY-MM-DD"
        for place, interval in enumerate(rule.intervals):
            start, end = interval.minutes
            if end <= start:
                yield f"{at}.intervals.{place}.to must be later than from"


def _exists(day: str | None) -> bool:
    try:
        return day is not None and bool(date.fromisoformat(day))
    except ValueError:
        return False
