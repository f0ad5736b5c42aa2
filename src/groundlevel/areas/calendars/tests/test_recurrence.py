"""Rules by which appointments come again."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from groundlevel.areas.calendars.recurrence import Series, occurrences, series

NEW_YORK = "America/New_York"
MONDAY = round(datetime(2026, 3, 2, 9, tzinfo=ZoneInfo(NEW_YORK)).timestamp())
DAY = 86_400


def told(one: Series, days: int = 4_000) -> list[str]:
    """When it falls, on its own clock."""
    found = occurrences(one, one.start - DAY, one.start + days * DAY)
    return [datetime.fromtimestamp(moment, ZoneInfo(one.zone)).isoformat() for moment in found]


@pytest.mark.parametrize(("rule", "expected"), [
    ("FREQ=WEEKLY;COUNT=2", ["2026-03-02T09:00:00-05:00", "2026-03-09T09:00:00-04:00"]),
    ("RRULE:FREQ=DAILY;INTERVAL=3;UNTIL=20260308", ["2026-03-02T09:00:00-05:00", "2026-03-05T09:00:00-05:00",
                                                    "2026-03-08T09:00:00-04:00"]),
    ("FREQ=DAILY;UNTIL=20260303T140000Z", ["2026-03-02T09:00:00-05:00", "2026-03-03T09:00:00-05:00"]),
    ("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", ["2026-03-02T09:00:00-05:00", "2026-04-06T09:00:00-04:00"]),
    ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2;COUNT=2", ["2026-03-02T09:00:00-05:00", "2027-03-02T09:00:00-05:00"]),
])  # fmt: skip
def test_an_appointment_keeps_its_time_of_day(rule: str, expected: list[str]) -> None:
    assert told(series(rule, NEW_YORK, MONDAY)) == expected


def test_hours_that_are_left_out_or_there_twice() -> None:
    zone = ZoneInfo(NEW_YORK)
    gap = series("FREQ=DAILY;COUNT=3", NEW_YORK, round(datetime(2026, 3, 7, 2, 30, tzinfo=zone).timestamp()))
    assert [text[8:] for text in told(gap)] == ["07T02:30:00-05:00", "08T03:30:00-04:00", "09T02:30:00-04:00"]
    twice = series("FREQ=DAILY;COUNT=2", NEW_YORK, round(datetime(2026, 10, 31, 1, 30, tzinfo=zone).timestamp()))
    assert [text[8:] for text in told(twice)] == ["31T01:30:00-04:00", "01T01:30:00-04:00"]
    second = round(datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=zone).timestamp())
    assert told(series("FREQ=DAILY;COUNT=1", NEW_YORK, second)) == ["2026-11-01T01:30:00-05:00"]


@pytest.mark.parametrize(("rule", "wrong"), [
    ("", "rrule must have a FREQ of DAILY, WEEKLY, MONTHLY, YEARLY"),
    ("FREQ=SECONDLY", "rrule must have a FREQ of DAILY, WEEKLY, MONTHLY, YEARLY"),
    ("FREQ=DAILY;COUNT=1001", "rrule must have COUNT from 1 to 1000"),
    ("FREQ=DAILY;COUNT=1;UNTIL=20260308", "rrule must not have both COUNT and UNTIL"),
    ("FREQ=DAILY;BYMONTHDAY=31", "rrule must not have BYMONTHDAY with FREQ=DAILY"),
    ("FREQ=WEEKLY;BYDAY=TU", "rrule must include the startTime"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "rrule must include the startTime"),
    ("FREQ=DAILY;BYDAY=XX", "rrule must be a valid RRULE"),
    ("FREQ=DAILY;FREQ=DAILY", "rrule must be a valid RRULE"),
    ("FREQ=DAILY;UNTIL=20269999", "rrule must be a valid RRULE"),
    ("FREQ=WEEKLY;BYDAY=MO\nEXDATE:20260302T090000", "rrule must be a valid RRULE"),
])  # fmt: skip
def test_rules_that_are_none(rule: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        series(rule, NEW_YORK, MONDAY)


def test_a_part_of_a_series_is_found_without_going_through_it() -> None:
    """The same as going through it from its beginning, wherever one looks."""
    dice = random.Random(1)
    first = datetime.fromtimestamp(MONDAY, ZoneInfo(NEW_YORK)).replace(tzinfo=None)
    for rule in (
        "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,SU", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1",
        "FREQ=WEEKLY;WKST=SU;INTERVAL=3;BYDAY=MO,SU", "FREQ=DAILY;BYMONTH=3,7",
    ):  # fmt: skip
        every = list(rrulestr(rule, dtstart=first).between(first, first + timedelta(days=3_000), inc=True))
        moments = [round(local.replace(tzinfo=ZoneInfo(NEW_YORK)).timestamp()) for local in every]
        one = series(rule, NEW_YORK, MONDAY)
        for _ in range(20):
            since = MONDAY + dice.randrange(-10, 2_900) * DAY + dice.randrange(DAY)
            until = since + dice.randrange(1, 60 * DAY)
            assert occurrences(one, since, until) == [m for m in moments if since <= m < until]
    assert datetime.fromtimestamp(MONDAY, UTC).hour == 14
