"""Notes on an appointment."""

from groundlevel.conftest import Box


def appointment_of(box: Box) -> tuple[str, str]:
    """A new appointment's id, and its contact's."""
    contact = box.new_contact(firstName="Anna")
    said = {"contactId": contact, "title": "Visit", "startTime": "2027-01-15T15:00Z", "endTime": "2027-01-15T16:00Z"}
    path = f"/operator/locations/{box.location_id}/appointments"
    return box.operator.post(path, json=said).json()["id"], contact


def test_notes_from_first_to_last(box: Box) -> None:
    appointment, contact = appointment_of(box)
    at = f"/calendars/appointments/{appointment}/notes"
    reply = box.location.post(at, json={"body": "Called", "userId": box.user_id})
    note = reply.json()["note"]
    assert (reply.status_code, note) == (201, {
        "id": note["id"], "body": "Called", "dateAdded": note["dateAdded"], "contactId": contact,
        "userId": box.user_id, "createdBy": {"id": box.user_id, "name": "Anna Alm"},
    })  # fmt: skip
    plain = box.v2.post(at, json={"body": "Came late"}).json()["note"]
    assert set(plain) == {"id", "body", "dateAdded", "contactId"}
    every = box.location.get(at, params={"limit": 20, "offset": 0}).json()
    assert (sorted(n["body"] for n in every["notes"]), every["hasMore"]) == (["Called", "Came late"], False)
    assert box.location.get(at, params={"limit": 1, "offset": 0}).json()["hasMore"] is True
    assert box.location.get(at, params={"limit": 1, "offset": 2}).json() == {"notes": [], "hasMore": False}
    changed = box.location.put(f"{at}/{note['id']}", json={"body": "Called twice"}).json()["note"]
    assert changed == note | {"body": "Called twice"}
    assert box.location.delete(f"{at}/{note['id']}").json() == {"success": True}
    gone = box.location.put(f"{at}/{note['id']}", json={"body": "x"})
    assert (gone.status_code, gone.json()["message"]) == (400, f"Note with id {note['id']} not found")


def test_what_does_not_fit_is_refused(box: Box) -> None:
    appointment, _ = appointment_of(box)
    at = f"/calendars/appointments/{appointment}/notes"
    assert box.location.post(at, json={"body": "x" * 5_001}).status_code == 422
    assert box.location.post(at, json={"body": "x", "userId": "nobody"}).status_code == 400
    assert box.location.get(at, params={"limit": 21, "offset": 0}).status_code == 422
    assert box.location.get(at).json()["message"] == [
        "limit must be an integer number",
        "offset must be an integer number",
    ]
    assert box.location.post("/calendars/appointments/none/notes", json={"body": "x"}).status_code == 400
    assert box.other.get(at, params={"limit": 1, "offset": 0}).status_code == 400
