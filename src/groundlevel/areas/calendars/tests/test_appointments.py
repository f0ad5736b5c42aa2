"""A contact's appointments."""

from typing import Any

from groundlevel.areas.calendars import APPOINTMENTS
from groundlevel.areas.locations import LOCATIONS, location_or_400
from groundlevel.conftest import Box
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Owners


def book(box: Box, contact: str, start: str, end: str, **said: Any) -> dict[str, Any]:
    path = f"/operator/locations/{box.location_id}/appointments"
    body = {"contactId": contact, "title": "Visit", "startTime": start, "endTime": end, **said}
    reply = box.operator.post(path, json=body)
    assert reply.status_code == 201, reply.text
    return reply.json()


def move_to_chicago(box: Box) -> None:
    def move(ctx: Ctx) -> None:
        location = location_or_400(ctx, box.location_id)
        location.timezone = "America/Chicago"
        ctx.db.put(LOCATIONS, location)

    box.sandbox.do(Owners(box.location_id, box.company_id), move)


def test_appointments_are_told_in_the_locations_own_time(box: Box) -> None:
    contact = box.new_contact(firstName="Anna")
    winter = book(box, contact, "2026-01-15T15:00:00Z", "2026-01-15T16:30:00Z", assignedUserId=box.user_id)
    book(box, contact, "2026-07-15T10:00:00-05:00", "2026-07-15T11:00:00-05:00", notes="Bring papers")
    move_to_chicago(box)
    events = box.location.get(f"/contacts/{contact}/appointments").json()["events"]
    assert [(e["startTime"], e["endTime"]) for e in events] == [
        ("2026-07-15 10:00:00", "2026-07-15 11:00:00"),
        ("2026-01-15 09:00:00", "2026-01-15 10:30:00"),
    ]
    assert events[0]["notes"] == "Bring papers"
    assert events[1] == {
        "id": winter["id"], "locationId": box.location_id, "calendarId": winter["calendarId"], "contactId": contact,
        "title": "Visit", "status": "booked", "appointmentStatus": "confirmed", "startTime": "2026-01-15 09:00:00",
        "endTime": "2026-01-15 10:30:00", "dateAdded": events[1]["dateAdded"], "dateUpdated": events[1]["dateAdded"],
        "assignedUserId": box.user_id, "users": [box.user_id], "groupId": "", "isRecurring": False,
        "assignedResources": [], "createdBy": {"source": "operator"},
    }  # fmt: skip
    assert box.v2.get(f"/contacts/{contact}/appointments/").json() == {"events": events}


def test_a_contact_without_any_and_an_unknown_one(box: Box) -> None:
    contact = box.new_contact(firstName="Anna")
    assert box.location.get(f"/contacts/{contact}/appointments").json() == {"events": []}
    assert box.other.get(f"/contacts/{contact}/appointments").status_code == 400


def test_what_does_not_fit_is_refused(box: Box) -> None:
    contact = box.new_contact(firstName="Anna")
    path = f"/operator/locations/{box.location_id}/appointments"
    good = {"contactId": contact, "title": "Visit", "startTime": "2026-01-15T15:00Z", "endTime": "2026-01-15T16:00Z"}
    assert box.operator.post(path, json=good | {"endTime": "2026-01-15T14:00Z"}).status_code == 422
    assert box.operator.post(path, json=good | {"startTime": "0001-01-01"}).status_code == 422
    assert box.operator.post(path, json=good | {"contactId": "nobody"}).status_code == 400
    assert box.operator.post(path, json=good | {"assignedUserId": "nobody"}).status_code == 400
    nowhere = box.operator.post("/operator/locations/nowhere/appointments", json=good)
    assert (nowhere.status_code, nowhere.json()["message"]) == (400, "Location with id nowhere not found")


def test_a_deleted_contact_has_none(box: Box) -> None:
    contact = box.new_contact(firstName="Anna")
    book(box, contact, "2026-01-15T15:00:00Z", "2026-01-15T16:30:00Z")
    box.location.delete(f"/contacts/{contact}")
    owners = Owners(box.location_id, box.company_id)
    assert box.sandbox.do(owners, lambda ctx: ctx.db.count(APPOINTMENTS)) == 0
