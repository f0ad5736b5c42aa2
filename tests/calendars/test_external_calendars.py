"""What users have in calendars elsewhere takes their time here."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from tests.calendars.elsewhere import elsewhere

from groundlevel.conftest import Box


def calendar(*times: str) -> bytes:
    """An event of an hour at each of these, `20270308T100000Z`, and one that repeats too often."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test"]
    for number, at in enumerate([*times, "20270301T000000Z\r\nRRULE:FREQ=SECONDLY"]):
        lines += ["BEGIN:VEVENT", f"UID:{number}", f"DTSTART:{at}", "DURATION:PT1H", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def begin(box: Box, allowed: str = "127.0.0.1") -> str:
    """A Monday morning, and a calendar of Anna's from 8 to 12."""
    box.sandbox.clock.move_to(datetime(2027, 3, 8, 5, tzinfo=UTC))
    box.sandbox.app.settings = replace(box.sandbox.app.settings, webhooks_to=(allowed,))
    hours = [{"openHour": 8, "openMinute": 0, "closeHour": 12, "closeMinute": 0}]
    said: dict[str, Any] = {
        "locationId": box.location_id, "name": "Visits", "teamMembers": [{"userId": box.user_id}], "slotDuration": 60,
        "slotInterval": 60, "openHours": [{"daysOfTheWeek": [1, 2, 3, 4, 5], "hours": hours}],
    }  # fmt: skip
    return box.location.post("/calendars/", json=said).json()["calendar"]["id"]


def free(box: Box, calendar_id: str, day: int = 8) -> list[str]:
    """The hours that are free on a day of March."""
    start = datetime(2027, 3, day, tzinfo=UTC).timestamp() * 1_000
    query = {"startDate": start, "endDate": start + 86_400_000}
    days = box.location.get(f"/calendars/{calendar_id}/free-slots", params=query).json()
    return [slot[11:16] for told in days.values() if isinstance(told, dict) for slot in told["slots"]]


def test_it_is_read_again_and_again_and_only_when_it_has_changed(box: Box) -> None:
    visits, path = begin(box), f"/operator/locations/{box.location_id}/external-calendars"
    with elsewhere() as there:
        there.content = calendar("20270308T090000Z", "20270309T083000Z")
        made = box.operator.post(path, json={"userId": box.user_id, "url": there.url, "name": "Private"})
        assert (made.status_code, "4711" in made.text) == (201, False), "its address is a secret"
        assert free(box, visits) == ["08:00", "09:00", "10:00", "11:00"]
        assert (box.sandbox.work(), there.asked) == (1, [200])
        assert (free(box, visits), free(box, visits, 9)) == (["08:00", "10:00", "11:00"], ["10:00", "11:00"])
        (seen,) = box.operator.get(path, params={"userId": box.user_id}).json()["calendars"]
        assert seen == made.json() | {"times": 2, "eventsLeftOut": 1, "dateRead": seen["dateRead"]}

        booked = {"calendarId": visits, "locationId": box.location_id, "contactId": box.new_contact(firstName="Bea")}
        taken = box.location.post("/calendars/events/appointments", json=booked | {"startTime": "2027-03-08T09:00:00Z"})
        assert taken.json()["message"] == "The slot you have selected is no longer available."

        box.sandbox.move_clock(timedelta(minutes=15))
        assert (box.sandbox.work(), there.asked) == (1, [200, 304])
        there.content, there.tag = calendar("20270308T100000Z"), '"2"'
        box.sandbox.move_clock(timedelta(minutes=15))
        assert (box.sandbox.work(), there.asked) == (1, [200, 304, 200])
        assert (free(box, visits), free(box, visits, 9)) == (
            ["08:00", "09:00", "11:00"],
            ["08:00", "09:00", "10:00", "11:00"],
        )

        one = f"{path}/{seen['id']}"
        assert box.operator.delete(one).json() == {"succeeded": True}
        assert free(box, visits) == ["08:00", "09:00", "10:00", "11:00"]
        assert box.operator.delete(one).status_code == 404
        box.sandbox.move_clock(timedelta(days=2))
        box.sandbox.work()
        assert box.operator.get(path).json() == {"calendars": []}


def test_one_that_cannot_be_read_says_why_and_keeps_what_it_said_last(box: Box) -> None:
    visits, path = begin(box), f"/operator/locations/{box.location_id}/external-calendars"
    with elsewhere() as there:
        there.content = calendar("20270308T090000Z")
        id = box.operator.post(path, json={"userId": box.user_id, "url": there.url}).json()["id"]
        box.sandbox.work()

        def error_after(wait: timedelta) -> str | None:
            box.sandbox.move_clock(wait)
            assert box.sandbox.work() == 1
            return box.operator.get(path).json()["calendars"][0].get("error")

        there.status = 503
        assert error_after(timedelta(minutes=15)) == "the answer was 503"
        there.status, there.content, there.tag = 200, b"<html>", '"2"'
        assert error_after(timedelta(minutes=15)) == "what is there is no iCalendar file"
        assert free(box, visits) == ["08:00", "10:00", "11:00"]
        there.content, there.tag = calendar(), '"3"'
        assert error_after(timedelta(minutes=30)) is None
        assert free(box, visits) == ["08:00", "09:00", "10:00", "11:00"]
        there.content, there.tag = calendar("20270308T080000Z"), '"3"'
        assert box.operator.post(f"{path}/{id}/read").status_code == 200
        box.sandbox.work()
        assert free(box, visits) == ["09:00", "10:00", "11:00"], "it was read although its tag is the same"


def test_addresses_that_must_not_be_asked_are_refused(box: Box) -> None:
    begin(box, allowed="")
    path = f"/operator/locations/{box.location_id}/external-calendars"
    for url, why in (
        ("http://calendars.example/a.ics", "without TLS"), ("https://127.0.0.1/a.ics", "loopback"),
        ("https://169.254.169.254/latest", "link-local"), ("webcal://[::1]/a.ics", "loopback"),
        ("file:///etc/passwd", "web server"),
    ):  # fmt: skip
        refused = box.operator.post(path, json={"userId": box.user_id, "url": url})
        assert (refused.status_code, why in refused.json()["message"][0]) == (422, True), refused.text
    assert box.operator.post(path, json={"userId": "nobody", "url": "https://a.example/a.ics"}).status_code == 400
    assert box.operator.get(path).json() == {"calendars": []}
