"""Budgets that all processes of an installation share, counted by a Redis or Valkey server."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError

from groundlevel.kernel.limits import DAY_MS, INTERVAL_MS, Budget, Headers, Limits, Verdict
from groundlevel.kernel.log import log
from groundlevel.kernel.observe import Counted
from groundlevel.kernel.problems import BadRequest

SCHEMES = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss"}
"""What an address may begin with, and how the client calls it: the two servers speak alike."""
PREFIX = "{groundlevel}:limits:"
"""Of every counter. The braces keep them together where keys are spread over several servers."""

PATIENCE_S = 0.25
"""How long connecting, counting and answering may take together: many times what a healthy server needs."""
AGAIN_S = 1.0
"""How soon a server that did not answer is tried again."""

COUNT = """
local told = {}
for i = 1, #KEYS, 2 do
  local burst, daily = tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  local in_window, in_day = tonumber(redis.call('GET', KEYS[i]) or 0), tonumber(redis.call('GET', KEYS[i + 1]) or 0)
  local within = in_window < burst and in_day < daily
  if within then
    in_window, in_day = redis.call('INCR', KEYS[i]), redis.call('INCR', KEYS[i + 1])
    if in_window == 1 then redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
    if in_day == 1 then redis.call('PEXPIRE', KEYS[i + 1], ARGV[2]) end
  end
  told[#told + 1], told[#told + 2], told[#told + 3] = within and 1 or 0, in_window, in_day
end
return told
"""
"""For each request the counters of its window and of its day: whether it is within both, and what they say then."""
KEPT_MS = 2 * INTERVAL_MS, DAY_MS + DAY_MS // 24
"""How long the counters stay: longer than their windows, for processes whose clocks are behind."""


class Asked(NamedTuple):
    """A request that waits for its verdict."""

    key: str
    now_ms: int
    most: Budget | None
    verdict: "asyncio.Future[Verdict]"


class SharedLimits:
    """Counters on a server. What is asked while an answer is under way goes together in the next round trip.

    While the server cannot be reached no request waits for it: `here`, the counters of this process alone, go on from
    its last answers. Windows are named by the clock of the process that asks, which may have been moved.
    """

    def __init__(self, url: str, here: Limits, counted: Counted) -> None:
        self.here, self.counted = here, counted
        self.redis, self.server = client_of(url), without_password(url)
        self.script = self.redis.register_script(COUNT)
        self.waiting: list[Asked] = []
        self.asking: asyncio.Task[None] | None = None
        self.returning: asyncio.Task[None] | None = None
        counted.limits_shared = True

    def spend(self, key: str, now_ms: int, most: Budget | None = None) -> Verdict | Awaitable[Verdict]:
        """Take one request from the budgets of `key`: those all share, or this process's while it is on its own."""
        if not self.counted.limits_shared:
            return self._alone(key, now_ms, most)
        loop = asyncio.get_running_loop()
        asked = Asked(key, now_ms, most, loop.create_future())
        self.waiting.append(asked)
        if self.asking is None:
            self.asking = loop.create_task(self._ask())
        return asked.verdict

    def whole(self, now_ms: int) -> Headers:
        """The headers of budgets that nothing was taken from."""
        return self.here.whole(now_ms)

    async def reach(self) -> None:
        """Have something counted that is nobody's. Raises what stands in the way."""
        await self._count([("nobody", 0, None)])

    async def close(self) -> None:
        """Leave the server, when what was asked is answered."""
        if self.asking:
            await self.asking
        if self.returning:
            self.returning.cancel()
            await asyncio.wait([self.returning])
        await self.redis.aclose()

    async def _ask(self) -> None:
        """Ask for all that waits, until nothing does any more."""
        while asked := self.waiting:
            self.waiting = []
            try:
                counts = await self._count([(one.key, one.now_ms, one.most) for one in asked])
            except Exception as error:  # whatever keeps it from counting, requests are answered
                self._lose(error)
                for one in asked + self.waiting:
                    _settle(one, self._alone(one.key, one.now_ms, one.most))
                self.waiting = []
                break
            for one, (within, in_window, in_day) in zip(asked, counts, strict=True):
                self.here.learn(one.key, one.now_ms, in_window, in_day)
                _settle(one, (bool(within), self.here.told(one.now_ms, in_window, in_day, self.here.within(one.most))))
        self.asking = None

    async def _count(self, requests: list[tuple[str, int, Budget | None]]) -> list[tuple[int, int, int]]:
        """One round trip: whether each request is within its budgets, and what has been taken from them."""
        keys = [
            name
            for key, now_ms, _ in requests
            for name in (f"{PREFIX}{key}:window:{now_ms // INTERVAL_MS}", f"{PREFIX}{key}:day:{now_ms // DAY_MS}")
        ]
        budgets = [number for _, _, most in requests for number in self.here.within(most)]
        async with asyncio.timeout(PATIENCE_S):
            told = await self.script(keys, [*KEPT_MS, *budgets])
        return list(zip(told[::3], told[1::3], told[2::3], strict=True))

    def _alone(self, key: str, now_ms: int, most: Budget | None) -> Verdict:
        self.counted.limits_alone += 1
        return self.here.spend(key, now_ms, most)

    def _lose(self, error: Exception) -> None:
        self.counted.limits_shared = False
        why = f"{type(error).__name__}: {error}".rstrip(": ")
        log.warning("limits are counted by each process alone", server=self.server, why=why)
        self.returning = asyncio.get_running_loop().create_task(self._return())

    async def _return(self) -> None:
        """Try again until the server counts. A connection that was left in the middle of something is not used."""
        while not self.counted.limits_shared:
            await self.redis.connection_pool.disconnect()
            await asyncio.sleep(AGAIN_S)
            with suppress(Exception):
                await self.reach()
                self.counted.limits_shared = True
        log.info("limits are counted together again", server=self.server)


def _settle(asked: Asked, verdict: Verdict) -> None:
    if not asked.verdict.done():  # whoever asked may have gone away
        asked.verdict.set_result(verdict)


def client_of(url: str) -> Redis:
    """A client, not connected yet. 400 for an address of another kind.

    A connection that has ended, as when the server was started anew, is replaced at once; nothing else is tried again.
    """
    scheme, found, rest = url.partition("://")
    once_more = Retry(NoBackoff(), 1, supported_errors=(ConnectionError,))
    options: dict[str, Any] = {"retry": once_more, "socket_connect_timeout": PATIENCE_S}
    try:
        plain = f"{SCHEMES[scheme]}{found}{rest}"
        return Redis.from_url(plain, **options)  # pyright: ignore[reportUnknownMemberType]
    except (KeyError, ValueError):
        known = "redis:// or valkey://, with TLS rediss:// or valkeys://"
        raise BadRequest(
            f"That is not the address of a counter server; write redis://127.0.0.1:6379 ({known})"
        ) from None


def without_password(url: str) -> str:
    """The address, as logs may have it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
