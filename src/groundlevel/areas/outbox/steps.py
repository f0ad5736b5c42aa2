"""What becomes of a message by what is reported of it, and when something is done with it again. Pure."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from groundlevel.areas.outbox.outgoing import Outgoing, State, due_at, turned
from groundlevel.kernel.jobs import Retry
from groundlevel.kernel.wire import iso
from groundlevel.outside.transport import Report

RETRY = Retry(attempts=6, first=10.0, longest=900.0)
"""How often and how far apart something is given to a gateway that certainly did not take it."""
LEASE = timedelta(seconds=60)
"""How long a worker may take for one attempt: longer than any request does."""
ARRIVES = timedelta(seconds=1)
"""When what is only recorded has arrived."""
UNCLEAR = "It is not known whether it was sent: "

_ORDER: dict[str, int] = {"pending": 0, "sent": 1, "failed": 2, "delivered": 3, "read": 4}


def begun(one: Outgoing, now: datetime) -> Outgoing:
    """The same, about to be given to a gateway: if nothing is heard of that, somebody looks after it in a while."""
    due = due_at(one, iso(now + LEASE))
    return turned(one, iso(now), state="sending", attempts=one.attempts + 1, held=one.lane, due=due)


def recorded(one: Outgoing, now: datetime) -> Outgoing:
    """The same, taken for sent, since nobody is connected who would send it."""
    due = due_at(one, iso(now + ARRIVES))
    return turned(one, iso(now), state="sent", attempts=1, sent_at=iso(now), due=due)


def handed(one: Outgoing, now: datetime) -> Outgoing:
    """The same, given to an app's provider, which says what becomes of it."""
    return turned(one, iso(now), state="sent", attempts=1, sent_at=iso(now), due=None)


def arrived(one: Outgoing, now: datetime) -> Outgoing:
    """The same, delivered."""
    return _ended(one, "delivered", now)


def refused(one: Outgoing, reason: str, code: str, now: datetime) -> Outgoing:
    """The same, which never leaves."""
    return _ended(replace(one, reason=reason[:1_000], code=code), "failed", now)


def lost(one: Outgoing, now: datetime, why: str = "the worker that sent it ended") -> Outgoing:
    """The same, which may have left or not: it is not sent again by itself."""
    told = replace(one, reason=f"{UNCLEAR}{why}"[:1_000], code=one.code or "unclear")
    return _ended(told, "unclear", now)


def after(one: Outgoing, report: Report, now: datetime, chance: float, *, idempotent: bool) -> Outgoing:
    """The same, after what a gateway said of an attempt. `chance` in [0, 1) varies the wait.

    What is unclear is tried again only with a gateway that sends nothing twice.
    """
    if report.outcome == "accepted":
        return turned(
            one, iso(now), state="sent", sent_at=iso(now), gateway_ref=report.ref, due=None, held=None, code="",
            reason=report.reason[:1_000],
        )  # fmt: skip
    if report.outcome == "refused":
        return refused(one, report.reason, report.code, now)
    told = replace(one, code=report.code, reason=report.reason[:1_000])
    if report.outcome == "unclear" and not idempotent:
        return lost(told, now, report.reason or "no answer")
    wait = RETRY.delay(one.attempts, chance)
    if wait is None:
        return (
            lost(told, now, report.reason)
            if report.outcome == "unclear"
            else refused(told, f"{report.reason}, after {one.attempts} attempts", report.code, now)
        )
    wait = max(wait, timedelta(seconds=min(report.after, RETRY.longest)))
    return turned(told, iso(now), state="waiting", due=due_at(one, iso(now + wait)))


def follows(before: str, after: str) -> bool:
    """Whether a status may come after another: reports of gateways overtake one another."""
    return _ORDER.get(after, 0) > _ORDER.get(before, 0)


def _ended(one: Outgoing, state: State, now: datetime) -> Outgoing:
    return turned(one, iso(now), state=state, due=None, held=None, finished_at=iso(now))
