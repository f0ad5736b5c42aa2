"""Small worlds to look for free slots in: people, their hours and appointments, often about a change of the clock."""

import os
from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from groundlevel.areas.calendars.rules import MINUTE, Rules, hours_of
from groundlevel.areas.calendars.slots import Party, Question

COUNT = int(os.environ.get("GROUNDLEVEL_WORLDS", "40"))
"""How many worlds each property is tried in."""
in_worlds = settings(
    max_examples=COUNT, deadline=None, database=None, derandomize=COUNT <= 40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip

PLACES = (
    ("America/New_York", "2026-03-08"), ("America/New_York", "2026-11-01"), ("Europe/Vienna", "2026-03-29"),
    ("Europe/Vienna", "2026-10-25"), ("Australia/Lord_Howe", "2026-04-05"), ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Santiago", "2026-09-06"), ("America/Santiago", "2026-04-05"), ("Africa/Cairo", "2026-04-24"),
    ("Africa/Cairo", "2026-10-30"), ("Pacific/Chatham", "2026-04-05"), ("America/Havana", "2026-11-01"),
    ("Asia/Kolkata", "2026-06-01"), ("UTC", "2026-12-31"),
)  # fmt: skip
"""Zones, and days on which their clocks change, where they do; some at midnight, one by half an hour."""
ZONES = sorted({zone for zone, _ in PLACES})


def stretches(since: int, hours: int, most: int) -> st.SearchStrategy[list[tuple[int, int]]]:
    """What is taken: some stretches of whole minutes."""
    one = st.tuples(st.integers(-6 * 12, hours * 12), st.integers(1, 40))
    return st.lists(one, max_size=most).map(
        lambda found: [(since + at * 5 * MINUTE, since + (at + long) * 5 * MINUTE) for at, long in found]
    )


@st.composite
def hours(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """The hours of a day: none, one, or several, which may overlap."""
    found: list[tuple[int, int]] = []
    for _ in range(draw(st.sampled_from((0, 1, 1, 1, 2, 3)))):
        opens = draw(st.integers(0, 23 * 12)) * 5
        closes = draw(st.sampled_from((opens + 60, opens + 240, opens + 600, 1440)))
        found.append((opens, min(1440, closes)))
    return tuple(found)


@st.composite
def rules(draw: st.DrawFn, day: str, zone: str) -> Rules:
    """Hours of weekdays, sometimes others on the day itself."""
    weekly = hours_of({weekday: draw(hours()) for weekday in range(7)})
    dates = ((day, draw(hours())),) if draw(st.booleans()) else ()
    return Rules(draw(st.sampled_from((zone, zone, *ZONES))), weekly, dates)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A calendar of any kind, with whom it needs and what is booked."""
    zone, day = draw(st.sampled_from(PLACES))
    noon = int(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp())
    since = noon - draw(st.integers(0, 24)) * 3600 - draw(st.sampled_from((0, 0, 17 * MINUTE)))
    span = draw(st.sampled_from((6, 18, 30)))
    shared = [draw(rules(day, zone)) for _ in range(draw(st.integers(1, 2)))]

    def party(name: str, *, always: bool, seats: int) -> Party:
        own = draw(stretches(since, span, 3 * seats))
        busy = draw(stretches(since, span, 3))
        return Party(name, None if always else draw(st.sampled_from(shared)), busy, own, seats)

    kind, seats = draw(st.sampled_from(("someone", "someone", "everyone", "place"))), draw(st.integers(1, 3))
    people = [party(f"p{n}", always=False, seats=seats) for n in range(draw(st.integers(1, 3)))]
    place = party("calendar", always=kind != "place", seats=draw(st.integers(1, 3)))
    place = replace(place, of_one_time=draw(st.booleans()))
    in_zone = draw(st.sampled_from((zone, *ZONES)))
    return Question(
        since=since, until=since + span * 3600, duration=draw(st.sampled_from((15, 30, 30, 60, 100))) * MINUTE,
        interval=draw(st.sampled_from((15, 20, 30, 30, 45, 60, 120))) * MINUTE,
        before=draw(st.sampled_from((0, 0, 10, 30))) * MINUTE, after=draw(st.sampled_from((0, 0, 15, 45))) * MINUTE,
        soonest=since + draw(st.sampled_from((0, 0, 3))) * 3600,
        latest=draw(st.sampled_from((None, None, since + 5 * 3600))),
        everyone=[place] if kind == "place" else people if kind == "everyone" else draw(st.sampled_from(([], [place]))),
        someone=people if kind == "someone" else [],
        only=draw(st.sampled_from((None, None, frozenset({"p0", "nobody"})))), zone=in_zone,
        per_day=draw(st.sampled_from((None, None, 1, 3))),
        booked=[start for start, _ in draw(stretches(since, span, 4))],
        hidden=draw(st.sampled_from((0, 0, 0, 40))), seed="calendar",
    )  # fmt: skip
