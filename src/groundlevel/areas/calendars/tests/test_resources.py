"""Rooms and equipment."""

from typing import Any

from groundlevel.conftest import Box

PLACE = "/calendars/resources"


def calendar_of(box: Box, name: str) -> str:
    """The id of a new calendar."""
    return box.location.post("/calendars/", json={"locationId": box.location_id, "name": name}).json()["calendar"]["id"]


def said(box: Box, *calendars: str, **more: Any) -> dict[str, Any]:
    """What is said of a new one."""
    count = {"quantity": 3, "outOfService": 1, "capacity": 12}
    return {"locationId": box.location_id, "name": "Studio", "description": "", "calendarIds": list(calendars)} | (
        count | more
    )


def test_rooms_and_equipment_from_first_to_last(box: Box) -> None:
    first, second = calendar_of(box, "Yoga"), calendar_of(box, "Spin")
    reply = box.location.post(f"{PLACE}/rooms", json=said(box, first, second, first))
    room = reply.json()
    expected = said(box, first, second) | {"resourceType": "rooms", "isActive": True}
    assert (reply.status_code, room) == (201, expected | {n: room[n] for n in ("id", "dateAdded")})
    bikes = box.location.post(f"{PLACE}/equipments", json=said(box, second, name="Bikes")).json()
    at = f"{PLACE}/rooms/{room['id']}"
    assert box.v2.get(at).json() == room
    wanted = {"locationId": box.location_id, "limit": 20, "skip": 0}
    assert box.location.get(f"{PLACE}/rooms", params=wanted).json() == [room]
    assert box.location.get(f"{PLACE}/equipments", params=wanted).json() == [bikes]
    assert box.location.get(f"{PLACE}/equipments", params=wanted | {"skip": 1}).json() == []
    changed = box.location.put(at, json={"isActive": False, "capacity": 2}).json()
    assert changed == room | {"isActive": False, "capacity": 2}
    assert box.location.delete(f"/calendars/{second}").status_code == 200
    assert box.location.get(at).json()["calendarIds"] == [first]
    assert box.location.delete(at).json() == {"success": True}
    gone = box.location.get(at)
    assert (gone.status_code, gone.json()["message"]) == (400, f"Resource with id {room['id']} not found")


def test_what_does_not_fit_is_refused(box: Box) -> None:
    first, second = calendar_of(box, "Yoga"), calendar_of(box, "Spin")
    bikes = box.location.post(f"{PLACE}/equipments", json=said(box, first)).json()
    for kind, body, status, message in (
        ("equipments", said(box, first, second), 400, "Equipment can belong to one calendar only"),
        ("rooms", said(box, "none"), 400, "Calendar with id none not found"),
        ("chairs", said(box), 422, ["resourceType must be one of the following values: equipments, rooms"]),
        ("rooms", said(box, capacity=-1), 422, ["capacity must not be less than 0"]),
    ):
        refused = box.location.post(f"{PLACE}/{kind}", json=body)
        assert (refused.status_code, refused.json()["message"]) == (status, message)
    assert box.location.get(f"{PLACE}/rooms/{bikes['id']}").status_code == 400, "it is no room"
    both = box.location.put(f"{PLACE}/equipments/{bikes['id']}", json={"calendarIds": [first, second]})
    assert both.status_code == 400
    assert box.location.get(f"{PLACE}/equipments/{bikes['id']}").json() == bikes
    assert box.other.get(f"{PLACE}/equipments/{bikes['id']}").status_code == 400
