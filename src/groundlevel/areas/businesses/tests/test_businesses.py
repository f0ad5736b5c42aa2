"""Businesses, as a sub-account keeps them."""

from datetime import timedelta
from typing import Any

from groundlevel.conftest import Box

_SECOND = timedelta(seconds=1)


def new_business(box: Box, **said: Any) -> dict[str, Any]:
    reply = box.location.post("/businesses/", json={"locationId": box.location_id, "name": "Alm & Co", **said})
    assert reply.status_code == 201
    return reply.json()["buiseness"]


def test_a_business_is_added_read_changed_and_deleted(box: Box) -> None:
    made = new_business(box, city="Uppsala", postalCode="75310")
    assert made == {
        "id": made["id"], "name": "Alm & Co", "locationId": box.location_id, "city": "Uppsala", "postalCode": "75310",
        "createdAt": made["createdAt"], "updatedAt": made["createdAt"],
    }  # fmt: skip
    assert len(made["id"]) == 24 and int(made["id"], 16) >= 0
    path = f"/businesses/{made['id']}"
    assert box.location.get(path).json() == {"business": made}

    changed = box.location.put(path, json={"phone": "+46 18 1", "city": None})
    assert changed.status_code == 200
    assert changed.json()["success"] is True
    business = changed.json()["buiseness"]
    assert business["phone"] == "+46 18 1"
    assert "city" not in business
    assert business["name"] == "Alm & Co"

    assert box.v2.delete(path).json() == {"success": True}
    gone = box.location.get(path)
    assert (gone.status_code, gone.json()["message"]) == (400, f"Business with id {made['id']} not found")


def test_businesses_come_in_stretches_newest_first(box: Box) -> None:
    names = [f"Firm {n}" for n in range(5)]
    for name in names:
        new_business(box, name=name)
        box.sandbox.clock.move_to(box.sandbox.clock.now().replace(microsecond=0) + _SECOND)
    ask = {"locationId": box.location_id, "limit": "2", "skip": "1"}
    found = box.location.get("/businesses/", params=ask).json()["businesses"]
    assert [b["name"] for b in found] == ["Firm 3", "Firm 2"]
    assert len(box.location.get("/businesses", params={"locationId": box.location_id}).json()["businesses"]) == 5


def test_what_does_not_fit_is_refused_whole(box: Box) -> None:
    wrong = box.location.post("/businesses/", json={"phone": 1, "colour": "red"})
    assert wrong.status_code == 422
    assert sorted(wrong.json()["message"]) == [
        "locationId must be a string",
        "name must be a string",
        "phone must be a string",
        "property colour should not exist",
    ]
    assert box.location.put(f"/businesses/{new_business(box)['id']}", json={"name": None}).status_code == 422


def test_a_neighbour_sees_nothing_of_it(box: Box) -> None:
    path = f"/businesses/{new_business(box)['id']}"
    assert box.other.get(path).status_code == 400
    assert box.other.put(path, json={"name": "Mine"}).status_code == 400
    assert box.other.delete(path).status_code == 400
    assert box.other.get("/businesses/", params={"locationId": box.location_id}).status_code == 403
    assert box.location.get(path).json()["business"]["name"] == "Alm & Co"
