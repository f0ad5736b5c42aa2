"""Appointments that come again, by rules of RFC 5545: which rules there are, and when they fall. Pure.

A rule goes by the clock of its sub-account's zone, so an appointment at nine stays at nine when clocks change. What
falls into an hour that a change leaves out comes as much later; of an hour that is there twice the first is meant.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, YEARLY, rrule, rrulestr
from msgspec import Struct

from groundlevel.areas.calendars.rules import Stretch

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
STEPS = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}
"""Frequencies of one length: a rule that began long ago need not be gone through from its beginning."""
PARTS = {
    "DAILY": {"BYDAY", "BYMONTH"},
    "WEEKLY": {"BYDAY", "BYMONTH"},
    "MONTHLY": {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"},
}
"""What may narrow down a rule of each frequency."""
ALWAYS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
MOST_TIMES, LONGEST_INTERVAL = 1_000, 1_000
ONCE: dict[str, Any] = {"freq": YEARLY, "interval": 10_000}
ONCE_A_MONTH: dict[str, Any] = {"freq": MONTHLY, "interval": 120_000}
"""Intervals after which dateutil's calendar is at its end: a rule is gone through once, not on for what never comes."""
LAST = datetime(9998, 12, 31)  # noqa: DTZ001  (a clock's)


class Series(Struct, frozen=True, array_like=True):
    """An appointment that comes again: its first time, in seconds since 1970, and the rule. `until`: its last start."""

    rule: str
    zone: str
    start: int
    until: int | None = None
    but: tuple[int, ...] = ()


def series(text: str, zone: str, start: int) -> Series:
    """The series that a rule makes of an appointment that begins then. ValueError says what is wrong with the rule.

    DAILY to YEARLY, by what PARTS says, every 1,000 at most, and 1,000 times at most if it is said how often. The first
    time must be one of the rule's own.
    """
    said = _read(text)
    kept = ";".join(f"{name}={value}" for name, value in said.items() if name not in ("COUNT", "UNTIL"))
    first = _clock(start, zone)
    try:
        rule = _rule(kept, first)
        once = rule.replace(**(ONCE_A_MONTH if said["FREQ"] == "MONTHLY" else ONCE))
        if next(iter(once), None) != first:
            raise ValueError("rrule must include the startTime")
        until = _last(rule, said, zone)
    except (ValueError, OverflowError, IndexError, TypeError) as wrong:
        raise ValueError(str(wrong) if str(wrong).startswith("rrule ") else "rrule must be a valid RRULE") from None
    return Series(kept, zone, start, until if until is None else max(until, start))


def occurrences(one: Series, since: int, until: int) -> list[int]:
    """When it begins, from one moment until before another, without those that were taken out."""
    return [start for start in _starts(one.rule, one.zone, one.start, since, until) if _holds(one, start)]


def is_one_of(one: Series, start: int) -> bool:
    """Whether it begins then."""
    return start in occurrences(one, start, start + 1)


def stretches(one: Series, before: int, long: int, window: Stretch) -> list[Stretch]:
    """When it takes time within a window, its buffer before and its whole length with it."""
    since, until = window
    return [(s - before, s - before + long) for s in occurrences(one, since - long, until + before)]


def _holds(one: Series, start: int) -> bool:
    return start not in one.but and (one.until is None or start <= one.until)


@lru_cache(maxsize=512)
def _starts(text: str, zone: str, start: int, since: int, until: int) -> tuple[int, ...]:
    first = _clock(start, zone)
    rule = _rule(text, first)
    # a day's grace: the clock may have changed meanwhile
    begin, end = (_clock(m, zone) + timedelta(days=d) for m, d in ((max(since, start), -1), (max(until, start), 1)))
    said = dict(part.split("=") for part in text.split(";"))
    step = STEPS.get(said["FREQ"])
    if step and begin > first:
        whole = step * int(said.get("INTERVAL", 1))
        rule = rule.replace(dtstart=first + whole * ((begin - first) // whole))
    found = [start if local == first else _moment(local, zone) for local in _between(rule, begin, min(end, LAST))]
    return tuple(moment for moment in found if max(since, start) <= moment < until)


def _between(rule: rrule, begin: datetime, end: datetime) -> list[datetime]:
    return rule.replace(until=end).between(begin, end, inc=True)


def _rule(text: str, first: datetime) -> rrule:
    found = rrulestr(text, dtstart=first)
    if not isinstance(found, rrule):
        raise ValueError("rrule must be a valid RRULE")
    return found


def _read(text: str) -> dict[str, str]:
    """The parts of a rule. ValueError names the first one that is wrong."""
    plain = re.sub(r"\ARRULE:", "", text.strip().upper())
    parts = [part.partition("=") for part in plain.split(";") if part]
    said = {name: value for name, _, value in parts if name != "DTSTART"}
    if len(said) < len([name for name, _, _ in parts if name != "DTSTART"]) or not all(said.values()):
        raise ValueError("rrule must be a valid RRULE")
    if said.get("FREQ") not in FREQUENCIES:
        raise ValueError(f"rrule must have a FREQ of {', '.join(FREQUENCIES)}")
    for name in said:
        if name not in ALWAYS | PARTS[said["FREQ"]]:
            raise ValueError(f"rrule must not have {name} with FREQ={said['FREQ']}")
    for name, most in (("INTERVAL", LONGEST_INTERVAL), ("COUNT", MOST_TIMES)):
        if name in said and not (re.fullmatch(r"\d{1,4}", said[name]) and 1 <= int(said[name]) <= most):
            raise ValueError(f"rrule must have {name} from 1 to {most}")
    if "COUNT" in said and "UNTIL" in said:
        raise ValueError("rrule must not have both COUNT and UNTIL")
    return said


def _last(rule: rrule, said: dict[str, str], zone: str) -> int | None:
    """When a rule that says how often, or until when, begins for the last time at most."""
    if "COUNT" in said:
        found = list(rule.replace(count=int(said["COUNT"])))
        return _moment(found[-1], zone)
    if "UNTIL" not in said:
        return None
    found = re.fullmatch(r"(\d{8})(?:T(\d{6})(Z?))?", said["UNTIL"])
    if not found:
        raise ValueError("rrule must have UNTIL as YYYYMMDD or YYYYMMDDTHHMMSSZ")
    told = datetime.strptime(found[1] + (found[2] or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007  (a clock's)
    return round(told.replace(tzinfo=UTC).timestamp()) if found[3] else _moment(told, zone)


def _clock(moment: int, zone: str) -> datetime:
    """What the zone's clock and calendar show."""
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def _moment(local: datetime, zone: str) -> int:
    """When the zone's clock shows this, for the first time."""
    return round(local.replace(tzinfo=ZoneInfo(zone)).timestamp())
