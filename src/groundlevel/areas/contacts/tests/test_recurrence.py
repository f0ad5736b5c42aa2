"""When something that recurs is due next."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from groundlevel.areas.contacts.recurrence import Rule, next_of

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"intervalType": "hourly", "startDate": "1970-01-01"}, "2026-11-21T01"),
        ({"intervalType": "hourly", "startDate": "2026-11-20T23:00:00Z", "interval": 7}, "2026-11-21T06"),
        ({"intervalType": "hourly", "startDate": "2026-11-30T05:00:00Z"}, "2026-11-30T05"),
        ({"intervalType": "hourly", "startDate": "2026-01-01", "interval": 5, "dayOfWeek": "MO"}, "2026-11-23T01"),
        ({"intervalType": "hourly", "startDate": "2026-01-01", "dayOfMonth": 31, "monthOfYear": 2}, None),
        ({"intervalType": "hourly", "startDate": "2026-01-01", "endDate": "2026-11-21T00:30:00Z"}, None),
        ({"intervalType": "daily", "startDate": "2026-11-20T09:00:00Z", "interval": 2}, "2026-11-22T09"),
        ({"intervalType": "weekly", "startDate": "2026-01-01", "interval": 2, "dayOfWeek": "MO"}, "2026-11-30T00"),
        ({"intervalType": "monthly", "startDate": "2026-01-31"}, "2026-12-31T00"),
        ({"intervalType": "monthly", "startDate": "2026-01-01", "dayOfMonth": 15}, "2026-12-15T00"),
        ({"intervalType": "yearly", "startDate": "2024-02-29"}, "2028-02-29T00"),
        ({"intervalType": "yearly", "startDate": "2020-01-01", "dayOfMonth": 31, "monthOfYear": 4}, None),
        ({"intervalType": "yearly", "startDate": "9999-12-31T23:00:00Z"}, None),
        ({"intervalType": "monthly", "startDate": "2026-01-31", "endDate": "2026-02-01"}, None),
    ],
)
def test_the_next_moment(said: dict[str, Any], expected: str | None) -> None:
    found = next_of(msgspec.convert({"interval": 1, "dueAfterSeconds": 0} | said, Rule), NOW)
    assert (found.isoformat()[:13] if found else None) == expected
