"""When a delivery is tried again, and when an endpoint is left alone for a while. Pure."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from msgspec import Struct

PolicyName = Literal["standard", "hosted"]


class Retries(Struct, frozen=True):
    """How often and how long apart. Waits in seconds: `first`, each `factor` times the one before, up to `longest`.

    jitter: by what part a wait varies. only: the statuses after which there is a further attempt; empty: after any
    failure. heeds: whether an answer's `Retry-After` counts, between the planned wait and `longest`.
    """

    attempts: int
    first: float
    factor: float = 1.0
    longest: float = 21_600.0
    jitter: float = 0.2
    only: frozenset[int] = frozenset()
    heeds: bool = True

    def wait(self, tries: int, status: int, chance: float, asked: float | None = None) -> timedelta | None:
        """The wait after so many failed attempts, the last with this status (0: no answer); None: give up.

        chance: uniform in [0, 1). asked: seconds that the receiver asked to be left alone for.
        """
        if tries >= self.attempts or (self.only and status not in self.only):
            return None
        planned = min(self.longest, self.first * self.factor ** (tries - 1)) * (1 + self.jitter * (2 * chance - 1))
        if asked is not None and self.heeds:
            planned = max(planned, min(asked, self.longest))
        return timedelta(seconds=planned)


POLICIES: dict[str, Retries] = {
    "standard": Retries(attempts=12, first=5.0, factor=3.0),
    "hosted": Retries(attempts=7, first=600.0, only=frozenset({429}), heeds=False),
}
"""`standard`: any failure, 12 attempts over about a day (the service's guide of mid-2026 names number and form).
`hosted`: 429 only, six more attempts ten minutes apart (the service's article 155000007071)."""

LONGEST = timedelta(days=3)
"""What could not be tried as often as meant, because its endpoint was left alone, is given up after this time."""


def good(status: int) -> bool:
    """Whether an answer says that it has arrived: 2xx. A redirect does not, and is not followed."""
    return 200 <= status < 300


def asked_for(retry_after: str, now: datetime) -> float | None:
    """The seconds that a `Retry-After` header asks for (RFC 9110: a number, or a date); None where it says nothing."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


class Circuit(Struct, frozen=True):
    """An endpoint that failed AFTER times in a row is left alone, each time longer; then one delivery is tried.

    failures: in a row. until: the moment it is left alone to; None while all is well.
    """

    failures: int = 0
    until: datetime | None = None

    def after(self, ok: bool, now: datetime) -> "Circuit":
        """What it is after an attempt. What failed while it is left alone was sent before, and does not count again."""
        if ok:
            return Circuit()
        if self.until is not None and now < self.until:
            return self
        failures = self.failures + 1
        alone = timedelta(seconds=min(LONGEST_ALONE_S, FIRST_ALONE_S * 2 ** min(failures - AFTER, 20)))
        return Circuit(failures, now + alone if failures >= AFTER else None)

    def admits(self, now: datetime) -> int:
        """How many deliveries may be under way: none, one to see, or as many as usual (-1)."""
        if self.until is None:
            return -1
        return 1 if now >= self.until else 0


AFTER, FIRST_ALONE_S, LONGEST_ALONE_S = 5, 10.0, 300.0
