"""The search: POST /contacts/search"""

from collections.abc import Callable
from typing import Any

import pytest

from groundlevel.conftest import Box

Ids = dict[str, str]


def ask(box: Box, **said: Any) -> dict[str, Any]:
    reply = box.location.post("/contacts/search", json={"locationId": box.location_id, "pageLimit": 100, **said})
    assert reply.status_code == 200, reply.text
    return reply.json()


@pytest.fixture
def people(box: Box, still: Callable[[str], None], new_field: Callable[..., str]) -> Ids:
    """Four contacts by name, the id of a field and of a business."""
    pin = new_field("Pin", "NUMERICAL")
    business = box.location.post("/businesses/", json={"locationId": box.location_id, "name": "Alm & Co"}).json()
    ids = {"pin": pin, "business": business["buiseness"]["id"]}
    still("2027-03-01T10:00:00")
    ids["anna"] = box.new_contact(
        name="Anna Alm", email="anna@example.com", phone="+46181234567", city="Uppsala", country="SE", state="UP",
        postalCode="75310", source="fair", tags=["vip", "007"], dnd=True, dateOfBirth="1990-05-17",
        website="https://alm.example", timezone="Europe/Stockholm", assignedTo=box.user_id, address1="1 Main St",
        companyName="Alm", customFields=[{"id": pin, "value": 42}],
    )  # fmt: skip
    still("2027-03-02T10:00:00")
    ids["bo"] = box.new_contact(name="Bo Ek", email="bo@example.org", city="Ängelholm", tags=["7"])
    box.location.post(f"/contacts/{ids['bo']}/followers", json={"followers": [box.user_id]})
    still("2027-03-03T10:00:00")
    ids["cleo"] = box.new_contact(name="cleo", source="web", customFields=[{"id": pin, "value": 7}])
    said = {"locationId": box.location_id, "ids": [ids["cleo"]], "businessId": ids["business"]}
    box.location.post("/contacts/bulk/business", json=said)
    still("2027-03-04T10:00:00")
    ids["dot"] = box.new_contact(phone="+14155552671")
    return ids


TEXT_CASES: list[tuple[str, Any, Any]] = [  # field, all of Anna's value, a piece of it
    ("address", "1 Main St", "main"), ("address1", "1 Main St", "St"), ("city", "Uppsala", "PPS"),
    ("companyName", "Alm", "lm"), ("country", "SE", "s"), ("email", "Anna@Example.com", "anna@"),
    ("phone", "+46181234567", "1812"), ("postalCode", "75310", "531"), ("source", "fair", "AI"), ("state", "UP", "p"),
    ("timezone", "Europe/Stockholm", "stock"), ("website", "https://alm.example", "ALM."),
    ("contactName", "Anna Alm", "a a"), ("firstName", "anna", "nn"), ("firstNameLowerCase", "Anna", "ANN"),
    ("lastName", "alm", "lm"), ("lastNameLowerCase", "Alm", "al"), ("fullNameLowerCase", "anna alm", "nna al"),
]  # fmt: skip
FIRST, OTHERS = "anna", "bo cleo dot"

CASES: list[tuple[str, str, Any, str]] = [
    ("type", "eq", "lead", "anna bo cleo dot"),
    ("dnd", "eq", True, "anna"),
    ("dnd", "not_eq", "true", OTHERS),
    ("dnd", "eq", [True, False], "anna bo cleo dot"),
    ("validEmail", "exists", None, ""),
    ("validEmail", "not_eq", True, "anna bo cleo dot"),
    ("tags", "eq", "VIP", "anna"),
    ("tags", "eq", ["vip", "7"], "anna bo"),
    ("tags", "eq", "007", "anna"),
    ("tags", "eq", "7", "bo"),
    ("tags", "contains", "vip", "anna"),
    ("tags", "not_contains", "vip", OTHERS),
    ("tags", "not_eq", ["vip", "7"], "cleo dot"),
    ("tags", "exists", None, "anna bo"),
    ("tags", "not_exists", None, "cleo dot"),
    ("followers", "exists", None, "bo"),
    ("city", "eq", ["Uppsala", "Ängelholm"], "anna bo"),
    ("city", "eq", "uppsala", ""),
    ("city", "contains", "Ängel", "bo"),
    ("city", "contains", "GELHOLM", "bo"),
    ("email", "range", {"gte": "b"}, "bo"),
    ("dateAdded", "range", {"gt": "2027-03-01T10:00:00Z", "lte": "2027-03-03T10:00:00.000Z"}, "bo cleo"),
    ("dateAdded", "eq", 1_803_981_600_000, "bo"),
    ("dateAdded", "range", {"lt": 1_803_981_600_000}, "anna"),
    ("dateUpdated", "exists", None, "anna bo cleo dot"),
    ("dateOfBirth", "eq", "1990-05-17", "anna"),
    ("dateOfBirth", "range", {"lt": "2000-01-01"}, "anna"),
    ("dateOfBirth", "not_exists", None, OTHERS),
    ("lastAppointment", "exists", None, ""),
    ("customFields.{pin}", "eq", 42, "anna"),
    ("customFields.{pin}", "eq", "7", "cleo"),
    ("customFields.{pin}", "range", {"gte": 7, "lt": 42}, "cleo"),
    ("customFields.{pin}", "exists", None, "anna cleo"),
    ("customFields.{pin}", "not_exists", None, "bo dot"),
    ("customFields.{pin}", "not_eq", 42, "bo cleo dot"),
    ("customFields.unknown", "exists", None, ""),
    ("businessId", "eq", "{business}", "cleo"),
    ("businessName", "eq", "Alm & Co", "cleo"),
    ("businessName", "contains", "alm", "cleo"),
    ("businessName", "not_contains", "alm", "anna bo dot"),
    ("businessName", "exists", None, "cleo"),
    ("businessName", "not_exists", None, "anna bo dot"),
    ("id", "eq", ["{anna}", "{dot}", "nobody"], "anna dot"),
    ("assignedTo", "exists", None, "anna"),
]


def filled(value: Any, ids: Ids) -> Any:
    if isinstance(value, list):
        return [filled(v, ids) for v in value]
    return value.format(**ids) if isinstance(value, str) else value


def found(box: Box, people: Ids, *filters: dict[str, Any], **said: Any) -> set[str]:
    page = ask(box, filters=list(filters), **said)
    assert page["total"] == len(page["contacts"])
    names = {id: name for name, id in people.items()}
    return {names[c["id"]] for c in page["contacts"]}


def cases(people: Ids) -> list[tuple[dict[str, Any], set[str]]]:
    rows = list(CASES)
    for field, whole, piece in TEXT_CASES:
        rows += [
            (field, "eq", whole, FIRST), (field, "not_eq", whole, OTHERS), (field, "eq", ["x", whole], FIRST),
            (field, "contains", piece, FIRST), (field, "not_contains", piece, OTHERS),
        ]  # fmt: skip
    return [
        ({"field": filled(f, people), "operator": op} | ({} if v is None else {"value": filled(v, people)}),
         set(names.split()))
        for f, op, v, names in rows
    ]  # fmt: skip


def test_every_field_and_operator_before_and_after_tending(box: Box, people: Ids) -> None:
    for tended in (False, True):
        for one, names in cases(people):
            assert (tended, one, found(box, people, one)) == (tended, one, names)
        while box.sandbox.app.store.tend():
            pass


def test_groups(box: Box, people: Ids) -> None:
    def test(field: str, value: Any) -> dict[str, Any]:
        return {"field": field, "operator": "eq", "value": value}

    anna, bo, cleo = test("tags", "vip"), test("city", "Ängelholm"), test("source", "web")
    either = {"group": "OR", "filters": [anna, bo]}
    groups: list[tuple[list[dict[str, Any]], str]] = [
        ([either], "anna bo"),
        ([anna, bo], ""),
        ([either, bo], "bo"),
        ([{"group": "AND", "filters": [either, {"group": "OR", "filters": [bo, cleo]}]}], "bo"),
        ([{"group": "OR", "filters": [cleo, {"group": "AND", "filters": [anna, test("dnd", True)]}]}], "anna cleo"),
        ([{"group": "OR", "filters": []}], ""),
        ([{"group": "AND", "filters": []}], "anna bo cleo dot"),
        ([{"filters": [anna]}], "anna"),
    ]
    for filters, names in groups:
        assert (filters, found(box, people, *filters)) == (filters, set(names.split()))


def test_pieces_of_text(box: Box, people: Ids) -> None:
    odd = box.new_contact(name='Ole "O\'Neil" AND* (x) -NEAR/2 {col}:^')
    people = people | {"odd": odd}
    queries = {
        "a": "anna", "an": "anna", "AN": "anna", "ann": "anna", "nna al": "anna", "lm": "", "alm": "anna",
        "example": "anna bo", '"': "", '"o\'': "odd", '"O\'Neil"': "odd", "and*": "odd", "(x)": "odd", "*": "",
        "-near/2": "odd", "{col}:^": "odd", "near": "odd", "%": "", "a_m": "", "nobody": "", "+46": "anna",
        "018 123": "", "+46 18-123": "anna", "555 2671": "dot", "OR": "", "\\": "", "''": "",
    }  # fmt: skip
    for tended in (False, True):
        for query, names in queries.items():
            assert (tended, query, found(box, people, query=query)) == (tended, query, set(names.split()))
        while box.sandbox.app.store.tend():
            pass


def test_what_is_found_says_where_to_go_on(box: Box, people: Ids) -> None:
    page = ask(box, filters=[{"field": "contactName", "operator": "eq", "value": "anna alm"}])
    contact = page["contacts"][0]
    assert page.keys() == {"contacts", "total", "traceId"}
    assert contact["searchAfter"] == [1_803_895_200_000, people["anna"]]
    assert (contact["address"], contact["firstNameLowerCase"], contact["contactName"]) == (
        "1 Main St", "anna", "Anna Alm",
    )  # fmt: skip
    assert box.v2.post("/contacts/search", json={"locationId": box.location_id, "pageLimit": 1}).status_code == 200
