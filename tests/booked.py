"""What an installation of the authorisation tests has around its calendar."""

from typing import Any

from groundlevel.conftest import Box

HOURS = [{"type": "wday", "day": "monday", "intervals": [{"from": "09:00", "to": "17:00"}]}]
A_NOTIFICATION = {"receiverType": "contact", "channel": "email", "notificationType": "booked"}


def around_calendars(box: Box, calendar_id: str, contact_id: str) -> dict[str, str]:
    """The ids of a schedule, a room, an appointment, a note on it, and a notification.

    Paths of calendars that share a segment with those of others have it under "calendars" and that segment.
    """
    here, location = {"locationId": box.location_id}, box.location
    said: dict[str, Any] = {"userId": box.user_id, "name": "Office", "timezone": "UTC", "rules": HOURS}
    schedule = location.post("/calendars/schedules", json=here | said | {"calendarIds": [calendar_id]})
    counts = {"quantity": 1, "outOfService": 0, "capacity": 9, "description": "", "calendarIds": [calendar_id]}
    room = location.post("/calendars/resources/rooms", json=here | counts | {"name": "Studio"}).json()["id"]
    visit = {"contactId": contact_id, "title": "v", "startTime": "2027-03-01T10:00Z", "endTime": "2027-03-01T11:00Z"}
    booked = box.operator.post(f"/operator/locations/{box.location_id}/appointments", json=visit).json()["id"]
    note = location.post(f"/calendars/appointments/{booked}/notes", json={"body": "n"}).json()["note"]["id"]
    offer = {"name": "Cut", "slug": "cut", "staff": [{"id": box.user_id}]}
    service = location.post("/calendars/services/catalog", json=here | offer).json()["service"]["id"]
    place = location.post("/calendars/services/locations", json=here | {"name": "Downtown", "slug": "d"}).json()["id"]
    seat = {"startTime": "2027-03-02T10:00:00Z", "endTime": "2027-03-02T11:00:00Z", "services": [{"id": service}]}
    sold = location.post(
        "/calendars/services/bookings", json=here | seat | {"contactId": contact_id, "timezone": "UTC"}
    )
    there = f"/operator/locations/{box.location_id}"
    private = {"userId": box.user_id, "url": "https://calendars.example/a.ics"}
    outside = box.operator.post(f"{there}/external-calendars", json=private).json()["id"]
    feed = box.operator.post(f"{there}/calendar-feeds", json={"calendarId": calendar_id}).json()["id"]
    (told,) = location.post(f"/calendars/{calendar_id}/notifications", json=[A_NOTIFICATION]).json()
    return {
        "schedules": schedule.json()["schedule"]["id"], "calendars associations": calendar_id,
        "event-calendar": calendar_id, "resources": "rooms", "{resourceType}": room, "appointments": booked,
        "calendars notes": note, "notifications": told["_id"],
        "catalog": service, "bookings": sold.json()["bookingId"], "external-calendars": outside, "calendar-feeds": feed,
         "calendars locations": place,
    }  # fmt: skip
