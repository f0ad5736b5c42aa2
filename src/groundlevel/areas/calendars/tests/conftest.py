"""What tests of calendars start from: an installation whose clock shows a Monday morning, and users to book."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from httpx2 import Response

from groundlevel.areas.locations import LOCATIONS, location_or_400
from groundlevel.areas.users import USERS, Roles, User
from groundlevel.conftest import Box
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Owners

MONDAY = date(2027, 3, 1)
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
EVENTS, BLOCKS = "/calendars/events/appointments", "/calendars/events/block-slots"
TOO_LATE = "The slot you have selected is no longer available."


def opening(first: int, last: int, *days: int) -> list[dict[str, Any]]:
    """Open from one hour to another on these days of the week (0 is Sunday), or on all."""
    hour = {"openHour": first, "openMinute": 0, "closeHour": last - 1, "closeMinute": 60}
    return [{"daysOfTheWeek": list(days or range(7)), "hours": [hour]}]


class Diary:
    """A sub-account with three users and a contact, and short words for what is asked of its calendars."""

    def __init__(self, box: Box) -> None:
        self.box, self.here = box, {"locationId": box.location_id}
        self.owners = Owners(box.location_id, box.company_id)
        self.users = [box.user_id, *(self._user(name) for name in ("Bea", "Cleo"))]
        self.contact = box.new_contact(firstName="Ada", lastName="Byron")
        self.ask = box.location
        box.sandbox.move_clock(NOON - timedelta(hours=12) - box.sandbox.clock.now())

    def _user(self, name: str) -> str:
        roles = Roles(type="account", role="user", location_ids=[self.box.location_id])
        user = User(
            id=f"{name * 20}"[:20], company_id=self.box.company_id, name=name, first_name=name, last_name="U",
            email=f"{name}@example.com", roles=roles, date_added="2026-01-01T00:00:00.000Z",
        )  # fmt: skip
        return self.box.sandbox.do(self.owners, lambda ctx: ctx.db.put(USERS, user)).id

    def move_to(self, zone: str) -> None:
        """Let the sub-account be in this time zone."""

        def move(ctx: Ctx) -> None:
            location = location_or_400(ctx, self.box.location_id)
            location.timezone = zone
            ctx.db.put(LOCATIONS, location)

        self.box.sandbox.do(self.owners, move)

    def calendar(self, kind: str = "round_robin", users: int = 1, **said: Any) -> str:
        """A new calendar of so many users, open from 9 to 12 every day unless it says otherwise."""
        team = [{"userId": id, "isPrimary": n == 0} for n, id in enumerate(self.users[:users])]
        body = {**self.here, "name": "Call", "calendarType": kind, "teamMembers": team, "openHours": opening(9, 12)}
        reply = self.ask.post("/calendars/", json={**body, **said})
        assert reply.status_code == 200, reply.text
        return reply.json()["calendar"]["id"]

    def slots(self, calendar: str, days: int = 1, first: date = MONDAY, **more: Any) -> list[str]:
        """The free slots of some days from Monday on, of UTC, as they are told."""
        since = round(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp() * 1000)
        span = {"startDate": since, "endDate": since + days * 86_400_000, **more}
        told = self.ask.get(f"/calendars/{calendar}/free-slots", params=span)
        assert told.status_code == 200, told.text
        return [slot for day, of in told.json().items() if day != "traceId" for slot in of["slots"]]

    def times(self, calendar: str, **more: Any) -> str:
        """The times of Monday's free slots."""
        return " ".join(slot[11:16] for slot in self.slots(calendar, **more))

    def tries(self, calendar: str, time: str, day: date = MONDAY, **said: Any) -> Response:
        """The answer to a wish for an appointment."""
        start = time if "T" in time else f"{day.isoformat()}T{time}:00Z"
        body = {**self.here, "calendarId": calendar, "contactId": self.contact, "startTime": start, **said}
        return self.ask.post(EVENTS, json=body)

    def books(self, calendar: str, time: str, **said: Any) -> Any:
        """An appointment that is made."""
        reply = self.tries(calendar, time, **said)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def blocks(self, first: str, last: str, **said: Any) -> str:
        """The id of a blocked time of Monday."""
        times = {"startTime": f"{MONDAY}T{first}:00Z", "endTime": f"{MONDAY}T{last}:00Z"}
        reply = self.ask.post(BLOCKS, json={**self.here, **times, **said})
        assert reply.status_code == 201, reply.text
        return reply.json()["id"]

    def changes(self, event: str, **said: Any) -> Response:
        """The answer to a change of an appointment."""
        return self.ask.put(f"{EVENTS}/{event}", json=said)

    def told(self, kind: str = "Appointment") -> list[dict[str, Any]]:
        """The events of this kind."""
        return [one for one in self.box.sandbox.events() if one["type"].startswith(kind)]


@pytest.fixture
def diary(box: Box) -> Iterator[Diary]:
    """One for each test."""
    yield Diary(box)
