"""The list of contacts: GET /contacts/"""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from groundlevel.conftest import Box


def ask(box: Box, **said: Any) -> httpx2.Response:
    return box.v2.get("/contacts/", params={"locationId": box.location_id, **said})


@pytest.fixture
def many(box: Box, still: Callable[[str], None]) -> list[str]:
    """45 contacts, 40 of them of one millisecond; their ids, newest first."""
    ids: list[str] = []
    for moment, n in (("2027-03-01T15:00:00.001", 3), ("2027-03-01T15:00:00.002", 40), ("2027-03-01T15:00:00.003", 2)):
        still(moment)
        ids = sorted((box.new_contact(name=f"Number {i}") for i in range(n)), reverse=True) + ids
    return ids


def test_a_page_as_it_is_answered(box: Box, still: Callable[[str], None]) -> None:
    still("2027-03-01T15:00:00")
    id = box.new_contact(name="Anna Älm", email="Anna@example.com", tags=["VIP"])
    reply = ask(box)
    assert reply.status_code == 200
    page = reply.json()
    came = page["contacts"][0].pop("attributions")
    assert [a["medium"] for a in came] == ["public_api"]
    assert page == {
        "contacts": [
            {
                "id": id, "locationId": box.location_id, "contactName": "Anna Älm", "firstName": "Anna",
                "lastName": "Älm", "firstNameRaw": "Anna", "lastNameRaw": "Älm", "email": "anna@example.com",
                "dateAdded": "2027-03-01T15:00:00.000Z", "dateUpdated": "2027-03-01T15:00:00.000Z", "type": "lead",
                "source": "public api", "dnd": False, "tags": ["vip"], "followers": [], "additionalEmails": [],
                "customFields": [],
            }
        ],
        "count": 1,
        "meta": {"total": 1, "currentPage": 1, "startAfterId": id, "startAfter": 1_803_913_200_000},
        "traceId": page["traceId"],
    }  # fmt: skip


@pytest.mark.parametrize("limit", [7, 20])
def test_the_next_page_is_followed_to_the_end(box: Box, many: list[str], limit: int) -> None:
    seen: list[str] = []
    reply = ask(box, limit=limit)
    while True:
        page = reply.json()
        seen += [c["id"] for c in page["contacts"]]
        assert page["meta"]["total"] == page["count"] == 45
        if "nextPageUrl" not in page["meta"]:
            break
        assert page["meta"]["nextPage"] == page["meta"]["currentPage"] + 1
        assert page["meta"]["nextPageUrl"].startswith(box.sandbox.app.settings.public_url + "/contacts/?")
        reply = box.v2.get(page["meta"]["nextPageUrl"])
    assert seen == many


def test_only_one_half_of_the_place_gives_the_first_page(box: Box, many: list[str]) -> None:
    meta = ask(box, limit=5).json()["meta"]
    for half in ("startAfter", "startAfterId"):
        again = ask(box, limit=5, **{half: meta[half]}).json()
        assert [c["id"] for c in again["contacts"]] == many[:5]
        assert again["meta"]["currentPage"] == 1
    second = ask(box, limit=5, startAfter=meta["startAfter"], startAfterId=meta["startAfterId"]).json()
    assert [c["id"] for c in second["contacts"]] == many[5:10]
    assert second["meta"]["prevPage"] == 1


def test_a_query_finds_a_piece_of_name_email_or_phone(box: Box) -> None:
    ids = {
        "name": box.new_contact(name="Anna Björk"),
        "email": box.new_contact(email="post@björkö.se"),
        "phone": box.new_contact(phone="+46181234567"),
    }
    for query, found in (("BJÖRK", {"name", "email"}), ("1812345", {"phone"}), ("ann", {"name"}), ("zzz", set[str]())):
        page = ask(box, query=query).json()
        assert {c["id"] for c in page["contacts"]} == {ids[f] for f in found}
        assert page["count"] == len(found)


REFUSED: list[tuple[dict[str, Any], int, Any]] = [
    ({"limit": 101}, 422, ["limit must not be greater than 100"]),
    ({"limit": 0}, 422, ["limit must not be less than 1"]),
    ({"limit": "many"}, 422, ["limit must be an integer number"]),
    ({"startAfter": "x", "page": 2}, 422, ["property page should not exist", "startAfter must be an integer number"]),
    ({"query": "x" * 76}, 422, ["query must be shorter than or equal to 75 characters"]),
    ({"locationId": "NextNextNextNextNe02"}, 403, "The token does not have access to this location."),
]


def test_what_does_not_fit_is_refused(box: Box) -> None:
    for said, status, message in REFUSED:
        reply = ask(box, **said)
        assert (said, reply.status_code, reply.json()["message"]) == (said, status, message)


def test_without_a_location_it_is_refused(box: Box) -> None:
    reply = box.v2.get("/contacts/")
    assert reply.status_code == 403
    assert reply.json() == {
        "statusCode": 403,
        "message": "The token does not have access to this location.",
        "error": "Forbidden",
        "traceId": reply.json()["traceId"],
    }
