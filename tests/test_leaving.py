"""A removed sub-account leaves nothing in any table, and its neighbour's records are untouched to the byte."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.place import Place

from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners
from groundlevel.kernel.store.table import TABLES

KEPT = {
    "webhook_deliveries": "what receivers are told of, its end among it, for as long as deliveries are kept",
    "app_charges": "what apps were paid is the agency's to show, as its books must be kept whole",
    "wallets": "the same",
    "wallet_entries": "the same",
}
"""Tables whose rows may name a sub-account that is gone, and why."""
EVERYTHING = 1_000_000


def rows(box: Box) -> dict[tuple[str, str, str], bytes]:
    """(table, owner, id) -> document, of every declared table."""
    db = box.sandbox.app.store.read(Owners(system=True))
    return {
        (table.name, owner, doc.id): msgspec.json.encode(doc)
        for table in TABLES.values()
        for owner, doc in db.across_owners(table, limit=EVERYTHING)
    }


def furnish_neighbour(box: Box) -> None:
    """The neighbour has some of everything that callers can make, and a user of both."""
    there, place = box.other_location_id, {"locationId": box.other_location_id}
    contact = box.other.post("/contacts/", json=place | {"firstName": "Bea", "tags": ["kept"]}).json()["contact"]["id"]
    task = {"title": "Call", "dueDate": "2027-03-01", "completed": False}
    link = {"name": "Offer", "redirectTo": "https://example.com"}
    for path, body in (
        (f"/contacts/{contact}/notes", {"body": "A note"}), (f"/contacts/{contact}/tasks", task),
        ("/businesses/", place | {"name": "Bakery"}), ("/links/", place | link),
        (f"/locations/{there}/customValues", {"name": "Hours", "value": "9 to 5"}),
        (f"/locations/{there}/customFields", {"name": "Size", "dataType": "TEXT", "model": "contact"}),
        ("/medias/upload-file", {"hosted": True, "fileUrl": "https://example.com/a.png"}),
    ):  # fmt: skip
        assert box.other.post(path, json=body).status_code in (200, 201), path
    menu = {
        "title": "Help", "url": "https://example.com", "icon": {"name": "house", "fontFamily": "fas"},
        "locations": [box.location_id, there], "showOnCompany": True, "showOnLocation": True, "openMode": "iframe",
        "showToAllLocations": False, "userRole": "all",
    }  # fmt: skip
    assert box.agency.post("/custom-menus/", json=menu).status_code == 201
    user = {
        "companyId": box.company_id, "firstName": "Bo", "lastName": "Ek", "email": "bo@example.com", "type": "account",
        "password": "Correct-horse-7", "role": "user", "locationIds": [box.location_id, there],
        "twilioPhone": {box.location_id: "+1", there: "+2"},
    }  # fmt: skip
    assert box.agency.post("/users/", json=user).status_code == 201


@pytest.mark.parametrize("waiting", [True, False], ids=["with much still to be done", "when all is done"])
def test_nothing_is_left_and_the_neighbour_has_lost_nothing(
    box: Box, waiting: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDLEVEL_FILES", str(tmp_path / "kept"))
    Place(box)
    furnish_neighbour(box)
    gone, there = box.location_id, box.other_location_id
    link = box.location.post("/links/", json={"locationId": gone, "name": "x", "redirectTo": "https://e.com"}).json()
    box.sandbox.client(None).get(f"/l/{gone}/{link['link']['id']}")
    assert box.location.post("/medias/upload-file", files={"file": ("a.gif", b"GIF89a")}).status_code == 200
    if not waiting:
        box.sandbox.work()
    before = rows(box)
    owned = {name for name, owner, _ in before if owner == gone}
    assert len(owned) > 20, sorted(owned)
    neighbours = {key: doc for key, doc in before.items() if key[1] == there}
    assert box.agency.delete(f"/locations/{gone}", params={"deleteTwilioAccount": "false"}).status_code == 200
    for wait in (timedelta(0), timedelta(minutes=2), timedelta(hours=2), timedelta(days=400)):
        box.sandbox.move_clock(wait)
        for _ in range(3):
            box.sandbox.work()
    after = rows(box)
    left = {key[0]: doc for key, doc in after.items() if key[1] == gone or gone.encode() in doc}
    assert sorted(set(left) - set(KEPT)) == []
    assert {key: doc for key, doc in after.items() if key[1] == there} == neighbours
    assert [p for p in (tmp_path / "kept").rglob("*") if p.is_file()] == []
    assert box.sandbox.app.store.check() == []


def told(box: Box) -> list[Any]:
    """The agency's users and what they cover."""
    found = box.agency.get("/users/search", params={"companyId": box.company_id, "sort": "name"}).json()["users"]
    return [(u["name"], u["roles"]["locationIds"], u.get("twilioPhone")) for u in found]


def test_users_of_a_removed_sub_account_go_on_working_elsewhere(box: Box) -> None:
    furnish_neighbour(box)
    here, there = box.location_id, box.other_location_id
    assert told(box) == [("Anna Alm", [here], None), ("Bo Ek", [here, there], {here: "+1", there: "+2"})]
    box.agency.delete(f"/locations/{here}", params={"deleteTwilioAccount": "false"})
    box.sandbox.work()
    assert told(box) == [("Anna Alm", [], None), ("Bo Ek", [there], {there: "+2"})]
