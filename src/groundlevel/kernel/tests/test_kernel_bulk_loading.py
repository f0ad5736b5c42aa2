"""Very many records at once: fewer indexes meanwhile, and all of them afterwards, whatever happens in between."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from msgspec import convert

from groundlevel.kernel.store import Eq, Has, Owners, Sort, Store, Table, Text
from groundlevel.kernel.store.sqlite import SqliteStore
from groundlevel.kernel.store.sqlite.connecting import connect
from groundlevel.kernel.store.unit import DatabaseTrouble

HERE = Owners("here")
MOST = "groundlevel.kernel.store.sqlite.store.MANY"


def item(n: int, tag: str = "") -> dict[str, Any]:
    return {
        "id": f"{n:03}", "at": f"2027-{n:03}", "name": f"name {n}", "color": ("red", None)[n % 2], "size": -float(n),
        "code": f"c{n}", "tags": [tag or "xy"[n % 2]], "pairs": [{"id": "p", "value": n % 3}, {"id": "q", "value": n}],
    }  # fmt: skip


def put(store: Store, table: Table[Any], docs: list[dict[str, Any]]) -> None:
    store.write(HERE, lambda db: db.put_many(table, convert(docs, list[table.type])))


def seen(store: Store, table: Table[Any]) -> dict[str, list[str]]:
    """What is found by each kind of index."""
    db = store.read(HERE)
    asked: dict[str, Any] = {
        "size": db.find(table, sort=(Sort("size"),), limit=5),
        "color": db.find(table, Eq("color", "red"), limit=5),
        "code": db.find(table, Eq("code", "c7")),
        "tag": db.find(table, Has("tags", "x"), limit=5),
        "new tag": db.find(table, Has("tags", "new")),
        "pair": db.find(table, Has("pairs.p", 2), limit=5),
        "another pair": db.find(table, Has("pairs.q", 12)),
        "text": db.find(table, Text("name 12")),
        "order": db.find(table, limit=5),
        "two": db.find(table, Has("tags", "y"), Has("pairs.p", 0), limit=5),
    }
    return {kind: [one.id for one in found] for kind, found in asked.items()}


def layout(path: Path) -> set[tuple[str, str]]:
    db = connect(path)
    found = db.execute("SELECT name, sql FROM sqlite_master").fetchall()
    db.close()
    return {(str(name), str(sql)) for name, sql in found}


def test_it_ends_as_if_rows_had_come_one_by_one(
    store: Store, items: Table[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MOST, 10)
    before = [item(n) for n in range(8)]
    new, changed = [item(n) for n in range(8, 40)], [item(3, tag="new"), item(20, tag="new")]
    usual = SqliteStore(tmp_path / "usual.db")
    for docs in (before, new, changed):
        put(usual, items, docs)
    put(store, items, before)
    with store.bulk_loading({items: ("code",)}, 32) as loading:
        assert loading == isinstance(store, SqliteStore)
        put(store, items, new)
        put(store, items, changed)
        assert [one.id for one in store.read(HERE).find(items, Eq("code", "c12"))] == ["012"]
        assert store.read(HERE).get(items, "020") == convert(changed[1], items.type)
    assert seen(store, items) == seen(usual, items)
    assert (store.read(HERE).count(items), store.check()) == (40, [])
    put(store, items, [item(50, tag="new")])
    assert seen(store, items)["new tag"] == ["050", "020", "003"]
    if isinstance(store, SqliteStore):
        assert layout(store.path) == layout(usual.path)
    usual.close()


def test_it_is_left_when_something_goes_wrong(store: Store, items: Table[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MOST, 10)
    with pytest.raises(RuntimeError), store.bulk_loading({items: ()}, 20):
        put(store, items, [item(n) for n in range(20)])
        raise RuntimeError
    assert seen(store, items)["color"] == ["018", "016", "014", "012", "010"]


def test_few_rows_or_many_that_are_there_are_not_worth_it(
    embedded: SqliteStore, items: Table[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MOST, 10)
    put(embedded, items, [item(n) for n in range(30)])
    for rows, is_worth_it in ((9, False), (29, False), (30, True)):
        with embedded.bulk_loading({items: ()}, rows) as loading:
            assert loading == is_worth_it
            assert ("trial_items_by_color" in {name for name, _ in embedded_layout(embedded)}) != is_worth_it


def embedded_layout(store: SqliteStore) -> list[tuple[Any, ...]]:
    return store.writer.execute("SELECT name, type FROM sqlite_master").fetchall()


def test_nobody_who_needs_the_indexes_is_left_without(
    embedded: SqliteStore, items: Table[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MOST, 10)
    monkeypatch.setattr("groundlevel.kernel.store.sqlite.connecting.BUSY_MS", 20)
    put(embedded, items, [item(n) for n in range(5)])
    other = SqliteStore(embedded.path)
    with embedded.bulk_loading({items: ()}, 100) as loading:
        assert not loading
        assert seen(other, items) == seen(embedded, items)
    other.close()
    with embedded.bulk_loading({items: ()}, 100) as loading:
        assert loading
        with pytest.raises(DatabaseTrouble, match="belongs to one program alone"):
            SqliteStore(embedded.path)


def killed_meanwhile(path: Path, items: Table[Any]) -> NoReturn:
    store = SqliteStore(path)
    with store.bulk_loading({items: ()}, 100_000):
        put(store, items, [item(n) for n in range(20)])
        os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_after_a_kill_the_next_who_opens_it_makes_the_indexes(tmp_path: Path, items: Table[Any]) -> None:
    path = tmp_path / "killed.db"
    SqliteStore(path).close()
    whole = layout(path)
    target: Callable[..., object] = killed_meanwhile
    process = multiprocessing.get_context("fork").Process(target=target, args=(path, items))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert len(layout(path)) < len(whole)
    store = SqliteStore(path)
    assert layout(path) == whole
    assert seen(store, items)["color"] == ["018", "016", "014", "012", "010"]
    assert store.check() == []
    store.close()
