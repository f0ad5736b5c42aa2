"""The store: documents in and out, owners, and what becomes of them at start-up."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from msgspec import json
from msgspec.structs import replace

from groundlevel.kernel.problems import Conflict
from groundlevel.kernel.store import DatabaseTrouble, Eq, Has, Not, Owners, Prefix, Sort, Store, Table, Text
from groundlevel.kernel.store.postgres.sweeping import sweep
from groundlevel.kernel.store.sqlite import SqliteStore
from groundlevel.kernel.store.sqlite.connecting import connect
from groundlevel.kernel.store.table import TABLES, declare
from groundlevel.kernel.wire import Wire, shown
from groundlevel.testing_stores import database_for, store_at

HERE, THERE, SYSTEM = Owners("here"), Owners("there"), Owners(system=True)


def put(store: Store, table: Table[Any], *docs: Any, owners: Owners = HERE) -> None:
    def work(db: Any) -> None:
        for doc in docs:
            db.put(table, doc)

    store.write(owners, work)


def some(table: Table[Any], n: int) -> list[Any]:
    """n documents, the newest last; every third of one moment."""
    return [
        table.type(id=f"id{i:02}", at=f"2027-03-{1 + i // 3:02}", name=f"name {i}", size=float(i % 4)) for i in range(n)
    ]


def test_what_is_put_is_got_changed_and_deleted(store: Store, items: Table[Any]) -> None:
    one = items.type(id="a", at="2027", name="first", tags=["x"])
    put(store, items, one)
    db = store.read(HERE)
    assert db.get(items, "a") == one
    put(store, items, replace(one, name="second", tags=["y"]))
    assert (db.get(items, "a").name, db.count(items)) == ("second", 1)
    assert (db.find(items, Has("tags", "x")), len(db.find(items, Has("tags", "y")))) == ([], 1)
    assert store.write(HERE, lambda w: w.delete(items, "a"))
    assert not store.write(HERE, lambda w: w.delete(items, "a"))
    assert (db.get(items, "a"), db.count(items), db.find(items, Has("tags", "y"))) == (None, 0, [])


def test_find_page_count_one_and_each(store: Store, items: Table[Any]) -> None:
    docs = some(items, 10)
    put(store, items, *docs)
    db = store.read(HERE)
    newest = sorted(docs, key=lambda d: (d.at, d.id), reverse=True)
    assert db.find(items) == newest
    assert db.find(items, limit=3, skip=2) == newest[2:5]
    assert db.page(items, limit=3, after=(newest[2].at, newest[2].id)) == newest[3:6]
    by_size = sorted(docs, key=lambda d: (d.size, d.id))
    assert db.find(items, sort=(Sort("size"),)) == by_size
    assert db.page(items, sort=(Sort("size"),), limit=99, after=(by_size[4].size, by_size[4].id)) == by_size[5:]
    assert (db.count(items), db.count(items, Eq("size", 1.0)), db.count(items, Prefix("id", "id0"), up_to=4)) == (
        10,
        3,
        4,
    )
    assert db.one(items, Eq("size", 9.0)) is None
    assert list(db.each(items)) == docs
    assert [d.id for d in db.each(items, Eq("size", 0.0))] == ["id00", "id04", "id08"]


def test_each_reads_in_portions_while_rows_are_deleted(store: Store, items: Table[Any]) -> None:
    put(store, items, *[items.type(id=f"{i:04}", at="2027") for i in range(1_203)])

    def work(db: Any) -> int:
        return sum(db.delete(items, one.id) for one in db.each(items))

    assert store.write(HERE, work) == 1_203
    assert (store.read(HERE).count(items), store.check()) == (0, [])


def test_owners_see_their_own_rows_only(store: Store, items: Table[Any]) -> None:
    put(store, items, items.type(id="a", at="2027", name="mine here", code="c", tags=["t"]))
    put(store, items, items.type(id="a", at="2027", name="theirs", code="c", tags=["t"]), owners=THERE)
    db = store.read(THERE)
    assert [d.name for d in db.find(items)] == ["theirs"]
    for tended in (False, True):
        assert [d.name for d in db.find(items, Has("tags", "t"))] == ["theirs"]
        assert (db.find(items, Text("mine")), len(db.find(items, Text("heirs")))) == ([], 1), tended
        while store.tend():
            pass
    assert not store.write(Owners("nobody"), lambda w: w.delete(items, "a"))
    assert store.read(Owners("nobody")).find(items) == []
    assert [owner for owner, _ in db.across_owners(items)] == ["here", "there"]
    with pytest.raises(LookupError, match="no location to look for trial_items in"):
        store.read(SYSTEM).find(items)


def test_a_taken_unique_value_is_a_conflict(store: Store, items: Table[Any]) -> None:
    put(
        store, items, items.type(id="a", at="2027", code="c"), items.type(id="b", at="2027"), items.type(id="d", at="1")
    )
    with pytest.raises(Conflict) as refused:
        put(store, items, items.type(id="e", at="2027", code="c"))
    assert refused.value.messages == ["trial_items has another record with the same code"]
    put(store, items, items.type(id="a", at="2028", code="c"))
    put(store, items, items.type(id="x", at="2027", code="c"), owners=THERE)
    assert store.read(HERE).count(items) == 3


def test_changing_text_twice_before_it_is_tended(store: Store, items: Table[Any]) -> None:
    for name in ("first", "second", "third"):
        put(store, items, items.type(id="a", at="2027", name=name, tags=[name, name]))
    assert [len(store.read(HERE).find(items, Text(t))) for t in ("first", "third")] == [0, 1]


def test_a_key_used_again_finds_the_new_row_only(store: Store, items: Table[Any]) -> None:
    put(store, items, items.type(id="a", at="2027", name="former", tags=["old"]))
    while store.tend():
        pass
    store.write(HERE, lambda w: w.delete(items, "a"))
    put(store, items, items.type(id="b", at="2027", name="latter"))
    for _ in range(2):
        db = store.read(HERE)
        assert (db.find(items, Text("former")), db.find(items, Has("tags", "old"))) == ([], [])
        assert [d.id for d in db.find(items, Text("latter"))] == ["b"]
        while store.tend():
            pass


def test_list_elements_are_compared_as_they_are(store: Store, items: Table[Any]) -> None:
    put(store, items, items.type(id="a", at="1", tags=["007", "1e1"]), items.type(id="b", at="2", tags=["7", "10"]))
    db = store.read(HERE)
    found = {value: [d.id for d in db.find(items, Has("tags", value))] for value in ("007", "7", "1e1", "10", 7)}
    assert found == {"007": ["a"], "7": ["b"], "1e1": ["a"], "10": ["b"], 7: []}


class Before(Wire):
    """A record as it was once."""

    id: str
    at: str


class Since(Wire):
    """The same with more fields."""

    id: str
    at: str
    color: str | None = None
    size: float = 1.5
    name: str | None = None
    tags: list[str] = shown()


def test_older_documents_and_new_indexes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, old = tmp_path / "old.db", Table("trial_growing", Before, order="at")
    monkeypatch.setitem(TABLES, "trial_growing", old)
    first = SqliteStore(path)
    put(first, old, Before(id="a", at="2027"), Before(id="b", at="2028"))
    first.close()
    new = Table("trial_growing", Since, order="at", index=("size",), sparse=("color",), text=("name",), many=("tags",))
    monkeypatch.setitem(TABLES, "trial_growing", new)
    second = SqliteStore(path)
    assert second.read(HERE).get(new, "a") == Since(id="a", at="2027")
    put(second, new, Since(id="c", at="2026", color="red", size=3.0, name="nnn", tags=["t"]))
    db = second.read(HERE)
    assert [d.id for d in db.find(new, sort=(Sort("size"),))] == ["c", "a", "b"]
    assert [[d.id for d in db.find(new, c)] for c in (Eq("color", "red"), Text("nnn"), Has("tags", "t"))] == [["c"]] * 3
    assert (db.count(new), second.check()) == (3, [])
    second.close()


def test_a_file_from_before_elements_had_numbers(embedded: SqliteStore, items: Table[Any]) -> None:
    put(embedded, items, items.type(id="a", at="1", tags=["x", "y"]), items.type(id="b", at="2", tags=["y"]))
    embedded.writer.execute(
        "DROP TRIGGER trial_items_held_added; DROP TRIGGER trial_items_held_removed;"
        "DROP TABLE trial_items_held; DROP TABLE words; PRAGMA user_version = 1"
    )
    again = SqliteStore(embedded.path)
    put(again, items, items.type(id="c", at="3", tags=["x"]), items.type(id="b", at="2", tags=["z"]))
    db = again.read(HERE)
    assert [[d.id for d in db.find(items, Has("tags", t))] for t in "xyz"] == [["c", "a"], ["a"], ["b"]]
    assert [db.count(items, Has("tags", "x"), Not(Has("tags", t))) for t in "xyz"] == [0, 1, 2]
    again.close()


def test_elements_come_and_go_with_their_documents(embedded: SqliteStore, items: Table[Any]) -> None:
    put(embedded, items, *[items.type(id=str(i), at="1", tags=["x", f"t{i}"]) for i in range(9)])
    put(embedded, items, *[items.type(id=str(i), at="1", tags=["y"]) for i in range(4)])
    embedded.write(HERE, lambda db: [db.delete(items, str(i)) for i in range(2, 6)])
    held = embedded.reader.execute(
        "SELECT value, count(*) FROM trial_items_held JOIN words ON no = nk >> 32 GROUP BY 1"
    )
    assert dict(held.fetchall()) == {"x": 3, "t6": 1, "t7": 1, "t8": 1, "y": 2}


def test_elements_follow_the_moment_of_their_document(store: Store, items: Table[Any]) -> None:
    docs = [items.type(id=f"{i:04}", at=f"2027-{i:04}", tags=["x"]) for i in range(3_000)]
    store.write(HERE, lambda db: db.put_many(items, docs))
    put(store, items, replace(docs[0], at="2028"))
    db = store.read(HERE)
    assert [one.id for one in db.find(items, Has("tags", "x"), limit=2)] == ["0000", "2999"]
    put(store, items, replace(docs[0], at="2029", tags=["y"]))
    assert (db.count(items, Has("tags", "x")), db.count(items, Has("tags", "y"))) == (2_999, 1)
    assert db.find(items, Has("tags", "x"), limit=1) == docs[-1:]


def test_dead_rows_are_cleared_away_where_the_server_does_not(tmp_path: Path, items: Table[Any]) -> None:
    url = database_for("postgres", tmp_path, "kernel")
    store = store_at(url)
    for name in ("first", "second"):
        docs = [items.type(id=f"{i:04}", at="2027", name=name) for i in range(4_000)]
        store.write(HERE, lambda db, docs=docs: db.put_many(items, docs))
    store.close()  # now the server knows what was done
    with psycopg.connect(url) as db:
        (by_itself,) = db.execute("SELECT current_setting('autovacuum') = 'on'").fetchone() or ("",)
    assert sweep(url) == ([] if by_itself else ["trial_items"])
    assert sweep(url) == []


def test_two_tables_of_one_name_are_an_error(items: Table[Any]) -> None:
    with pytest.raises(ValueError, match="two tables are called trial_items"):
        declare(Table("trial_items", Before))


def test_files_that_are_not_ours_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database" * 200)
    foreign = connect(tmp_path / "foreign.db")
    foreign.execute("CREATE TABLE t (x)")
    foreign.close()
    SqliteStore(tmp_path / "newer.db").close()
    newer = connect(tmp_path / "newer.db")
    newer.pragma("user_version", 99)
    newer.close()
    for name, words in (
        ("text.db", "is not an SQLite database, or is damaged"),
        ("foreign.db", "is a database of another program"),
        ("newer.db", "was written by a newer Groundlevel"),
        ("nowhere/x.db", "cannot be opened"),
    ):
        with pytest.raises(DatabaseTrouble, match=words):
            SqliteStore(tmp_path / name)


def test_the_log_is_read_in_order_from_behind_a_number(store: Store) -> None:
    for owner in ("here", "there"):
        store.write(
            Owners(owner), lambda db: [db.append("trial", "Kind", Before(id=str(i), at=""), "now") for i in (1, 2)]
        )
    db = store.read(SYSTEM)
    rows = db.log_after("trial", 0)
    assert [(owner, kind, json.decode(doc)["id"], at) for _, owner, kind, doc, at in rows] == [
        ("here", "Kind", "1", "now"), ("here", "Kind", "2", "now"),
        ("there", "Kind", "1", "now"), ("there", "Kind", "2", "now"),
    ]  # fmt: skip
    numbers = [row[0] for row in rows]
    assert numbers == sorted(set(numbers)) and numbers[0] > 0
    assert db.log_after("trial", numbers[1], limit=1) == [rows[2]]
    assert db.log_after("other", 0) == []
