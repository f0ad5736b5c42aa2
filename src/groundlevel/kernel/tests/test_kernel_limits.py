"""Budgets: how they are spent, told and refused."""

from collections.abc import Callable

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundlevel.kernel.area import Area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import LOG, Event
from groundlevel.kernel.limits import DAY_MS, INTERVAL_MS, Budget, Limits, Verdict
from groundlevel.kernel.store import Owners
from groundlevel.kernel.testing import Sandbox
from groundlevel.kernel.wire import Wire

DAY = 20_000 * DAY_MS


def left(verdict: Verdict) -> tuple[bool, int, int, int]:
    """Whether it was within; what is left of the window and of the day, and how long the day goes on."""
    told = {k.decode(): int(v) for k, v in verdict[1]}
    names = ("x-ratelimit-remaining", "x-ratelimit-daily-remaining", "x-ratelimit-daily-reset")
    return verdict[0], *(told[name] for name in names)


def test_all_six_headers() -> None:
    within, headers = Limits(5, 20).spend("a", DAY + 1_234)
    assert within
    assert dict(headers) == {
        b"x-ratelimit-limit-daily": b"20", b"x-ratelimit-interval-milliseconds": b"10000", b"x-ratelimit-max": b"5",
        b"x-ratelimit-remaining": b"4", b"x-ratelimit-daily-remaining": b"19",
        b"x-ratelimit-daily-reset": b"86398766",
    }  # fmt: skip


def test_a_window_is_spent_and_a_new_one_begins() -> None:
    limits = Limits(3, 100)
    assert [left(limits.spend("a", DAY + i))[:2] for i in range(3)] == [(True, 2), (True, 1), (True, 0)]
    assert left(limits.spend("a", DAY + INTERVAL_MS - 1))[:3] == (False, 0, 97)
    assert left(limits.spend("a", DAY + INTERVAL_MS))[:3] == (True, 2, 96)
    assert left(limits.spend("b", DAY))[:3] == (True, 2, 99)


def test_a_day_is_spent_and_rolls_over() -> None:
    limits = Limits(100, 2)
    for _ in range(2):
        assert limits.spend("a", DAY)[0]
    assert left(limits.spend("a", DAY + DAY_MS - 1)) == (False, 100, 0, 1)
    assert left(limits.spend("a", DAY + DAY_MS)) == (True, 99, 1, DAY_MS)


def test_callers_nobody_knows_are_told_whole_budgets() -> None:
    limits = Limits(3, 9)
    limits.spend("a", DAY)
    assert left((True, limits.whole(DAY)))[1:3] == (3, 9)


def test_some_have_smaller_budgets_never_larger_ones() -> None:
    limits, small = Limits(3, 9), Budget(2, 100)
    assert [left(limits.spend("a", DAY, small))[:3] for _ in range(3)] == [(True, 1, 8), (True, 0, 7), (False, 0, 7)]
    assert left(limits.spend("a", DAY))[:3] == (True, 0, 6), "what was counted stays when the budget changes"
    told = dict(limits.spend("b", DAY, small)[1])
    assert (told[b"x-ratelimit-max"], told[b"x-ratelimit-limit-daily"]) == (b"2", b"9")


def test_what_others_have_counted_is_gone_on_from() -> None:
    limits = Limits(3, 9)
    limits.learn("a", DAY, 2, 7)
    assert [left(limits.spend("a", DAY))[:3] for _ in range(2)] == [(True, 0, 1), (False, 0, 1)]
    assert left(limits.spend("a", DAY + INTERVAL_MS))[:3] == (True, 2, 0)
    limits.learn("a", DAY, 8, 12)
    assert left(limits.spend("a", DAY))[:3] == (False, 0, 0)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other work on this machine is no failure
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3 * INTERVAL_MS)), max_size=40))
def test_nobody_gets_more_than_the_budget_in_a_window(calls: list[tuple[str, int]]) -> None:
    limits, granted = Limits(4, 9), dict[tuple[str, int], int]()
    for key, at in sorted(calls, key=lambda c: c[1]):
        if limits.spend(key, DAY + at)[0]:
            granted[key, at // INTERVAL_MS] = granted.get((key, at // INTERVAL_MS), 0) + 1
        else:
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
