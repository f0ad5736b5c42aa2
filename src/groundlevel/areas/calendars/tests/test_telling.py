"""Reminders, confirmations and follow-ups: each once, at its time, and by what the calendar says at that time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundlevel.areas.calendars.recurrence import series
from groundlevel.areas.calendars.reminding import Timed, Times, due, next_due
from groundlevel.areas.calendars.telling import tell_what_is_due
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners

HOUR = 3_600
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Calendar:
    """A calendar of Anna's with notifications, on a Monday at noon."""

    def __init__(self, box: Box, *notifications: dict[str, Any]) -> None:
        self.box, self.seen = box, 0
        box.sandbox.clock.move_to(NOON)
        said = {"locationId": box.location_id, "name": "Visits", "teamMembers": [{"userId": box.user_id}]}
        self.id: str = box.location.post("/calendars/", json=said).json()["calendar"]["id"]
        self.at = f"/calendars/{self.id}/notifications"
        self.names: dict[str, str] = {}
        for one in notifications:
            self.notify(one)
        self.contact = box.new_contact(firstName="Bea")
        self.told()

    def notify(self, said: dict[str, Any]) -> str:
        plain = {"receiverType": "contact", "channel": "email"} | said
        (made,) = self.box.location.post(self.at, json=[plain]).json()
        self.names[made["_id"]] = made["notificationType"]
        return made["_id"]

    def book(self, hours: float, **more: Any) -> str:
        """An appointment that begins so many hours from now."""
        start = (self.box.sandbox.clock.now() + timedelta(hours=hours)).isoformat()
        said = {
            "calendarId": self.id,
            "locationId": self.box.location_id,
            "contactId": self.contact,
            "startTime": start,
        }
        free = {"ignoreFreeSlotValidation": True}
        reply = self.box.location.post("/calendars/events/appointments", json=said | free | more)
        assert reply.status_code == 200, reply.text
        return reply.json()["id"]

    def change(self, id: str, **said: Any) -> None:
        free = {"ignoreFreeSlotValidation": True}
        assert self.box.location.put(f"/calendars/events/appointments/{id}", json=free | said).is_success

    def told(self, after: float = 0) -> list[str]:
        """What was told since it was last asked for, when so many hours have passed and the worker has worked."""
        self.box.sandbox.move_clock(timedelta(hours=after))
        self.box.sandbox.work()
        every = self.box.sandbox.events()
        new, self.seen = every[self.seen :], len(every)
        return [e["notificationType"] for e in new if e["type"] == "AppointmentNotification"]


REMINDER = {
    "notificationType": "reminder",
    "beforeTime": [{"timeOffset": 1, "unit": "days"}, {"timeOffset": 60, "unit": "mins"}],
}
FOLLOW_UP = {"notificationType": "followup", "afterTime": [{"timeOffset": 2, "unit": "hours"}], "channel": "sms"}
AT_ONCE = [{"notificationType": kind} for kind in ("booked", "confirmation", "cancellation", "reschedule")]


def test_an_appointment_that_is_kept(box: Box) -> None:
    calendar = Calendar(box, REMINDER, FOLLOW_UP, *AT_ONCE)
    id = calendar.book(48, appointmentStatus="new")
    assert calendar.told() == ["booked"]
    calendar.change(id, appointmentStatus="confirmed")
    assert calendar.told() == ["confirmation"]
    assert (calendar.told(23), calendar.told(1), calendar.told(22)) == ([], ["reminder"], [])
    (event,) = [e for e in box.sandbox.events() if e.get("notificationType") == "reminder"]
    notification = next(id for id, kind in calendar.names.items() if kind == "reminder")
    moment = "2027-03-02T12:00:00.000Z"
    assert event == {
        "type": "AppointmentNotification", "locationId": box.location_id, "notificationType": "reminder",
        "id": f"{id}.{notification}.{round(datetime.fromisoformat(moment).timestamp())}", "channel": "email",
        "notificationId": notification, "receiverType": "contact", "appointmentId": id, "calendarId": calendar.id,
        "contactId": calendar.contact, "moment": moment, "startTime": "2027-03-03T12:00:00.000Z",
    }  # fmt: skip
    calendar.change(id, title="Another name")
    assert (calendar.told(1), calendar.told(1.5), calendar.told(2)) == (["reminder"], [], ["followup"])
    assert calendar.told(1_000) == []


def test_one_that_moves_and_is_cancelled(box: Box) -> None:
    calendar = Calendar(box, REMINDER, FOLLOW_UP, *AT_ONCE)
    id = calendar.book(48)
    assert (calendar.told(), calendar.told(24)) == (["confirmation"], ["reminder"])
    start = (NOON + timedelta(hours=96)).isoformat()
    calendar.change(id, startTime=start)
    assert calendar.told() == ["reschedule"]
    assert (calendar.told(24), calendar.told(24), calendar.told(23)) == ([], ["reminder"], ["reminder"])
    calendar.change(id, appointmentStatus="cancelled")
    assert (calendar.told(), calendar.told(100)) == (["cancellation"], [])
    quiet = calendar.book(3, toNotify=False)
    assert calendar.told(10) == []
    calendar.change(quiet, appointmentStatus="cancelled")
    assert calendar.told() == ["cancellation"]
    gone = calendar.book(30)
    assert box.location.request("DELETE", f"/calendars/events/{gone}", json={}).status_code == 201
    assert (calendar.told(), calendar.told(100)) == (["confirmation"], [])


def test_what_is_still_to_be_told_follows_the_notifications(box: Box) -> None:
    calendar = Calendar(box)
    id = calendar.book(48)
    reminder = calendar.notify(REMINDER)
    assert (calendar.told(), calendar.told(24)) == ([], ["reminder"])
    earlier = {"beforeTime": [{"timeOffset": 20, "unit": "hours"}]}
    box.location.put(f"{calendar.at}/{reminder}", json=earlier)
    assert (calendar.told(), calendar.told(4)) == ([], ["reminder"])
    box.location.put(f"{calendar.at}/{reminder}", json=REMINDER)
    calendar.told()
    box.location.put(f"{calendar.at}/{reminder}", json={"isActive": False})
    assert calendar.told(20) == []
    assert box.location.get(f"/calendars/events/appointments/{id}").is_success


def test_each_time_of_a_series(box: Box) -> None:
    calendar = Calendar(box, REMINDER)
    id = calendar.book(48, rrule="FREQ=DAILY;COUNT=3")
    assert calendar.told(24) == ["reminder"]
    begins = round((NOON + timedelta(hours=72)).timestamp()) * 1_000
    assert box.location.request("DELETE", f"/calendars/events/{id}_{begins}_1800", json={}).status_code == 201
    assert [calendar.told(1) for _ in range(72)].count(["reminder"]) == 3, "a day and an hour before each of the others"


def test_nothing_is_told_twice_nor_when_it_is_too_late(box: Box) -> None:
    calendar = Calendar(box, REMINDER, FOLLOW_UP)
    id = calendar.book(48)
    due_at = round((NOON + timedelta(hours=24)).timestamp())
    box.sandbox.move_clock(timedelta(hours=24))
    owners, said = Owners(box.location_id, box.company_id), {"appointment_id": id, "moment": due_at}
    for _ in range(2):  # as by a worker whose lease ended while it worked
        box.sandbox.do(owners, lambda ctx: tell_what_is_due(ctx, **said))
    assert calendar.told() == ["reminder"]
    assert calendar.told(23.75) == ["reminder"], "a worker that was away tells what is still of use"
    assert calendar.told(100) == ["followup"]
    calendar.book(48)
    assert calendar.told(47) == ["reminder", "reminder"]
    calendar.book(48)
    assert "reminder" not in calendar.told(49), "it has begun"


START = 1_000 * HOUR
ONCE = Times(START, START + HOUR)
DAILY = Times(START, START + HOUR, series("FREQ=DAILY;COUNT=3", "UTC", START))
CASES: list[tuple[Times, int, int, int, list[int]]] = [
    (ONCE, -HOUR, START - 2 * HOUR, START - HOUR, [START - HOUR]),
    (ONCE, -HOUR, START - HOUR, START, []),
    (ONCE, -HOUR, START - 2 * HOUR, START, []),
    (ONCE, HOUR, START, START + 2 * HOUR, [START + 2 * HOUR]),
    (ONCE, 0, START, START + 9 * HOUR, [START + HOUR]),
    (DAILY, -HOUR, START - 2 * HOUR, START + 47 * HOUR, [START + 47 * HOUR]),
    (DAILY, 0, 0, START + 99 * HOUR, [START + HOUR, START + 25 * HOUR, START + 49 * HOUR]),
]


@pytest.mark.parametrize(("times", "offset", "after", "until", "moments"), CASES)
def test_due(times: Times, offset: int, after: int, until: int, moments: list[int]) -> None:
    assert [at for at, _ in due(times, [Timed("n", offset)], after, until)] == moments


@settings(deadline=None)
@given(st.sampled_from([ONCE, DAILY]), st.lists(st.integers(-72, 72), max_size=4), st.integers(920, 1_000))
def test_whoever_looks_whenever_anything_is_next_misses_nothing(times: Times, hours: list[int], begin: int) -> None:
    wanted, last = [Timed(f"n{n}", hour * HOUR) for n, hour in enumerate(hours)], 1_130 * HOUR
    after, looked = begin * HOUR, list[tuple[int, Timed]]()
    while (at := next_due(times, wanted, after)) is not None:
        looked += due(times, wanted, after, at)
        after = at
    at_once = [pair for hour in range(begin, 1_130) for pair in due(times, wanted, hour * HOUR, (hour + 1) * HOUR)]
    assert sorted(looked, key=str) == sorted(at_once, key=str)
    assert after <= last
