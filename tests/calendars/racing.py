"""Many clients who want the same slot at the same moment."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import pairwise
from typing import Any

from tests.conftest import LiveServer

from groundlevel.areas.calendars import APPOINTMENTS
from groundlevel.areas.calendars.taken import TAKEN, Held
from groundlevel.kernel.events import LOG
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Eq, Owners, Unit
from groundlevel.main import open_store

CLIENTS = 64
RACES = int(os.environ.get("GROUNDLEVEL_RACES", "4"))
"""How many slots are raced for."""
TOO_LATE = "The slot you have selected is no longer available."
MONDAY = datetime(2027, 3, 1, 9, tzinfo=UTC)
BOOK = "/calendars/events/appointments"


class Race:
    """A sub-account with calendars to race for, and a connection for each client, evenly over the servers."""

    def __init__(self, servers: Sequence[LiveServer]) -> None:
        self.servers, self.here = servers, {"locationId": servers[0].location_id}
        self.lines = [HTTPConnection("127.0.0.1", servers[n % len(servers)].port, timeout=60) for n in range(CLIENTS)]
        self.headers = {**servers[0].headers(), "Content-Type": "application/json"}
        self.user = servers[0].credentials["userId"]
        other = self.ask("GET", f"/users/search?companyId={servers[0].credentials['companyId']}", agency=True)
        self.users = [self.user, *(u["id"] for u in other["users"] if self.works_here(u) and u["id"] != self.user)][:3]
        self.contacts = [
            self.ask("POST", "/contacts/", {**self.here, "firstName": f"Racer {n}"})["contact"]["id"] for n in range(4)
        ]

    def works_here(self, user: Any) -> bool:
        """Whether a user is one of the sub-account's."""
        return self.here["locationId"] in user["roles"].get("locationIds", [])

    def ask(self, method: str, path: str, body: Any = None, *, agency: bool = False) -> Any:
        """A reply that is a success."""
        line, headers = self.lines[0], dict(self.headers)
        if agency:
            headers["Authorization"] = f"Bearer {self.servers[0].credentials['agencyToken']}"
        line.request(method, path, json.dumps(body) if body is not None else None, headers)
        reply = line.getresponse()
        told = json.loads(reply.read())
        assert reply.status < 300, told
        return told

    def calendar(self, name: str, kind: str, users: int, **said: Any) -> str:
        """A new calendar that is open all day, of so many users."""
        team = [{"userId": id, "isPrimary": id == self.user} for id in self.users[:users]]
        hours = [{"openHour": 0, "openMinute": 0, "closeHour": 23, "closeMinute": 60}]
        always = [{"daysOfTheWeek": list(range(7)), "hours": hours}]
        body = {**self.here, "name": name, "calendarType": kind, "teamMembers": team, "openHours": always, **said}
        return self.ask("POST", "/calendars/", body)["calendar"]["id"]

    def run(self, method: str, wanted: Sequence[tuple[str, Any]]) -> list[tuple[int, Any]]:
        """Everybody's request at once, one each, and what they are answered: status and reply."""
        for line, (path, body) in zip(self.lines, wanted, strict=True):
            line.request(method, path, json.dumps(body), self.headers)
        replies = [line.getresponse() for line in self.lines]
        return [(reply.status, json.loads(reply.read())) for reply in replies]

    def for_slot(self, calendars: Sequence[str], number: int) -> list[Any]:
        """A race of all clients for the slot with this number, in these calendars by turns. Who won; all lost alike."""
        start = MONDAY + timedelta(minutes=30 * number)
        wanted = [
            (BOOK, {**self.here, "calendarId": calendars[n % len(calendars)], "startTime": start.isoformat(),
                    "contactId": self.contacts[n % len(self.contacts)]})
            for n in range(CLIENTS)
        ]  # fmt: skip
        return winners(self.run("POST", wanted))

    def close(self) -> None:
        """Hang up."""
        for line in self.lines:
            line.close()


def winners(answers: Sequence[tuple[int, Any]]) -> list[Any]:
    """The replies to those who won. AssertionError unless all others were told just that they were too late."""
    lost = Counter((status, reply["message"]) for status, reply in answers if status != 200)
    assert set(lost) <= {(400, TOO_LATE)}, lost
    return [reply for status, reply in answers if status == 200]


def kept(server: LiveServer, calendars: Sequence[str]) -> tuple[int, int, list[str]]:
    """What is in the store of these calendars: appointments, their events, and users who are in two places at once."""
    with closing(open_store(Settings(database=server.database))) as store:
        db: Unit = store.read(Owners(server.location_id, server.credentials["companyId"], system=True))
        found = [one for id in calendars for one in db.find(APPOINTMENTS, Eq("calendar_id", id), limit=10_000)]
        ids, users = {one.id for one in found}, {user for one in found for user in one.users}
        told = [
            json.loads(doc) for _, _, kind, doc, _ in db.log_after(LOG, 0, 1_000_000) if kind == "AppointmentCreate"
        ]
        torn = [row.id for row in db.each(TAKEN) if row.id.split(".")[0] in users and torn_apart(row.held, ids)]
    return len(found), sum(one["appointment"]["id"] in ids for one in told), torn


def torn_apart(held: Sequence[Held], ids: set[str]) -> bool:
    """Whether one of these appointments is at the same time as another event, of another time or calendar."""
    for one, other in pairwise(sorted(held, key=lambda h: (h.start, h.end))):
        together = (one.start, one.end, one.calendar_id) == (other.start, other.end, other.calendar_id)
        if {one.event_id, other.event_id} & ids and other.start < one.end and not together:
            return True
    return False


def for_one_seat(race: Race) -> None:
    """Whatever the calendar, one wins each time."""
    calendars = [
        race.calendar("Race event", "event", 0), race.calendar("Race personal", "personal", 1),
        race.calendar("Race class", "class_booking", 1), race.calendar("Race together", "collective", 2),
    ]  # fmt: skip
    for number in range(RACES):
        assert len(race.for_slot(calendars[number % 4 :][:1], number)) == 1
    assert kept(race.servers[0], calendars) == (RACES, RACES, [])


def for_one_user(race: Race) -> None:
    """A user of two calendars is booked in one of them."""
    calendars = [race.calendar(f"Race either {n}", "round_robin", 1) for n in range(2)]
    for number in range(RACES):
        assert len(race.for_slot(calendars, 5_000 + number)) == 1
    assert kept(race.servers[0], calendars) == (RACES, RACES, [])


def for_several(race: Race) -> None:
    """A class has as many winners as seats, and a team as members, each of whom gets one."""
    many = race.calendar("Race seats", "class_booking", 1, appoinmentPerSlot=7)
    team = race.calendar("Race team", "round_robin", 3)
    assert len(race.for_slot([many], 10_000)) == 7
    won = race.for_slot([team], 10_001)
    assert sorted(one["assignedUserId"] for one in won) == sorted(race.users)
    assert kept(race.servers[0], [team]) == (3, 3, [])


def by_moving(race: Race) -> None:
    """Of all who move to a slot one arrives, and the others stay where they were."""
    calendar, here = race.calendar("Race moving", "event", 0), race.here
    before = [MONDAY + timedelta(days=700, minutes=30 * n) for n in range(CLIENTS)]
    said = {**here, "calendarId": calendar, "contactId": race.contacts[0]}
    made = [race.ask("POST", BOOK, {**said, "startTime": start.isoformat()})["id"] for start in before]
    moved = MONDAY + timedelta(days=600)
    won = winners(race.run("PUT", [(f"{BOOK}/{id}", {"startTime": moved.isoformat()}) for id in made]))
    assert [datetime.fromisoformat(one["startTime"]) for one in won] == [moved]
    left = [race.ask("GET", f"{BOOK}/{id}")["event"]["startTime"] for id in made if id != won[0]["id"]]
    assert {datetime.fromisoformat(start) for start in left} < set(before)
    assert kept(race.servers[0], [calendar]) == (CLIENTS, CLIENTS, [])
