"""Orders and pages of the search, and what it refuses."""

from collections.abc import Callable
from typing import Any

import httpx2

from groundlevel.areas.contacts.contact import CONTACTS, Contact
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners


def post(box: Box, **said: Any) -> httpx2.Response:
    return box.location.post("/contacts/search", json={"locationId": box.location_id, "pageLimit": 4, **said})


def seed(box: Box) -> None:
    """23 contacts with few different values, many ties and many missing values."""
    cities, names = [None, "Lund", "Ystad", "Åby"], [None, "Alm", "Ek"]

    def put(ctx: Any) -> None:
        for i in range(23):
            city, last = cities[i % 4], names[i % 3]
            at = f"2027-03-0{1 + i % 5}T10:00:00.000Z"
            ctx.db.put(CONTACTS, Contact(
                id=f"contact{(i * 7) % 23:013}", location_id=box.location_id, date_added=at, date_updated=at,
                type="lead", source="web", dnd=i % 2 == 0, city=city, name=last, last_name=last,
                last_name_lower_case=last and last.lower(), full_name_lower_case=last and last.lower(),
            ))  # fmt: skip

    box.sandbox.do(Owners(box.location_id, box.company_id), put)


ORDERS: list[list[tuple[str, str]]] = [
    [],
    [("dateAdded", "asc")],
    [("dateAdded", "desc")],
    [("dateUpdated", "asc")],
    [("city", "asc")],
    [("city", "desc")],
    [("lastName", "desc"), ("city", "asc")],
    [("city", "desc"), ("dateAdded", "asc")],
    [("dnd", "desc"), ("lastName", "asc"), ("dateAdded", "desc")],
    [("id", "desc")],
    [("email", "asc")],
]
KEYS = {
    "dateAdded": "dateAdded", "dateUpdated": "dateUpdated", "city": "city", "lastName": "lastNameLowerCase",
    "dnd": "dnd", "id": "id", "email": "email",
}  # fmt: skip


def in_order(contacts: list[dict[str, Any]], order: list[tuple[str, str]]) -> list[str]:
    """The ids, sorted the plain way: from the last key to the first, those without a value behind.

    Those alike are in the order they were added, in the direction of the last key.
    """
    if not {"id", "dateAdded"} & {field for field, _ in order}:
        order = [*order, ("dateAdded", order[-1][1] if order else "desc")]
    rows = sorted(contacts, key=lambda c: c["id"], reverse=order[-1][1] == "desc")
    for field, direction in reversed(order):
        key = KEYS[field]
        there, missing = [c for c in rows if key in c], [c for c in rows if key not in c]
        rows = sorted(there, key=lambda c: c[key], reverse=direction == "desc") + missing
    return [c["id"] for c in rows]


def test_each_order_and_both_ways_to_page(box: Box) -> None:
    seed(box)
    everyone = post(box, pageLimit=500).json()["contacts"]
    for order in ORDERS:
        sort = [{"field": f, "direction": d} for f, d in order]
        expected = in_order(everyone, order)
        by_number = [c["id"] for n in range(1, 8) for c in post(box, sort=sort, page=n).json()["contacts"]]
        assert (order, by_number) == (order, expected)
        seen: list[str] = []
        page = post(box, sort=sort).json()["contacts"]
        while page:
            seen += [c["id"] for c in page]
            page = post(box, sort=sort, searchAfter=page[-1]["searchAfter"]).json()["contacts"]
        assert (order, seen) == (order, expected)


def test_pages_by_number_reach_ten_thousand(box: Box) -> None:
    seed(box)
    assert post(box, page=20, pageLimit=500).json()["contacts"] == []
    too_far = post(box, page=21, pageLimit=500)
    message = ["page * pageLimit must not be greater than 10000; go on with searchAfter"]
    assert (too_far.status_code, too_far.json()["message"]) == (422, message)


TEXT_VALUE = "must be a string"
REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"pageLimit": 501}, ["pageLimit must not be greater than 500"]),
    ({"pageLimit": 0, "page": 0}, ["pageLimit must not be less than 1", "page must not be less than 1"]),
    ({"query": "x" * 76}, ["query must be shorter than or equal to 75 characters"]),
    ({"filters": [{"field": "shoe", "operator": "eq", "value": "x"}, {"field": "city", "operator": "range"}]}, [
        "filters.0.field shoe is not a field that can be searched",
        "filters.1.value must be an object with some of the following keys: lt, lte, gt, gte",
    ]),
    ({"filters": [{"field": "city", "operator": "like", "value": "x"}]}, [
        "filters.0.operator must be one of the following values: "
        "contains, eq, exists, not_contains, not_eq, not_exists, range",
    ]),
    ({"filters": [{"field": "city", "operator": "eq", "value": 5}]}, [f"filters.0.value {TEXT_VALUE}"]),
    ({"filters": [{"field": "dnd", "operator": "contains", "value": "t"}]},
     ["filters.0.value: this field cannot be searched by contains"]),
    ({"filters": [{"field": "dateAdded", "operator": "range", "value": {"gt": "soon"}}]},
     ["filters.0.value.gt must be a valid ISO 8601 date string or milliseconds since 1970"]),
    ({"sort": [{"field": "tags", "direction": "asc"}]},
     ["sort.field tags is not a field that contacts can be sorted by"]),
    ({"sort": [{"field": "city", "direction": "up"}]},
     ["sort.0.direction must be one of the following values: asc, desc"]),
    ({"searchAfter": ["x", "y"]}, ["searchAfter must be the searchAfter of a record found with the same sort"]),
    ({"searchAfter": [1]}, ["searchAfter must be the searchAfter of a record found with the same sort"]),
]  # fmt: skip


def test_what_does_not_fit_is_refused(box: Box) -> None:
    for said, message in REFUSED:
        reply = post(box, **said)
        assert (said, reply.status_code, reply.json()["message"]) == (said, 422, message)
    bare = box.location.post("/contacts/search", json={})
    assert bare.json()["message"] == ["locationId must be a string", "pageLimit must be an integer number"]
    deep: dict[str, Any] = {"field": "city", "operator": "exists"}
    for _ in range(6):
        deep = {"group": "AND", "filters": [deep]}
    assert post(box, filters=[deep]).json()["message"] == ["filters must not be more than 200 nor deeper than 5 groups"]


def test_a_neighbour_finds_nothing(box: Box, happened: Callable[[], list[str]]) -> None:
    seed(box)
    theirs = {"locationId": box.other_location_id, "pageLimit": 10}
    assert box.other.post("/contacts/search", json=theirs).json()["total"] == 0
    assert post(box, locationId=box.other_location_id).status_code == 403
    assert happened() == []


def test_missing_first_names_come_last(box: Box) -> None:
    ids = [box.new_contact(**said) for said in ({"lastName": "Alm"}, {"name": "Bo Ek"}, {"name": "Cleo"})]
    sort = [{"field": "firstNameLowerCase", "direction": "asc"}]
    assert [c["id"] for c in post(box, sort=sort).json()["contacts"]] == [ids[1], ids[2], ids[0]]
