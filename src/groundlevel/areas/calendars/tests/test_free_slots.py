"""What is offered: by hours, by type, and by everything a calendar says."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from groundlevel.areas.calendars.tests.conftest import MONDAY, Diary, opening

MORNING = "09:00 09:30 10:00 10:30 11:00 11:30"


def test_hours_intervals_and_lengths(diary: Diary) -> None:
    calendar = diary.calendar()

    def becomes(**said: Any) -> str:
        reply = diary.ask.put(f"/calendars/{calendar}", json=said)
        assert reply.status_code == 200, reply.text
        return diary.times(calendar)

    assert diary.times(calendar) == MORNING
    assert becomes(slotDuration=45) == "09:00 09:30 10:00 10:30 11:00"
    assert becomes(slotInterval=1, slotIntervalUnit="hours") == "09:00 10:00 11:00"
    assert becomes(slotDuration=2, slotDurationUnit="hours") == "09:00 10:00"
    assert becomes(slotDuration=30, slotDurationUnit=None, openHours=[*opening(9, 10, 1), *opening(13, 14, 1)]) == (
        "09:00 13:00"
    )
    hour = {"openHour": 15, "openMinute": 15, "closeHour": 16, "closeMinute": 45}
    change = {"date": f"{MONDAY}T00:00:00.000Z", "hours": [hour]}
    assert becomes(availabilities=[change], slotInterval=None, slotIntervalUnit=None) == "15:15 15:45 16:15"
    assert becomes(availabilities=[change | {"hours": []}]) == ""
    assert becomes(availabilities=[change | {"deleted": True}], availabilityType=1) == ""
    assert becomes(availabilityType=0) == "09:00 09:30 13:00 13:30"
    assert becomes(isActive=False) == ""
    assert becomes(isActive=True, openHours=[]) == ""


def test_notice_and_range(diary: Diary) -> None:
    """It is Monday, midnight."""
    calendar = diary.calendar(allowBookingAfter=10, allowBookingAfterUnit="hours")
    assert diary.times(calendar) == "10:00 10:30 11:00 11:30"
    two_days = {"allowBookingAfter": 1, "allowBookingAfterUnit": "days", "allowBookingFor": 2}
    diary.ask.put(f"/calendars/{calendar}", json=two_days | {"allowBookingForUnit": "days"})
    assert sorted({slot[:10] for slot in diary.slots(calendar, 10)}) == ["2027-03-02", "2027-03-03"]
    diary.box.sandbox.move_clock(timedelta(hours=10))
    assert diary.times(calendar, first=MONDAY + timedelta(days=1)) == "10:00 10:30 11:00 11:30"
    month = {"allowBookingAfter": None, "allowBookingFor": 1, "allowBookingForUnit": "months"}
    diary.ask.put(f"/calendars/{calendar}", json=month)
    found = diary.slots(calendar, 31) + diary.slots(calendar, 5, date(2027, 4, 1))
    assert (found[0][:16], found[-1][:16]) == ("2027-03-01T10:00", "2027-04-01T11:30")


def test_buffers_and_what_is_booked(diary: Diary) -> None:
    calendar = diary.calendar(slotInterval=15, slotBuffer=15)
    diary.books(calendar, "10:00")
    assert diary.times(calendar) == "09:00 09:15 10:45 11:00 11:15 11:30"
    diary.ask.put(f"/calendars/{calendar}", json={"preBuffer": 15, "preBufferUnit": "mins"})
    assert diary.times(calendar) == "09:00 09:15 11:00 11:15 11:30"
    other = diary.calendar(slotInterval=15)
    assert diary.times(other) == "09:00 09:15 09:30 10:45 11:00 11:15 11:30", "its buffer is the user's time, too"


def test_seats_and_days_that_are_full(diary: Diary) -> None:
    event = diary.calendar("event", 0, appoinmentPerSlot=2)
    for _ in range(2):
        assert diary.times(event) == MORNING
        assert "assignedUserId" not in diary.books(event, "09:30")
    assert diary.times(event) == "09:00 10:00 10:30 11:00 11:30"
    diary.ask.put(f"/calendars/{event}", json={"appoinmentPerDay": 3})
    diary.books(event, "10:30")
    assert diary.times(event) == ""
    assert diary.times(event, first=MONDAY + timedelta(days=1)) == MORNING
    assert diary.times(diary.calendar()) == MORNING, "an event has nobody's time"


def test_a_class_begins_together(diary: Diary) -> None:
    calendar = diary.calendar("class_booking", 2, appoinmentPerSlot=2, slotDuration=60)
    first = diary.books(calendar, "09:30")
    assert first["assignedUserId"] == diary.users[0]
    assert diary.times(calendar) == "09:30 10:30 11:00"
    assert diary.times(diary.calendar(users=3), userId=diary.users[1]) == "09:00 10:30 11:00 11:30"
    diary.books(calendar, "09:30")
    assert diary.times(calendar) == "10:30 11:00"


def test_all_or_any_of_the_members(diary: Diary) -> None:
    any_one, everyone = diary.calendar(users=2), diary.calendar("collective", 2)
    diary.blocks("09:00", "10:00", assignedUserId=diary.users[0])
    diary.blocks("10:00", "10:30", assignedUserId=diary.users[1])
    assert diary.times(any_one) == MORNING
    assert diary.times(any_one, userId=diary.users[0]) == "10:00 10:30 11:00 11:30"
    assert diary.times(any_one, userIds=diary.users[1:]) == "09:00 09:30 10:30 11:00 11:30"
    assert diary.times(everyone) == diary.times(everyone, userId=diary.users[0]) == "10:30 11:00 11:30"
    booked = diary.books(everyone, "11:00")
    assert booked["assignedUserId"] == diary.users[0]
    event = diary.ask.get(f"/calendars/events/appointments/{booked['id']}").json()["event"]
    assert event["users"] == diary.users[:2]
    diary.blocks("10:30", "12:00", calendarId=everyone)
    assert diary.times(everyone) == ""
    assert diary.times(any_one, userId=diary.users[1]) == "09:00 09:30 10:30 11:30"


def test_slots_that_look_taken(diary: Diary) -> None:
    calendar = diary.calendar(lookBusyConfig={"enabled": True, "LookBusyPercentage": 50})
    shown = diary.slots(calendar, 5)
    assert [sum(slot.startswith(f"2027-03-0{day}") for slot in shown) for day in range(1, 6)] == [3] * 5
    assert diary.slots(calendar, 5) == shown
    hidden = next(time for time in MORNING.split() if time not in diary.times(calendar))
    assert diary.tries(calendar, hidden).status_code == 400
    diary.books(calendar, diary.times(calendar).split()[0])
    assert diary.slots(calendar, 5) == shown[1:], "what is booked uncovers nothing"


def test_rooms_and_equipment(diary: Diary) -> None:
    service, other = diary.calendar("service_booking", 3), diary.calendar("service_booking", 3, name="Other")
    room = {**diary.here, "name": "Room", "description": "d", "quantity": 0, "outOfService": 0, "capacity": 1}
    made = diary.ask.post("/calendars/resources/rooms", json=room | {"calendarIds": [service, other]})
    assert made.status_code == 201, made.text
    booked = diary.books(service, "10:00")
    event = diary.ask.get(f"/calendars/events/appointments/{booked['id']}").json()["event"]
    assert event["assignedResources"] == [made.json()["id"]]
    assert diary.times(service) == diary.times(other) == "09:00 09:30 10:30 11:00 11:30"
    diary.ask.put(f"/calendars/resources/rooms/{made.json()['id']}", json={"capacity": 2})
    assert diary.times(other) == MORNING
    diary.ask.put(f"/calendars/resources/rooms/{made.json()['id']}", json={"capacity": 0})
    assert diary.times(other) == ""


def test_schedules_come_before_open_hours(diary: Diary) -> None:
    calendar = diary.calendar(users=2)
    rules = [{"type": "wday", "day": "monday", "intervals": [{"from": "08:00", "to": "09:30"}]}]
    said = {**diary.here, "name": "Mine", "timezone": "Europe/Vienna", "userId": diary.users[0], "rules": rules}
    made = diary.ask.post("/calendars/schedules", json=said | {"calendarIds": [calendar]})
    assert made.status_code == 201, made.text
    assert diary.times(calendar, userId=diary.users[0]) == "07:00 07:30 08:00", "on the clock of Vienna"
    assert diary.times(calendar, userId=diary.users[1]) == MORNING
    assert diary.times(calendar) == f"07:00 07:30 08:00 {MORNING}"
    diary.ask.delete(f"/calendars/schedules/{made.json()['schedule']['id']}/associations/{calendar}")
    assert diary.times(calendar) == MORNING


def test_clocks_that_change(diary: Diary) -> None:
    """In New York the clock goes on by an hour on the fourteenth of March."""
    diary.move_to("America/New_York")
    calendar, sunday = diary.calendar(openHours=opening(1, 4, 0)), date(2027, 3, 14)
    assert diary.slots(calendar, first=sunday) == [
        "2027-03-14T01:00:00-05:00", "2027-03-14T01:30:00-05:00", "2027-03-14T03:00:00-04:00",
        "2027-03-14T03:30:00-04:00",
    ]  # fmt: skip
    assert diary.slots(calendar, first=sunday, timezone="Asia/Kolkata")[:2] == [
        "2027-03-14T11:30:00+05:30", "2027-03-14T12:00:00+05:30",
    ]  # fmt: skip
    assert diary.books(calendar, "2027-03-14T03:00:00-04:00")["startTime"] == "2027-03-14T03:00:00-04:00"
    assert len(diary.slots(calendar, first=sunday)) == 3


def test_what_cannot_be_asked(diary: Diary) -> None:
    at, day = f"/calendars/{diary.calendar()}/free-slots", 86_400_000
    for params, status, message in (
        ({"startDate": 0, "endDate": 32 * day}, 400, "Date range cannot be more than 31 days"),
        ({"startDate": day, "endDate": 0}, 400, "endDate must not be before startDate"),
        ({"startDate": 0, "endDate": day, "timezone": "Mars"}, 422, ["timezone must be an IANA time zone"]),
        ({"endDate": "x"}, 422, ["startDate must be an integer number", "endDate must be an integer number"]),
    ):
        reply = diary.ask.get(at, params=params)
        assert (reply.status_code, reply.json()["message"]) == (status, message)
    assert diary.ask.get("/calendars/none/free-slots", params={"startDate": 0, "endDate": 1}).status_code == 400
    wall = ZoneInfo("America/New_York")  # a month in which its clock goes back by an hour
    first, last = (round(datetime(2027, month, 10, tzinfo=wall).timestamp() * 1000) for month in (10, 11))
    assert last - first == 31 * day + 3_600_000
    month = {"startDate": first, "endDate": last}
    assert diary.ask.get(at, params=month).status_code == 400
    assert diary.ask.get(at, params=month | {"timezone": "America/New_York"}).status_code == 200
