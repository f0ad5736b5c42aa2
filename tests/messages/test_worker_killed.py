"""A worker that is killed in the middle of sending, at a gateway that knows messages by their keys."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from groundlevel.areas.conversations.tests.conftest import Talk
from groundlevel.areas.outbox import OUTBOX, Dispatcher, Outgoing, Transports
from groundlevel.areas.outbox.leaving import DEEP, Leaving, Outcome, Parcel
from groundlevel.areas.outbox.transports import KindOfGateway
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.outside.aim import aim_at
from groundlevel.outside.transport import Recorded, Report


def test_a_gateway_that_knows_keys_is_given_it_again(talk: Talk) -> None:
    box = talk.box
    said = {"account": "AC", "secret": "s", "sender": "+15550100"}
    box.operator.post(f"/operator/locations/{box.location_id}/gateways", json=said)
    id = talk.send()["messageId"]
    app, now, recorded = box.sandbox.app, box.sandbox.clock.now, Recorded()

    class Keyed(Transports):
        def kind(self, gateway: Any) -> KindOfGateway:
            return KindOfGateway(idempotent=True, opened=lambda *_: recorded)

        def of(self, gateway: Any) -> Any:
            return recorded

    transports = Keyed(app.settings, aim_at())

    def die(db: Any) -> None:
        """What a worker does before it is killed: it takes what is due."""
        leaving = Leaving(db, now(), app.settings, lambda _: True)
        leaving.take(lambda _: 8)
        assert [parcel.one.id for parcel in leaving.parcels] == [id]

    app.store.write(SYSTEM, die)

    async def go() -> None:
        dispatcher = Dispatcher(app.store, app.settings, now, transports)
        await dispatcher.drain()
        assert recorded.sent == [], "it may still be under way"
        box.sandbox.move_clock(timedelta(seconds=61))
        await dispatcher.drain()
        await dispatcher.end()

    asyncio.run(go())
    assert [(item.key, item.text) for item in recorded.sent] == [(id, "Hello")]
    assert (talk.outbox()[0]["state"], talk.outbox()[0]["attempts"]) == ("sent", 2)


@pytest.mark.parametrize("killed", [True, False])
def test_what_waits_behind_one_holds_up_neither_that_one_nor_its_order(talk: Talk, killed: bool) -> None:
    """More than is looked at at once waits for one address, behind a message whose worker ended, or was refused."""
    box, app = talk.box, talk.box.sandbox.app
    said = {"account": "AC", "secret": "s", "sender": "+15550100"}
    box.operator.post(f"/operator/locations/{box.location_id}/gateways", json=said)
    first = talk.send()["messageId"]

    def taken(*outcomes: Outcome) -> list[Parcel]:
        def take(db: Any) -> list[Parcel]:
            leaving = Leaving(db, box.sandbox.clock.now(), app.settings, lambda _: False)
            leaving.settle(outcomes)
            leaving.take(lambda _: 8)
            return leaving.parcels

        return app.store.write(SYSTEM, take)

    def crowd(db: Any) -> None:
        """What was written to the same address soon after."""
        one = replace(outgoing_there(db, first), state="waiting", held=None, attempts=0)
        dues = (f"{one.queue} {one.date_added} {n:012d}" for n in range(DEEP + 90))
        db.put_many(OUTBOX, [replace(one, id=f"{n:020d}", due=due) for n, due in enumerate(dues)])

    (parcel,) = taken()
    app.store.write(SYSTEM, crowd)
    assert taken(*([] if killed else [Outcome(parcel, Report("again"), idempotent=False)])) == []
    box.sandbox.move_clock(timedelta(seconds=61))
    again = taken()
    state = box.operator.get(f"/operator/outbox/{first}").json()["state"]
    assert ([one.one.id for one in again], state) == (([], "unclear") if killed else ([first], "sending"))
    sent = [] if killed else [Outcome(again[0], Report("accepted"), idempotent=False)]
    for number in range(2):
        (next_one,) = taken(*sent)
        assert next_one.one.id == f"{number:020d}", "one after the other"
        sent = [Outcome(next_one, Report("accepted"), idempotent=False)]


def outgoing_there(db: Any, id: str) -> Outgoing:
    """A message of the outbox."""
    found: Outgoing | None = db.get(OUTBOX, id)
    assert found
    return found
