"""How soon, and how far ahead, something can be booked. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from groundlevel.areas.calendars.calendar import NoticeUnit, RangeUnit, Unit

SECONDS = {"mins": 60, "hours": 3_600}


def seconds(amount: float | None, unit: Unit | None) -> int:
    """A length in seconds; in minutes unless a unit is said."""
    return round((amount or 0) * SECONDS[unit or "mins"])


def soonest(now: datetime, amount: float | None, unit: NoticeUnit | None, zone: str) -> int:
    """The first moment that can be booked: `amount` from now, days and more by the zone's clock. Hours if not said."""
    if not amount:
        return round(now.timestamp())
    if unit in (None, "mins", "hours"):
        return round(now.timestamp() + seconds(amount, unit or "hours"))
    there = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return _moment(there + _span(amount, unit), zone)


def latest(now: datetime, amount: int | None, unit: RangeUnit | None, zone: str) -> int | None:
    """The moment before which must lie what is booked: the end of the day that is `amount` (of days) from today.

    None where it can be as far ahead as one likes.
    """
    if amount is None:
        return None
    today = now.astimezone(ZoneInfo(zone)).date()
    last = datetime.combine(today, time()) + _span(amount, unit or "days") + timedelta(days=1)
    return _moment(last, zone)


def _span(amount: float, unit: NoticeUnit) -> relativedelta:
    """Calendar months; a fraction of one is so many of thirty days."""
    if unit == "months":
        return relativedelta(months=int(amount), days=round(amount % 1 * 30))
    return relativedelta(days=int(amount * (7 if unit == "weeks" else 1)), hours=round(amount * 24 % 24))


def _moment(local: datetime, zone: str) -> int:
    return round(local.replace(tzinfo=ZoneInfo(zone)).timestamp())
