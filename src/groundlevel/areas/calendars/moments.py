"""Moments as calendars count them, in seconds since 1970, and as they are said, stored and told."""

from datetime import UTC, datetime, tzinfo
from typing import Annotated

from msgspec import Meta

from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import iso, moment

LAST_MS = 253_339_228_800_000
Millis = Annotated[int, Meta(ge=0, le=LAST_MS)] | Annotated[float, Meta(ge=0, le=LAST_MS)]
"""Milliseconds since 1970, before the year 9998."""
YEARS = range(1971, 9_998)
"""When something can be booked, so that it has a local time everywhere."""


def said(text: str, name: str) -> int:
    """The moment that a caller means (a `When`). 422 naming the field `name` where there is no such day."""
    found = moment(text, name)
    if found.year not in YEARS:
        raise Unprocessable(f"{name} must be between the years {YEARS[0]} and {YEARS[-1]}")
    return int(found.timestamp())


def seconds_of(stored: str) -> int:
    """A stored moment."""
    return int(datetime.fromisoformat(stored).timestamp())


def stored(seconds: int) -> str:
    """A moment as it is stored."""
    return iso(datetime.fromtimestamp(seconds, UTC))


def on_clock(moment: str, zone: tzinfo) -> str:
    """A stored moment on a zone's clock: `2026-01-05T09:00:00-05:00`."""
    return datetime.fromisoformat(moment).astimezone(zone).isoformat(timespec="seconds")
