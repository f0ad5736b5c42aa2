"""Budgets: how they are spent, told and refused."""

from collections.abc import Callable

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundlevel.kernel.area import Area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import LOG, Event
from groundlevel.kernel.limits import DAY_MS, INTERVAL_MS, Limits
from groundlevel.kernel.problems import TooManyRequests
from groundlevel.kernel.store import Owners
from groundlevel.kernel.testing import Sandbox
from groundlevel.kernel.wire import Wire

DAY = 20_000 * DAY_MS


def left(headers: list[tuple[bytes, bytes]]) -> tuple[int, int, int]:
    """What is left of the window and of the day, and how long the day goes on."""
    told = {k.decode(): int(v) for k, v in headers}
    return told["x-ratelimit-remaining"], told["x-ratelimit-daily-remaining"], told["x-ratelimit-daily-reset"]


def test_all_six_headers() -> None:
    assert dict(Limits(5, 20).spend("a", DAY + 1_234)) == {
        b"x-ratelimit-limit-daily": b"20", b"x-ratelimit-interval-milliseconds": b"10000", b"x-ratelimit-max": b"5",
        b"x-ratelimit-remaining": b"4", b"x-ratelimit-daily-remaining": b"19",
        b"x-ratelimit-daily-reset": b"86398766",
    }  # fmt: skip


def test_a_window_is_spent_and_a_new_one_begins() -> None:
    limits = Limits(3, 100)
    assert [left(limits.spend("a", DAY + i))[0] for i in range(3)] == [2, 1, 0]
    with pytest.raises(TooManyRequests):
        limits.spend("a", DAY + INTERVAL_MS - 1)
    assert left(limits.look("a", DAY + INTERVAL_MS - 1))[:2] == (0, 97)
    assert left(limits.spend("a", DAY + INTERVAL_MS))[:2] == (2, 96)
    assert left(limits.spend("b", DAY))[:2] == (2, 99)


def test_a_day_is_spent_and_rolls_over() -> None:
    limits = Limits(100, 2)
    for _ in range(2):
        limits.spend("a", DAY)
    with pytest.raises(TooManyRequests):
        limits.spend("a", DAY + DAY_MS - 1)
    assert left(limits.look("a", DAY + DAY_MS)) == (100, 2, DAY_MS)
    assert left(limits.spend("a", DAY + DAY_MS)) == (99, 1, DAY_MS)


def test_looking_takes_nothing() -> None:
    limits = Limits(3, 9)
    limits.spend("a", DAY)
    assert [left(limits.look(key, DAY))[:2] for key in ("a", "a", "b", None)] == [(2, 8), (2, 8), (3, 9), (3, 9)]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3 * INTERVAL_MS)), max_size=40))
def test_nobody_gets_more_than_the_budget_in_a_window(calls: list[tuple[str, int]]) -> None:
    limits, granted = Limits(4, 9), dict[tuple[str, int], int]()
    for key, at in sorted(calls, key=lambda c: c[1]):
        try:
            limits.spend(key, DAY + at)
            granted[key, at // INTERVAL_MS] = granted.get((key, at // INTERVAL_MS), 0) + 1
        except TooManyRequests:
            total = sum(n for (k, _), n in granted.items() if k == key)
            assert granted.get((key, at // INTERVAL_MS), 0) == 4 or total == 9
    assert all(n <= 4 for n in granted.values())
    assert all(sum(n for (k, _), n in granted.items() if k == key) <= 9 for key in "ab")


class Rung(Event):
    """It was rung."""


class Done(Wire):
    """Nothing to say."""


@pytest.fixture
def bell(serve: Callable[..., Sandbox]) -> Sandbox:
    """An operation that leaves an event, for three calls a window."""
    area = Area("trial", "Trial")

    @area.post("/bell", scope="bell.write", tokens="either")
    def ring_bell(ctx: Ctx) -> Done:
        ctx.emit(Rung())
        return Done()

    return serve(area, burst_limit=3, daily_limit=1_000)


def rung(made: Sandbox) -> int:
    return len(made.app.store.read(Owners(system=True)).log_after(LOG, 0))


def remaining(reply: httpx2.Response) -> int:
    return int(reply.headers["x-ratelimit-remaining"])


def test_past_the_limit_nothing_is_done(bell: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    now = bell.clock.now()
    monkeypatch.setattr(bell.clock, "now", lambda: now)
    client = bell.client(bell.token("Location", ["bell.write"], "c", "l"))
    assert [remaining(client.post("/bell")) for _ in range(3)] == [2, 1, 0]
    refused = client.post("/bell")
    assert (refused.status_code, refused.json()) == (429, {"statusCode": 429, "message": "Too Many Requests"})
    assert "retry-after" not in refused.headers
    assert (remaining(refused), rung(bell)) == (0, 3)
    other = bell.client(bell.token("Location", ["bell.write"], "c", "l"))
    assert remaining(other.post("/bell")) == 2


def test_every_reply_has_the_headers(bell: Sandbox) -> None:
    good = bell.client(bell.token("Location", ["bell.write"], "c", "l"))
    scopeless = bell.client(bell.token("Location", [], "c", "l"))
    unversioned = bell.client(None)
    del unversioned.headers["Version"]
    replies = [
        (good.post("/bell"), 201), (good.get("/nowhere"), 404), (scopeless.post("/bell"), 401),
        (bell.client("pit-unknown").post("/bell"), 401), (unversioned.post("/bell"), 401),
    ]  # fmt: skip
    for reply, status in replies:
        assert reply.status_code == status
        assert len([k for k in reply.headers if k.startswith("x-ratelimit-")]) == 6
        assert 0 < int(reply.headers["x-ratelimit-daily-reset"]) <= DAY_MS
