"""Days in every notation, and how likely an opportunity is to be won."""

from datetime import date

import pytest

from groundlevel.areas.opportunities.forecasts import Status, day, effective

MARCH = date(2027, 3, 9)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2027/03/09", MARCH), ("03/09/2027", MARCH), ("2027-03-09", MARCH), ("03-09-2027", MARCH),
        ("2027.03.09", MARCH), ("03.09.2027", MARCH), ("2027-03-09T23:00:00Z", MARCH), ("3/9/2027", MARCH),
        ("2027-03-09T23:00:00-05:00", date(2027, 3, 10)), (" 2027-03-09 ", MARCH),
        ("2027-02-30", None), ("13/09/2027", None), ("2027-03/09", None), ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_days(text: str, found: date | None) -> None:
    assert day(text) == found


@pytest.mark.parametrize(
    ("status", "own", "chance"),
    [("open", None, 30), ("open", 0, 0), ("open", 80, 80), ("won", 5, 100), ("lost", 80, 0), ("abandoned", None, 0)],
)
def test_how_likely(status: Status, own: float | None, chance: float) -> None:
    assert effective(status, own, 30) == chance
