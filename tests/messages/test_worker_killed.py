"""A worker that is killed in the middle of sending: nothing is sent twice, and nothing is lost without saying so."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from groundlevel.areas.conversations.tests.conftest import Talk
from groundlevel.areas.conversations.tests.test_gateways import Gateway, connected
from groundlevel.areas.operator import INSTALLATION, Installation
from groundlevel.areas.outbox import Dispatcher, Transports
from groundlevel.areas.outbox.leaving import Leaving
from groundlevel.areas.outbox.transports import KindOfGateway
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.outside.aim import aim_at
from groundlevel.outside.transport import Recorded

MESSAGES, KILLS, PATIENCE_S = 90, 4, 60.0


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


def worker(talk: Talk) -> "subprocess.Popen[bytes]":
    """`groundlevel worker` in a process of its own, beside the application in this one."""
    command = [sys.executable, "-m", "groundlevel.cli", "worker", "--database", talk.box.sandbox.app.settings.database]
    return subprocess.Popen([*command, "--allow-webhooks-to", "127.0.0.1"], stderr=subprocess.DEVNULL)


def states(talk: Talk) -> Counter[str]:
    return Counter(one["state"] for one in talk.outbox(limit=1_000))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_no_message_leaves_twice_and_none_is_lost(talk: Talk, gateway: Gateway) -> None:
    box, dice = talk.box, random.Random(5)
    box.sandbox.do(SYSTEM, lambda ctx: ctx.db.put(INSTALLATION, Installation(id="installation", test=True)))
    connected(talk, gateway)
    gateway.takes_s = 0.05
    for number in range(MESSAGES):
        contact = box.new_contact(firstName="C", phone=f"+141555{number + 15_100}")
        assert talk.send(contact)["code"] == 200
    for _ in range(KILLS):
        before, process, until = len(gateway.sent()), worker(talk), time.monotonic() + PATIENCE_S
        while len(gateway.sent()) < min(before + 8, MESSAGES) and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(dice.random() / 20)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
    assert states(talk)["sending"] > 0, "the last one was killed in the middle"
    assert box.operator.put("/operator/clock", json={"seconds": 120}).status_code == 200
    process, until = worker(talk), time.monotonic() + PATIENCE_S
    while (states(talk)["waiting"] or states(talk)["sending"]) and time.monotonic() < until:
        time.sleep(0.05)
    process.terminate()
    process.wait(20)
    came, told = Counter(one["To"] for one in gateway.sent()), states(talk)
    assert max(came.values()) == 1, "nobody got anything twice"
    assert told["sent"] + told["unclear"] == MESSAGES
    assert told["unclear"] <= KILLS * 16, "those under way, and those answered and not yet written"
    assert {one["to"] for one in talk.outbox(state="sent", limit=1_000)} <= set(came)


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
