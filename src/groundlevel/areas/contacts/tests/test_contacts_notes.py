"""Notes: /contacts/{contactId}/notes"""

from collections.abc import Callable
from typing import Any

import pytest

from groundlevel.conftest import Box

Happened = Callable[[], list[str]]


@pytest.fixture
def path(box: Box, happened: Happened) -> str:
    """Where the notes of a new contact are."""
    id = box.new_contact(name="Anna")
    happened()
    return f"/contacts/{id}/notes"


def test_a_note_is_added_read_changed_and_removed(
    box: Box, path: str, happened: Happened, still: Callable[[str], None]
) -> None:
    still("2027-03-01T15:00:00")
    contact_id = path.split("/")[2]
    said = {"body": "<p>Hello</p>", "userId": box.user_id, "title": "First", "color": "#fff", "pinned": True}
    added = box.location.post(path, json=said)
    note = {**said, "id": added.json()["note"]["id"], "contactId": contact_id, "dateAdded": "2027-03-01T15:00:00.000Z"}
    assert (added.status_code, added.json()) == (201, {"note": note})
    one = f"{path}/{note['id']}"
    assert box.v2.get(one).json() == {"note": note}
    assert box.location.get(path).json() == {"notes": [note]}
    changed = box.location.put(one, json={"body": "Bye", "title": None, "pinned": False})
    assert changed.json() == {
        "note": {k: v for k, v in note.items() if k != "title"} | {"body": "Bye", "pinned": False}
    }
    assert box.location.get(one).json() == changed.json()
    told = {"id": note["id"], "contactId": contact_id, "locationId": box.location_id, "dateAdded": note["dateAdded"]}
    assert box.sandbox.events()[1:] == [
        {"type": "NoteCreate", **told, "body": "<p>Hello</p>"},
        {"type": "NoteUpdate", **told, "body": "Bye"},
    ]
    assert box.location.delete(one).json() == {"succeeded": True, "succeded": True}
    assert box.location.get(path).json() == {"notes": []}
    assert happened() == ["NoteCreate", "NoteUpdate", "NoteDelete"]


def test_the_newest_note_comes_first(box: Box, path: str, still: Callable[[str], None]) -> None:
    for minute in range(3):
        still(f"2027-03-01T15:0{minute}:00")
        box.location.post(path, json={"body": str(minute)})
    assert [n["body"] for n in box.v2.get(path).json()["notes"]] == ["2", "1", "0"]


def test_removing_in_the_older_version(box: Box, path: str) -> None:
    id = box.v2.post(path, json={"body": "x"}).json()["note"]["id"]
    assert box.v2.delete(f"{path}/{id}").json() == {"succeded": True}


REFUSED: list[tuple[Any, list[str]]] = [
    ({}, ["body must be a string"]),
    ({"body": None, "pinned": "yes"}, ["body must be a string", "pinned must be a boolean value"]),
    ({"body": "x", "text": "y"}, ["property text should not exist"]),
    ({"body": "x" * 100_001}, ["body must be shorter than or equal to 100000 characters"]),
    ([], ["body must be an object"]),
]


def test_what_does_not_fit_is_refused(box: Box, path: str, happened: Happened) -> None:
    for said, message in REFUSED:
        reply = box.location.post(path, json=said)
        assert (reply.status_code, reply.json()["message"]) == (422, message)
    assert (box.location.get(path).json(), happened()) == ({"notes": []}, [])


def test_a_note_is_found_on_its_own_contact_only(box: Box, path: str, happened: Happened) -> None:
    id = box.location.post(path, json={"body": "x"}).json()["note"]["id"]
    elsewhere = f"/contacts/{box.new_contact(name='Bo')}/notes/{id}"
    happened()
    for client, asked in ((box.location, elsewhere), (box.location, f"{path}/nothing"), (box.other, f"{path}/{id}")):
        for reply in (client.get(asked), client.put(asked, json={"body": "y"}), client.delete(asked)):
            name = asked.rsplit("/", 1)[1]
            assert (reply.status_code, reply.json()["message"]) == (404, f"Note with id {name} not found")
    assert box.location.get(f"{path}/{id}").json()["note"]["body"] == "x"
    for reply in (box.other.get(path), box.other.post(path, json={"body": "z"})):
        assert (reply.status_code, reply.json()["message"]) == (400, f"Contact with id {path.split('/')[2]} not found")
    assert happened() == []
