"""When an opportunity is expected to close, and how likely it is to be won. Pure."""

import re
from datetime import date, datetime
from typing import Any, Literal, Protocol

from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import ISO_8601, moment

Status = Literal["open", "won", "lost", "abandoned"]
STATUSES: tuple[Status, ...] = ("open", "won", "lost", "abandoned")

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_ISO = re.compile(ISO_8601)


def day(text: str) -> date | None:
    """The day that a text means; None for any other.

    YYYY/MM/DD, MM/DD/YYYY, the same with `-` or `.`, or ISO 8601: the day of the moment in UTC.
    """
    text = text.strip()
    try:
        if found := _YEAR_FIRST.fullmatch(text):
            return date(int(found[1]), int(found[3]), int(found[4]))
        if found := _YEAR_LAST.fullmatch(text):
            return date(int(found[4]), int(found[1]), int(found[3]))
        return moment(text, "").date() if _ISO.search(text) else None
    except (ValueError, Unprocessable):
        return None


class Forecast(Protocol):
    """What is kept of an opportunity's expected end. Days as YYYY-MM-DD; moments in ISO 8601."""

    forecast_expected_close_date: str | None
    forecast_original_close_date: str | None
    forecast_slippage_count: int | None
    forecast_days_slipped: int | None
    forecast_last_slipped_at: str | None


def expected(kept: Forecast, said: date | None, stamp: str) -> dict[str, Any]:
    """The fields that change when the end is expected on another day.

    The first day ever said stays known as the original. Whenever a day is put off to a later one it has slipped: that
    is counted, and the days are added up. None takes the expectation away, and no more.
    """
    before = kept.forecast_expected_close_date
    after = said.isoformat() if said else None
    fields: dict[str, Any] = {"forecast_expected_close_date": after}
    if after and kept.forecast_original_close_date is None:
        fields |= {"forecast_original_close_date": after, "forecast_slippage_count": 0, "forecast_days_slipped": 0}
    elif said and before and after and after > before:
        slipped = (said - datetime.fromisoformat(before).date()).days
        fields["forecast_slippage_count"] = (kept.forecast_slippage_count or 0) + 1
        fields["forecast_days_slipped"] = (kept.forecast_days_slipped or 0) + slipped
        fields["forecast_last_slipped_at"] = stamp
    return fields


def effective(status: Status, own: float | None, of_stage: float) -> float:
    """How likely it is to be won, in percent: certain once it is closed, else its own estimate, else its stage's."""
    if status == "open":
        return of_stage if own is None else own
    return 100 if status == "won" else 0
