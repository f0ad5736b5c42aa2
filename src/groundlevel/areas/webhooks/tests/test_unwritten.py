"""What a killed worker had heard and not yet written."""

import asyncio
import os
from pathlib import Path

from groundlevel.areas.webhooks.tests.conftest import Hooks


def test_it_is_written_by_the_next_and_nothing_is_sent_twice(hooks: Hooks, tmp_path: Path) -> None:
    kept = tmp_path / "unwritten"
    hooks.box.new_contact(firstName="Anna")

    async def killed() -> None:
        courier = hooks.courier(kept=kept)
        await courier.turn(eager=True)
        await courier.news.wait()
        assert courier.outcomes.notes
        os.write(courier.outcomes.notes.file, b'[{"parcel":')  # and in the middle of another
        os.close(courier.outcomes.notes.file)
        await courier.carrier.close()
        courier.thread.shutdown()

    async def next_one() -> None:
        courier = hooks.courier(kept=kept)
        await courier.drain()
        await courier.end()

    asyncio.run(killed())
    assert len(hooks.log(status="waiting")) == 1
    asyncio.run(next_one())
    one = hooks.log()[0]
    assert (one["status"], one["attempts"], len(hooks.receiver.came)) == ("delivered", 1, 1)
    hooks.later(minutes=2)  # past the lease of the first
    assert len(hooks.receiver.came) == 1
    assert list(kept.iterdir()) == []


def test_nobody_takes_what_a_living_worker_has(hooks: Hooks, tmp_path: Path) -> None:
    kept = tmp_path / "unwritten"
    hooks.box.new_contact(firstName="Anna")

    async def beside() -> None:
        courier, other = hooks.courier(kept=kept), hooks.courier(kept=kept)
        await courier.turn(eager=True)
        await courier.news.wait()
        await other.drain()
        assert not other.outcomes
        await other.end()
        await courier.end()

    asyncio.run(beside())
    one = hooks.log()[0]
    assert (one["status"], one["attempts"], len(hooks.receiver.came)) == ("delivered", 1, 1)
    assert list(kept.iterdir()) == []
