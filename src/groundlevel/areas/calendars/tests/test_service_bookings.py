"""Services booked one after another."""

from datetime import UTC, datetime
from typing import Any

import pytest

from groundlevel.areas.calendars.service_planning import one_after_another
from groundlevel.conftest import Box

BOOKINGS = "/calendars/services/bookings"
TAKEN = "The slot you have selected is no longer available."


def service(box: Box, name: str, minutes: int, **more: Any) -> dict[str, Any]:
    """A new service of Anna's."""
    said = {"locationId": box.location_id, "name": name, "slug": name, "staff": [{"id": box.user_id}]}
    reply = box.location.post("/calendars/services/catalog", json=said | {"serviceDuration": minutes} | more)
    assert reply.status_code == 201, reply.text
    return reply.json()["service"]


def wanted(box: Box, start: str, end: str, *services: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A booking of a Monday in March, on New York's clock."""
    return {
        "locationId": box.location_id, "timezone": "America/New_York", "startTime": f"2027-03-08T{start}:00-05:00",
        "endTime": f"2027-03-08T{end}:00-05:00", "services": list(services), **more,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _monday(box: Box) -> None:
    box.sandbox.clock.move_to(datetime(2027, 3, 8, 5, tzinfo=UTC))


def test_a_booking_from_first_to_last(box: Box) -> None:
    cut, wash = service(box, "Cut", 30, postBuffer=15), service(box, "Wash", 15)
    contact = box.new_contact(firstName="Bea")
    add_on = {"id": "oil", "quantity": 2, "duration": 10}
    said = wanted(box, "09:00", "10:00", {"id": wash["id"], "position": 1}, {"id": cut["id"], "addOns": [add_on]})
    reply = box.location.post(BOOKINGS, json=said | {"contactId": contact})
    made = reply.json()
    place = box.location.get("/calendars/services/locations", params={"locationId": box.location_id}).json()
    shown = {"serviceStaffId": box.user_id, "serviceResources": [], "serviceCategoryId": cut["serviceCategoryId"]}
    at = "2027-03-08T{}:00-05:00".format
    assert (reply.status_code, made) == (201, {
        "id": made["bookingId"], "bookingId": made["bookingId"], "locationId": box.location_id, "contactId": contact,
        "title": "Bea - Cut",
        "serviceLocationId": place["serviceLocations"][0]["id"], "startTime": at("09:00"), "endTime": at("10:00"),
        "services": [
            shown | {"id": cut["id"], "serviceStartTime": at("09:00"), "serviceEndTime": at("09:40"),
                     "serviceAddOns": [{"id": "oil", "quantity": 2}]},
            shown | {"id": wash["id"], "serviceStartTime": at("09:40"), "serviceEndTime": at("10:00"),
                     "serviceAddOns": []},
        ],
        "timezone": "America/New_York", "status": "confirmed", "deleted": False, "dateAdded": made["dateAdded"],
        "dateUpdated": made["dateAdded"], "createdBy": {"source": "public_api"},
    })  # fmt: skip
    one = f"{BOOKINGS}/{made['bookingId']}"
    assert box.location.get(one).json() == made
    assert box.v2.get(one).status_code == 404
    listed = {"locationId": box.location_id, "startTime": "1804500000000", "endTime": "1804520000000"}
    assert box.location.get(BOOKINGS, params=listed).json() == {"bookings": [made]}
    tokyo = box.location.get(BOOKINGS, params=listed | {"timezone": "Asia/Tokyo"}).json()["bookings"][0]
    assert tokyo["startTime"] == "2027-03-08T23:00:00+09:00"
    assert box.location.get(BOOKINGS, params=listed | {"serviceLocationId": "elsewhere"}).json() == {"bookings": []}
    events = box.location.get(f"/contacts/{contact}/appointments").json()["events"]
    assert [(e["calendarId"], e["title"], e["startTime"]) for e in events] == [
        (wash["id"], "Bea - Cut", "2027-03-08 14:40:00"), (cut["id"], "Bea - Cut", "2027-03-08 14:00:00"),
    ]  # fmt: skip


def test_a_booking_changes_as_a_whole(box: Box) -> None:
    cut, wash, at = service(box, "Cut", 40), service(box, "Wash", 20), "2027-03-08T{}:00-05:00".format
    contact = box.new_contact(firstName="Bea")
    said = wanted(box, "09:00", "10:00", {"id": cut["id"]}, {"id": wash["id"]}, contactId=contact)
    made = box.location.post(BOOKINGS, json=said).json()
    one = f"{BOOKINGS}/{made['bookingId']}"
    moved = box.location.put(one, json={"startTime": "2027-03-08T09:30:00-05:00", "title": "Bea's hair"}).json()
    assert (moved["startTime"], moved["endTime"], moved["title"]) == (at("09:30"), at("10:30"), "Bea's hair")
    assert [s["serviceStartTime"] for s in moved["services"]] == [at("09:30"), at("10:10")]
    fewer = box.location.put(one, json={"services": [{"id": wash["id"]}]}).json()
    assert [(s["id"], s["serviceEndTime"]) for s in fewer["services"]] == [(wash["id"], at("10:30"))]
    (event,) = box.location.get(f"/contacts/{contact}/appointments").json()["events"]
    assert event["title"] == "Bea's hair"
    assert box.location.delete(one).json() == {"success": True, "message": "Service booking deleted"}
    assert box.location.get(one).json()["message"] == f"Service booking with id {made['bookingId']} not found"
    assert box.location.get(f"/contacts/{contact}/appointments").json() == {"events": []}


def test_nobody_and_nothing_is_booked_twice(box: Box) -> None:
    cut, contact = service(box, "Cut", 30, preBuffer=10), box.new_contact(firstName="Bea")
    chair = {"name": "Chair", "description": "", "quantity": 1, "outOfService": 0, "capacity": 1}
    here = {"locationId": box.location_id}
    box.location.post("/calendars/resources/rooms", json=here | chair | {"calendarIds": [cut["id"]]})
    hours = [{"type": "wday", "day": "monday", "intervals": [{"from": "09:00", "to": "12:00"}]}]
    whose = here | {"userId": box.user_id, "name": "Mondays", "timezone": "America/New_York", "rules": hours}
    assert box.location.post("/calendars/schedules", json=whose | {"calendarIds": [cut["id"]]}).status_code == 201

    def book(start: str, end: str, query: str = "", **more: Any) -> Any:
        said = wanted(box, start, end, {"id": cut["id"]}, contactId=contact, **more)
        return box.location.post(f"{BOOKINGS}{query}", json=said)

    first = book("09:30", "10:00").json()
    assert first["services"][0]["serviceResources"] != []
    for start, end in (
        ("09:30", "10:00"),
        ("09:59", "10:29"),
        ("10:05", "10:35"),
        ("11:45", "12:15"),
        ("08:00", "08:30"),
    ):
        refused = book(start, end)
        assert (start, refused.status_code, refused.json()["message"]) == (start, 400, TAKEN)
    assert book("10:10", "10:40").status_code == 201, "the time before it is free again"
    assert book("09:30", "10:00", "?overrideAvailability=true").status_code == 201
    box.sandbox.clock.move_to(datetime(2027, 3, 8, 15, 50, tzinfo=UTC))
    assert book("10:45", "11:15").json()["message"] == TAKEN, "it would have begun"
    assert book("10:50", "11:20", "?skipSchedulingNotice=true").status_code == 201

    one = f"{BOOKINGS}/{first['bookingId']}"
    assert box.location.put(one, json={"status": "cancelled"}).json()["status"] == "cancelled"
    assert box.location.put(one, json={"status": "confirmed"}).json()["message"] == TAKEN, "another one is there"
    assert box.location.get(one).json()["status"] == "cancelled"


def test_what_becomes_of_an_appointment_becomes_of_its_booking(box: Box) -> None:
    cut, wash = service(box, "Cut", 30), service(box, "Wash", 15)
    contact = box.new_contact(firstName="Bea")
    said = wanted(box, "09:00", "09:45", {"id": cut["id"]}, {"id": wash["id"]}, contactId=contact)
    one = f"{BOOKINGS}/{box.location.post(BOOKINGS, json=said).json()['bookingId']}"
    second, first = box.location.get(f"/contacts/{contact}/appointments").json()["events"]
    at = f"/calendars/events/appointments/{second['id']}"
    later = {"startTime": "2027-03-08T10:00:00-05:00", "appointmentStatus": "showed"}
    assert box.location.put(at, json=later).status_code == 200
    told = box.location.get(one).json()
    assert (told["status"], told["endTime"]) == ("showed", "2027-03-08T10:15:00-05:00")
    assert box.location.request("DELETE", f"/calendars/events/{first['id']}", json={}).status_code == 201
    told = box.location.get(one).json()
    assert ([s["id"] for s in told["services"]], told["startTime"]) == ([wash["id"]], "2027-03-08T10:00:00-05:00")
    assert box.location.delete(f"/contacts/{contact}").status_code == 200
    assert box.location.get(one).status_code == 400


def test_what_does_not_fit_is_refused(box: Box) -> None:
    cut, contact = service(box, "Cut", 30), box.new_contact(firstName="Bea")
    good = wanted(box, "09:00", "09:30", {"id": cut["id"]}, contactId=contact)
    office = {"locationId": box.location_id, "name": "Office", "slug": "office"}
    there = box.location.post("/calendars/services/locations", json=office).json()["id"]
    home = {"locationId": box.location_id, "name": "Home", "slug": "home", "locationType": "ask_booker"}
    place = box.location.post("/calendars/services/locations", json=home).json()["id"]
    early = ["endTime must not be before all services are given, nor 31 days after startTime"]
    for change, status, message in (
        ({"endTime": "2027-03-08T09:29:00-05:00"}, 422, early),
        ({"timezone": "Mars"}, 422, ["timezone must be an IANA time zone"]),
        ({"services": []}, 422, ["services must contain at least 1 elements"]),
        ({"services": [{"id": "none"}]}, 400, "Service with id none not found"),
        ({"services": [{"id": cut["id"], "staffId": "none"}]}, 400, "User with id none does not give the service Cut"),
        ({"contactId": "none"}, 400, "Contact with id none not found"),
        ({"serviceLocationId": "none"}, 400, "Service location with id none not found"),
        ({"serviceLocationId": place}, 422, ["meetingLocation should not be empty"]),
    ):
        refused = box.location.post(BOOKINGS, json=good | change)
        assert (refused.status_code, refused.json()["message"]) == (status, message)
    at_home = box.location.post(BOOKINGS, json=good | {"serviceLocationId": place, "meetingLocation": "1 Way"}).json()
    assert (at_home["meetingLocation"], "messages" in at_home) == ("1 Way", False)
    one = f"{BOOKINGS}/{at_home['bookingId']}"
    changed = box.location.put(one, json={"serviceLocationId": there, "meetingLocation": "2 Way"}).json()
    assert ("meetingLocation" in changed, len(changed["messages"])) == (False, 1)
    wrong = box.location.get(BOOKINGS, params={"locationId": box.location_id, "startTime": "9", "endTime": "x"})
    assert wrong.status_code == 422


CASES = [
    ([30], 0, 30, [(0, 30)]), ([30], 0, 45, [(0, 45)]), ([30], 0, 29, None), ([], 0, 9, None),
    ([10, 20, 5], 100, 140, [(100, 110), (110, 130), (130, 140)]),
]  # fmt: skip


@pytest.mark.parametrize(("lengths", "start", "end", "times"), CASES)
def test_one_after_another(lengths: list[int], start: int, end: int, times: Any) -> None:
    assert one_after_another(lengths, start, end) == times
