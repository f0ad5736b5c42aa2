"""Booking, moving, cancelling: what is free, who gets it, and what is told of it."""

from datetime import timedelta
from typing import Any

from groundlevel.areas.calendars.taken import TAKEN
from groundlevel.areas.calendars.tests.conftest import BLOCKS, EVENTS, MONDAY, TOO_LATE, Diary, opening
from groundlevel.kernel.versions import V2

MORNING = "09:00 09:30 10:00 10:30 11:00 11:30"


def test_an_appointment_from_first_to_last(diary: Diary) -> None:
    diary.move_to("America/New_York")
    place = {"kind": "physical", "location": "1 Way"}
    team = [{"userId": diary.users[0], "locationConfigurations": [place]}]
    calendar = diary.calendar(
        teamMembers=team, autoConfirm=False, eventTitle="{{contact.first_name}} and {{user.name}}"
    )
    made = diary.books(calendar, "14:30", description="Bring papers")
    assert made == {
        "id": made["id"], "calendarId": calendar, **diary.here, "contactId": diary.contact, "title": "Ada and Anna Alm",
        "appointmentStatus": "new", "startTime": "2027-03-01T09:30:00-05:00", "endTime": "2027-03-01T10:00:00-05:00",
        "meetingLocationType": "physical", "isRecurring": False, "dateAdded": made["dateAdded"],
        "dateUpdated": made["dateAdded"], "assignedUserId": diary.users[0], "address": "1 Way",
    }  # fmt: skip
    assert made["dateAdded"].startswith("2027-03-01T00:00:0")
    told = diary.ask.get(f"{EVENTS}/{made['id']}").json()
    event = {
        "id": made["id"], "title": "Ada and Anna Alm", "calendarId": calendar, **diary.here, "contactId": diary.contact,
        "groupId": "", "appointmentStatus": "new", "assignedUserId": diary.users[0], "users": [diary.users[0]],
        "startTime": made["startTime"], "endTime": made["endTime"], "dateAdded": made["dateAdded"],
        "dateUpdated": made["dateUpdated"], "isRecurring": False, "address": "1 Way", "description": "Bring papers",
        "assignedResources": [], "createdBy": {"source": "public_api"},
    }  # fmt: skip
    assert told == {"event": event, "appointment": event}
    diary.box.sandbox.move_clock(timedelta(minutes=1))
    moved = diary.changes(made["id"], startTime="2027-03-01T16:00:00Z", appointmentStatus="confirmed").json()
    assert moved == made | {
        "startTime": "2027-03-01T11:00:00-05:00", "endTime": "2027-03-01T11:30:00-05:00",
        "appointmentStatus": "confirmed", "dateUpdated": moved["dateUpdated"],
    }  # fmt: skip
    assert moved["dateUpdated"].startswith("2027-03-01T00:01:0")
    assert diary.changes(made["id"], title=moved["title"]).json() == moved, "nothing changed"
    gone = diary.ask.request("DELETE", f"/calendars/events/{made['id']}", json={})
    assert (gone.status_code, gone.json()) == (201, {"succeeded": True})
    assert diary.ask.get(f"{EVENTS}/{made['id']}").json()["message"] == f"Event with id {made['id']} not found"


def test_what_is_told_of_an_appointment(diary: Diary) -> None:
    diary.move_to("Asia/Kolkata")
    calendar = diary.calendar(openHours=opening(9, 18))
    made = diary.books(calendar, "09:30")
    moved = diary.changes(made["id"], startTime=f"{MONDAY}T10:00:00Z", address="2 Way").json()
    diary.ask.request("DELETE", f"/calendars/events/{made['id']}", json={})
    assert [one["type"] for one in diary.told()] == ["AppointmentCreate", "AppointmentUpdate", "AppointmentDelete"]
    created, updated, deleted = (one["appointment"] for one in diary.told())
    assert created == {
        "id": made["id"], "title": "Ada Byron", "calendarId": calendar, "contactId": diary.contact,
        "appointmentStatus": "confirmed", "startTime": "2027-03-01T15:00:00+05:30", "users": [diary.users[0]],
        "endTime": "2027-03-01T15:30:00+05:30", "dateAdded": made["dateAdded"], "dateUpdated": made["dateAdded"],
        "assignedUserId": diary.users[0], "source": "public_api",
    }  # fmt: skip
    change = {"startTime": moved["startTime"], "endTime": moved["endTime"], "dateUpdated": moved["dateUpdated"]}
    assert updated == deleted == created | change | {"address": "2 Way"}
    recent = {"field": "lastAppointment", "operator": "range", "value": {"gte": "2027-03-01T09:00:00Z"}}
    found = diary.ask.post("/contacts/search", json=diary.here | {"pageLimit": 9, "filters": [recent]}).json()
    assert [contact["id"] for contact in found["contacts"]] == [diary.contact]


def test_replies_of_the_older_version_have_no_dates(diary: Diary) -> None:
    older = diary.box.sandbox.client(diary.box.location_token, V2)
    body = {**diary.here, "calendarId": diary.calendar(), "contactId": diary.contact, "startTime": f"{MONDAY}T09:00Z"}
    made = older.post(EVENTS, json=body)
    assert (made.status_code, made.json().keys() & {"dateAdded", "dateUpdated"}) == (200, set())


def test_who_is_too_late_is_told_and_nothing_changes(diary: Diary) -> None:
    calendar = diary.calendar(allowBookingAfter=1, allowBookingFor=1)
    diary.books(calendar, "10:00")
    before = diary.box.sandbox.events()

    def refused(time: str, **said: Any) -> bool:
        reply = diary.tries(calendar, time, **said)
        return (reply.status_code, reply.json()["message"]) == (400, TOO_LATE)

    assert refused("10:00"), "taken"
    assert refused("09:45"), "not as an hour opens, and every half hour after"
    assert refused("11:30", endTime=f"{MONDAY}T12:30:00Z"), "not open to its end"
    assert refused("13:00"), "closed"
    assert refused("09:00", assignedUserId=diary.users[1]), "not a member"
    assert refused("2027-03-03T09:00:00Z"), "too far ahead"
    assert refused("2026-03-03T09:00:00Z"), "over"
    assert diary.box.sandbox.events() == before
    diary.books(calendar, "2027-03-03T09:00:00Z", ignoreDateRange=True)
    diary.books(calendar, "11:00", endTime=f"{MONDAY}T12:00:00Z")
    diary.books(calendar, "10:10", ignoreFreeSlotValidation=True)
    assert diary.times(calendar, first=MONDAY) == "09:00 09:30"


def test_what_cannot_be_booked(diary: Diary) -> None:
    calendar = diary.calendar()
    for said, status, message in (
        ({"calendarId": "none"}, 400, "Calendar with id none not found"),
        ({"contactId": "nobody"}, 400, "Contact with id nobody not found"),
        ({"assignedUserId": "nobody"}, 400, "User with id nobody not found"),
        ({"meetingLocationId": "moon"}, 400, "Meeting location with id moon not found"),
        ({"endTime": f"{MONDAY}T09:00:00Z"}, 422, ["endTime must be after startTime"]),
        ({"endTime": "2027-05-01T09:00:00Z"}, 422, ["endTime must not be more than 31 days after startTime"]),
        ({"rrule": "FREQ=DAILY"}, 422, ["rrule can only be applied with ignoreFreeSlotValidation"]),
        ({"rrule": "FREQ=HOURLY", "ignoreFreeSlotValidation": True}, 422,
         ["rrule must have a FREQ of DAILY, WEEKLY, MONTHLY, YEARLY"]),
    ):  # fmt: skip
        reply = diary.tries(calendar, "09:00", **said)
        assert (reply.status_code, reply.json()["message"]) == (status, message)
    assert diary.times(calendar) == MORNING


def test_time_that_is_freed_can_be_booked_and_not_taken_back(diary: Diary) -> None:
    calendar = diary.calendar()
    for status in ("cancelled", "noshow", "invalid"):
        first = diary.books(calendar, "09:00")["id"]
        assert diary.changes(first, appointmentStatus=status).json()["appointmentStatus"] == status
        second = diary.books(calendar, "09:00")["id"]
        again = diary.changes(first, appointmentStatus="confirmed")
        assert (again.status_code, again.json()["message"]) == (400, TOO_LATE)
        assert diary.changes(second, appointmentStatus="showed").status_code == 200
        assert diary.changes(second, startTime=f"{MONDAY}T09:30:00Z").status_code == 200, "over its own old time"
        assert diary.changes(second, appointmentStatus="cancelled").status_code == 200
        assert diary.changes(first, appointmentStatus="confirmed").status_code == 200
        diary.ask.request("DELETE", f"/calendars/events/{first}", json={})
    assert diary.times(calendar) == MORNING


def test_turns_by_availability_and_by_equal_distribution(diary: Diary) -> None:
    first, second, third = diary.users
    priorities = [{"userId": first}, {"userId": second, "priority": 1}, {"userId": third, "priority": 1}]
    calendar = diary.calendar(teamMembers=priorities)
    got = [diary.books(calendar, "09:00")["assignedUserId"] for _ in range(3)]
    assert got == [second, third, first], "higher priority first, and who waited longest"
    equal = diary.calendar(users=3, eventType="RoundRobin_OptimizeForEqualDistribution", appoinmentPerSlot=9)
    diary.books(equal, "10:00", assignedUserId=first)
    diary.books(equal, "10:00", assignedUserId=first)
    got = [diary.books(equal, "10:30")["assignedUserId"] for _ in range(4)]
    assert sorted(got) == sorted([second, third] * 2)
    last = diary.books(equal, "10:30")
    diary.changes(last["id"], appointmentStatus="cancelled")
    assert diary.books(equal, "11:00")["assignedUserId"] in diary.users
    counts = [sum(b["assignedUserId"] == user for b in month(diary, equal)) for user in diary.users]
    assert max(counts) - min(counts) <= 1


def month(diary: Diary, calendar: str) -> list[Any]:
    """What stands in a calendar that month."""
    span = {"startTime": "1803859200000", "endTime": "1806537600000"}
    events = diary.ask.get("/calendars/events", params=diary.here | span | {"calendarId": calendar}).json()["events"]
    return [event for event in events if event["appointmentStatus"] != "cancelled"]


def test_moved_it_stays_with_whom_it_was_if_that_one_is_free(diary: Diary) -> None:
    calendar = diary.calendar(users=2)
    mine, other = diary.books(calendar, "09:00"), diary.books(calendar, "09:00")
    assert mine["assignedUserId"] != other["assignedUserId"]
    moved = diary.changes(mine["id"], startTime=f"{MONDAY}T10:00:00Z").json()
    assert moved["assignedUserId"] == mine["assignedUserId"]
    diary.blocks("11:00", "12:00", assignedUserId=mine["assignedUserId"])
    assert (
        diary.changes(mine["id"], startTime=f"{MONDAY}T11:00:00Z").json()["assignedUserId"] == other["assignedUserId"]
    )
    given = diary.changes(mine["id"], assignedUserId=mine["assignedUserId"])
    assert (given.status_code, given.json()["message"]) == (400, TOO_LATE)
    personal = diary.calendar("personal", name="Own")
    there = diary.changes(mine["id"], calendarId=personal, startTime=f"{MONDAY}T10:30:00Z").json()
    assert (there["calendarId"], there["assignedUserId"]) == (personal, diary.users[0])


def test_series(diary: Diary) -> None:
    diary.move_to("Europe/Vienna")
    calendar = diary.calendar()
    made = diary.books(calendar, "08:00", rrule="FREQ=WEEKLY;COUNT=6", ignoreFreeSlotValidation=True)
    assert (made["isRecurring"], made["rrule"]) == (True, "FREQ=WEEKLY;COUNT=6")
    events = month(diary, calendar)
    assert [event["startTime"] for event in events] == [
        "2027-03-01T09:00:00+01:00", "2027-03-08T09:00:00+01:00", "2027-03-15T09:00:00+01:00",
        "2027-03-22T09:00:00+01:00", "2027-03-29T09:00:00+02:00",
    ]  # fmt: skip
    assert {event["masterEventId"] for event in events} == {made["id"]}
    taken = [slot[:10] for day in range(0, 30, 7) for slot in diary.slots(calendar, first=MONDAY + timedelta(days=day))]
    assert len(taken) == 5 * 5, "each Monday has a slot less"
    second, third = events[1]["id"], events[2]["id"]
    alone = diary.changes(second, startTime="2027-03-08T10:00:00Z").json()
    assert (alone["id"], alone["startTime"]) == (second, "2027-03-08T11:00:00+01:00")
    diary.changes(third, appointmentStatus="cancelled")
    assert [e["startTime"][8:16] for e in month(diary, calendar)] == ["01T09:00", "08T11:00", "22T09:00", "29T09:00"]
    assert diary.times(calendar, first=MONDAY + timedelta(days=14)) == MORNING
    whole = {"startTime": "2027-03-01T09:00:00Z", "ignoreFreeSlotValidation": True}
    assert diary.changes(made["id"], **whole).status_code == 200
    assert [e["startTime"][8:16] for e in month(diary, calendar)] == ["01T10:00", "08T11:00", "22T10:00", "29T10:00"]
    none = diary.ask.get(f"{EVENTS}/{made['id']}_1803888000001_1800")
    assert none.status_code == 400
    diary.ask.request("DELETE", f"/calendars/events/{events[3]['id'][:20]}", json={})
    assert month(diary, calendar) == []
    assert diary.box.sandbox.do(diary.owners, lambda ctx: ctx.db.count(TAKEN)) == 0


def test_nothing_is_sent_where_nothing_is_to_be(diary: Diary) -> None:
    calendar = diary.calendar()
    made = diary.books(calendar, "09:00", toNotify=False)
    diary.changes(made["id"], title="Another", toNotify=False)
    diary.changes(made["id"], title="A third")
    assert [one.get("toNotify", True) for one in diary.told()] == [False, False, True]


def test_blocked_times_and_lists(diary: Diary) -> None:
    group = {**diary.here, "name": "g", "description": "d", "slug": "g"}
    group_id = diary.ask.post("/calendars/groups", json=group).json()["group"]["id"]
    calendar, other = diary.calendar(groupId=group_id), diary.calendar(users=2)
    block = diary.blocks("09:00", "10:00", calendarId=calendar, title="Lunch")
    assert diary.times(calendar) == "10:00 10:30 11:00 11:30"
    one = diary.books(calendar, "10:00")["id"]
    two = diary.books(other, "09:00", assignedUserId=diary.users[1])["id"]
    span = diary.here | {"startTime": "1803859200000", "endTime": "1803945600000"}

    def listed(path: str, **whose: Any) -> list[str]:
        return [event["id"] for event in diary.ask.get(path, params=span | whose).json()["events"]]

    assert listed("/calendars/events", calendarId=calendar) == listed("/calendars/events", groupId=group_id) == [one]
    assert listed("/calendars/events", userId=diary.users[1]) == [two]
    assert listed("/calendars/events", userId=diary.users[0], calendarId=other) == []
    for whose in ({"calendarId": calendar}, {"groupId": group_id}):
        assert listed("/calendars/blocked-slots", **whose) == [block]
    assert listed("/calendars/blocked-slots", userId=diary.users[0]) == []
    nobody = diary.ask.get("/calendars/events", params=span)
    assert (nobody.status_code, nobody.json()["message"]) == (
        400, "Either of userId, calendarId or groupId is required",
    )  # fmt: skip
    changed = diary.ask.put(f"{BLOCKS}/{block}", json={"assignedUserId": diary.users[0]})
    assert (changed.status_code, changed.json()["assignedUserId"]) == (201, diary.users[0])
    assert listed("/calendars/blocked-slots", userId=diary.users[0]) == [block]
    both = {"assignedUserId": diary.users[0], "calendarId": calendar}
    for said in ({}, both):
        times = {"startTime": f"{MONDAY}T09:00:00Z", "endTime": f"{MONDAY}T10:00:00Z"}
        reply = diary.ask.post(BLOCKS, json={**diary.here, **times, **said})
        assert (reply.status_code, reply.json()["message"]) == (
            422, ["Either calendarId or assignedUserId can be set, not both"],
        )  # fmt: skip
    assert diary.ask.request("DELETE", f"/calendars/events/{block}", json={}).status_code == 201
    assert diary.times(calendar) == "09:00 09:30 10:30 11:00 11:30"


def test_what_goes_with_its_contact_and_with_its_calendar(diary: Diary) -> None:
    calendar, other = diary.calendar(), diary.calendar(users=2)
    diary.books(calendar, "09:00")
    later = diary.box.new_contact(firstName="Later")
    diary.books(other, "09:30", contactId=later, assignedUserId=diary.users[0])
    diary.blocks("10:00", "11:00", calendarId=other)
    diary.ask.delete(f"/contacts/{diary.contact}")
    assert diary.times(calendar) == "09:00 10:00 10:30 11:00 11:30"
    diary.ask.delete(f"/calendars/{other}")
    diary.box.sandbox.work()
    assert diary.times(calendar) == MORNING
    assert diary.box.sandbox.do(diary.owners, lambda ctx: ctx.db.count(TAKEN)) == 0
