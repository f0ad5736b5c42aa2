"""Sub-accounts, as agencies and operators keep them."""

from datetime import timedelta
from typing import Any

from groundlevel.areas.locations import TAGS
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners


def new_location(box: Box, **said: Any) -> dict[str, Any]:
    reply = box.agency.post("/locations/", json={"companyId": box.company_id, "name": "Branch", **said})
    assert reply.status_code == 200, reply.text
    return reply.json()


def names(box: Box, **params: Any) -> list[str]:
    return [f["name"] for f in box.agency.get("/locations/search", params=params).json()["locations"]]


def test_a_location_is_added_and_changed(box: Box) -> None:
    made = new_location(
        box,
        country="SE",
        timezone="Europe/Stockholm",
        prospectInfo={"firstName": "Anna", "lastName": "Alm", "email": "anna@example.com"},
        settings={"allowDuplicateContact": True},
        social={"linkedIn": "https://linkedin.com/in/x", "googlePlacesId": "p1"},
        snapshotId="s1",
    )
    assert made == {
        "id": made["id"], "companyId": box.company_id, "name": "Branch", "dateAdded": made["dateAdded"],
        "country": "SE", "timezone": "Europe/Stockholm", "firstName": "Anna", "lastName": "Alm",
        "email": "anna@example.com", "social": {"linkedIn": "https://linkedin.com/in/x", "googlePlacesId": "p1"},
        "settings": {
            "allowDuplicateContact": True, "allowDuplicateOpportunity": False, "allowFacebookNameMerge": False,
            "disableContactTimezone": False, "contactMatch": [],
        },
    }  # fmt: skip
    path = f"/locations/{made['id']}"
    business = {"name": "Branch", "country": "SE", "timezone": "Europe/Stockholm"}
    assert box.agency.get(path).json() == {"location": made | {"business": business}}
    change = {"companyId": box.company_id, "city": "Uppsala", "settings": {"disableContactTimezone": True}}
    changed = box.agency.put(path, json=change)
    assert changed.status_code == 200
    assert changed.json() == made | {
        "city": "Uppsala",
        "settings": made["settings"] | {"disableContactTimezone": True},
    }
    told = {"id": made["id"], "companyId": box.company_id, "name": "Branch", "email": "anna@example.com"}
    assert box.sandbox.events() == [{"type": "LocationCreate"} | told, {"type": "LocationUpdate"} | told]
    plain = new_location(box)
    assert (plain["country"], plain["timezone"]) == ("US", "UTC")


def test_what_does_not_fit_is_refused(box: Box) -> None:
    bad = {"companyId": box.company_id, "name": "", "country": "ZZ", "settings": {"contactMatch": ["email"]}}
    wrong = box.agency.post("/locations/", json=bad)
    assert wrong.status_code == 422
    assert [m.split(": ")[0] for m in sorted(wrong.json()["message"])] == [
        "country must be one of the following values",
        "name must be longer than or equal to 1 characters",
        "settings.property contactMatch should not exist",
    ]
    good = {"companyId": box.company_id, "name": "x"}
    assert box.agency.post("/locations/", json=good | {"country": "US\n"}).status_code == 422
    nowhere = box.agency.post("/locations/", json=good | {"timezone": "Mars/Olympus"})
    assert nowhere.json()["message"] == ["timezone must be an IANA time zone"]
    assert box.agency.post("/locations/", json=good | {"companyId": "another"}).status_code == 403
    assert box.agency.put(f"/locations/{box.location_id}", json={"companyId": "another"}).status_code == 403
    assert box.location.post("/locations/", json=good).status_code == 401


def test_locations_are_searched_in_stretches(box: Box) -> None:
    for name in ("Branch A", "Branch B"):
        box.sandbox.move_clock(timedelta(seconds=1))
        email = f"{name[-1].lower()}@example.com"
        new_location(box, name=name, prospectInfo={"firstName": "x", "lastName": "y", "email": email})
    assert names(box, order="desc", limit=2) == ["Branch B", "Branch A"]
    assert names(box, skip=2) == ["Branch A", "Branch B"]
    assert names(box, email="a@example.com", companyId=box.company_id) == ["Branch A"]
    assert box.agency.get("/locations/search", params={"companyId": "another"}).status_code == 403
    own = box.location.get("/locations/search").json()["locations"]
    assert [f["id"] for f in own] == [box.location_id]
    assert box.location.get("/locations/search", params={"skip": 1}).json() == {"locations": []}


def test_a_removed_location_takes_its_tokens_and_records_with_it(box: Box) -> None:
    for name in ("Hot", "Cold"):
        box.location.post(f"/locations/{box.location_id}/tags", json={"name": name})
    path = f"/locations/{box.location_id}"
    assert box.agency.delete(path).json()["message"] == ["deleteTwilioAccount must be a boolean value"]
    gone = box.agency.delete(path, params={"deleteTwilioAccount": "false"})
    assert (gone.status_code, gone.json()) == (
        200,
        {"success": True, "message": f"Deleted location with id: {box.location_id}"},
    )
    assert names(box) == ["Next door"]
    assert box.agency.get(path).status_code == 400
    box.sandbox.app.callers.remembered.clear()  # what other processes forget within a second
    assert box.location.get(path).status_code == 401
    assert box.other.get(f"/locations/{box.other_location_id}").status_code == 200
    assert box.sandbox.work() >= 4, "its rows (in portions), its files, its outbox, its place with users"
    owners = Owners(box.location_id, box.company_id)
    assert box.sandbox.do(owners, lambda ctx: ctx.db.count(TAGS)) == 0


def test_an_operator_adds_a_location_and_sets_what_makes_contacts_one(box: Box) -> None:
    path = f"/operator/companies/{box.company_id}/locations"
    made = box.operator.post(path, json={"name": "Branch", "country": "SE"})
    assert (made.status_code, made.json()["companyId"], made.json()["country"]) == (201, box.company_id, "SE")
    assert box.operator.post("/operator/companies/nobody/locations", json={"name": "x"}).status_code == 400

    settings = f"/operator/locations/{made.json()['id']}/settings"
    now = box.operator.put(settings, json={"contactMatch": ["phone", "email"], "allowDuplicateContact": True})
    assert now.json() == {
        "settings": {
            "allowDuplicateContact": True, "allowDuplicateOpportunity": False, "allowFacebookNameMerge": False,
            "disableContactTimezone": False, "contactMatch": ["phone", "email"],
        }
    }  # fmt: skip
    assert box.operator.put(settings, json={"allowDuplicateContact": False}).json()["settings"]["contactMatch"] == [
        "phone",
        "email",
    ]
    assert box.operator.put(settings, json={"contactMatch": ["name"]}).status_code == 422
    assert box.agency.put(settings, json={}).status_code == 401
