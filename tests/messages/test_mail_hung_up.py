"""Mail to a server that hangs up wherever chance wants it: what the outbox says of each, and what has arrived."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from threading import Event, Thread

from groundlevel.conftest import LOCATION, Box
from groundlevel.outside.mail.reading import read
from groundlevel.outside.mail.tests.test_smtp import Fickle

MAILS = 40


def test_nothing_arrives_twice_and_what_may_not_have_arrived_is_said(box: Box) -> None:
    receiver, ready, done = Fickle(random.Random(5)), Event(), Event()

    async def serve() -> None:
        async with receiver.open():
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(5)
    try:
        states = left(box, receiver.port)
    finally:
        done.set()
        thread.join()
    arrived = Counter(read(mail).message_id.partition("@")[0] for _, mail in receiver.taken)
    assert set(arrived.values()) == {1}
    assert set(states.values()) == {"sent", "unclear"}
    assert {id for id, state in states.items() if state == "sent"} <= set(arrived)
    assert {id for id, state in states.items() if state == "unclear"} >= set(states) - set(arrived)


def left(box: Box, port: int) -> dict[str, str]:
    """What became of each mail, by its id."""
    settings = {"host": "127.0.0.1", "port": port, "security": "none", "fromAddress": "hi@shop.example"}
    box.operator.put(f"/operator/locations/{LOCATION}/email", json=settings)
    for number in range(MAILS):
        contact = box.new_contact(email=f"c{number}@x.org")
        said = {"type": "Email", "contactId": contact, "subject": "S", "html": "<p>x</p>"}
        assert box.location.post("/conversations/messages", json=said).status_code == 200
    while True:
        box.leave()
        found = box.operator.get("/operator/outbox", params={"limit": 1_000}).json()["outbox"]
        assert len(found) == MAILS
        if all(one["state"] != "waiting" for one in found):
            return {one["id"]: one["state"] for one in found}
        box.sandbox.move_clock(timedelta(minutes=20))
