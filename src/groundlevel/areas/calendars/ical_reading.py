"""When somebody is busy, by a calendar in iCalendar (RFC 5545). Pure.

Calendars come from strangers, so what would take for ever is not begun: rules that repeat by the hour or oftener, and
more events than anybody has.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, cast

from msgspec import Struct

from groundlevel.areas.calendars.rules import Stretch, merged

MOST_EVENTS, MOST_STEPS = 20_000, 500_000
"""Events that a calendar may have, and repetitions that are gone through, those of the past among them."""
EACH_DAY = 24
"""Times of a day that a rule may name."""
OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
DAY = timedelta(days=1)


class NoCalendar(Exception):
    """What was read is no calendar, or one that cannot be used; the text says why."""


class Busy(Struct, frozen=True):
    """Times at which somebody is busy, in seconds since 1970: none touches another, the earliest first.

    left_out: events that were not counted, because they repeat too often or are not in order.
    """

    times: list[Stretch]
    left_out: int = 0


class Span(Struct, frozen=True):
    """What is looked at: from a moment to another; the zone of whole days and of times that name none."""

    first: int
    last: int
    zone: tzinfo


def busy_times(raw: bytes, zone: tzinfo, start: datetime, end: datetime) -> Busy:
    """When somebody with this calendar is busy between two moments.

    zone: of whole days, and of times without one, unless the calendar names its own. What is cancelled, transparent or
    marked as free takes no time. NoCalendar for what is none.
    """
    calendar = _read(raw)
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise NoCalendar(f"the calendar has more than {MOST_EVENTS} events")
    span = Span(round(start.timestamp()), round(end.timestamp()), _zone_of(calendar) or zone)
    found, left_out, steps = list(_told_busy(calendar, span)), 0, 0
    moved = _moved(events, span)
    for event in events:
        try:
            for begins, ends in _times(event, span, moved):
                steps += 1
                found.append((max(begins, span.first), min(ends, span.last)))
                if steps > MOST_STEPS:
                    raise ValueError("too many")
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError, IndexError):
            left_out += 1
    return Busy(merged(found), left_out)


def _read(raw: bytes) -> Any:
    from icalendar import Calendar  # 10 MB that a process may never need

    if b"BEGIN:VCALENDAR" not in raw[:4_096].upper():
        raise NoCalendar("what is there is no iCalendar file")
    try:
        found: Any = Calendar.from_ical(raw)
    except Exception as trouble:  # a stranger's file may be anything
        raise NoCalendar(f"the calendar cannot be read: {str(trouble)[:200]}") from None
    return found


def _zone_of(calendar: Any) -> tzinfo | None:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(str(calendar["X-WR-TIMEZONE"]))
    except (KeyError, ValueError, OSError):
        return None


def _counts(event: Any) -> bool:
    """Whether the event takes time."""
    said = {name: str(event.get(name, "")).upper() for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")}
    free = said["TRANSP"] == "TRANSPARENT" or said["X-MICROSOFT-CDO-BUSYSTATUS"] in ("FREE", "WORKINGELSEWHERE")
    return said["STATUS"] != "CANCELLED" and not free


def _moved(events: list[Any], span: Span) -> dict[str, set[int]]:
    """By series, the moments whose repetition is told apart: it has another time, or is cancelled."""
    found: dict[str, set[int]] = defaultdict(set)
    for event in events:
        if "RECURRENCE-ID" in event and hasattr(event["RECURRENCE-ID"], "dt"):
            found[str(event.get("UID", ""))].add(_seconds(event["RECURRENCE-ID"].dt, span.zone))
    return found


def _times(event: Any, span: Span, moved: dict[str, set[int]]) -> Iterator[Stretch]:
    """The times of an event and its repetitions that end after the span begins and begin before it ends."""
    if not _counts(event):
        return
    begin: date | datetime = event["DTSTART"].dt
    zone = (begin.tzinfo if isinstance(begin, datetime) else None) or span.zone
    length = _length(event, begin, span)
    elsewhere = set[int]() if "RECURRENCE-ID" in event else moved.get(str(event.get("UID", "")), set[int]())
    for start in _starts(event, _bare(begin, zone), zone):
        first = round(start.replace(tzinfo=zone).timestamp())
        if first >= span.last:
            return
        last = round((start + length).replace(tzinfo=zone).timestamp())
        if last > span.first and first not in elsewhere:
            yield first, last


def _length(event: Any, begin: date | datetime, span: Span) -> timedelta:
    """How long an event is by the clock on the wall; a day's without an end, a day."""
    if "DTEND" in event:
        zone = (begin.tzinfo if isinstance(begin, datetime) else None) or span.zone
        return _bare(event["DTEND"].dt, zone) - _bare(begin, zone)
    if "DURATION" in event:
        return event["DURATION"].dt
    return timedelta(0) if isinstance(begin, datetime) else DAY


def _starts(event: Any, begin: datetime, zone: tzinfo) -> Iterator[datetime]:
    """When an event begins, again and again, by the clock on the wall. ValueError for what repeats too often."""
    rules, more, but = (_listed(event, name) for name in ("RRULE", "RDATE", "EXDATE"))
    if not rules and not more:
        yield begin
        return
    from dateutil.rrule import rruleset, rrulestr

    every = rruleset()
    every.rdate(begin)
    for rule in rules:
        text: Any = rrulestr(_bounded(rule, zone), dtstart=begin)
        every.rrule(text)
    for one in _moments(more):
        every.rdate(_bare(one, zone))
    for one in _moments(but):
        every.exdate(_bare(one, zone))
    for steps, start in enumerate(every):
        if steps > MOST_STEPS:
            raise ValueError("it repeats too often")
        yield start


def _bounded(rule: Any, zone: tzinfo) -> str:
    """A rule as text, its end by the same clock as its beginning. ValueError for one that repeats too often."""
    frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
    each = len(rule.get("BYHOUR", [1])) * len(rule.get("BYMINUTE", [1])) * len(rule.get("BYSECOND", [1]))
    if frequency in OFTEN or each > EACH_DAY:
        raise ValueError("it repeats too often")
    bare = {**rule}
    if "UNTIL" in rule:
        until = rule["UNTIL"][0]
        whole = not isinstance(until, datetime)
        bare["UNTIL"] = [_bare(until, zone) + (DAY - timedelta(seconds=1) if whole else timedelta(0))]
    return type(rule)(bare).to_ical().decode()


def _listed(event: Any, name: str) -> list[Any]:
    found: Any = event.get(name, [])
    return cast(list[Any], found) if isinstance(found, list) else [found]


def _moments(lists: list[Any]) -> Iterator[date | datetime]:
    """The moments of RDATE and EXDATE; of a period, its beginning."""
    for one in lists:
        moments: list[Any] = [each.dt for each in one.dts]
        yield from (m[0] if isinstance(m, tuple) else m for m in moments)


def _told_busy(calendar: Any, span: Span) -> Iterator[Stretch]:
    """What a calendar of free and busy times says (VFREEBUSY)."""
    for one in calendar.walk("VFREEBUSY"):
        for period in _listed(one, "FREEBUSY"):
            fine = str(getattr(period, "params", {}).get("FBTYPE", "BUSY")).upper() != "FREE"
            if fine and hasattr(period, "start") and hasattr(period, "end"):
                yield (
                    max(_seconds(period.start, span.zone), span.first),
                    min(_seconds(period.end, span.zone), span.last),
                )


def _bare(moment: date | datetime, zone: tzinfo) -> datetime:
    """A moment by the clock on the wall of a zone; of a day, its beginning."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return (moment.astimezone(zone) if moment.tzinfo else moment).replace(tzinfo=None)


def _seconds(moment: date | datetime, zone: tzinfo) -> int:
    """A moment in seconds since 1970."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return round(moment.timestamp())
    return round(_bare(moment, zone).replace(tzinfo=zone).timestamp())
