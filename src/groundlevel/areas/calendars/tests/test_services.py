"""Services, and the places where they are given."""

from typing import Any

from groundlevel.conftest import Box

CATALOG, PLACES = "/calendars/services/catalog", "/calendars/services/locations"


def said(box: Box, **more: Any) -> dict[str, Any]:
    """What is said of a new service."""
    return {
        "locationId": box.location_id, "name": "Cut", "slug": "cut", "staff": [{"id": box.user_id}],
        "serviceDuration": 45, "serviceDurationUnit": "mins", "postBuffer": 0.5, "postBufferUnit": "hours",
        "payment": {"amount": 50, "deposit": 20, "depositType": "percentage"}, "description": "With wash",
        "variations": [{"name": "Long hair", "serviceDuration": 1, "serviceDurationUnit": "hours"}],
    } | more  # fmt: skip


def test_a_service_from_first_to_last(box: Box) -> None:
    reply = box.location.post(CATALOG, json=said(box))
    made = reply.json()["service"]
    (long,) = made["variations"]
    expected = said(box, variations=[long], isPrivate=False, id=made["id"])
    assert (reply.status_code, made) == (201, expected | {"serviceCategoryId": made["serviceCategoryId"]})
    assert long == said(box)["variations"][0] | {"id": long["id"]}
    at = f"{CATALOG}/{made['id']}"
    assert box.location.get(at).json() == {"service": made}
    assert box.v2.get(at).status_code == 404

    operator = f"/operator/locations/{box.location_id}/service-categories"
    colour = box.operator.post(operator, json={"name": "Colour"}).json()
    assert box.operator.post(operator, json={"name": "Colour"}).status_code == 400
    assert [c["name"] for c in box.operator.get(operator).json()["categories"]] == ["Colour", "General"]
    more = said(box, name="Dye", slug="dye", serviceCategoryId=colour["id"], isPrivate=True, variations=[])
    dye = box.location.post(CATALOG, json=more).json()["service"]

    def listed(**query: Any) -> list[str]:
        found = box.location.get(CATALOG, params={"locationId": box.location_id} | query).json()["services"]
        return [one["name"] for one in found]

    assert (listed(), listed(serviceCategoryId=colour["id"])) == (["Cut", "Dye"], ["Dye"])
    assert (listed(isPrivate="true"), listed(isPrivate="false")) == (["Dye"], ["Cut"])

    kept = [long | {"serviceDuration": 2}, {"name": "Child"}]
    changed = box.location.put(at, json={"variations": kept, "name": "Haircut"}).json()["service"]
    child = changed["variations"][1]["id"]
    assert changed == made | {"name": "Haircut", "variations": [kept[0], {"name": "Child", "id": child}]}
    assert box.location.put(at, json={"variations": []}).json()["service"]["variations"] == []
    assert box.location.delete(at).json() == {"success": True, "message": "Service deleted"}
    gone = box.location.get(at)
    assert (gone.status_code, gone.json()["message"]) == (400, f"Service with id {made['id']} not found")
    assert listed() == [dye["name"]]


def test_a_place_from_first_to_last(box: Box) -> None:
    new = {"locationId": box.location_id, "name": "Downtown", "slug": "downtown", "phone": "+12125550174"}
    reply = box.location.post(PLACES, json=new | {"address": "1 Way", "coverImage": "https://e.com/a.png"})
    made = reply.json()
    assert (reply.status_code, made) == (201, new | {
        "address": "1 Way", "coverImage": "https://e.com/a.png", "id": made["id"], "isActive": True,
        "isPrivate": False, "locationType": "offline", "dateAdded": made["dateAdded"],
    })  # fmt: skip
    at = f"{PLACES}/{made['id']}"
    assert box.location.get(at).json() == made
    home = box.location.put(at, json={"locationType": "ask_booker", "address": "At your home"}).json()
    assert home == made | {"locationType": "ask_booker", "address": "At your home"}
    assert box.location.get(PLACES, params={"locationId": box.location_id}).json() == {"serviceLocations": [home]}
    taken = box.location.post(PLACES, json=new)
    assert (taken.status_code, taken.json()["message"]) == (400, "Service location with slug downtown already exists")
    assert box.location.delete(at).json() == {"success": True, "message": "Service location deleted"}
    gone = box.location.get(at)
    assert (gone.status_code, gone.json()["message"]) == (400, f"Service location with id {made['id']} not found")
    assert box.v2.get(PLACES, params={"locationId": box.location_id}).status_code == 404


def test_what_does_not_fit_is_refused(box: Box) -> None:
    made = box.location.post(CATALOG, json=said(box)).json()["service"]
    for change, status, message in (
        ({"slug": "cut"}, 400, "Service with slug cut already exists"),
        ({"staff": []}, 422, ["staff must contain at least 1 elements"]),
        ({"staff": [{"id": "nobody"}]}, 400, "User with id nobody not found"),
        ({"serviceCategoryId": "none"}, 400, "Service category with id none not found"),
        ({"serviceDuration": 0}, 422, ["serviceDuration must not be less than 1"]),
        ({"variations": [{"name": "x", "id": made["variations"][0]["id"]}]}, 400, None),
        ({"payment": {"amount": -1}}, 422, ["payment.amount must not be less than 0"]),
    ):
        refused = box.location.post(CATALOG, json=said(box, slug="other") | change)
        assert refused.status_code == status, refused.text
        assert message in (None, refused.json()["message"])
    other = box.other.get(CATALOG, params={"locationId": box.other_location_id}).json()
    assert other == {"services": []}
