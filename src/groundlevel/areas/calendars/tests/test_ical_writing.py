"""Appointments in iCalendar are read back as they were meant."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from groundlevel.areas.calendars.ical_reading import busy_times
from groundlevel.areas.calendars.ical_writing import Entry, Who, feed, invitation

START = int(datetime(2027, 3, 10, 14, tzinfo=UTC).timestamp())
PLAIN = Entry("a@home", "Check-up; with, commas\nand lines", START, START + 1_800, START - 86_400)
WEEKLY = Entry(
    "b@home", "Yoga", START, START + 3_600, START, rule="FREQ=WEEKLY", zone="America/New_York",
    until=START + 21 * 86_400, but=(START + 7 * 86_400 - 3_600,), place="1 Way",
)  # fmt: skip


def events(raw: bytes) -> list[Any]:
    """The events in a file, which is of this method and well-formed."""
    read: Any = Calendar.from_ical(raw)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    return read.walk("VEVENT")


def test_a_feed_is_read_back() -> None:
    raw = feed("Harbor Street", [WEEKLY, PLAIN])
    assert raw == feed("Harbor Street", [PLAIN, WEEKLY])
    first, second = events(raw)
    assert (str(first["SUMMARY"]), first.start, first.end) == (
        PLAIN.title, datetime(2027, 3, 10, 14, tzinfo=UTC), datetime(2027, 3, 10, 14, 30, tzinfo=UTC)
    )  # fmt: skip
    assert (str(second["LOCATION"]), str(second["STATUS"])) == ("1 Way", "CONFIRMED")
    since = datetime(2027, 3, 1, tzinfo=UTC)
    busy = busy_times(feed("x", [WEEKLY]), UTC, since, since + timedelta(days=60))
    zone = ZoneInfo("America/New_York")
    assert [datetime.fromtimestamp(a, zone).strftime("%m-%d %H:%M") for a, _ in busy.times] == [
        "03-10 09:00", "03-24 09:00", "03-31 09:00",
    ]  # fmt: skip


def test_an_invitation_and_its_end() -> None:
    practice, anna = Who("office@example.com", 'The "Practice"'), Who("anna@example.com")
    (event,) = events(invitation("REQUEST", PLAIN, practice, [anna], 0))
    assert (event["UID"], event["SEQUENCE"], str(event["ORGANIZER"])) == ("a@home", 0, "mailto:office@example.com")
    assert event["ORGANIZER"].params["CN"] == "The 'Practice'"
    assert (str(event["ATTENDEE"]), event["ATTENDEE"].params["PARTSTAT"]) == ("mailto:anna@example.com", "NEEDS-ACTION")
    raw = invitation("CANCEL", PLAIN, practice, [anna], 2)
    (event,) = events(raw)
    assert (event["STATUS"], event["SEQUENCE"], b"METHOD:CANCEL" in raw) == ("CANCELLED", 2, True)


@settings(deadline=None)
@given(st.text(), st.integers(0, 4_000_000_000), st.integers(60, 90_000))
def test_whatever_an_appointment_is_called_its_time_is_read_back(title: str, start: int, long: int) -> None:
    raw = feed("x", [Entry("a", title, start, start + long, start, description=title)])
    around = datetime.fromtimestamp(start - 100, UTC), datetime.fromtimestamp(start + long + 100, UTC)
    assert busy_times(raw, UTC, *around).times == [(start, start + long)]
    assert len(events(raw)) == 1
