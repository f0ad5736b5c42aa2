"""Bookings a second, on each store: everybody wants another slot, and everybody wants the same one."""

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psycopg

from benchmarks.generator import Load, Round, request
from benchmarks.installation import groundlevel
from benchmarks.measures import Result
from benchmarks.postgres import new_database
from benchmarks.processes import Server
from benchmarks.teams import DAYS, FIRST, Team, team

USERS, CLIENTS, SEATS = 20, 64, 64
"""Members of the calendar, and clients that book at once. Each seat of a race is wanted by all of them."""


def bookings(folder: Path, port: int, seconds: float) -> Iterator[Result]:
    """The lines about bookings, on SQLite and, where there is one, on PostgreSQL."""
    yield from _on("SQLite", team(folder / "bookings.db", USERS, 0), port, seconds)
    try:
        with new_database() as database:
            yield from _on("PostgreSQL", team(database, USERS, 0), port, seconds)
    except psycopg.OperationalError:
        yield Result("bookings on PostgreSQL", "no server here")


def _on(store: str, of: Team, port: int, seconds: float) -> Iterator[Result]:
    with groundlevel(of.where, port, of.account, "bookings") as server:
        apart = _load(server, _apart(of), seconds)
        booked = apart.statuses[b"200"]
        yield Result(
            f"bookings of {CLIENTS} clients, any slot of a month, {USERS} users, {store}",
            f"{booked / apart.seconds:,.0f} a second", f"p99 {apart.quantile(0.99):.0f} ms",
            "", "no failure", set(apart.statuses) <= {b"200", b"400"} and booked > 0,
        )  # fmt: skip
        race = _load(server, _races(of), 12 * seconds)
        won, asked = race.statuses[b"200"], race.answers
        yield Result(
            f"{CLIENTS} clients race for a seat, {store}", f"{asked / race.seconds:,.0f} answers a second",
            f"{won} of {asked // SEATS} seats taken, p99 {race.quantile(0.99):.0f} ms",
            "", "one wins each", won == asked // SEATS and set(race.statuses) <= {b"200", b"400"},
        )  # fmt: skip


def _load(server: Server, requests: Iterator[tuple[bytes, int]], seconds: float) -> Round:
    load = Load(server.port, CLIENTS, awake=False)
    try:
        return load.run(requests, seconds)
    finally:
        load.close()


def _book(of: Team, calendar: str, moment: float, contact: str) -> bytes:
    body = {
        "locationId": of.account.location_id, "calendarId": calendar, "contactId": contact, "title": "Call",
        "startTime": f"{_text(moment)}",
    }  # fmt: skip
    return request("POST", "/calendars/events/appointments", of.account.headers, msgspec.json.encode(body))


def _text(moment: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(moment, UTC).isoformat()


def _apart(of: Team) -> Iterator[tuple[bytes, int]]:
    """Slots of the month in any order, each as often as there are members."""
    dice = random.Random(5)
    while True:
        day, slot = dice.randrange(DAYS), dice.randrange(18)
        moment = FIRST.timestamp() + day * 86_400 + 8 * 3_600 + slot * 1_800
        yield _book(of, of.calendar, moment, dice.choice(of.contacts)), 0


def _races(of: Team) -> Iterator[tuple[bytes, int]]:
    """The slots of the next months one after the other, each for all clients, in the calendar of five together."""
    for day in range(DAYS, 3 * DAYS):
        for slot in range(2):
            moment = FIRST.timestamp() + day * 86_400 + 8 * 3_600 + slot * 1_800
            if day % 7 not in (5, 6):
                yield from ((_book(of, of.together, moment, of.contacts[n]), 0) for n in range(SEATS))
