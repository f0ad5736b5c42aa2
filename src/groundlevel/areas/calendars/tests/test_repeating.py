"""What a calendar does by itself when something is booked: the next appointments, and whose the contact is."""

from typing import Any

import pytest

from groundlevel.areas.calendars import CALENDARS
from groundlevel.areas.calendars.guests import Guest, book
from groundlevel.areas.calendars.moments import seconds_of
from groundlevel.areas.calendars.tests.conftest import Diary
from groundlevel.kernel.ctx import Ctx

GUEST = Guest("Guest", "guest@example.com")


@pytest.mark.parametrize(("option", "expected"), [
    ("skip", ["01T09:00 confirmed", "15T09:00 confirmed"]),
    ("continue", ["01T09:00 confirmed", "08T09:00 new", "15T09:00 confirmed"]),
    ("book_next", ["01T09:00 confirmed", "08T10:00 confirmed", "15T09:00 confirmed"]),
])  # fmt: skip
def test_a_guest_gets_the_next_ones_too(diary: Diary, option: str, expected: list[str]) -> None:
    rule = {"freq": "WEEKLY", "count": 3, "bookingOption": option, "bookingOverlapDefaultStatus": "new"}
    calendar = diary.calendar("personal", enableRecurring=True, recurring=rule)
    diary.blocks("00:00", "01:00", calendarId=calendar)
    times = {"startTime": "2027-03-08T09:00:00Z", "endTime": "2027-03-08T10:00:00Z"}
    diary.ask.post("/calendars/events/block-slots", json={**diary.here, **times, "calendarId": calendar})

    def be_guest(ctx: Ctx) -> None:
        found = ctx.db.get(CALENDARS, calendar)
        assert found
        book(ctx, found, seconds_of("2027-03-01T09:00:00Z"), GUEST)

    diary.box.sandbox.do(diary.owners, be_guest)
    span = {"startTime": "1803859200000", "endTime": "1806537600000", "calendarId": calendar}
    events = diary.ask.get("/calendars/events", params=diary.here | span).json()["events"]
    assert [f"{event['startTime'][8:16]} {event['appointmentStatus']}" for event in events] == expected


def test_whose_contact_it_is(diary: Diary) -> None:
    def owner() -> Any:
        return diary.ask.get(f"/contacts/{diary.contact}").json()["contact"].get("assignedTo")

    diary.books(diary.calendar(), "09:00")
    assert owner() is None
    giving = {"shouldAssignContactToTeamMember": True, "shouldSkipAssigningContactForExisting": True}
    diary.books(diary.calendar(users=2, **giving), "09:30", assignedUserId=diary.users[1])
    assert owner() == diary.users[1]
    diary.books(diary.calendar(**giving), "10:00")
    assert owner() == diary.users[1]
    diary.books(diary.calendar(shouldAssignContactToTeamMember=True), "10:30")
    assert owner() == diary.users[0]
