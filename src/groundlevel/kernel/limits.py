"""Budgets: so many requests in ten seconds and in a day, for each app at each location or company.

Source of the numbers and of the headers: the hosted service's published limits. It never sends Retry-After.
"""

from groundlevel.kernel.problems import TooManyRequests

INTERVAL_MS = 10_000
DAY_MS = 86_400_000

Headers = list[tuple[bytes, bytes]]


class Limits:
    """Counters in memory, for one process. Windows are aligned to the clock: ten seconds, and the day in UTC."""

    def __init__(self, burst: int = 100, daily: int = 200_000) -> None:
        self.burst, self.daily = burst, daily
        self.day = 0
        self.spent: dict[str, list[int]] = {}
        self.same: Headers = [
            (b"x-ratelimit-limit-daily", str(daily).encode()),
            (b"x-ratelimit-interval-milliseconds", str(INTERVAL_MS).encode()),
            (b"x-ratelimit-max", str(burst).encode()),
        ]

    def spend(self, key: str, now_ms: int) -> Headers:
        """Take one request from the budgets of `key`: the headers that tell what is left. 429 when one is spent."""
        window, day = now_ms // INTERVAL_MS, now_ms // DAY_MS
        if day != self.day:
            self.day, self.spent = day, {}
        spent = self.spent.get(key)
        if spent is None:
            spent = self.spent[key] = [window, 0, 0]
        if spent[0] != window:
            spent[0], spent[1] = window, 0
        if spent[1] >= self.burst or spent[2] >= self.daily:
            raise TooManyRequests("Too Many Requests")
        spent[1] += 1
        spent[2] += 1
        return self.told(now_ms, spent[1], spent[2])

    def look(self, key: str | None, now_ms: int) -> Headers:
        """The headers without taking anything: for refusals, and for callers nobody knows (a whole budget)."""
        window, in_window, in_day = self.spent.get(key or "", (0, 0, 0))
        if now_ms // DAY_MS != self.day:
            in_window = in_day = 0
        return self.told(now_ms, in_window if window == now_ms // INTERVAL_MS else 0, in_day)

    def told(self, now_ms: int, in_window: int, in_day: int) -> Headers:
        """All six headers."""
        return [
            *self.same,
            (b"x-ratelimit-remaining", b"%d" % (self.burst - in_window)),
            (b"x-ratelimit-daily-remaining", b"%d" % (self.daily - in_day)),
            (b"x-ratelimit-daily-reset", b"%d" % (DAY_MS - now_ms % DAY_MS)),
        ]
