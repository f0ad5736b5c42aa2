"""When somebody is busy, by calendars as others write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from groundlevel.areas.calendars.ical_reading import Busy, NoCalendar, busy_times

SINCE = datetime(2027, 3, 1, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")


def written(*events: str, head: str = "") -> bytes:
    """A calendar of events, each a series of its own unless it says a UID."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *([head] if head else [])]
    for number, event in enumerate(events):
        uid = [] if "UID:" in event else [f"UID:{number}"]
        lines += ["BEGIN:VEVENT", *uid, *event.split("\n"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def told(busy: Busy) -> list[str]:
    """`03-10 14:00/15:00`, in UTC."""
    moments = [(datetime.fromtimestamp(a, UTC), datetime.fromtimestamp(b, UTC)) for a, b in busy.times]
    return [
        f"{a:%m-%d %H:%M}/{b:%H:%M}" if a.date() == b.date() else f"{a:%m-%d %H:%M}/{b:%m-%d %H:%M}" for a, b in moments
    ]


NINE = "DTSTART;TZID=America/New_York:20270310T090000\nDTEND;TZID=America/New_York:20270310T100000"
PLAIN = "DTSTART:20270302T100000Z\nDTEND:20270302T110000Z"
CASES: list[tuple[str, bytes, list[str]]] = [
    ("a moment in UTC", written(PLAIN), ["03-02 10:00/11:00"]),
    ("before and behind the span", written(PLAIN.replace("2027", "2026"), PLAIN.replace("0302", "0702")), []),
    ("into the span", written("DTSTART:20270228T230000Z\nDTEND:20270301T010000Z"), ["03-01 00:00/01:00"]),
    ("weekly over a change of the clock", written(f"{NINE}\nRRULE:FREQ=WEEKLY;COUNT=3"), [
        "03-10 14:00/15:00", "03-17 13:00/14:00", "03-24 13:00/14:00",
    ]),
    ("until a moment in UTC, that one too", written(f"{NINE}\nRRULE:FREQ=DAILY;UNTIL=20270311T140000Z"), [
        "03-10 14:00/15:00", "03-11 14:00/15:00",
    ]),
    ("until a day, that one too", written(f"{NINE}\nRRULE:FREQ=DAILY;UNTIL=20270311"), [
        "03-10 14:00/15:00", "03-11 14:00/15:00",
    ]),
    ("on other dates besides, and not on some", written(
        f"{NINE}\nRRULE:FREQ=DAILY;COUNT=3\nRDATE;TZID=America/New_York:20270316T090000\n"
        "EXDATE;TZID=America/New_York:20270311T090000"
    ), ["03-10 14:00/15:00", "03-12 14:00/15:00", "03-16 13:00/14:00"]),
    ("one of a series moved, one cancelled", written(
        f"UID:s\n{PLAIN}\nRRULE:FREQ=DAILY;COUNT=3",
        "UID:s\nRECURRENCE-ID:20270303T100000Z\nDTSTART:20270303T150000Z\nDTEND:20270303T160000Z",
        "UID:s\nRECURRENCE-ID:20270304T100000Z\nSTATUS:CANCELLED\nDTSTART:20270304T100000Z\nDTEND:20270304T110000Z",
    ), ["03-02 10:00/11:00", "03-03 15:00/16:00"]),
    ("a whole day", written("DTSTART;VALUE=DATE:20270310"), ["03-10 05:00/03-11 05:00"]),
    ("the day on which the clock changes", written("DTSTART;VALUE=DATE:20270314"), ["03-14 05:00/03-15 04:00"]),
    ("two whole days", written("DTSTART;VALUE=DATE:20270310\nDTEND;VALUE=DATE:20270312"), ["03-10 05:00/03-12 05:00"]),
    ("a time of no zone, and a length", written("DTSTART:20270310T090000\nDURATION:PT1H30M"), ["03-10 14:00/15:30"]),
    ("in the calendar's own zone", written("DTSTART:20270310T090000\nDURATION:PT1H", head="X-WR-TIMEZONE:Asia/Tokyo"), [
        "03-10 00:00/01:00",
    ]),
    ("transparent", written(f"{PLAIN}\nTRANSP:TRANSPARENT"), []),
    ("cancelled", written(f"{PLAIN}\nSTATUS:CANCELLED"), []),
    ("marked as free", written(f"{PLAIN}\nX-MICROSOFT-CDO-BUSYSTATUS:FREE"), []),
    ("no time at all", written("DTSTART:20270302T100000Z"), []),
    ("two that overlap", written(PLAIN, PLAIN.replace("T100000Z", "T103000Z").replace("T110000Z", "T120000Z")), [
        "03-02 10:00/12:00",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("_what", "raw", "times"), CASES, ids=[c[0] for c in CASES])
def test_times(_what: str, raw: bytes, times: list[str]) -> None:
    busy = busy_times(raw, ZONE, SINCE, SINCE + timedelta(days=30))
    assert (told(busy), busy.left_out) == (times, 0)


def test_zones_as_a_calendar_defines_them_and_free_and_busy_times() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\n"
        "TZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\n"
        "DTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n"
        "END:DAYLIGHT\nEND:VTIMEZONE\nBEGIN:VFREEBUSY\nFREEBUSY;FBTYPE=BUSY:20270308T160000Z/PT3H\n"
        "FREEBUSY;FBTYPE=FREE:20270309T160000Z/PT3H\nEND:VFREEBUSY"
    ).replace("\n", "\r\n")
    at = "W. Europe Standard Time:202703"
    daily = f"DTSTART;TZID={at}27T090000\nDTEND;TZID={at}27T100000\nRRULE:FREQ=DAILY;COUNT=2"
    busy = busy_times(written(daily, head=zone), ZONE, SINCE, SINCE + timedelta(days=30))
    assert told(busy) == ["03-08 16:00/19:00", "03-27 08:00/09:00", "03-28 07:00/08:00"]


STRANGE = [
    "DTSTART:20270310T090000Z\nDTEND:20270310T091000Z\nRRULE:FREQ=SECONDLY",
    "DTSTART:20270310T090000Z\nDTEND:20270310T091000Z\nRRULE:FREQ=HOURLY",
    f"{PLAIN}\nRRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6;BYMINUTE=1,2,3,4,5,6",
    f"{PLAIN}\nRRULE:FREQ=NEVER",
    "DTSTART:nonsense\nDTEND:20270302T110000Z",
    "DTEND:20270302T110000Z",
    "DTSTART:99991231T230000Z\nDTEND:99991231T235959Z\nRRULE:FREQ=DAILY",
]


def test_what_is_not_in_order_is_left_out_and_the_rest_counts() -> None:
    busy = busy_times(written(*STRANGE, PLAIN), ZONE, SINCE, SINCE + timedelta(days=30))
    assert (told(busy), busy.left_out) == (["03-02 10:00/11:00"], 6)


@pytest.mark.parametrize("raw", [b"", b"<html>", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"\xff\xfe" * 9])
def test_what_is_no_calendar_is_refused(raw: bytes) -> None:
    with pytest.raises(NoCalendar):
        busy_times(raw, ZONE, SINCE, SINCE + timedelta(days=30))
