"""Who is told what of a calendar's appointments."""

from typing import Any

from groundlevel.conftest import Box

REMINDER = {
    "receiverType": "contact", "channel": "email", "notificationType": "reminder", "subject": "Soon",
    "beforeTime": [{"timeOffset": 1, "unit": "hours"}, {"timeOffset": 1.5, "unit": "days"}],
}  # fmt: skip
BOOKED = {"receiverType": "assignedUser", "channel": "inApp", "notificationType": "booked", "isActive": False}


def place(box: Box) -> str:
    """Where a new calendar's notifications are."""
    made = box.location.post("/calendars/", json={"locationId": box.location_id, "name": "Visits"}).json()
    return f"/calendars/{made['calendar']['id']}/notifications"


def test_notifications_from_first_to_last(box: Box) -> None:
    at = place(box)
    booked = BOOKED | {"selectedUsers": [box.user_id, "sub_account_admin"]}
    reply = box.location.post(at, json=[REMINDER, booked])
    first, second = reply.json()
    assert (reply.status_code, first, second) == (
        200, REMINDER | {"_id": first["_id"], "isActive": True, "deleted": False},
        booked | {"_id": second["_id"], "deleted": False},
    )  # fmt: skip

    def listed(**query: Any) -> list[str]:
        return sorted(one["_id"] for one in box.v2.get(at, params=query).json())

    ids = sorted([first["_id"], second["_id"]])
    assert (listed(), listed(isActive="true"), listed(deleted="true")) == (ids, [first["_id"]], [])
    assert (len(listed(limit=1)), listed(skip=2)) == (1, [])
    one = f"{at}/{first['_id']}"
    assert box.location.put(one, json={"deleted": True, "body": "See you"}).json() == {
        "message": "Notification updated"
    }
    assert box.location.get(one).json() == first | {"deleted": True, "body": "See you"}
    assert (listed(), listed(deleted="true")) == ([second["_id"]], [first["_id"]])
    assert box.location.delete(one).json() == {"message": "Notification deleted"}
    gone = box.location.get(one)
    assert (gone.status_code, gone.json()["message"]) == (400, f"Notification with id {first['_id']} not found")


def test_what_does_not_fit_is_refused_and_none_is_kept(box: Box) -> None:
    at = place(box)
    for body, status, message in (
        ([], 422, ["body must contain at least 1 elements"]),
        ({}, 422, ["body must be an array"]),
        ([BOOKED, BOOKED | {"channel": "pigeon", "x": 1}], 422, [
            "body.1.property x should not exist",
            "body.1.channel must be one of the following values: email, inApp, sms, whatsapp",
        ]),
        ([BOOKED, REMINDER | {"beforeTime": []}], 422, ["beforeTime should not be empty"]),
        ([REMINDER | {"notificationType": "followup"}], 422, ["afterTime should not be empty"]),
        ([BOOKED | {"selectedUsers": ["nobody"]}], 400, "User with id nobody not found"),
    ):  # fmt: skip
        refused = box.location.post(at, json=body)
        assert (refused.status_code, refused.json()["message"]) == (status, message)
    assert box.location.get(at).json() == []
    assert box.location.post("/calendars/none/notifications", json=[BOOKED]).status_code == 400
