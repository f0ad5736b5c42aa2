"""Appointments in iCalendar (RFC 5545), for calendars to subscribe to, and for mail to invite by (RFC 5546). Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

PRODUCT = "-//Groundlevel//Calendars//EN"
Method = Literal["PUBLISH", "REQUEST", "CANCEL"]


class Entry(Struct, frozen=True):
    """What is written of an appointment. Moments in seconds since 1970; `changed`: when it was written down last.

    rule, zone, until, but: of one that comes again, by whose clock, its last start, and the starts taken out.
    """

    uid: str
    title: str
    start: int
    end: int
    changed: int
    description: str = ""
    place: str = ""
    tentative: bool = False
    cancelled: bool = False
    rule: str = ""
    zone: str = "UTC"
    until: int | None = None
    but: Sequence[int] = ()


class Who(Struct, frozen=True):
    """Somebody, as mail addresses them."""

    email: str
    name: str = ""


def feed(name: str, entries: Sequence[Entry], every: timedelta = timedelta(minutes=15)) -> bytes:
    """A calendar to subscribe to, and how often to look at it. The same entries make the same bytes."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", every, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for entry in sorted(entries, key=lambda e: (e.start, e.uid)):
        calendar.add_component(_event(entry))
    return _bytes(calendar)


def invitation(method: Method, entry: Entry, organizer: Who, attendees: Sequence[Who], sequence: int) -> bytes:
    """What mail invites by (REQUEST), and takes the invitation back by (CANCEL). sequence: how often it has changed.

    Calendars know by UID and SEQUENCE which appointment is meant and which word is the newest.
    """
    from icalendar import vCalAddress

    calendar, event = _calendar(method), _event(entry)
    event.add("sequence", sequence)
    if method == "CANCEL":
        event["STATUS"] = "CANCELLED"
    event.add("organizer", _address(vCalAddress, organizer))
    for one in attendees:
        attendee = _address(vCalAddress, one)
        attendee.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
        event.add("attendee", attendee)
    calendar.add_component(event)
    return _bytes(calendar)


def _calendar(method: Method) -> Any:
    from icalendar import Calendar  # 10 MB that a process may never need

    calendar: Any = Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", method)):
        calendar.add(name, value)
    return calendar


def _event(entry: Entry) -> Any:
    from icalendar import Event

    event: Any = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", _utc(entry.changed))
    event.add("last-modified", _utc(entry.changed))
    if entry.rule:
        _again(event, entry)
    else:
        event.add("dtstart", _utc(entry.start))
        event.add("dtend", _utc(entry.end))
    event.add("summary", _plain(entry.title))
    for name, value in (("description", entry.description), ("location", entry.place)):
        if value:
            event.add(name, _plain(value))
    event.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    return event


def _again(event: Any, entry: Entry) -> None:
    """A series goes by the clock of its zone, so that nine stays nine when clocks change."""
    from icalendar import vRecur

    zone = ZoneInfo(entry.zone)
    event.add("dtstart", datetime.fromtimestamp(entry.start, zone))
    event.add("dtend", datetime.fromtimestamp(entry.end, zone))
    rule: Any = vRecur.from_ical(entry.rule)
    if entry.until is not None:
        rule["UNTIL"] = [_utc(entry.until)]
    event.add("rrule", rule)
    if entry.but:
        event.add("exdate", [datetime.fromtimestamp(moment, zone) for moment in entry.but])


def _address(kind: Any, who: Who) -> Any:
    address = kind(f"mailto:{who.email}")
    if who.name:
        address.params["CN"] = _plain(who.name).replace('"', "'")
    return address


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _plain(text: str) -> str:
    """The text without what is no text: control characters would break the lines of the file."""
    return "".join(c for c in text if c in "\n\t" or c.isprintable())


def _bytes(calendar: Any) -> bytes:
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written
