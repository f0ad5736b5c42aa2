"""Ids of another sub-account's records inside bodies and queries: nothing of it is changed, and nothing is told."""

from typing import Any

import pytest

from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners
from groundlevel.kernel.store.table import TABLES


def rows_of(box: Box, location: str) -> list[tuple[str, Any]]:
    """Everything that belongs to one sub-account."""
    db = box.sandbox.app.store.read(Owners(system=True))
    return [
        (t.name, d) for t in TABLES.values() for owner, d in db.across_owners(t, limit=100_000) if owner == location
    ]


@pytest.fixture
def ours(box: Box) -> dict[str, str]:
    """Records of the sub-account whose neighbour knows their ids."""
    here = box.location_id
    field = {"name": "Size", "dataType": "TEXT", "model": "contact"}
    business = box.location.post("/businesses/", json={"locationId": here, "name": "B"}).json()
    return {
        "contact": box.new_contact(email="ours@example.com", firstName="Ours", tags=["kept"]),
        "business": next(v["id"] for v in business.values() if isinstance(v, dict)),
        "field": box.location.post(f"/locations/{here}/customFields", json=field).json()["customField"]["id"],
    }


def test_bulk_changes_reach_only_ones_own(box: Box, ours: dict[str, str]) -> None:
    before = rows_of(box, box.location_id)
    there = box.other_location_id
    for type in ("add", "remove"):
        reply = box.other.post(
            f"/contacts/bulk/tags/update/{type}",
            json={
                "contacts": [ours["contact"]],
                "tags": ["kept", "theirs"],
                "locationId": there,
                "removeAllTags": True,
            },
        )
        assert reply.status_code == 201
        assert reply.json()["errorCount"] == 1
        assert [r["type"] for r in reply.json()["responses"]] == ["error"]
        assert "oldTags" not in reply.json()["responses"][0], "their tags are nobody else's business"
    moved = box.other.post(
        "/contacts/bulk/business", json={"locationId": there, "ids": [ours["contact"]], "businessId": None}
    )
    assert (moved.status_code, moved.json()) == (200, {"success": True, "ids": []})
    assert rows_of(box, box.location_id) == before


def test_a_body_cannot_refer_to_anothers_records(box: Box, ours: dict[str, str]) -> None:
    there = box.other_location_id
    before = rows_of(box, there), rows_of(box, box.location_id)
    refused = {
        "a user": box.other.post("/contacts/", json={"locationId": there, "name": "X", "assignedTo": box.user_id}),
        "a business": box.other.post(
            "/contacts/bulk/business", json={"locationId": there, "ids": [], "businessId": ours["business"]}
        ),
        "a list": box.other.get(f"/contacts/business/{ours['business']}", params={"locationId": there}),
        "a field": box.other.post(
            "/contacts/", json={"locationId": there, "name": "X", "customFields": [{"id": ours["field"], "value": "1"}]}
        ),
    }
    assert {k: r.status_code in (400, 422) for k, r in refused.items()} == dict.fromkeys(refused, True)
    assert (rows_of(box, there), rows_of(box, box.location_id)) == before


def test_search_and_lists_find_only_ones_own(box: Box, ours: dict[str, str]) -> None:
    there = box.other_location_id
    searched = box.other.post("/contacts/search", json={"locationId": there, "pageLimit": 100}).json()
    assert (searched["contacts"], searched["total"]) == ([], 0)
    by_id = {"field": "id", "operator": "eq", "value": ours["contact"]}
    found = box.other.post("/contacts/search", json={"locationId": there, "pageLimit": 9, "filters": [by_id]}).json()
    assert (found["contacts"], found["total"]) == ([], 0)
    for query in ("ours", "ou", "ours@example.com"):
        sought = {"locationId": there, "pageLimit": 9, "query": query}
        assert box.other.post("/contacts/search", json=sought).json()["contacts"] == []
    twin = box.other.get("/contacts/search/duplicate", params={"locationId": there, "email": "ours@example.com"})
    assert twin.status_code == 200
    assert not twin.json().get("contact")


def test_the_same_person_may_be_in_two_sub_accounts(box: Box, ours: dict[str, str]) -> None:
    there = box.other_location_id
    before = rows_of(box, box.location_id)
    reply = box.other.post(
        "/contacts/upsert", json={"locationId": there, "email": "ours@example.com", "firstName": "T"}
    )
    assert (reply.status_code, reply.json()["new"]) == (200, True)
    assert reply.json()["contact"]["id"] != ours["contact"]
    assert rows_of(box, box.location_id) == before
