"""When users and calendars are available."""

from datetime import timedelta
from typing import Any

from groundlevel.areas.calendars.hours import Interval, ScheduleRule, rules_in
from groundlevel.areas.calendars.rules import Rules
from groundlevel.conftest import Box

MORNING, EVENING = {"from": "09:00", "to": "12:00"}, {"from": "18:30", "to": "00:00"}
WEEKLY = [{"type": "wday", "day": "monday", "intervals": [MORNING]}]


def calendar_of(box: Box, **said: Any) -> str:
    """The id of a new calendar."""
    reply = box.location.post("/calendars/", json={"locationId": box.location_id, "name": "Visits"} | said)
    assert reply.status_code == 200, reply.text
    return reply.json()["calendar"]["id"]


def test_a_schedule_from_first_to_last(box: Box) -> None:
    first, second = calendar_of(box), calendar_of(box, name="Calls")
    whose = {"locationId": box.location_id, "userId": box.user_id}
    said = whose | {"name": "Office", "timezone": "Europe/Vienna", "rules": WEEKLY, "calendarIds": [first]}
    reply = box.location.post("/calendars/schedules", json=said)
    made = reply.json()["schedule"]
    stamps = {name: made[name] for name in ("id", "dateAdded", "dateUpdated")}
    assert (reply.status_code, made) == (201, said | stamps | {"deleted": False})
    at = f"/calendars/schedules/{made['id']}"
    assert box.v2.get(at).json() == {"schedule": made}
    assert box.location.get("/calendars/schedules/search", params=whose).json() == {"schedules": [made]}

    box.sandbox.move_clock(timedelta(minutes=1))
    dates = [*WEEKLY, {"type": "date", "date": "2027-05-03", "intervals": []}]
    changed = box.location.put(at, json={"rules": dates}).json()["schedule"]
    assert changed == made | {"rules": dates, "dateUpdated": changed["dateUpdated"]}
    assert changed["dateUpdated"] > made["dateUpdated"]

    assert box.location.put(f"{at}/associations/{second}").json() == {"success": True}
    assert box.location.get(at).json()["schedule"]["calendarIds"] == [first, second]
    other = box.location.post("/calendars/schedules", json=said | {"name": "Evenings"}).json()["schedule"]
    assert box.location.get(at).json()["schedule"]["calendarIds"] == [second], "a user has one for each calendar"
    of_first = box.location.get("/calendars/schedules/search", params=whose | {"calendarId": first}).json()
    assert [s["id"] for s in of_first["schedules"]] == [other["id"]]

    assert box.location.delete(f"{at}/associations/{second}").json() == {"success": True}
    assert box.location.delete(f"{at}/associations/{second}").status_code == 404
    assert box.location.delete(f"/calendars/{first}").status_code == 200
    assert box.location.get(f"/calendars/schedules/{other['id']}").json()["schedule"]["calendarIds"] == []
    assert box.location.delete(at).json() == {"success": True}
    gone = box.location.get(at)
    assert (gone.status_code, gone.json()["message"]) == (404, f"Schedule with id {made['id']} not found")


def test_what_does_not_fit_is_refused_and_changes_nothing(box: Box) -> None:
    calendar = calendar_of(box)
    good = {
        "locationId": box.location_id, "userId": box.user_id, "name": "Office", "timezone": "Europe/Vienna",
        "rules": WEEKLY, "calendarIds": [calendar],
    }  # fmt: skip
    late = {"from": "17:00", "to": "09:00"}
    wrong = [
        {"type": "wday", "intervals": [MORNING]}, {"type": "date", "date": "2027-02-30", "intervals": []},
        {"type": "wday", "day": "friday", "intervals": [EVENING, late]},
    ]  # fmt: skip
    refused = box.location.post("/calendars/schedules", json=good | {"rules": wrong})
    assert (refused.status_code, refused.json()["message"]) == (422, [
        "rules.0.day should not be empty", "rules.1.date must be a valid date, YYYY-MM-DD",
        "rules.2.intervals.1.to must be later than from",
    ])  # fmt: skip
    for change, status, message in (
        ({"timezone": "Mars/Olympus"}, 422, ["timezone must be an IANA time zone"]),
        ({"timezone": ""}, 422, ["timezone must be longer than or equal to 1 characters"]),
        ({"userId": "nobody"}, 400, "User with id nobody not found"),
        ({"calendarIds": ["none"]}, 404, "Calendar with id none not found"),
        ({"colour": "red"}, 422, ["property colour should not exist"]),
    ):
        refused = box.location.post("/calendars/schedules", json=good | change)
        assert (refused.status_code, refused.json()["message"]) == (status, message)
    whose = {"locationId": box.location_id, "userId": box.user_id}
    assert box.location.get("/calendars/schedules/search", params=whose).json() == {"schedules": []}
    made = box.location.post("/calendars/schedules", json=good).json()["schedule"]["id"]
    assert box.location.put(f"/calendars/schedules/{made}/associations/none").status_code == 404


def test_a_calendars_own_schedule(box: Box) -> None:
    calendar = calendar_of(box)
    at = f"/calendars/schedules/event-calendar/{calendar}"
    derived = box.location.get(at).json()["schedule"]
    office = [{"from": "08:00", "to": "17:00"}]
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    assert derived["rules"] == [{"type": "wday", "day": day, "intervals": office} for day in days]
    assert (derived["calendarId"], derived["timezone"]) == (calendar, "UTC")
    reply = box.location.post(at, json={"rules": WEEKLY, "timezone": "Asia/Tokyo"})
    made = reply.json()["schedule"]
    stamps = {name: made[name] for name in ("dateAdded", "dateUpdated")}
    assert (reply.status_code, made) == (
        201, stamps | {"calendarId": calendar, "timezone": "Asia/Tokyo", "rules": WEEKLY}
    )  # fmt: skip
    assert box.location.post(at, json={"rules": [], "timezone": "UTC"}).status_code == 400
    changed = box.location.put(at, json={"rules": []}).json()["schedule"]
    assert changed == made | {"rules": [], "dateUpdated": changed["dateUpdated"]}
    assert box.location.get(at).json() == {"schedule": changed}
    assert box.v2.get(at).status_code == 404
    assert box.location.delete(f"/calendars/{calendar}").status_code == 200
    assert box.location.get(at).status_code == 404


def test_rules_become_those_that_slots_are_found_by() -> None:
    twice = [Interval(start="9:00", end="12:00"), Interval(start="11:00", end="13:00")]
    said = [
        ScheduleRule(type="wday", day="monday", intervals=twice),
        ScheduleRule(type="wday", day="monday", intervals=[Interval(start="18:30", end="00:00")]),
        ScheduleRule(type="date", date="2027-05-03", intervals=[]),
    ]
    monday = ((540, 780), (1110, 1440))
    assert rules_in("UTC", said) == Rules("UTC", ((), monday, (), (), (), (), ()), (("2027-05-03", ()),))
