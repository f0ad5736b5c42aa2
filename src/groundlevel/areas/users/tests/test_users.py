"""Users of an agency and its sub-accounts."""

from typing import Any

from groundlevel.conftest import Box


def new_user(box: Box, first: str, **said: Any) -> dict[str, Any]:
    body = {"firstName": first, "email": f"{first}@Example.com", **said}
    reply = box.operator.post(f"/operator/companies/{box.company_id}/users", json=body)
    assert reply.status_code == 201, reply.text
    return reply.json()


def found(box: Box, **params: Any) -> list[str]:
    reply = box.agency.get("/users/search", params={"companyId": box.company_id, **params})
    assert reply.status_code == 200, reply.text
    return [u["firstName"] for u in reply.json()["users"]]


def test_an_operator_adds_a_user(box: Box) -> None:
    roles = {"type": "account", "role": "admin", "locationIds": [box.location_id]}
    bo = new_user(box, "Bo", lastName="Ek", roles=roles)
    assert bo == {
        "id": bo["id"], "companyId": box.company_id, "name": "Bo Ek", "firstName": "Bo", "lastName": "Ek",
        "email": "bo@example.com", "roles": roles, "dateAdded": bo["dateAdded"], "permissions": bo["permissions"],
    }  # fmt: skip
    assert box.location.get(f"/users/{bo['id']}").json() == bo
    assert box.other.get(f"/users/{bo['id']}").status_code == 400
    path = f"/operator/companies/{box.company_id}/users"
    again = box.operator.post(path, json={"firstName": "Bo", "email": "BO@example.com"})
    assert (again.status_code, again.json()["message"]) == (400, "User with email bo@example.com already exists")
    wrong = box.operator.post(path, json={"firstName": "Bo", "email": "bo"})
    assert wrong.json()["message"] == ["email must be an email"]
    lost = {"firstName": "Cy", "email": "cy@example.com", "roles": {"locationIds": ["nowhere"]}}
    assert box.operator.post(path, json=lost).json()["message"] == "Location with id nowhere not found"
    assert box.operator.post("/operator/companies/nobody/users", json=lost).status_code == 400


def test_users_are_searched(box: Box) -> None:
    new_user(box, "Bo", lastName="Ek", phone="+4618", roles={"locationIds": [box.other_location_id]})
    cy = new_user(box, "Cy", roles={"type": "agency", "role": "admin"})
    assert found(box, sort="firstName") == ["Anna", "Bo", "Cy"]
    assert found(box, sort="firstName", sortDirection="desc", limit=1, skip=1) == ["Bo"]
    assert found(box, query="bo ek") == ["Bo"]
    assert found(box, query="+4618", type="account", role="user") == ["Bo"]
    assert found(box, type="agency") == ["Cy"]
    assert found(box, ids=f"{box.user_id},{cy['id']}", sort="firstName") == ["Anna", "Cy"]
    assert found(box, locationId=box.other_location_id) == ["Bo"]
    ask = {"companyId": box.company_id}
    own = box.location.get("/users/search", params=ask).json()
    assert ([u["id"] for u in own["users"]], own["count"]) == ([box.user_id], 1)
    assert box.location.get("/users/search", params=ask | {"locationId": box.other_location_id}).status_code == 403
    assert box.agency.get("/users/search", params={"companyId": "another"}).status_code == 403
    assert box.agency.get("/users/search").json()["message"] == ["companyId must be a string"]
