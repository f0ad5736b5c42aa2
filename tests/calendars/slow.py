"""Free slots, found in the slow and obvious way: minute by minute, by looking at every clock and every appointment.

It shares nothing with the engine but the shapes of question and rules, and the chance by which slots are hidden.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

from groundlevel.areas.calendars.rules import Rules
from groundlevel.areas.calendars.slots import Party, Question

MINUTE = 60


@cache
def clock(zone: str, moment: int) -> tuple[str, int, int]:
    """What a zone's clock and calendar show: the date, the weekday (0 is Sunday), the minute of the day."""
    shown = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(zone))
    return shown.date().isoformat(), shown.isoweekday() % 7, shown.hour * 60 + shown.minute


def hours_at(rules: Rules, moment: int) -> Iterator[int]:
    """When, by its clock, each hour begins that is going on."""
    date, weekday, minute = clock(rules.zone, moment)
    hours = dict(rules.dates).get(date, rules.weekly[weekday])
    for opens, closes in hours:
        if opens <= minute < closes:
            yield opens


def is_open(rules: Rules | None, moment: int) -> bool:
    """Whether any hour is going on."""
    return rules is None or any(True for _ in hours_at(rules, moment))


def begins(rules: Rules, moment: int, interval: int) -> bool:
    """Whether a slot may begin: as an hour opens, and every interval after, by the clock."""
    minute = clock(rules.zone, moment)[2]
    return any((minute - opens) * MINUTE % interval == 0 for opens in hours_at(rules, moment))


def minutes(first: int, last: int) -> range:
    """Every minute from one moment until before another."""
    return range(first, last, MINUTE)


def is_free(party: Party, question: Question, start: int, *, may_begin: bool) -> bool:
    """Whether it is open all through the slot, and not busy from the buffer before it to the end of that after it."""
    end = start + question.duration
    if may_begin and not (party.rules and begins(party.rules, start, question.interval)):
        return False
    if not all(is_open(party.rules, minute) for minute in minutes(start, end)):
        return False
    others: list[tuple[int, int]] = []
    whole = start - question.before, end + question.after
    if party.of_one_time:
        others = [taken for taken in party.own if taken != whole]
        if len(party.own) - len(others) >= party.seats:
            return False
    for minute in minutes(*whole):
        if any(first <= minute < last for first, last in party.busy):
            return False
        if party.of_one_time:
            if any(first <= minute < last for first, last in others):
                return False
        elif sum(first <= minute < last for first, last in party.own) >= party.seats:
            return False
    return True


def candidates(question: Question, since: int, until: int) -> list[int]:
    """Every minute at which somebody's slot would begin, if nothing were booked."""
    leading = [p.rules for p in question.someone or question.everyone if p.rules]
    leading = leading if question.someone else leading[:1]
    found: list[int] = []
    for minute in minutes(since, until):
        end = minute + question.duration
        for rules in leading:
            if begins(rules, minute, question.interval) and all(is_open(rules, m) for m in minutes(minute, end)):
                found.append(minute)
                break
    return found


def hidden(question: Question, start: int) -> bool:
    """Whether it is one of its day's slots that look taken."""
    day = clock(question.zone, start)[0]
    near = minutes(start - 30 * 3600, start + 30 * 3600)
    of_day = [minute for minute in near if clock(question.zone, minute)[0] == day]
    slots = [m for m in candidates(question, of_day[0], of_day[-1] + 1) if clock(question.zone, m)[0] == day]
    by_chance = sorted(slots, key=lambda m: blake2b(f"{question.seed} {m}".encode(), digest_size=8).digest())
    return start in by_chance[: int(len(slots) * question.hidden / 100 + 0.5)]


def takers(question: Question, start: int) -> list[str] | None:
    """Who of `someone` can take the slot; None where it is not offered."""
    if not max(question.since, question.soonest) <= start < min(question.until, question.latest or question.until):
        return None
    if start not in candidates(question, start, start + 1):
        return None
    if question.per_day is not None:
        day = clock(question.zone, start)[0]
        if sum(clock(question.zone, booked)[0] == day for booked in question.booked) >= question.per_day:
            return None
    if not all(is_free(party, question, start, may_begin=False) for party in question.everyone):
        return None
    if question.hidden and hidden(question, start):
        return None
    wanted = [p for p in question.someone if question.only is None or p.id in question.only]
    found = [p.id for p in wanted if is_free(p, question, start, may_begin=True)]
    return found if found or not question.someone else None


def offered(question: Question) -> list[int]:
    """When the free slots begin, in order."""
    return [minute for minute in minutes(question.since, question.until) if takers(question, minute) is not None]
