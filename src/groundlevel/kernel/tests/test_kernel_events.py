"""What happened, told in the transaction in which it happened."""

import pytest

from groundlevel.conftest import Box
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import LOG, REACTIONS, Event, on
from groundlevel.kernel.store import Owners


class Knocked(Event):
    """Somebody knocked."""

    door_number: int
    by: str | None = None


class Opened(Event):
    """It was opened."""

    door_number: int


class Whispered(Event):
    """For other areas only."""

    logged = False


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reactions of a test go with it."""
    for kind in (Knocked, Opened, Whispered):
        monkeypatch.setitem(REACTIONS, kind, [])


def emit(box: Box, *events: Event) -> None:
    def work(ctx: Ctx) -> None:
        for event in events:
            ctx.emit(event)

    box.sandbox.do(Owners(box.location_id), work)


def test_events_are_read_in_order_with_their_owner(box: Box) -> None:
    emit(box, Knocked(door_number=1, by="Anna"), Opened(door_number=1))
    rows = box.operator.get("/operator/events").json()["events"]
    assert [(r["owner"], r["type"]) for r in rows] == [(box.location_id, "Knocked"), (box.location_id, "Opened")]
    first, second = (r["number"] for r in rows)
    assert 0 < first < second
    assert [r["payload"] for r in rows] == [
        {"type": "Knocked", "doorNumber": 1, "by": "Anna"}, {"type": "Opened", "doorNumber": 1},
    ]  # fmt: skip
    assert rows[0]["at"].endswith("Z")
    assert box.operator.get("/operator/events", params={"after": first, "limit": 1}).json()["events"] == rows[1:]


def test_what_is_undone_did_not_happen(box: Box) -> None:
    def work(ctx: Ctx) -> None:
        ctx.emit(Knocked(door_number=1))
        raise RuntimeError("undone")

    with pytest.raises(RuntimeError):
        box.sandbox.do(Owners(box.location_id), work)
    emit(box, Opened(door_number=2))
    assert [r[2] for r in box.sandbox.app.store.read(Owners()).log_after(LOG, 0)] == ["Opened"]


def test_reactions_run_in_the_same_transaction(box: Box) -> None:
    @on(Knocked)
    def open_it(ctx: Ctx, event: Knocked) -> None:
        ctx.emit(Opened(door_number=event.door_number))

    emit(box, Knocked(door_number=5))
    assert [e["type"] for e in box.sandbox.events()] == ["Knocked", "Opened"]

    @on(Opened)
    def refuse(ctx: Ctx, event: Opened) -> None:
        raise RuntimeError("locked")

    with pytest.raises(RuntimeError):
        emit(box, Knocked(door_number=6))
    assert len(box.sandbox.events()) == 2


def test_what_is_not_logged_is_reacted_to_only(box: Box) -> None:
    heard: list[str] = []

    @on(Whispered)
    def listen(ctx: Ctx, event: Whispered) -> None:
        heard.append(ctx.location_id)

    emit(box, Whispered())
    assert (heard, box.sandbox.events()) == ([box.location_id], [])


def test_a_refused_request_tells_nothing(box: Box) -> None:
    box.new_contact(email="a@b.se")
    seen = len(box.sandbox.events())
    refused = box.location.post("/contacts/", json={"locationId": box.location_id, "email": "a@b.se", "tags": ["x"]})
    assert (refused.status_code, len(box.sandbox.events())) == (400, seen)
