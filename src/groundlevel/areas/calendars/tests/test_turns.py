"""Whose turn it is, and how soon and how far ahead one can book: tables of cases."""

from datetime import UTC, datetime
from typing import Any

import pytest

from groundlevel.areas.calendars.assigning import Turn, Turns, choose, given, returned
from groundlevel.areas.calendars.calendar import EventType, TeamMember
from groundlevel.areas.calendars.notice import latest, seconds, soonest

AVAILABLE: EventType = "RoundRobin_OptimizeForAvailability"
EQUAL: EventType = "RoundRobin_OptimizeForEqualDistribution"
A, B, C = (TeamMember(user_id=name) for name in "abc")
HIGH = TeamMember(user_id="b", priority=1)
NEW_YORK = "America/New_York"
NOW = datetime(2027, 3, 12, 15, 30, tzinfo=UTC)


def turns(**of: tuple[int, int]) -> Turns:
    """Counts and last turns."""
    return Turns(max((last for _, last in of.values()), default=0), {who: Turn(*turn) for who, turn in of.items()})


@pytest.mark.parametrize(("members", "free", "by", "known", "expected"), [
    ([A, B, C], "abc", AVAILABLE, turns(), "a"),
    ([A, HIGH, C], "abc", AVAILABLE, turns(b=(9, 9)), "b"),
    ([A, HIGH, C], "ac", AVAILABLE, turns(a=(1, 2), c=(5, 1)), "c"),
    ([A, B, C], "bc", AVAILABLE, turns(a=(1, 1), b=(1, 3), c=(1, 2)), "c"),
    ([A, B, C], "abc", EQUAL, turns(a=(3, 1), b=(2, 9), c=(3, 2)), "b"),
    ([A, HIGH, C], "abc", EQUAL, turns(a=(2, 1), b=(2, 2), c=(2, 3)), "b"),
    ([A, B, C], "abc", EQUAL, turns(a=(5, 7), b=(5, 8)), "c"),
    ([A, B, C], "ab", EQUAL, turns(a=(2, 8), b=(2, 7), c=(0, 0)), "b"),
])  # fmt: skip
def test_whose_turn(members: list[TeamMember], free: str, by: EventType, known: Turns, expected: str) -> None:
    assert choose(members, set(free), by, known) == expected


def test_who_is_new_does_not_catch_up_with_all_that_was() -> None:
    known = turns(a=(100, 199), b=(101, 200))
    for _ in range(6):
        known = given(["a", "b", "c"], known, choose([A, B, C], "abc", EQUAL, known))
    assert {who: turn.count for who, turn in known.of.items()} == {"a": 102, "b": 103, "c": 102}


def test_what_is_given_back_is_nobodys_turn() -> None:
    known = given(["a", "b"], given(["a", "b"], Turns(), "a"), "b")
    assert returned(known, "b") == Turns(2, {"a": Turn(1, 1), "b": Turn(0, 2)})


@pytest.mark.parametrize(("amount", "unit", "expected"), [
    (None, None, "2027-03-12T15:30"), (0, "days", "2027-03-12T15:30"), (2, None, "2027-03-12T17:30"),
    (45, "mins", "2027-03-12T16:15"), (1.5, "hours", "2027-03-12T17:00"), (1, "days", "2027-03-13T15:30"),
    (2, "days", "2027-03-14T14:30"), (1, "weeks", "2027-03-19T14:30"), (1, "months", "2027-04-12T14:30"),
])  # fmt: skip
def test_how_soon(amount: float | None, unit: Any, expected: str) -> None:
    """Days and more go by the clock, which in New York goes on by an hour on the fourteenth of March."""
    found = datetime.fromtimestamp(soonest(NOW, amount, unit, NEW_YORK), UTC)
    assert found.isoformat()[:16] == expected


@pytest.mark.parametrize(("amount", "unit", "expected"), [
    (0, "days", "2027-03-13T05:00"), (1, None, "2027-03-14T05:00"), (2, "days", "2027-03-15T04:00"),
    (1, "weeks", "2027-03-20T04:00"), (1, "months", "2027-04-13T04:00"),
])  # fmt: skip
def test_how_far_ahead(amount: int, unit: Any, expected: str) -> None:
    """To the end of the day that is so far from today."""
    found = latest(NOW, amount, unit, NEW_YORK)
    assert found and datetime.fromtimestamp(found, UTC).isoformat()[:16] == expected
    assert latest(NOW, None, unit, NEW_YORK) is None


def test_lengths_are_in_minutes_unless_said_otherwise() -> None:
    assert [seconds(None, None), seconds(15, None), seconds(1.5, "hours"), seconds(0.5, "mins")] == [0, 900, 5400, 30]
