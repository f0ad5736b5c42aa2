"""Users, as callers of the API keep them."""

from typing import Any

import pytest

from groundlevel.areas.people import credentials_of, matching
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners

PASSWORD = "Correct-horse-7-battery"


def described(box: Box, **said: Any) -> dict[str, Any]:
    return {
        "companyId": box.company_id, "firstName": "Bo", "lastName": "Ek", "email": "Bo@Example.com",
        "password": PASSWORD, "type": "account", "role": "user", "locationIds": [box.location_id],
    } | said  # fmt: skip


def new_user(box: Box, **said: Any) -> dict[str, Any]:
    reply = box.agency.post("/users/", json=described(box, **said))
    assert reply.status_code == 201, reply.text
    return reply.json()


def signs_in(box: Box, email: str, password: str) -> bool:
    found = box.sandbox.do(Owners(system=True), lambda ctx: credentials_of(ctx, email))
    return matching(password, found) is not None


def test_a_user_is_added_changed_and_deleted(box: Box) -> None:
    both = [box.location_id, box.other_location_id]
    bo = new_user(
        box, locationIds=both, permissions={"websitesEnabled": True}, scopes=["contacts.write"],
        platformLanguage="sv", twilioPhone={box.location_id: "+15550100", box.other_location_id: ""},
    )  # fmt: skip
    permissions = bo["permissions"]
    assert (len(permissions), permissions["websitesEnabled"], permissions["campaignsReadOnly"]) == (38, True, False)
    assert bo == {
        "id": bo["id"], "companyId": box.company_id, "name": "Bo Ek", "firstName": "Bo", "lastName": "Ek",
        "email": "bo@example.com", "roles": {"type": "account", "role": "user", "locationIds": both},
        "dateAdded": bo["dateAdded"], "permissions": permissions, "scopes": ["contacts.write"],
        "platformLanguage": "sv", "twilioPhone": {box.location_id: "+15550100"},
    }  # fmt: skip
    path = f"/users/{bo['id']}"
    assert (box.agency.get(path).json(), box.other.get(path).json()) == (bo, bo)
    assert signs_in(box, "bo@example.com", PASSWORD)

    change = {"lastName": "Berg", "email": "else@example.com", "role": "admin", "permissions": {"tagsEnabled": False}}
    changed = box.agency.put(path, json=change | {"password": "Another-horse-8", "locationIds": both[:1]})
    assert changed.status_code == 200
    assert changed.json() == bo | {
        "lastName": "Berg", "name": "Bo Berg", "permissions": permissions | {"tagsEnabled": False},
        "roles": {"type": "account", "role": "admin", "locationIds": both[:1]},
    }  # fmt: skip
    assert not signs_in(box, "bo@example.com", PASSWORD)
    assert signs_in(box, "bo@example.com", "Another-horse-8")
    assert box.other.get(path).status_code == 400
    gone = box.agency.delete(path)
    told = "Queued deleting user with e-mail bo@example.com and name Bo Berg. Will take effect in a few minutes."
    assert (gone.status_code, gone.json()) == (200, {"succeeded": True, "message": told})
    assert (box.agency.get(path).status_code, box.agency.delete(path).status_code) == (400, 400)
    assert not signs_in(box, "bo@example.com", "Another-horse-8")
    kinds = [(e["type"], e.get("locationId"), e["role"]) for e in box.sandbox.events()]
    assert kinds == [
        ("UserCreate", both[0], "user"), ("UserCreate", both[1], "user"), ("UserUpdate", both[0], "admin"),
        ("UserDelete", both[0], "admin"),
    ]  # fmt: skip


def test_the_address_of_a_deleted_user_is_free_again(box: Box) -> None:
    first = new_user(box)
    box.agency.delete(f"/users/{first['id']}")
    again = new_user(box)
    assert again["id"] != first["id"]
    assert box.sandbox.client(box.agency_token, "2021-07-28").delete(f"/users/{again['id']}").json()["succeded"] is True


def test_a_user_of_the_agency_is_told_to_the_agency(box: Box) -> None:
    made = new_user(box, type="agency", role="admin")
    (event,) = box.sandbox.events()
    assert event == {
        "type": "UserCreate", "companyId": box.company_id, "id": made["id"], "firstName": "Bo", "lastName": "Ek",
        "email": "bo@example.com", "role": "admin", "permissions": made["permissions"],
        "locations": [box.location_id],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "status", "message"),
    [
        ({"password": "correct-horse-7"}, 422, "password must have at least 12 characters"),
        ({"password": "Short-7"}, 422, "password must have at least 12 characters"),
        ({"email": "anna@example.com"}, 400, "User with email anna@example.com already exists"),
        ({"scopes": ["contacts.eat"]}, 422, "scopes: there is no scope contacts.eat"),
        ({"locationIds": ["nowhere"]}, 400, "Location with id nowhere not found"),
        ({"twilioPhone": {"nowhere": "+1"}}, 400, "Location with id nowhere not found"),
        ({"type": "robot"}, 422, "type must be one of the following values: account, agency"),
        ({"companyId": "another"}, 403, "The token does not have access to this company."),
    ],
)
def test_what_does_not_fit_is_refused(box: Box, said: dict[str, Any], status: int, message: str) -> None:
    reply = box.agency.post("/users/", json=described(box, **said))
    told = reply.json()["message"]
    assert (reply.status_code, (told if isinstance(told, str) else told[0])[: len(message)]) == (status, message)
    assert box.sandbox.events() == []


def test_a_sub_account_decides_only_on_its_own(box: Box) -> None:
    own = box.location.post("/users/", json=described(box))
    assert own.status_code == 201
    path = f"/users/{own.json()['id']}"
    assert box.location.put(path, json={"lastName": "Ny"}).json()["name"] == "Bo Ny"
    for wrong in ({"locationIds": [box.other_location_id]}, {"locationIds": []}, {"type": "agency"}):
        assert box.location.put(path, json=wrong).status_code == 403, wrong
        assert box.location.post("/users/", json=described(box, email="x@example.com", **wrong)).status_code == 403
    both = [box.location_id, box.other_location_id]
    shared = new_user(box, email="cy@example.com", locationIds=both)["id"]
    boss = new_user(box, email="di@example.com", type="agency")["id"]
    for id in (shared, boss):
        assert box.location.get(f"/users/{id}").status_code == 200
        assert box.location.put(f"/users/{id}", json={"password": "Another-horse-8"}).status_code == 403
        assert box.location.delete(f"/users/{id}").status_code == 403
    assert signs_in(box, "di@example.com", PASSWORD)
    assert box.location.delete(path).status_code == 200
    listed = box.v2.get("/users/", params={"locationId": box.location_id}).json()["users"]
    assert [u["firstName"] for u in listed] == ["Anna", "Bo", "Bo"]
    assert box.location.get("/users", params={"locationId": box.location_id}).status_code == 200


def test_users_are_found_by_their_addresses(box: Box) -> None:
    bo = new_user(box)
    path, ask = (
        "/users/search/filter-by-email",
        {"companyId": box.company_id, "emails": " BO@example.com,anna@example.com"},
    )
    found = box.agency.post(path, json=ask | {"skip": "0", "limit": "1"})
    assert (found.status_code, found.json()) == (
        200,
        {"users": [{"id": bo["id"], "email": "bo@example.com"}], "count": 2},
    )
    named = box.agency.post(path, json=ask | {"projection": "name, phone"}).json()["users"]
    assert named == [{"name": "Bo Ek"}, {"name": "Anna Alm"}]
    assert box.agency.post(path, json=ask | {"projection": "all"}).json()["users"][0] == bo
    assert box.agency.post(path, json=ask | {"projection": "hash"}).json()["message"] == [
        "projection: users have no field hash"
    ]
    assert box.agency.post(path, json=ask | {"limit": "0"}).status_code == 422
    assert box.agency.post(path, json=ask | {"emails": " , "}).status_code == 422
    box.agency.delete(f"/users/{bo['id']}")
    assert box.agency.post(path, json=ask).json()["count"] == 1
    gone = box.agency.post(path, json=ask | {"deleted": True}).json()
    assert gone == {"users": [{"id": bo["id"], "email": "bo@example.com"}], "count": 1}
