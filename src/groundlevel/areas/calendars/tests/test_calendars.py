"""Calendars and their groups."""

from typing import Any

from groundlevel.conftest import Box

NINE_TO_FIVE = {"openHour": 9, "openMinute": 0, "closeHour": 17, "closeMinute": 0}


def test_a_calendar_from_its_beginning_to_its_end(box: Box) -> None:
    place = {"locationId": box.location_id}
    hours = [{"daysOfTheWeek": [1, 2], "hours": [NINE_TO_FIVE]}]
    team = [{"userId": box.user_id, "locationConfigurations": [{"kind": "physical", "location": "1 Way"}]}]
    said = {"name": "Demo call", "teamMembers": team, "openHours": hours, "appoinmentPerDay": 3, "isActive": False}
    made = box.location.post("/calendars/", json=place | said)
    calendar = made.json()["calendar"]
    assert (made.status_code, calendar) == (200, {
        "id": calendar["id"], "locationId": box.location_id, "name": "Demo call", "calendarType": "round_robin",
        "slug": "demo-call", "widgetSlug": "demo-call", "isActive": False, "widgetType": "classic",
        "eventType": "RoundRobin_OptimizeForAvailability", "eventTitle": "{{contact.name}}", "eventColor": "#039be5",
        "slotDuration": 30, "slotDurationUnit": "mins", "slotInterval": 30, "slotIntervalUnit": "mins",
        "appoinmentPerSlot": 1, "appoinmentPerDay": 3, "enableRecurring": False, "autoConfirm": True,
        "googleInvitationEmails": False, "allowReschedule": True, "allowCancellation": True,
        "formSubmitType": "ThankYouMessage", "dateAdded": calendar["dateAdded"], "dateUpdated": calendar["dateAdded"],
        "notifications": [], "locationConfigurations": [], "openHours": hours, "availabilities": [],
        "teamMembers": [{
            "userId": box.user_id, "priority": 0.5,
            "locationConfigurations": [{"kind": "physical", "location": "1 Way", "meetingId": "physical_0"}],
        }],
    })  # fmt: skip
    at = f"/calendars/{calendar['id']}"
    assert box.location.get(at).json() == box.v2.get(at).json() == {"calendar": calendar}
    assert box.location.get("/calendars/", params=place).json() == {"calendars": [calendar]}
    assert box.location.get("/calendars/", params=place | {"showDrafted": "false"}).json() == {"calendars": []}
    changed = box.location.put(at, json={"name": "Call", "appoinmentPerDay": None, "slotInterval": 15.5}).json()
    expected = {**calendar, "name": "Call", "slotInterval": 15.5, "dateUpdated": changed["calendar"]["dateUpdated"]}
    expected.pop("appoinmentPerDay")
    assert changed["calendar"] == expected
    assert box.location.delete(at).json() == {"success": True}
    gone = box.location.get(at)
    assert (gone.status_code, gone.json()["message"]) == (400, f"Calendar with id {calendar['id']} not found")


def test_what_a_calendar_cannot_be(box: Box) -> None:
    def refused(**said: Any) -> tuple[int, Any]:
        reply = box.location.post("/calendars/", json={"locationId": box.location_id, "name": "Demo call", **said})
        return reply.status_code, reply.json()["message"]

    one = {"userId": box.user_id}
    assert refused(calendarType="personal") == (
        422,
        ["teamMembers must have exactly one member for a personal calendar"],
    )
    backwards = {**NINE_TO_FIVE, "closeHour": 8}
    assert refused(
        calendarType="collective", teamMembers=[one | {"priority": 2}, one],
        openHours=[{"daysOfTheWeek": [0], "hours": [backwards]}],
        availabilities=[{"date": "2027-02-30T00:00:00.000Z", "hours": [NINE_TO_FIVE]}],
    ) == (422, [
        "teamMembers.0.priority must be one of the following values: 0, 0.5, 1",
        "openHours.0.hours.0 must close after it opens",
        "availabilities.0.date must be a valid ISO 8601 date string",
        "teamMembers must not name a user twice",
        "teamMembers must have exactly one primary member for a collective calendar",
    ])  # fmt: skip
    assert refused(teamMembers=[{"userId": "nobody"}]) == (400, "User with id nobody not found")
    assert refused(groupId="none") == (400, "Calendar group with id none not found")
    box.location.post("/calendars/", json={"locationId": box.location_id, "name": "Demo call"})
    assert refused(slug="demo-call") == (400, "The slug demo-call is already taken")
    again = box.location.post("/calendars/", json={"locationId": box.location_id, "name": "Demo Call!"}).json()
    assert again["calendar"]["slug"] == "demo-call-1"


def test_hours_of_dates_are_said_one_by_one(box: Box) -> None:
    def day(date: str, *hours: dict[str, int], **more: Any) -> dict[str, Any]:
        return {"date": f"{date}T00:00:00.000Z", "hours": list(hours), **more}

    said = {"locationId": box.location_id, "name": "Event", "availabilities": [day("2027-03-02"), day("2027-03-01")]}
    calendar = box.location.post("/calendars/", json=said).json()["calendar"]
    first, second = calendar["availabilities"]
    assert [first["date"][:10], second["date"][:10]] == ["2027-03-01", "2027-03-02"]
    change = [day("2027-03-01", NINE_TO_FIVE), day("2027-04-01", id=second["id"]), day("2027-05-01")]
    kept = box.location.put(f"/calendars/{calendar['id']}", json={"availabilities": change}).json()["calendar"]
    assert kept["availabilities"][0] == first | {"hours": [NINE_TO_FIVE]}
    assert kept["availabilities"][1] == second | {"date": "2027-04-01T00:00:00.000Z"}
    gone = [day("2027-05-01", deleted=True), day("2027-01-01", deleted=True, id=first["id"])]
    left = box.location.put(f"/calendars/{calendar['id']}", json={"availabilities": gone}).json()["calendar"]
    assert [one["date"][:10] for one in left["availabilities"]] == ["2027-04-01"]


def test_groups(box: Box) -> None:
    location, place = box.location, {"locationId": box.location_id}
    said = {"name": "Sales", "description": "Calls", "slug": "sales"}
    made = location.post("/calendars/groups", json=place | said)
    group = made.json()["group"]
    whole = place | said | {"id": group["id"], "isActive": True, "dateAdded": group["dateAdded"]}
    assert (made.status_code, group) == (201, whole)
    asked = location.post("/calendars/groups/validate-slug", json=place | {"slug": "sales"})
    assert (asked.status_code, asked.json()) == (200, {"available": False})
    taken = location.post("/calendars/groups", json=place | said)
    assert (taken.status_code, taken.json()["message"]) == (400, "The slug sales is already taken")
    at = f"/calendars/groups/{group['id']}"
    assert location.put(f"{at}/status", json={"isActive": False}).json() == {"success": True}
    assert location.put(at, json=said | {"name": "Deals"}).json()["group"]["name"] == "Deals"
    group |= {"name": "Deals", "isActive": False}
    assert location.get("/calendars/groups", params=place).json() == {"groups": [group]}
    calendar = location.post("/calendars/", json=place | {"name": "A", "groupId": group["id"]}).json()["calendar"]
    location.post("/calendars/", json=place | {"name": "B"})
    found = location.get("/calendars/", params=place | {"groupId": group["id"]}).json()["calendars"]
    assert [one["name"] for one in found] == ["A"]
    assert location.delete(at).json() == {"success": True}
    assert "groupId" not in location.get(f"/calendars/{calendar['id']}").json()["calendar"]
    assert location.delete(at).status_code == 400
