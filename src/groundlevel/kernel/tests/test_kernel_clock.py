"""The clock of a test installation, and what follows it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from groundlevel.areas.operator import INSTALLATION, installation
from groundlevel.conftest import Box
from groundlevel.kernel.clock import Clock
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import KINDS, SYSTEM, Retry
from groundlevel.main import clock_of


@pytest.fixture
def movable(box: Box) -> Box:
    """A test installation."""
    box.sandbox.do(SYSTEM, lambda ctx: ctx.db.put(INSTALLATION, replace(installation(ctx.db), test=True)))
    return box


def told(box: Box) -> datetime:
    return datetime.fromisoformat(box.operator.get("/operator/clock").json()["now"])


def test_a_clock_goes_on_from_where_it_was_moved_to() -> None:
    clock, target = Clock(), datetime(2030, 1, 1, tzinfo=UTC)
    offset = clock.move_to(target)
    assert timedelta() <= clock.now() - target < timedelta(seconds=5)
    assert clock.offset == offset
    assert Clock(offset).now() >= target


def test_it_is_moved_to_a_moment_or_by_seconds(movable: Box) -> None:
    reply = movable.operator.put("/operator/clock", json={"now": "2030-01-01T00:00:00Z"})
    assert (reply.status_code, reply.json()["now"]) == (200, "2030-01-01T00:00:00.000Z")
    start = datetime(2030, 1, 1, tzinfo=UTC)
    assert timedelta() <= told(movable) - start < timedelta(seconds=5)
    movable.operator.put("/operator/clock", json={"seconds": 3_600})
    assert timedelta(hours=1) <= told(movable) - start < timedelta(hours=1, seconds=5)
    contact = movable.location.get(f"/contacts/{movable.new_contact(name='A')}").json()["contact"]
    assert contact["dateAdded"].startswith("2030-01-01T01:00:0")


def test_a_restart_keeps_it(movable: Box) -> None:
    movable.operator.put("/operator/clock", json={"now": "2030-01-01T00:00:00Z"})
    again = clock_of(movable.sandbox.app.store)
    assert timedelta() <= again.now() - datetime(2030, 1, 1, tzinfo=UTC) < timedelta(seconds=5)


def test_a_job_due_in_three_days_runs_at_once(movable: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setitem(KINDS, "note_it", (lambda ctx: ran.append(ctx.stamp[:10]), Retry()))

    def note_it(ctx: Ctx) -> None:
        """The name is what counts."""

    movable.operator.put("/operator/clock", json={"now": "2030-01-01T00:00:00Z"})
    due = datetime(2030, 1, 4, tzinfo=UTC)
    movable.sandbox.do(SYSTEM, lambda ctx: ctx.later(note_it, at=due))
    assert movable.sandbox.work() == 0
    movable.operator.put("/operator/clock", json={"seconds": 3 * 86_400})
    assert (movable.sandbox.work(), ran) == (1, ["2030-01-04"])


def test_the_clock_of_a_real_installation_stands_firm(box: Box) -> None:
    before = box.sandbox.clock.offset
    reply = box.operator.put("/operator/clock", json={"seconds": 60})
    message = "The clock can be moved in a test installation only (groundlevel init --demo makes one)"
    assert (reply.status_code, reply.json()["message"]) == (400, message)
    assert box.sandbox.clock.offset - before < timedelta(seconds=1)


def test_nobody_but_the_operator_moves_it(movable: Box) -> None:
    before = movable.sandbox.clock.offset
    for client in (movable.location, movable.agency):
        assert client.put("/operator/clock", json={"seconds": 60}).status_code == 401
    assert movable.sandbox.clock.offset - before < timedelta(seconds=1)


def test_moments_that_do_not_exist_are_refused(movable: Box) -> None:
    for said in ({"now": "soon"}, {"now": "2030-02-30"}, {"seconds": "x"}):
        assert movable.operator.put("/operator/clock", json=said).status_code == 422
    for seconds in (1e300, -1e300):
        assert movable.operator.put("/operator/clock", json={"seconds": seconds}).status_code == 422
    for far in ({"seconds": 1e10}, {"seconds": -1e10}, {"now": "9999-12-31T23:59:59Z"}, {"now": "0001-01-01"}):
        reply = movable.operator.put("/operator/clock", json=far)
        message = "The clock can be moved to between 2000 and 2200"
        assert (far, reply.status_code, reply.json()["message"]) == (far, 400, message)
