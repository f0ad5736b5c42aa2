"""Budgets that processes share: counted exactly, and alone while the server is away."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from tests.servers import door_to, redis_url

from groundlevel.kernel import shared_limits
from groundlevel.kernel.area import Area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.limits import DAY_MS, INTERVAL_MS, Budget, Limits, Verdict
from groundlevel.kernel.observe import Counted, Metrics
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.shared_limits import PREFIX, SharedLimits, client_of, without_password
from groundlevel.kernel.testing import Sandbox
from groundlevel.kernel.wire import Wire

DAY = 20_000 * DAY_MS


@pytest.fixture
def server() -> Iterator["Redis"]:
    """The counter server, for looking at what it has; cleared of this test's keys at the end."""
    with Redis.from_url(redis_url(), decode_responses=True) as redis:
        yield redis
        for key in redis.scan_iter(f"{PREFIX}*{RUN}*"):
            redis.delete(key)


RUN = uuid4().hex
"""In every key of this run."""


def fresh() -> str:
    """A budget nobody has spent from."""
    return f"{RUN}:{uuid4().hex}"


@asynccontextmanager
async def opened(url: str = "", burst: int = 100, daily: int = 200_000) -> AsyncIterator[SharedLimits]:
    """Shared limits, closed again."""
    made = SharedLimits(url or redis_url(), Limits(burst, daily), Counted())
    try:
        yield made
    finally:
        await made.close()


async def spend(limits: SharedLimits, key: str, now_ms: int = DAY) -> Verdict:
    """The verdict, waited for if need be."""
    verdict = limits.spend(key, now_ms)
    return verdict if isinstance(verdict, tuple) else await verdict


def left(verdict: Verdict) -> tuple[bool, int, int]:
    """Whether it was within, and what is left of the window and of the day."""
    told = {k.decode(): int(v) for k, v in verdict[1]}
    return verdict[0], told["x-ratelimit-remaining"], told["x-ratelimit-daily-remaining"]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged; and a lost server is looked for soon."""
    monkeypatch.setattr(shared_limits, "log", structlog.get_logger())
    monkeypatch.setattr(shared_limits, "AGAIN_S", 0.05)
    with structlog.testing.capture_logs() as lines:
        yield lines


async def until(holds: Callable[[], Any]) -> None:
    """Back when it is so."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


CALLS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3 * INTERVAL_MS)), max_size=40)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(CALLS)
def test_they_say_what_counters_in_memory_say(server: "Redis", calls: list[tuple[str, int]]) -> None:
    async def compare() -> None:
        mark, here = fresh(), Limits(4, 9)
        async with opened(burst=4, daily=9) as limits:
            for key, at in sorted(calls, key=lambda c: c[1]):
                most = Budget(3, 100) if key == "b" else None
                verdict = limits.spend(mark + key, DAY + at, most)
                told = verdict if isinstance(verdict, tuple) else await verdict
                assert told == here.spend(key, DAY + at, most)
            assert limits.whole(DAY) == here.whole(DAY)

    asyncio.run(compare())


def test_a_day_rolls_over(server: "Redis") -> None:
    async def days() -> None:
        async with opened(daily=2) as limits:
            key = fresh()
            moments = (DAY, DAY + DAY_MS - 1, DAY + DAY_MS - 1, DAY + DAY_MS)
            told = [left(await spend(limits, key, at))[::2] for at in moments]
            assert told == [(True, 1), (True, 0), (False, 0), (True, 1)]

    asyncio.run(days())


SPENDER = """
import asyncio, sys
from groundlevel.kernel.limits import Limits
from groundlevel.kernel.observe import Counted
from groundlevel.kernel.shared_limits import SharedLimits

async def main(url, key, now_ms, times):
    limits = SharedLimits(url, Limits(100, 200_000), Counted())
    await limits.spend(key + "warm", now_ms)
    print("ready", flush=True)
    sys.stdin.readline()
    verdicts = await asyncio.gather(*(limits.spend(key, now_ms) for _ in range(times)))
    await limits.close()
    assert limits.counted.limits_alone == 0
    print(sum(within for within, _ in verdicts))

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
"""


def test_of_250_at_once_from_several_processes_exactly_100_pass(server: "Redis") -> None:
    key = fresh()
    each = [
        subprocess.Popen(
            [sys.executable, "-c", SPENDER, redis_url(), key, str(DAY), str(times)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for times in (63, 63, 62, 62)
    ]  # fmt: skip
    for process in each:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in each:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    assert sum(int(process.communicate()[0]) for process in each) == 100
    assert server.get(f"{PREFIX}{key}:day:{DAY // DAY_MS}") == "100"


def test_one_round_trip_carries_what_comes_together(server: "Redis") -> None:
    async def many() -> None:
        async with opened() as limits:
            await spend(limits, fresh())
            before = server.info("commandstats")["cmdstat_evalsha"]["calls"]
            keys = [fresh() for _ in range(200)]
            told = await asyncio.gather(*(spend(limits, key) for key in keys))
            assert {left(one)[1] for one in told} == {99}
            assert server.info("commandstats")["cmdstat_evalsha"]["calls"] - before <= 10

    asyncio.run(many())


def test_counters_are_gone_when_nobody_needs_them(server: "Redis") -> None:
    async def once() -> str:
        async with opened() as limits:
            key = fresh()
            for _ in range(3):
                await spend(limits, key)
            return key

    key = asyncio.run(once())
    assert INTERVAL_MS < server.pttl(f"{PREFIX}{key}:window:{DAY // INTERVAL_MS}") <= 2 * INTERVAL_MS
    assert DAY_MS < server.pttl(f"{PREFIX}{key}:day:{DAY // DAY_MS}") < 1.1 * DAY_MS


def test_no_server_from_the_start_and_one_later(server: "Redis", said: list[Any]) -> None:
    async def story() -> None:
        async with door_to(redis_url()) as between:
            await between.shut()
            async with opened(between.url, burst=3) as limits:
                key = fresh()
                told = [left(await spend(limits, key))[:2] for _ in range(4)]
                assert told == [(True, 2), (True, 1), (True, 0), (False, 0)]
                assert (limits.counted.limits_shared, limits.counted.limits_alone) == (False, 4)
                await asyncio.sleep(0.2)
                assert len(said) == 1
                await between.open()
                await until(lambda: limits.counted.limits_shared)
                assert left(await spend(limits, key))[:2] == (True, 2)
            assert limits.counted.limits_alone == 4

    asyncio.run(story())
    assert [(line["log_level"], line["event"]) for line in said] == [
        ("warning", "limits are counted by each process alone"),
        ("info", "limits are counted together again"),
    ]


def test_a_server_that_hangs_costs_its_patience_once(server: "Redis", said: list[Any]) -> None:
    async def story() -> None:
        async with door_to(redis_url()) as between, opened(between.url, burst=10) as limits:
            key, other = fresh(), fresh()
            assert left(await spend(limits, key))[1] == 9
            between.free.clear()
            began = time.monotonic()
            told = await asyncio.gather(*(spend(limits, key) for _ in range(3)))
            assert shared_limits.PATIENCE_S <= time.monotonic() - began < shared_limits.PATIENCE_S + 1
            assert [left(one)[1] for one in told] == [8, 7, 6], "it goes on from what the server said last"
            assert isinstance(limits.spend(key, DAY), tuple), "nobody waits any more"
            await asyncio.sleep(shared_limits.PATIENCE_S * 2)
            between.free.set()
            await until(lambda: limits.counted.limits_shared)
            assert [left(await spend(limits, other))[1] for _ in range(3)] == [9, 8, 7]

    asyncio.run(story())
    assert len(said) == 2


def test_a_server_that_forgot_its_connections_and_scripts_is_not_lost(server: "Redis", said: list[Any]) -> None:
    async def story() -> None:
        async with opened() as limits:
            key = fresh()
            assert left(await spend(limits, key))[1] == 99
            server.client_kill_filter(_id=int(await limits.redis.client_id()))
            server.script_flush()
            assert left(await spend(limits, key))[1] == 98
            assert limits.counted.limits_alone == 0

    asyncio.run(story())
    assert said == []


def test_what_was_asked_is_answered_before_it_closes(server: "Redis") -> None:
    async def story() -> None:
        limits = SharedLimits(redis_url(), Limits(), Counted())
        asked = [asyncio.ensure_future(spend(limits, fresh())) for _ in range(3)]
        await asyncio.sleep(0)
        await limits.close()
        assert [left(await one)[1] for one in asked] == [99, 99, 99]

    asyncio.run(story())


def test_metrics_tell_whether_limits_are_shared() -> None:
    metrics = Metrics()
    assert b"groundlevel_limits" not in metrics.page()
    metrics.own.limits_shared, metrics.own.limits_alone = True, 7
    page = metrics.page().decode().splitlines()
    assert {"groundlevel_limits_shared 1.0", "groundlevel_limits_fallbacks_total 7.0"} <= set(page)


class Rung(Wire):
    """Nothing to say."""


def test_a_request_past_them_is_refused_as_ever(server: "Redis", serve: Callable[..., Sandbox]) -> None:
    area = Area("trial", "Trial")

    @area.post("/bell", scope="bell.write")
    def ring_bell(ctx: Ctx) -> Rung:
        return Rung()

    bell = serve(area)
    limits = SharedLimits(redis_url(), Limits(2, 1_000), bell.app.metrics.own)
    bell.app.limits = limits
    now = bell.clock.now()
    bell.clock.now = lambda: now
    client = bell.client(bell.token("Location", ["bell.write"], "c", RUN))
    replies = [client.post("/bell") for _ in range(3)]
    bell.transport.loop.run_until_complete(limits.close())
    assert [r.status_code for r in replies] == [201, 201, 429]
    assert replies[2].json() == {"statusCode": 429, "message": "Too Many Requests"}
    told = [{k: v for k, v in r.headers.items() if k.startswith("x-ratelimit-")} for r in replies]
    assert [t["x-ratelimit-remaining"] for t in told] == ["1", "0", "0"]
    assert [t["x-ratelimit-daily-remaining"] for t in told] == ["999", "998", "998"]
    assert all(len(t) == 6 for t in told)


@pytest.mark.parametrize("url", ["redis://h", "rediss://u:p@h:1/2", "valkey://h:6379", "valkeys://h"])
def test_addresses_of_both_servers(url: str) -> None:
    assert client_of(url).connection_pool.connection_kwargs["host"] == "h"
    assert ":p@" not in without_password(url)


@pytest.mark.parametrize("url", ["127.0.0.1:6379", "http://h", "redis:h", "redis://h:port", "memory"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(BadRequest, match="write redis://127"):
        client_of(url)
