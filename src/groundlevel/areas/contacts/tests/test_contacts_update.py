"""Changing a contact: PUT /contacts/{contactId}"""

from collections.abc import Callable
from typing import Any

import pytest

from groundlevel.conftest import Box

FULL: dict[str, Any] = {
    "name": "Anna Alm", "email": "anna@example.com", "phone": "+14155552671", "city": "Uppsala", "source": "fair",
    "tags": ["old", "vip"], "dateOfBirth": "1990-05-17", "companyName": "Alm & Co",
}  # fmt: skip

Happened = Callable[[], list[str]]


def read(box: Box, id: str) -> dict[str, Any]:
    return box.location.get(f"/contacts/{id}").json()["contact"]


CHANGES: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({}, {}, []),
    ({"city": "Lund"}, {"city": "Lund"}, ["ContactUpdate"]),
    ({"city": "Uppsala"}, {}, []),
    ({"city": None}, {"city": None}, ["ContactUpdate"]),
    ({"city": ""}, {"city": None}, ["ContactUpdate"]),
    ({"email": ""}, {"email": None, "emailLowerCase": None}, ["ContactUpdate"]),
    ({"phone": None}, {"phone": None}, ["ContactUpdate"]),
    ({"dateOfBirth": ""}, {"dateOfBirth": None}, ["ContactUpdate"]),
    ({"source": ""}, {}, []),
    ({"lastName": ""}, {"name": "Anna", "lastName": None, "lastNameLowerCase": None, "fullNameLowerCase": "anna"},
     ["ContactUpdate"]),
    ({"firstName": "Åsa"}, {"name": "Åsa Alm", "firstName": "Åsa", "firstNameLowerCase": "åsa",
                            "fullNameLowerCase": "åsa alm"}, ["ContactUpdate"]),
    ({"name": "Bo"}, {"name": "Bo", "firstName": "Bo", "lastName": None, "firstNameLowerCase": "bo",
                      "lastNameLowerCase": None, "fullNameLowerCase": "bo"}, ["ContactUpdate"]),
    ({"email": "ANNA@EXAMPLE.COM"}, {}, []),
    ({"email": "New@Example.com"}, {"email": "new@example.com", "emailLowerCase": "new@example.com"},
     ["ContactUpdate"]),
    ({"phone": "415 555 0000"}, {"phone": "+14155550000"}, ["ContactUpdate"]),
    ({"tags": ["New", "VIP"]}, {"tags": ["new", "vip"]}, ["ContactTagUpdate"]),
    ({"tags": []}, {"tags": []}, ["ContactTagUpdate"]),
    ({"dnd": True}, {"dnd": True}, ["ContactDndUpdate"]),
    ({"city": "Lund", "tags": [], "dnd": True}, {"city": "Lund", "tags": [], "dnd": True},
     ["ContactUpdate", "ContactTagUpdate", "ContactDndUpdate"]),
]  # fmt: skip


def test_a_change_and_its_events(box: Box, happened: Happened) -> None:
    for said, new, events in CHANGES:
        id = box.new_contact(**FULL)
        before = read(box, id)
        happened()
        reply = box.location.put(f"/contacts/{id}", json=said)
        assert reply.status_code == 200
        after = reply.json()["contact"]
        expected = {k: v for k, v in (before | new).items() if v is not None}
        assert after == expected | {"dateUpdated": after["dateUpdated"]}
        assert read(box, id) == after
        assert (said, happened()) == (said, events)
        box.location.delete(f"/contacts/{id}")


def test_the_reply_in_both_versions(box: Box) -> None:
    id = box.new_contact(**FULL)
    assert box.location.put(f"/contacts/{id}", json={}).json().keys() == {"contact", "succeeded"}
    older = box.v2.put(f"/contacts/{id}", json={"dndSettings": {"SMS": {"status": "active"}}}).json()
    assert older["succeded"] is True
    assert older.keys() == {"contact", "succeded"}
    assert older["contact"]["dndSettings"] == {"SMS": {"status": "active"}}


def test_what_is_not_sent_of_custom_fields_stays(box: Box, new_field: Callable[..., str]) -> None:
    pin, color = new_field("Pin", "NUMERICAL"), new_field("Color")
    id = box.new_contact(name="A", customFields=[{"id": pin, "value": 1}, {"id": color, "value": "red"}])
    box.location.put(f"/contacts/{id}", json={"customFields": [{"id": pin, "value": 2}]})
    assert read(box, id)["customFields"] == [{"id": pin, "value": 2}, {"id": color, "value": "red"}]
    box.location.put(f"/contacts/{id}", json={"customFields": [{"key": "pin", "field_value": ""}]})
    assert read(box, id)["customFields"] == [{"id": color, "value": "red"}]


@pytest.mark.parametrize(
    ("said", "field"), [({"email": "BO@example.com"}, "email"), ({"phone": "4155550000"}, "phone")]
)
def test_anothers_email_or_phone_is_refused(box: Box, happened: Happened, said: dict[str, str], field: str) -> None:
    id = box.new_contact(**FULL)
    other = box.new_contact(name="Bo", email="bo@example.com", phone="+14155550000")
    before = read(box, id)
    happened()
    reply = box.location.put(f"/contacts/{id}", json={**said, "tags": ["never"]})
    assert (reply.status_code, reply.json()["message"]) == (400, "This location does not allow duplicated contacts.")
    assert reply.json()["meta"] == {"contactId": other, "contactName": "Bo", "matchingField": field}
    assert read(box, id) == before
    assert happened() == []
    tags = box.location.get(f"/locations/{box.location_id}/tags").json()["tags"]
    assert "never" not in [t["name"] for t in tags]


def test_anothers_email_is_fine_where_duplicates_are(box: Box, settle: Callable[..., None]) -> None:
    settle(allow_duplicate_contact=True)
    box.new_contact(email="bo@example.com")
    id = box.new_contact(**FULL)
    assert box.location.put(f"/contacts/{id}", json={"email": "bo@example.com"}).status_code == 200


def test_a_channel_closed_for_good_stays_closed(box: Box, happened: Happened) -> None:
    stop = {"status": "permanent", "message": "STOP_KEYWORD"}
    id = box.new_contact(name="A", dndSettings={"sms": stop, "call": {"status": "active"}})
    before = read(box, id)
    happened()
    for status in ("active", "inactive"):
        said = {"city": "Lund", "dndSettings": {"sms": {"status": status}}}
        reply = box.location.put(f"/contacts/{id}", json=said)
        message = "Not authorized to update permanent dnd setting for SMS"
        assert (reply.status_code, reply.json()["message"]) == (400, message)
    assert (read(box, id), happened()) == (before, [])
    opened = box.location.put(f"/contacts/{id}", json={"dndSettings": {"call": {"status": "inactive"}, "sms": stop}})
    assert opened.json()["contact"]["dndSettings"] == {"call": {"status": "inactive"}, "sms": stop}
    assert happened() == ["ContactDndUpdate"]


def test_the_dnd_event_tells_the_channels(box: Box, still: Callable[[str], None]) -> None:
    still("2027-03-01T15:00:00")
    id = box.new_contact(name="A")
    box.location.put(f"/contacts/{id}", json={"dndSettings": {"sms": {"status": "active"}}})
    told = box.sandbox.events()[-1]
    by = told["dndSettings"]["SMS"].pop("message")
    assert by.startswith("Updated by '")
    assert by.endswith("' at 2027-03-01T15:00:00.000Z")
    assert (told["type"], told["dndSettings"]) == ("ContactDndUpdate", {"SMS": {"status": "active", "code": "103"}})


def test_nobody_elses_contact_can_be_changed(box: Box, happened: Happened) -> None:
    id = box.new_contact(**FULL)
    happened()
    for client in (box.other, box.location):
        unknown = id if client is box.other else "nobody"
        reply = client.put(f"/contacts/{unknown}", json={"city": "Lund"})
        assert (reply.status_code, reply.json()["message"]) == (400, f"Contact with id {unknown} not found")
    moved = box.location.put(f"/contacts/{id}", json={"locationId": box.other_location_id})
    assert (moved.status_code, moved.json()["message"]) == (422, ["property locationId should not exist"])
    assert happened() == []
