"""A worker that is killed in the middle of sending, at a gateway that knows messages by their keys."""

import asyncio
from datetime import timedelta
from typing import Any

from groundlevel.areas.conversations.tests.conftest import Talk
from groundlevel.areas.outbox import Dispatcher, Transports
from groundlevel.areas.outbox.leaving import Leaving
from groundlevel.areas.outbox.transports import KindOfGateway
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.outside.aim import aim_at
from groundlevel.outside.transport import Recorded


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
