"""What is booked, as other calendars subscribe to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from groundlevel.conftest import Box


def events(text: str) -> list[tuple[str, datetime, str]]:
    """What is in a feed: title, start, state."""
    read: Any = Calendar.from_ical(text)
    return [(str(e["SUMMARY"]), e.start, str(e["STATUS"])) for e in read.walk("VEVENT")]


def test_a_feed_is_read_until_it_is_revoked(box: Box) -> None:
    box.sandbox.clock.move_to(datetime(2027, 3, 8, 5, tzinfo=UTC))
    here, anybody = {"locationId": box.location_id}, box.sandbox.client(None)
    said = here | {"name": "Visits", "teamMembers": [{"userId": box.user_id}], "autoConfirm": False}
    visits = box.location.post("/calendars/", json=said).json()["calendar"]["id"]
    book = {"calendarId": visits, "contactId": box.new_contact(firstName="Bea"), "ignoreFreeSlotValidation": True}

    def booked(start: str, **more: Any) -> str:
        reply = box.location.post("/calendars/events/appointments", json=here | book | {"startTime": start} | more)
        assert reply.status_code == 200, reply.text
        return reply.json()["id"]

    first = booked("2027-03-08T09:00:00Z")
    booked("2027-03-09T09:00:00Z", title="Weekly", rrule="FREQ=WEEKLY;COUNT=3", appointmentStatus="confirmed")
    booked("2028-09-09T09:00:00Z", title="Far ahead")
    path = f"/operator/locations/{box.location_id}/calendar-feeds"
    made = box.operator.post(path, json={"calendarId": visits}).json()
    of_anna = box.operator.post(path, json={"userId": box.user_id, "calendarId": visits}).json()["path"]
    reply = anybody.get(made["path"])
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    at = datetime(2027, 3, 8, 9, tzinfo=UTC)
    expected = [("Bea", at, "TENTATIVE"), ("Weekly", at + timedelta(days=1), "CONFIRMED")]
    assert events(reply.text) == expected
    assert events(anybody.get(of_anna).text) == expected

    tag = reply.headers["etag"]
    same = anybody.get(made["path"], headers={"If-None-Match": f'W/{tag}, "x"'})
    assert (same.status_code, same.content) == (304, b"")
    assert box.location.put(
        f"/calendars/events/appointments/{first}", json={"appointmentStatus": "cancelled"}
    ).is_success
    after = anybody.get(made["path"], headers={"If-None-Match": tag})
    assert (after.status_code, events(after.text)) == (200, expected[1:])


def test_addresses_are_secret_and_can_be_revoked(box: Box) -> None:
    here, anybody = {"locationId": box.location_id}, box.sandbox.client(None)
    visits = box.location.post("/calendars/", json=here | {"name": "Visits"}).json()["calendar"]["id"]
    path = f"/operator/locations/{box.location_id}/calendar-feeds"
    made = box.operator.post(path, json={"calendarId": visits}).json()
    other = box.operator.post(path, json={"userId": box.user_id, "calendarId": visits}).json()["path"]
    assert [one.get("path") for one in box.operator.get(path).json()["feeds"]] == [None, None]
    assert [events(anybody.get(one).text) for one in (made["path"], other)] == [[], []]
    assert box.operator.delete(f"{path}/{made['id']}").json() == {"succeeded": True}
    elsewhere = made["path"].replace(box.location_id, box.other_location_id)
    for gone in (made["path"], elsewhere, other.replace(".ics", "x.ics"), f"/feeds/{box.location_id}/x.ics"):
        assert (gone, anybody.get(gone).status_code) == (gone, 404)
    assert box.operator.delete(f"{path}/{made['id']}").status_code == 404
    assert box.location.delete(f"/calendars/{visits}").is_success
    assert anybody.get(other).status_code == 404
    assert box.operator.post(path, json={}).status_code == 422
    assert box.operator.post(path, json={"userId": "nobody"}).status_code == 400
