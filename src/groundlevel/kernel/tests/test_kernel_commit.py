"""Units of work: all or nothing, many in one commit, and seen by nobody before that."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from groundlevel.kernel.store import Owners, Store, Table
from groundlevel.kernel.store.sqlite import SqliteStore

HERE = Owners("here")


class Refused(Exception):
    """Raised by a unit on purpose."""


def putting(table: Table[Any], id: str, *, fail: bool = False) -> Callable[[Any], str]:
    def work(db: Any) -> str:
        db.put(table, table.type(id=id, at="2027"))
        if fail:
            raise Refused(id)
        return id

    return work


def ids(store: Store, table: Table[Any], owner: str = "here") -> list[str]:
    return sorted(d.id for d in store.read(Owners(owner)).find(table))


def test_a_failing_unit_leaves_only_the_others_of_its_turn(store: Store, items: Table[Any]) -> None:
    async def turn() -> list[Any]:
        units = [putting(items, "a"), putting(items, "b", fail=True), putting(items, "c")]
        return await asyncio.gather(*(store.perform(HERE, u, write=True) for u in units), return_exceptions=True)

    a, b, c = asyncio.run(turn())
    assert (a, c, type(b)) == ("a", "c", Refused)
    assert (ids(store, items), store.check()) == (["a", "c"], [])


def test_a_turn_of_failures_leaves_nothing(store: Store, items: Table[Any]) -> None:
    async def turn() -> None:
        await store.perform(HERE, putting(items, "a", fail=True), write=True)

    with pytest.raises(Refused):
        asyncio.run(turn())
    assert (ids(store, items), store.read(HERE).count(items), store.check()) == ([], 0, [])


def test_nobody_sees_what_is_not_yet_on_the_disk(store: Store, items: Table[Any]) -> None:
    with ThreadPoolExecutor(1) as elsewhere:

        def put_and_ask_another(db: Any) -> tuple[int, int]:
            putting(items, "a")(db)
            return db.count(items), elsewhere.submit(lambda: store.read(HERE).count(items)).result()

        assert asyncio.run(store.perform(HERE, put_and_ask_another, write=True)) == (1, 0)
        assert asyncio.run(store.perform(HERE, lambda db: db.count(items), write=False, slow=True)) == 1


def test_one_commit_for_a_turn(embedded: SqliteStore, items: Table[Any]) -> None:
    commits: list[str] = []
    embedded.writer.trace_v2(1, lambda event: commits.append(event["sql"]) if event["sql"] == "COMMIT" else None)

    async def turn() -> None:
        await asyncio.gather(*(embedded.perform(HERE, putting(items, f"{i:02}"), write=True) for i in range(20)))

    asyncio.run(turn())
    embedded.writer.trace_v2(0, None)
    assert (len(ids(embedded, items)), len(commits)) == (20, 1)


def test_a_caller_who_hangs_up_undoes_nobodys_work(store: Store, items: Table[Any]) -> None:
    async def turn() -> str:
        gone = asyncio.create_task(store.perform(HERE, putting(items, "a"), write=True))
        stays = asyncio.create_task(store.perform(HERE, putting(items, "b"), write=True))
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert asyncio.run(turn()) == "b"
    assert set(ids(store, items)) - {"a"} == {"b"}  # the first may have been taken back in time, or not


def test_an_owners_number_goes_with_the_unit_that_gave_it(embedded: SqliteStore, items: Table[Any]) -> None:
    async def turn() -> None:
        failing = embedded.perform(Owners("ghost"), putting(items, "a", fail=True), write=True)
        await asyncio.gather(failing, embedded.perform(Owners("second"), putting(items, "b"), write=True),
                             return_exceptions=True)  # fmt: skip
        with pytest.raises(Refused):
            embedded.write(Owners("ghost"), putting(items, "a", fail=True))

    async def again() -> None:
        await embedded.perform(Owners("ghost"), putting(items, "c"), write=True)

    asyncio.run(turn())
    assert embedded.read(Owners("ghost")).find(items) == []
    asyncio.run(again())
    assert (ids(embedded, items, "ghost"), ids(embedded, items, "second")) == (["c"], ["b"])
    assert sorted(embedded.writer.execute("SELECT name FROM owners").fetchall()) == [("ghost",), ("second",)]


def test_a_write_without_a_loop_is_undone_too(store: Store, items: Table[Any]) -> None:
    with pytest.raises(Refused):
        store.write(HERE, putting(items, "a", fail=True))
    store.write(HERE, putting(items, "b"))
    assert ids(store, items) == ["b"]


def test_it_opens_while_another_writes(embedded: SqliteStore, items: Table[Any]) -> None:
    opened = threading.Event()

    def write() -> int:
        n = 0
        while not opened.is_set():
            embedded.write(HERE, putting(items, str(n := n + 1)))
        return n

    with ThreadPoolExecutor(1) as elsewhere:
        written = elsewhere.submit(write)
        try:
            for _ in range(30):
                SqliteStore(embedded.path).close()
        finally:
            opened.set()
        assert written.result() == embedded.read(HERE).count(items) > 0


def test_it_outlives_the_process(embedded: SqliteStore, items: Table[Any]) -> None:
    embedded.write(HERE, putting(items, "a"))
    other = SqliteStore(embedded.path)
    assert ids(other, items) == ["a"]
    other.close()
