"""Work for later: leased, retried, kept when it finally fails, and done exactly once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundlevel.conftest import Box
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event
from groundlevel.kernel.jobs import BEFORE, JOBS, KINDS, LEASE, SYSTEM, Job, Retry, Step, job, lease, run
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners
from groundlevel.kernel.wire import iso

Later = Callable[..., Job]


class Worked(Event):
    """A job ran."""

    number: int


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the job fails, counted down; it is forgotten with the test."""
    failures = [0]

    def trial_work(ctx: Ctx, number: int) -> None:
        ctx.emit(Worked(number=number))
        if failures[0] > 0:
            failures[0] -= 1
            raise RuntimeError("not this time")

    monkeypatch.setitem(KINDS, "trial_work", (trial_work, Retry(attempts=3, first=10, jitter=0)))
    return failures


@pytest.fixture
def later(box: Box, attempts: list[int]) -> Later:
    """Have the job done, at once or at a moment."""
    work, _ = KINDS["trial_work"]
    return lambda **said: box.sandbox.do(Owners(box.location_id), lambda ctx: ctx.later(work, **{"number": 1, **said}))


DELAYS: list[tuple[int, float, float | None]] = [
    (1, 0.5, 5), (2, 0.5, 10), (3, 0.5, 20), (4, 0.5, 40), (1, 0.0, 4), (1, 0.999999, 6), (10, 0.5, 2_560),
    (11, 0.5, 3_600), (11, 0.0, 2_880), (12, 0.5, None), (40, 0.5, None),
]  # fmt: skip


@pytest.mark.parametrize(("failures", "chance", "seconds"), DELAYS)
def test_delays(failures: int, chance: float, seconds: float | None) -> None:
    wait = Retry().delay(failures, chance)
    assert (wait and round(wait.total_seconds(), 3)) == seconds


@given(st.integers(1, 30), st.floats(0, 1, exclude_max=True), st.integers(1, 20), st.floats(0, 0.5))
def test_a_delay_keeps_its_bounds(failures: int, chance: float, attempts: int, jitter: float) -> None:
    retry = Retry(attempts=attempts, jitter=jitter)
    wait = retry.delay(failures, chance)
    assert (wait is None) == (failures >= attempts)
    if wait is not None:
        plain = min(retry.longest, retry.first * 2 ** (failures - 1))
        assert plain * (1 - jitter) - 0.001 <= wait.total_seconds() <= plain * (1 + jitter) + 0.001


def done(box: Box) -> list[int]:
    return [e["number"] for e in box.sandbox.events()]


def waiting(box: Box, **params: str) -> list[dict[str, Any]]:
    return box.operator.get("/operator/jobs", params=params).json()["jobs"]


def test_a_job_is_done_once_and_gone(box: Box, later: Later) -> None:
    later(number=7)
    assert [j["name"] for j in waiting(box)] == ["trial_work"]
    assert (box.sandbox.work(), box.sandbox.work(), done(box), waiting(box)) == (1, 0, [7], [])


def test_a_job_goes_with_the_unit_that_wanted_it(box: Box, attempts: list[int]) -> None:
    def work(ctx: Ctx) -> None:
        ctx.later(KINDS["trial_work"][0], number=1)
        raise RuntimeError("undone")

    with pytest.raises(RuntimeError):
        box.sandbox.do(Owners(box.location_id), work)
    assert waiting(box) == []


def test_failures_are_retried_with_patience_and_leave_nothing(box: Box, later: Later, attempts: list[int]) -> None:
    later()
    attempts[0] = 2
    assert (box.sandbox.work(), done(box)) == (0, [])
    failed = waiting(box)[0]
    assert (failed["failures"], "not this time" in failed["error"]) == (1, True)
    box.sandbox.move_clock(timedelta(seconds=9))
    assert (box.sandbox.work(), attempts) == (0, [1])
    box.sandbox.move_clock(timedelta(seconds=2))
    assert (box.sandbox.work(), attempts) == (0, [0])
    box.sandbox.move_clock(timedelta(seconds=21))
    assert (box.sandbox.work(), done(box), waiting(box)) == (1, [1], [])


def test_what_finally_failed_is_kept_and_can_be_replayed(box: Box, later: Later, attempts: list[int]) -> None:
    id = later().id
    attempts[0] = 3
    for _ in range(4):
        box.sandbox.work()
        box.sandbox.move_clock(timedelta(hours=2))
    assert (waiting(box), attempts, done(box)) == ([], [0], [])
    dead = waiting(box, failed="true")
    assert [(j["id"], j["failures"], "due" in j) for j in dead] == [(id, 3, False)]
    again = box.operator.post(f"/operator/jobs/{id}/retry")
    assert (again.status_code, again.json().get("failures", 0), "due" in again.json()) == (200, 0, True)
    assert (box.sandbox.work(), done(box), waiting(box, failed="true")) == (1, [1], [])
    unknown = box.operator.post("/operator/jobs/none/retry")
    assert (unknown.status_code, unknown.json()["message"]) == (404, "Job with id none not found")


def test_a_leased_job_is_nobody_elses_until_the_lease_ends(box: Box, later: Later) -> None:
    one = later()
    store, now = box.sandbox.app.store, box.sandbox.clock.now()
    assert [j.id for j in lease(store, now)] == [one.id]
    assert lease(store, now + LEASE - timedelta(seconds=1)) == []
    assert [j.id for j in lease(store, now + LEASE)] == [one.id]


def test_two_workers_with_one_job_have_one_effect(box: Box, later: Later) -> None:
    later()
    store, now = box.sandbox.app.store, box.sandbox.clock.now()
    slow = lease(store, now)[0]
    assert (box.sandbox.move_clock(LEASE * 2), box.sandbox.work(), done(box))[1:] == (1, [1])
    calls: list[str] = []
    assert run(store, slow, lambda one: lambda _: calls.append(one.id), now, 0.5)
    assert (calls, done(box)) == ([], [1])


def test_a_failure_does_not_bring_back_what_another_worker_did(
    box: Box, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    later()
    store, now = box.sandbox.app.store, box.sandbox.clock.now()
    slow = lease(store, now)[0]

    class Meanwhile(Retry, frozen=True):
        """While the failure is thought about, the lease ends and another worker does the job."""

        def delay(self, failures: int, chance: float) -> timedelta | None:
            box.sandbox.move_clock(LEASE * 2)
            box.sandbox.work()
            return super().delay(failures, chance)

    def fail(_one: Job) -> Step:
        raise RuntimeError("too slow")

    monkeypatch.setitem(KINDS, "trial_work", (KINDS["trial_work"][0], Meanwhile()))
    assert not run(store, slow, fail, now, 0.5)
    assert (done(box), waiting(box), waiting(box, failed="true")) == ([1], [], [])


def test_the_earliest_due_come_first_and_no_more_than_asked(box: Box, later: Later) -> None:
    now = box.sandbox.clock.now()
    for n in (3, 1, 2):
        later(number=n, at=now - timedelta(seconds=n))
    later(number=9, at=now + timedelta(hours=1))
    store = box.sandbox.app.store
    assert [j.args["number"] for j in lease(store, now, most=2)] == [3, 2]
    assert [j.args["number"] for j in lease(store, now)] == [1]


def test_a_job_of_an_unknown_kind_is_not_lost(box: Box, later: Later) -> None:
    one = later()
    strange = Job(
        id="strange", name="nobody_knows", args={}, date_added=one.date_added, due=iso(box.sandbox.clock.now())
    )
    box.sandbox.app.store.write(SYSTEM, lambda db: db.put(JOBS, strange))
    assert box.sandbox.work() == 1
    assert [(j["id"], j["failures"]) for j in waiting(box)] == [("strange", 1)]


def test_two_jobs_of_one_name_and_undeclared_ones_are_errors(box: Box, attempts: list[int]) -> None:
    def trial_work(ctx: Ctx) -> None:
        """Another one of the name."""

    def undeclared(ctx: Ctx) -> None:
        """Nobody declared it."""

    with pytest.raises(ValueError, match="two jobs are called trial_work"):
        job()(trial_work)
    with pytest.raises(LookupError, match="undeclared is not declared as a job"):
        box.sandbox.do(Owners(box.location_id), lambda ctx: ctx.later(undeclared))


def test_what_comes_before_a_job_holds_no_unit_of_work(
    box: Box, attempts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may write by itself; what it raises is the job's failure."""
    asked: list[str] = []

    def ask(settings: Settings, now: datetime, word: str) -> str:
        asked.append(iso(now))
        box.sandbox.do(Owners(box.location_id), lambda ctx: ctx.emit(Worked(number=len(asked))))
        if len(asked) == 1:
            raise OSError("nobody is there")
        return word.upper()

    def tell(ctx: Ctx, word: str, came: str) -> None:
        ctx.emit(Worked(number=len(came)))

    monkeypatch.setitem(KINDS, "tell", (tell, Retry(first=10, jitter=0)))
    monkeypatch.setitem(BEFORE, "tell", ask)
    box.sandbox.do(Owners(box.location_id), lambda ctx: ctx.later(tell, word="hello"))
    assert (box.sandbox.work(), done(box)) == (0, [1])
    assert [(j["failures"], "nobody is there" in j["error"]) for j in waiting(box)] == [(1, True)]
    box.sandbox.move_clock(timedelta(seconds=11))
    assert (box.sandbox.work(), done(box), len(asked)) == (1, [1, 2, 5], 2)


def test_a_job_sees_the_rows_of_its_location(box: Box, attempts: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str]] = []
    monkeypatch.setitem(KINDS, "look", (lambda ctx: seen.append((ctx.location_id, ctx.company_id)), Retry()))

    def look(ctx: Ctx) -> None:
        """The name is what counts."""

    box.sandbox.do(Owners(box.location_id, box.company_id), lambda ctx: ctx.later(look))
    assert (box.sandbox.work(), seen) == (1, [(box.location_id, box.company_id)])
