"""Budgets: so many requests in ten seconds and in a day, for each app at each location or company.

Source of the numbers and of the headers: the hosted service's published limits. It never sends Retry-After.
"""

from collections.abc import Awaitable
from typing import NamedTuple, Protocol

INTERVAL_MS = 10_000
DAY_MS = 86_400_000


class Budget(NamedTuple):
    """So many requests in ten seconds and in a day."""

    burst: int
    daily: int


Headers = list[tuple[bytes, bytes]]
Verdict = tuple[bool, Headers]
"""Whether a request is within its budgets, and the headers that tell what is left of them."""


class Budgets(Protocol):
    """Whoever counts: this process for itself (`Limits`), or a server for many (`shared_limits`)."""

    def spend(self, key: str, now_ms: int, most: Budget | None = None) -> Verdict | Awaitable[Verdict]:
        """Take one request from the budgets of `key`, if both have one left. `most`: if less than others get."""
        ...

    def whole(self, now_ms: int) -> Headers:
        """The headers of budgets that nothing was taken from, for callers nobody knows."""
        ...

    async def close(self) -> None:
        """Let go of what is held open."""
        ...


class Limits:
    """Counters in memory, for one process. Windows are aligned to the clock: ten seconds, and the day in UTC."""

    def __init__(self, burst: int = 100, daily: int = 200_000) -> None:
        self.usual = Budget(burst, daily)
        self.day = 0
        self.spent: dict[str, list[int]] = {}
        self.same = _unchanging(self.usual)

    def within(self, most: Budget | None) -> Budget:
        """The smaller of these and the usual budgets."""
        usual = self.usual
        return usual if most is None else Budget(min(usual.burst, most.burst), min(usual.daily, most.daily))

    def spend(self, key: str, now_ms: int, most: Budget | None = None) -> Verdict:
        """Take one request from the budgets of `key`. One that is refused is not counted."""
        budget = self.usual if most is None else self.within(most)
        window, day = now_ms // INTERVAL_MS, now_ms // DAY_MS
        if day != self.day:
            self.day, self.spent = day, {}
        spent = self.spent.get(key)
        if spent is None:
            spent = self.spent[key] = [window, 0, 0]
        if spent[0] != window:
            spent[0], spent[1] = window, 0
        within = spent[1] < budget.burst and spent[2] < budget.daily
        if within:
            spent[1] += 1
            spent[2] += 1
        return within, self.told(now_ms, spent[1], spent[2], budget)

    def learn(self, key: str, now_ms: int, in_window: int, in_day: int) -> None:
        """Go on from what somebody else has counted."""
        if now_ms // DAY_MS != self.day:
            self.day, self.spent = now_ms // DAY_MS, {}
        self.spent[key] = [now_ms // INTERVAL_MS, in_window, in_day]

    def whole(self, now_ms: int) -> Headers:
        """The headers of budgets that nothing was taken from, for callers nobody knows."""
        return self.told(now_ms, 0, 0, self.usual)

    def told(self, now_ms: int, in_window: int, in_day: int, budget: Budget) -> Headers:
        """All six headers. What was taken under larger budgets than these leaves nothing, not less."""
        burst, daily = budget
        return [
            *(self.same if budget is self.usual else _unchanging(budget)),
            (b"x-ratelimit-remaining", b"%d" % (burst - in_window if in_window < burst else 0)),
            (b"x-ratelimit-daily-remaining", b"%d" % (daily - in_day if in_day < daily else 0)),
            (b"x-ratelimit-daily-reset", b"%d" % (DAY_MS - now_ms % DAY_MS)),
        ]

    async def close(self) -> None:
        """Nothing is held open."""


def _unchanging(budget: Budget) -> Headers:
    return [
        (b"x-ratelimit-limit-daily", b"%d" % budget.daily),
        (b"x-ratelimit-interval-milliseconds", b"%d" % INTERVAL_MS),
        (b"x-ratelimit-max", b"%d" % budget.burst),
    ]
