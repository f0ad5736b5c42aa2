"""Units of work that take turns on a loop while PostgreSQL works at their statements."""

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from groundlevel.kernel.problems import Unavailable
from groundlevel.kernel.store import Owners, Table
from groundlevel.kernel.store.postgres import PostgresStore, line
from groundlevel.kernel.tests.conftest import Item
from groundlevel.testing_stores import database_for, store_at

HERE = Owners(location="here")
LOCK = 4711


@pytest.fixture
def store(tmp_path: Path, items: Table[Any]) -> Any:
    made = store_at(database_for("postgres", tmp_path, "turns"))
    assert isinstance(made, PostgresStore)
    yield made
    made.close()


def waiting(db: Any) -> str:
    db.send(f"SELECT pg_advisory_xact_lock_shared({LOCK})", (), prepare=False)
    return "had it"


def test_the_loop_goes_on_while_a_statement_waits(store: PostgresStore, items: Table[Any]) -> None:
    with psycopg.connect(store.url, autocommit=True) as other:
        other.execute(f"SELECT pg_advisory_lock({LOCK})".encode())

        async def meet() -> tuple[bool, int, str]:
            waits = asyncio.create_task(store.perform(HERE, waiting, write=False))
            seen = await store.perform(HERE, lambda db: db.count(items), write=False)
            early = waits.done()
            other.execute(f"SELECT pg_advisory_unlock({LOCK})".encode())
            return early, seen, await waits

        assert asyncio.run(meet()) == (False, 0, "had it")


def test_more_units_than_connections_are_all_done_in_order(store: PostgresStore, items: Table[Any]) -> None:
    async def crowd() -> list[int]:
        done: list[int] = []

        async def one(n: int) -> None:
            await store.perform(HERE, lambda db: db.put(items, Item(id=f"{n:03}", at="now")), write=True)
            done.append(n)

        await asyncio.gather(*map(one, range(60)))
        return done

    assert sorted(asyncio.run(crowd())) == list(range(60))
    assert store.read(HERE).count(items) == 60
    assert len(store.opened) <= 9  # those of the loop, and this thread's


def test_units_that_are_alone_do_their_work_once(store: PostgresStore, items: Table[Any]) -> None:
    """Each but the first of those that want the same record would do it over and over, if they worked at once."""
    begun = list[int]()

    def count(db: Any) -> None:
        db.alone("counter")
        begun.append(1)
        kept = db.get(items, "counter") or Item(id="counter", at="now", size=0)
        db.put(items, replace(kept, size=kept.size + 1))

    async def crowd() -> None:
        await asyncio.gather(*(store.perform(HERE, count, write=True) for _ in range(40)))

    asyncio.run(crowd())
    counter = store.read(HERE).get(items, "counter")
    assert counter and (counter.size, len(begun)) == (40, 40)
    with psycopg.connect(store.url) as db:
        held = db.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()
    assert held == (0,)


def test_who_waits_to_be_alone_is_told_in_the_end(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"{HERE.location}/counter"
    with psycopg.connect(store.url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (name,))
        monkeypatch.setattr(line, "SESSION", line.SESSION.replace("lock_timeout = '5s'", "lock_timeout = '20ms'"))
        with pytest.raises(Unavailable, match="Too many changes to the same records"):
            asyncio.run(store.perform(HERE, lambda db: db.alone("counter"), write=True))


def test_a_unit_is_done_to_its_end_for_a_caller_who_hangs_up(store: PostgresStore, items: Table[Any]) -> None:
    async def meet() -> None:
        asked = asyncio.create_task(store.perform(HERE, lambda db: db.put(items, Item(id="a", at="now")), write=True))
        while not store.opened or not any(line.asking for line in store.opened):
            await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    asyncio.run(meet())
    assert [one.id for one in store.read(HERE).find(items)] == ["a"]


def test_connections_that_the_server_ends_are_replaced(store: PostgresStore, items: Table[Any]) -> None:
    ended = b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    ended += b"pg_backend_pid()"

    async def meet() -> list[Any]:
        before = await store.perform(HERE, lambda db: db.count(items), write=False)
        with psycopg.connect(store.url, autocommit=True) as other:
            other.execute(ended)  # one is idle
            idle = await store.perform(HERE, lambda db: db.count(items), write=False)
            other.execute(f"SELECT pg_advisory_lock({LOCK})".encode())
            under_way = asyncio.create_task(store.perform(HERE, waiting, write=False))
            while not any(line.asking for line in store.opened):
                await asyncio.sleep(0)
            other.execute(ended)  # one waits for an answer: it asks again
            other.execute(f"SELECT pg_advisory_unlock({LOCK})".encode())
            return [before, idle, await under_way]

    assert asyncio.run(meet()) == [0, 0, "had it"]


def test_an_answer_is_found_that_nobody_tells_of(
    store: PostgresStore, items: Table[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def deafened(one: line.Line, loop: asyncio.AbstractEventLoop | None) -> None:
        listen(one, loop)
        if loop:
            loop.remove_reader(one.ear)

    listen = line.Line._listen  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(line.Line, "_listen", deafened)
    monkeypatch.setattr(line, "LOOK_S", 0.01)

    async def ask() -> int:
        async with asyncio.timeout(20):
            return await store.perform(HERE, lambda db: db.count(items), write=False)

    assert asyncio.run(ask()) == 0


def test_nobody_connects_to_a_database_that_is_away(store: PostgresStore, items: Table[Any]) -> None:
    away, store.url = store.url, store.url.rsplit("/", 1)[0] + "/nowhere-at-all"

    async def crowd() -> list[Any]:
        asked = (store.perform(HERE, lambda db: db.count(items), write=False) for _ in range(20))
        return await asyncio.gather(*asked, return_exceptions=True)

    refused = asyncio.run(crowd())
    assert {type(one) for one in refused} == {Unavailable}
    store.url, store.away_until = away, 0.0
    assert asyncio.run(crowd()) == [0] * 20
