"""When something that recurs is due next. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule
from msgspec import Meta

from groundlevel.kernel.wire import Body, When, moment

EVERY: dict[str, Any] = {"yearly": YEARLY, "monthly": MONTHLY, "weekly": WEEKLY, "daily": DAILY}
WEEK = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days that each month has at most."""
STEPS = {"weekly": timedelta(weeks=1), "daily": timedelta(days=1), "hourly": timedelta(hours=1)}
"""Intervals of one length: a rule that began long ago need not be gone through from its beginning."""
HORIZON = {"yearly": 366 * 400, "monthly": 366 * 100}
"""Days that are looked ahead; ten years for the others. A rule may name days that never come, as 31 February."""
TEN_YEARS = 3_660
LAST = datetime(9999, 12, 31, tzinfo=UTC)
"""The last day of the calendar."""


class Rule(Body):
    """Every so many hours, days, weeks, months or years, from `start_date` on until `end_date` or `count` tasks.

    A day of the month or week and a month narrow it down. A task is due `due_after_seconds` after it was made.
    create_task_if_over_due: also while the one before is open although it should have been done.
    """

    interval_type: Literal["yearly", "monthly", "weekly", "daily", "hourly"]
    interval: Annotated[int, Meta(ge=1, le=1_000)]
    start_date: When
    due_after_seconds: Annotated[int, Meta(ge=0, le=3_155_760_000)]
    end_date: When | None = None
    day_of_month: Annotated[int, Meta(ge=1, le=31)] | None = None
    day_of_week: Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"] | None = None
    month_of_year: Annotated[int, Meta(ge=1, le=12)] | None = None
    count: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    create_task_if_over_due: bool | None = None


def start_of(rule: Rule) -> datetime:
    """When the rule begins. 422 for a day that the calendar does not have."""
    return moment(rule.start_date, "rruleOptions.startDate")


def next_of(rule: Rule, after: datetime) -> datetime | None:
    """The rule's first moment later than `after`; None when there is none. 422 for days the calendar does not have."""
    start = start_of(rule)
    end = moment(rule.end_date, "rruleOptions.endDate") if rule.end_date else LAST
    if rule.day_of_month and rule.day_of_month > LONGEST[(rule.month_of_year or 1) - 1]:
        return None
    step = STEPS.get(rule.interval_type, timedelta(0)) * rule.interval
    base = start + step * ((after - start) // step) if step and after > start else start
    latest = max(after, start)
    until = min(end, latest + min(timedelta(days=HORIZON.get(rule.interval_type, TEN_YEARS)), LAST - latest))
    days: dict[str, Any] = {
        "bymonthday": rule.day_of_month, "bymonth": rule.month_of_year, "until": until,
        "byweekday": WEEK.index(rule.day_of_week) if rule.day_of_week else None,
    }  # fmt: skip
    if rule.interval_type == "hourly":
        return _hour_of(
            rrule(DAILY, dtstart=base.replace(hour=0, minute=0, second=0, microsecond=0), **days), rule, after
        )
    return rrule(EVERY[rule.interval_type], dtstart=base, interval=rule.interval, **days).after(after)


def _hour_of(days: rrule, rule: Rule, after: datetime) -> datetime | None:
    """The first moment of an hourly rule on one of the days."""
    start, step = start_of(rule), STEPS["hourly"] * rule.interval
    end = moment(rule.end_date, "rruleOptions.endDate") if rule.end_date else LAST
    for day in days:
        earliest = max(day, start, after + timedelta(microseconds=1))
        found = start - step * ((start - earliest) // step)
        if found < day + timedelta(days=1):
            return found if found <= end else None
    return None
