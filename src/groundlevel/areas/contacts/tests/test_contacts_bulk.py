"""Many contacts at once: /contacts/bulk/tags/update/{type}, /contacts/bulk/business"""

from collections.abc import Callable
from typing import Any

import pytest

from groundlevel.conftest import Box

Happened = Callable[[], list[str]]


@pytest.fixture
def three(box: Box, happened: Happened) -> list[str]:
    """Two contacts of the sub-account and one of its neighbour."""
    theirs = box.other.post("/contacts/", json={"locationId": box.other_location_id, "name": "Cleo", "tags": ["vip"]})
    ids = [box.new_contact(name="Anna", tags=["vip"]), box.new_contact(name="Bo"), theirs.json()["contact"]["id"]]
    happened()
    return ids


def tags_of(box: Box, id: str) -> list[str]:
    return box.location.get(f"/contacts/{id}").json()["contact"]["tags"]


def bulk(box: Box, type: str, **said: Any) -> dict[str, Any]:
    reply = box.location.post(f"/contacts/bulk/tags/update/{type}", json={"locationId": box.location_id, **said})
    assert reply.status_code == 201, reply.text
    return reply.json()


STRANGER = {"message": "contact does not belong to location", "type": "error"}
DONE = {"message": "Tags updated", "type": "success"}


def test_tags_are_added_to_all(box: Box, three: list[str], happened: Happened) -> None:
    anna, bo, theirs = three
    assert bulk(box, "add", contacts=three, tags=["Hot", "VIP"]) == {
        "succeeded": True, "succeded": True, "errorCount": 1,
        "responses": [
            {"contactId": anna, **DONE, "oldTags": ["vip"], "tagsAdded": ["hot"], "tagsRemoved": []},
            {"contactId": bo, **DONE, "oldTags": [], "tagsAdded": ["hot", "vip"], "tagsRemoved": []},
            {"contactId": theirs, **STRANGER},
        ],
    }  # fmt: skip
    assert (tags_of(box, anna), tags_of(box, bo)) == (["vip", "hot"], ["hot", "vip"])
    assert box.other.get(f"/contacts/{theirs}").json()["contact"]["tags"] == ["vip"]
    assert happened() == ["ContactTagUpdate", "ContactTagUpdate"]


def test_tags_are_taken_off_all(box: Box, three: list[str], happened: Happened) -> None:
    replies = bulk(box, "remove", contacts=three[:2], tags=["VIP", "cold"])["responses"]
    assert [r["tagsRemoved"] for r in replies] == [["vip"], []]
    assert (tags_of(box, three[0]), happened()) == ([], ["ContactTagUpdate"])


def test_all_others_are_taken_off_first(box: Box, three: list[str], happened: Happened) -> None:
    replies = bulk(box, "add", contacts=three[:1], tags=["hot"], removeAllTags=True)["responses"]
    assert replies[0] == {"contactId": three[0], **DONE, "oldTags": ["vip"], "tagsAdded": ["hot"],
                          "tagsRemoved": ["vip"]}  # fmt: skip
    assert (tags_of(box, three[0]), happened()) == (["hot"], ["ContactTagUpdate"])


def test_the_older_reply_and_a_wrong_type(box: Box, three: list[str], happened: Happened) -> None:
    said = {"locationId": box.location_id, "contacts": [], "tags": []}
    assert box.v2.post("/contacts/bulk/tags/update/add", json=said).json() == {
        "succeded": True, "errorCount": 0, "responses": [],
    }  # fmt: skip
    wrong = box.location.post("/contacts/bulk/tags/update/toggle", json=said | {"contacts": three})
    assert wrong.status_code == 422
    assert wrong.json()["message"] == ["type must be one of the following values: add, remove"]
    assert happened() == []


def new_business(box: Box) -> str:
    reply = box.location.post("/businesses/", json={"locationId": box.location_id, "name": "Alm & Co"})
    return reply.json()["buiseness"]["id"]


def test_contacts_join_and_leave_a_business(box: Box, three: list[str], happened: Happened) -> None:
    business = new_business(box)
    said = {"locationId": box.location_id, "ids": [*three, three[0]], "businessId": business}
    joined = box.location.post("/contacts/bulk/business", json=said)
    assert (joined.status_code, joined.json()) == (200, {"success": True, "ids": three[:2]})
    assert box.location.get(f"/contacts/{three[0]}").json()["contact"]["businessId"] == business
    assert happened() == ["RecordCreate", "ContactUpdate", "ContactUpdate"], "a business is a record, too"
    left = box.v2.post("/contacts/bulk/business", json=said | {"businessId": None, "ids": three[:1]})
    assert left.json() == {"success": True, "ids": three[:1]}
    assert "businessId" not in box.location.get(f"/contacts/{three[0]}").json()["contact"]
    assert happened() == ["ContactUpdate"]


def test_an_unknown_business_is_refused(box: Box, three: list[str], happened: Happened) -> None:
    said = {"locationId": box.location_id, "ids": three, "businessId": "none"}
    reply = box.location.post("/contacts/bulk/business", json=said)
    assert (reply.status_code, reply.json()["message"]) == (400, "Business with id none not found")
    many = box.location.post("/contacts/bulk/business", json=said | {"ids": ["x"] * 51})
    assert (many.status_code, many.json()["message"]) == (422, ["ids must contain no more than 50 elements"])
    assert happened() == []


def test_the_contacts_of_a_business_in_stretches(box: Box, still: Callable[[str], None]) -> None:
    business, path = new_business(box), "/contacts/business/"
    still("2027-03-01T15:00:00")
    ids = [box.new_contact(name=name) for name in ("Anna", "Bo", "Cleo", "Dag", "Anton")]
    box.new_contact(name="Outside")
    box.location.post(
        "/contacts/bulk/business", json={"locationId": box.location_id, "ids": ids, "businessId": business}
    )

    def ask(**said: Any) -> dict[str, Any]:
        reply = box.location.get(path + business, params={"locationId": box.location_id, **said})
        assert reply.status_code == 200, reply.text
        assert reply.json()["count"] == (2 if "query" in said else 5)
        return reply.json()

    newest = sorted(ids, reverse=True)  # all of one millisecond: the id decides
    assert [c["id"] for c in ask()["contacts"]] == newest
    assert [c["id"] for c in ask(limit=2, skip=1)["contacts"]] == newest[1:3]
    assert {c["contactName"] for c in ask(query="an")["contacts"]} == {"Anna", "Anton"}
    seen: list[str] = []
    after: dict[str, Any] = {}
    while page := ask(limit=2, **after)["contacts"]:
        seen += [c["id"] for c in page]
        after = {"startAfter": ["1803913200000", seen[-1]]}
    assert seen == newest


def test_a_strange_place_to_go_on_from_is_no_failure(box: Box) -> None:
    business = new_business(box)
    for after in (["²", "x"], ["9" * 5_000, "x"], ["1"], ["a", "b"]):
        params = {"locationId": box.location_id, "startAfter": after}
        reply = box.location.get(f"/contacts/business/{business}", params=params)
        assert reply.status_code < 500


def test_what_is_no_id_is_told_apart(box: Box) -> None:
    told = bulk(box, "add", contacts=["nobody"], tags=["hot"])["responses"]
    assert told == [{"contactId": "nobody", "message": "contact id is not a valid firebase id", "type": "error"}]
