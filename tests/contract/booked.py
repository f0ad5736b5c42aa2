"""What the oracle asks of what is around calendars: schedules, resources, notes, notifications, services."""

from typing import Any

from groundlevel.kernel.versions import V3

HOURS = [
    {"type": "wday", "day": "monday", "intervals": [{"from": "09:00", "to": "17:00"}]},
    {"type": "date", "date": "2027-05-03", "intervals": []},
]


def around_calendars(oracle: Any, version: str, ids: dict[str, str]) -> None:
    """Everything around one calendar, to its end."""
    box, here = oracle.box, {"locationId": oracle.box.location_id}
    calendar = box.location.post("/calendars/", json=here | {"name": "Around"}).json()["calendar"]["id"]
    schedules(oracle, version, calendar)
    resources(oracle, version, calendar)
    notifications(oracle, version, calendar)
    notes(oracle, version)
    if version == V3:
        services(oracle, version)


def schedules(oracle: Any, version: str, calendar: str) -> None:
    """A user's, and the calendar's own."""
    ask, whose = oracle.ask, {"locationId": oracle.box.location_id, "userId": oracle.box.user_id}
    said = whose | {"name": "Office", "timezone": "Europe/Vienna", "rules": HOURS}
    at = f"/calendars/schedules/{ask(version, 'POST', '/calendars/schedules', json=said)['schedule']['id']}"
    ask(version, "PUT", f"{at}/associations/{calendar}")
    ask(version, "GET", at)
    ask(version, "GET", "/calendars/schedules/search", params=whose | {"calendarId": calendar})
    ask(version, "PUT", at, json={"name": "Hours"})
    ask(version, "DELETE", f"{at}/associations/{calendar}")
    ask(version, "DELETE", at)
    if version == V3:
        own = f"/calendars/schedules/event-calendar/{calendar}"
        ask(version, "GET", own)
        ask(version, "POST", own, json={"rules": HOURS, "timezone": "Asia/Tokyo"})
        ask(version, "GET", own)
        ask(version, "PUT", own, json={"rules": []})


def resources(oracle: Any, version: str, calendar: str) -> None:
    """A room."""
    ask, here = oracle.ask, {"locationId": oracle.box.location_id}
    counts = {"quantity": 2, "outOfService": 1, "capacity": 9, "description": "d", "calendarIds": [calendar]}
    rooms = "/calendars/resources/rooms"
    at = f"{rooms}/{ask(version, 'POST', rooms, json=here | counts | {'name': 'Studio'})['id']}"
    ask(version, "GET", at)
    ask(version, "GET", rooms, params=here | {"limit": 5, "skip": 0})
    ask(version, "PUT", at, json={"capacity": 3, "isActive": False})
    ask(version, "DELETE", at)


def notifications(oracle: Any, version: str, calendar: str) -> None:
    """A notification with everything."""
    ask, at = oracle.ask, f"/calendars/{calendar}/notifications"
    soon = [{"timeOffset": 1, "unit": "hours"}]
    full = {
        "receiverType": "emails", "channel": "email", "notificationType": "reminder", "beforeTime": soon,
        "afterTime": soon, "additionalEmailIds": ["a@example.com"], "additionalPhoneNumbers": ["+15550100"],
        "selectedUsers": [oracle.box.user_id], "templateId": "t", "body": "b", "subject": "s", "fromName": "n",
    }  # fmt: skip
    (made,) = ask(version, "POST", at, json=[full])
    one = f"{at}/{made['_id']}"
    ask(version, "GET", at)
    ask(version, "GET", one)
    ask(version, "PUT", one, json={"isActive": False})
    ask(version, "DELETE", one)


def notes(oracle: Any, version: str) -> None:
    """A note on an appointment."""
    ask, box = oracle.ask, oracle.box
    visit = {"title": "v", "startTime": "2027-03-01T10:00Z", "endTime": "2027-03-01T11:00Z"}
    path = f"/operator/locations/{box.location_id}/appointments"
    booked = box.operator.post(path, json=visit | {"contactId": box.new_contact(firstName="Note")}).json()["id"]
    at = f"/calendars/appointments/{booked}/notes"
    note = ask(version, "POST", at, json={"body": "b", "userId": box.user_id})["note"]["id"]
    ask(version, "GET", at, params={"limit": 20, "offset": 0})
    ask(version, "PUT", f"{at}/{note}", json={"body": "c"})
    ask(version, "DELETE", f"{at}/{note}")


def services(oracle: Any, version: str) -> None:
    """A service, and a place where it is given."""
    ask, here = oracle.ask, {"locationId": oracle.box.location_id}
    terms = {"serviceDuration": 1, "serviceDurationUnit": "hours", "preBuffer": 5, "preBufferUnit": "mins"}
    full = terms | {
        "name": "Cut", "slug": f"cut-{version}", "staff": [{"id": oracle.box.user_id}], "description": "d",
        "payment": {"amount": 50, "deposit": 1.5, "depositType": "amount"}, "eventColor": "#66C61C",
        "coverImage": "https://e.com/a.png", "formId": "f", "isPrivate": True,
        "variations": [terms | {"name": "Long", "payment": {"amount": 60}}],
    }  # fmt: skip
    catalog, places = "/calendars/services/catalog", "/calendars/services/locations"
    made = ask(version, "POST", catalog, json=here | full)["service"]["id"]
    seat = {"startTime": "2027-03-02T10:00:00Z", "endTime": "2027-03-02T12:00:00Z", "timezone": "Europe/Vienna"}
    more = {"id": made, "position": 1, "addOns": [{"id": "oil", "quantity": 2, "duration": 5}]}
    contact = oracle.box.new_contact(firstName="Service")
    bookings = "/calendars/services/bookings"
    booked = ask(version, "POST", bookings, json=here | seat | {"services": [more], "contactId": contact})
    one = f"{bookings}/{booked['bookingId']}"
    ask(version, "GET", one)
    ask(version, "GET", bookings, params=here | {"startTime": "1803888000000", "endTime": "1804492800000"})
    ask(version, "PUT", one, json={"title": "Hair", "status": "no_show"})
    ask(version, "DELETE", one)
    service = f"{catalog}/{made}"
    place = {"name": "Downtown", "slug": "downtown", "phone": "+1", "address": "1 Way", "locationType": "ask_booker"}
    at = f"{places}/{ask(version, 'POST', places, json=here | place)['id']}"
    for path, listed in ((service, catalog), (at, places)):
        ask(version, "GET", path)
        ask(version, "GET", listed, params=here)
        ask(version, "PUT", path, json={"name": "Other"})
        ask(version, "DELETE", path)
