"""What the oracle asks of calendars, their groups, and what is booked in them."""

from typing import Any

EVENTS, BLOCKS = "/calendars/events/appointments", "/calendars/events/block-slots"
MONTH = {"startDate": 1_803_859_200_000, "endDate": 1_806_537_600_000}
NINE = {"openHour": 9, "openMinute": 0, "closeHour": 17, "closeMinute": 60}


def calendars(oracle: Any, version: str, ids: dict[str, str]) -> None:
    """A group with a calendar that has everything, from first to last."""
    ask, box = oracle.ask, oracle.box
    here, groups = {"locationId": box.location_id}, "/calendars/groups"
    said = {"name": "Sales", "description": "d", "slug": f"sales-{version}"}
    group = ask(version, "POST", groups, json=here | said)["group"]["id"]
    ask(version, "POST", f"{groups}/validate-slug", json=here | {"slug": "free"})
    calendar = ask(version, "POST", "/calendars/", json=here | whole(box.user_id, group))["calendar"]
    at = f"/calendars/{calendar['id']}"
    ask(version, "GET", groups, params=here)
    ask(version, "PUT", f"{groups}/{group}", json=said)
    ask(version, "GET", "/calendars/", params=here)
    ask(version, "GET", at)
    ask(version, "PUT", at, json={"name": "Calls", "lookBusyConfig": {"enabled": False, "LookBusyPercentage": 0}})
    slots = ask(version, "GET", f"{at}/free-slots", params=MONTH | {"timezone": "America/New_York"})
    appointments(oracle, version, calendar["id"], next(v for v in slots.values() if "slots" in v)["slots"])
    ask(version, "PUT", f"{groups}/{group}/status", json={"isActive": False})
    ask(version, "DELETE", at)
    ask(version, "DELETE", f"{groups}/{group}")


def whole(user_id: str, group_id: str) -> dict[str, Any]:
    """Everything that can be said of a calendar."""
    place = [{"kind": "physical", "location": "1 Way"}]
    return {
        "name": "Everything", "groupId": group_id, "calendarType": "round_robin", "description": "d", "notes": "n",
        "teamMembers": [{"userId": user_id, "priority": 1, "isPrimary": True, "locationConfigurations": place}],
        "eventType": "RoundRobin_OptimizeForEqualDistribution", "widgetType": "default", "eventTitle": "Call",
        "eventColor": "#000000", "slotDuration": 30, "slotInterval": 15, "slotBuffer": 5, "slotBufferUnit": "mins",
        "preBuffer": 5, "preBufferUnit": "mins", "appoinmentPerSlot": 1, "appoinmentPerDay": 9,
        "allowBookingAfter": 1, "allowBookingAfterUnit": "days", "allowBookingFor": 100, "allowBookingForUnit": "weeks",
        "openHours": [{"daysOfTheWeek": [1, 2, 3, 4, 5], "hours": [NINE]}], "enableRecurring": True,
        "recurring": {"freq": "WEEKLY", "count": 2, "bookingOption": "skip"}, "formId": "f", "stickyContact": True,
        "availabilities": [{"date": "2027-03-06T00:00:00.000Z", "hours": [NINE], "deleted": False}],
        "lookBusyConfig": {"enabled": True, "LookBusyPercentage": 20}, "guestType": "count_only", "consentLabel": "c",
        "notifications": [{
            "shouldSendToContact": True, "shouldSendToGuest": False, "shouldSendToUser": True,
            "shouldSendToSelectedUsers": True, "selectedUsers": "a@example.com",
        }],
    }  # fmt: skip


def appointments(oracle: Any, version: str, calendar_id: str, slots: list[str]) -> None:
    """One that is moved and cancelled, a series, a blocked time, and their lists."""
    ask, box = oracle.ask, oracle.box
    here = {"locationId": box.location_id, "calendarId": calendar_id}
    said = here | {"contactId": box.new_contact(firstName="Early")}
    one = ask(version, "POST", EVENTS, json=said | {"startTime": slots[0]})["id"]
    ask(version, "PUT", f"{EVENTS}/{one}", json={"startTime": slots[-1], "description": "d"})
    ask(version, "PUT", f"{EVENTS}/{one}", json={"appointmentStatus": "cancelled"})
    again = {"rrule": "FREQ=DAILY;COUNT=3", "ignoreFreeSlotValidation": True, "startTime": slots[0]}
    ask(version, "POST", EVENTS, json=said | again)
    times = {"startTime": "2027-03-03T12:00:00Z", "endTime": "2027-03-03T13:00:00Z"}
    block = ask(version, "POST", BLOCKS, json=here | times)["id"]
    ask(version, "PUT", f"{BLOCKS}/{block}", json=here | {"title": "Lunch"})
    month = {"startTime": str(MONTH["startDate"]), "endTime": str(MONTH["endDate"])}
    events = ask(version, "GET", "/calendars/events", params=here | month)["events"]
    ask(version, "GET", "/calendars/blocked-slots", params=here | month)
    for event in (one, events[0]["id"]):
        ask(version, "GET", f"{EVENTS}/{event}")
    for event in (one, events[0]["id"], block):
        ask(version, "DELETE", f"/calendars/events/{event}", json={})
