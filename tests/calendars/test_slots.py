"""The engine of free slots against the obvious one, and what must hold in every world."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.calendars import slow
from tests.calendars.worlds import in_worlds, questions

from groundlevel.areas.calendars.free_slots import by_day
from groundlevel.areas.calendars.rules import DAY, Rules, segments, starts
from groundlevel.areas.calendars.slots import Party, Question, offered, takers

ALL_DAY = Rules("UTC", (((0, 1440),),) * 7)
CLOCKS = (
    "Africa/Cairo", "Africa/Casablanca", "America/Anchorage", "America/Asuncion", "America/Chicago", "America/Denver",
    "America/Halifax", "America/Havana", "America/Los_Angeles", "America/New_York", "America/Nuuk", "America/Phoenix",
    "America/Santiago", "America/Sao_Paulo", "America/St_Johns", "Antarctica/Troll", "Asia/Almaty", "Asia/Beirut",
    "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Kolkata", "Atlantic/Azores", "Australia/Adelaide", "Australia/Lord_Howe",
    "Australia/Sydney", "Europe/Dublin", "Europe/Vienna", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter",
)  # fmt: skip


@in_worlds
@given(questions())
def test_the_same_slots_are_free(question: Question) -> None:
    assert offered(question) == slow.offered(question)


@in_worlds
@given(questions())
def test_the_same_people_can_take_them(question: Question) -> None:
    free = offered(question)
    for start in (*free[:3], *free[-2:], question.since, question.since + question.interval):
        assert takers(question, start) == slow.takers(question, start)


def with_booking(question: Question, start: int, taker: str | None) -> Question:
    """The same world with an appointment in it."""
    taken = (start - question.before, start + question.duration + question.after)

    def booked(party: Party) -> Party:
        return replace(party, own=[*party.own, taken])

    return replace(
        question, everyone=[booked(party) for party in question.everyone],
        someone=[booked(party) if party.id == taker else party for party in question.someone],
        booked=[*question.booked, start],
    )  # fmt: skip


def most_at_once(party: Party, taken: tuple[int, int]) -> int:
    """How many of its own appointments are going on at once during one of them."""
    during = (minute for minute in slow.minutes(*taken))
    return max((sum(a <= minute < b for a, b in party.own) for minute in during), default=0)


@in_worlds
@given(questions(), st.lists(st.integers(0, 10_000), min_size=1, max_size=6))
def test_whatever_is_booked_nobody_is_in_two_places(question: Question, wishes: list[int]) -> None:
    for wish in wishes:
        free = offered(question)
        if not free:
            break
        start = free[wish % len(free)]
        found = takers(question, start)
        assert found is not None
        taker = found[wish % len(found)] if found else None
        after, taken = with_booking(question, start, taker), (start - question.before, start + question.duration)
        for party in (*after.everyone, *(p for p in after.someone if p.id == taker)):
            whole = taken[0], taken[1] + question.after
            assert not any(a < whole[1] and whole[0] < b for a, b in party.busy)
            assert most_at_once(party, whole) <= party.seats
        days = Counter(slow.clock(after.zone, moment)[0] for moment in after.booked)
        assert after.per_day is None or days[slow.clock(after.zone, start)[0]] <= after.per_day
        assert set(offered(after)) <= set(free)
        if all(len([own for own in p.own if own[0] == taken[0]]) >= p.seats for p in (*after.everyone, *after.someone)):
            assert start not in offered(after), "a booked slot is offered"
        question = after
    assert offered(question) == slow.offered(question)


@in_worlds
@given(questions(), st.sampled_from(CLOCKS), st.sampled_from(CLOCKS))
def test_two_clocks_name_the_same_moments(question: Question, one: str, other: str) -> None:
    free = offered(question)
    for zone in (one, other):
        told = by_day(free, zone)
        slots = [(day, slot) for day, of in told.items() for slot in of["slots"]]
        assert [round(datetime.fromisoformat(slot).timestamp()) for _, slot in slots] == free
        assert all(slot.startswith(f"{day}T") for day, slot in slots)
        there = [datetime.fromtimestamp(moment, ZoneInfo(zone)) for moment in free]
        assert [slot for _, slot in slots] == [moment.isoformat() for moment in there]


@pytest.mark.parametrize("zone", CLOCKS)
def test_every_change_of_the_clock_until_2030(zone: str) -> None:
    """Of a clock that is open all day, every half hour that it shows is a slot, as often as it shows it."""
    first, last = (round(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2024, 2031))
    wall = ZoneInfo(zone)
    hours = range(first, last, 6 * 3_600)
    seen = sum(offset_of(wall, a) != offset_of(wall, b) for a, b in pairwise(hours))
    changes = [start for start, _, _ in segments(zone, first, last)][1:]
    assert len(changes) == seen
    for change in changes:
        assert offset_of(wall, change - 1) != offset_of(wall, change)
        since, until = change - DAY, change + DAY
        shown = [datetime.fromtimestamp(moment, wall) for moment in range(since, until, 900)]
        expected = [moment for moment in shown if moment.minute % 30 == 0]
        found = starts(replace(ALL_DAY, zone=zone), since, until, 1_800, 1_800)
        assert list(found) == [round(moment.timestamp()) for moment in expected]
        told = by_day(found, zone)
        assert [slot for of in told.values() for slot in of["slots"]] == [moment.isoformat() for moment in expected]


def offset_of(zone: ZoneInfo, moment: int) -> int:
    """How far the clock is ahead of UTC."""
    offset = datetime.fromtimestamp(moment, zone).utcoffset()
    assert offset is not None
    return round(offset / timedelta(seconds=1))
