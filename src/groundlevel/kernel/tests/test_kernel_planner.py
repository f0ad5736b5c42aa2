"""Seeking rare rows and walking along an index find the same rows in the same order, and what a plain look finds."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundlevel.kernel.store import (
    All,
    Any_,
    Condition,
    Contains,
    Eq,
    Exists,
    Has,
    HasRange,
    In,
    Not,
    Owners,
    Prefix,
    Range,
    Sort,
    Store,
    Table,
    Text,
)
from groundlevel.kernel.store.postgres.conditions import Ask
from groundlevel.kernel.store.postgres.unit import PostgresUnit, one_by_one
from groundlevel.kernel.store.query import flat
from groundlevel.kernel.store.sqlite import plan
from groundlevel.testing_stores import ENGINES, database_for, store_at

HERE = Owners("here")
COLORS, SIZES, TAGS, NAMES = ["red", "green", "blue"], [0.0, 1.0, 2.5], ["a", "b", "7"], ["anna", "hannah", "bo", "an"]
OPS = st.sampled_from(["<", "<=", ">", ">="])


def stretch(of: tuple[str, Any, Any]) -> Condition:
    """Both ends of a field."""
    return All((Range(of[0], ">=", of[1]), Range(of[0], "<=", of[2])))


simple: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Eq, st.just("color"), st.sampled_from(COLORS)),
    st.builds(In, st.just("color"), st.lists(st.sampled_from(COLORS), max_size=2).map(tuple)),
    st.builds(In, st.just("id"), st.lists(st.sampled_from(["03", "11", "47", "none"]), max_size=5).map(tuple)),
    st.builds(Range, st.just("size"), OPS, st.sampled_from(SIZES)),
    st.builds(Range, st.just("at"), OPS, st.sampled_from(["2027-01", "2027-02"])),
    st.builds(stretch, st.sampled_from([("at", "2027-01", "2027-02"), ("size", 0.5, 2.0), ("id", "03", "11")])),
    st.builds(Prefix, st.just("color"), st.sampled_from(["r", "gr", "x"])),
    st.builds(Contains, st.sampled_from(["name", "color"]), st.sampled_from(["nna", "an", "RE", "een"])),
    st.builds(Has, st.just("tags"), st.sampled_from(TAGS)),
    st.builds(Has, st.just("pairs.p"), st.sampled_from([1, 5])),
    st.builds(HasRange, st.just("pairs.p"), OPS, st.sampled_from([1, 5])),
    st.builds(HasRange, st.just("pairs.p"), OPS, st.sampled_from([1, 5]), st.tuples(OPS, st.sampled_from([2, 6]))),
    st.builds(Exists, st.sampled_from(["color", "name", "tags", "pairs.p"])),
    st.builds(Text, st.sampled_from(["ann", "an", "b", "hannah"])),
)
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Any_, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)
sorts = st.lists(
    st.builds(Sort, st.sampled_from(["at", "size", "color", "id", "name"]), st.booleans()),
    max_size=2, unique_by=lambda s: s.field,
).map(tuple)  # fmt: skip


def fill(store: Store, items: Table[Any], turned: int = 0) -> None:
    """Sixty rows; each of them is as another one if they are turned."""

    def work(db: Any) -> None:
        for n in range(60):
            i = n + turned
            pairs = [{"id": "p", "value": [1, 5, 9][i % 3]}] if i % 4 else []
            db.put(items, items.decoder.decode(items.encoder.encode({
                "id": f"{n * 37 % 60:02}", "at": f"2027-0{1 + i % 3}", "size": [*SIZES, None][i % 4],
                "color": [*COLORS, None, None][i % 5], "name": [*NAMES, None][i % 5], "pairs": pairs,
                "tags": TAGS[: i % 4],
            })))  # fmt: skip

    store.write(HERE, work)


def fill_and_change(store: Store, items: Table[Any]) -> None:
    """The same, after each row was another: its moment alone, then its elements, and the text index is of that time."""
    for turned in (8, 4, 7):
        fill(store, items, turned)
    store.tend()
    fill(store, items)


def every_way(monkeypatch: pytest.MonkeyPatch, store: Store, look: Callable[[Any], Any]) -> Any:
    """What is found when every condition counts as rare, when none does, and when all are too many to be counted;
    it must be the same. Each time anew: a unit of work remembers what it has found out."""
    found: list[Any] = []
    for few, looked in ((1_000_000, 50_000), (0, 50_000), (1_000_000, 1), (0, 1)):
        monkeypatch.setattr(plan, "FEW", few)
        for bound in ("LOOKED", "LOOKED_AT_TEXT", "LOOKED_AT_GROUP"):
            monkeypatch.setattr(plan, bound, looked)
        monkeypatch.setattr(plan, "BELIEVED_S", -1.0)  # a size that was counted up to another bound is no guess here
        found.append(look(store.read(HERE)))
    assert all(f == found[0] for f in found)
    return found[0]


@settings(
    max_examples=300, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(where=st.lists(conditions, max_size=3), sort=sorts)
def test_every_way_finds_the_same(
    store: Store, items: Table[Any], monkeypatch: pytest.MonkeyPatch, where: list[Any], sort: tuple[Any, ...]
) -> None:
    db = store.read(HERE)
    if db.count(items) == 0:
        fill_and_change(store, items)
    found = [d.id for d in every_way(monkeypatch, store, lambda db: db.find(items, *where, sort=sort))]
    assert every_way(monkeypatch, store, lambda db: db.count(items, *where)) == len(found) == len(set(found))
    if flat(tuple(where)):  # the number of all records is known
        page_and_total = every_way(
            monkeypatch, store,
            lambda db: (len(db.find(items, *where, sort=sort, limit=4)), db.count(items, *where, up_to=9)),
        )  # fmt: skip
        assert page_and_total == (min(4, len(found)), min(9, len(found)))
    seen: list[str] = []
    keys = sort or (Sort("at", True),)
    page = db.find(items, *where, sort=sort, limit=7)
    while page:
        seen += [d.id for d in page]
        after = (*(getattr(page[-1], s.field) for s in keys), page[-1].id)
        page = every_way(
            monkeypatch, store, lambda db, after=after: db.page(items, *where, sort=sort, limit=7, after=after)
        )
    assert seen == found
    # a condition and its negation part the rows between them
    if where:
        without = db.find(items, Not(All(tuple(where))), sort=sort)
        assert sorted([*found, *(d.id for d in without)]) == [f"{i:02}" for i in range(60)]


@pytest.fixture
def stores(tmp_path: Path, items: Table[Any]) -> Iterator[list[Store]]:
    """One store of each kind, with the same rows."""
    made = [store_at(database_for(engine, tmp_path, "kernel")) for engine in ENGINES]
    for one in made:
        fill_and_change(one, items)
    yield made
    for one in made:
        one.close()


@settings(
    max_examples=300, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(where=st.lists(conditions, max_size=3), sort=sorts)
def test_all_stores_find_the_same(
    stores: list[Store], items: Table[Any], where: list[Any], sort: tuple[Any, ...]
) -> None:
    embedded, server = ([d.id for d in s.read(HERE).find(items, *where, sort=sort)] for s in stores)
    assert embedded == server
    assert {s.read(HERE).count(items, *where) for s in stores} == {len(embedded)}
    assert {min(9, s.read(HERE).count(items, *where, up_to=9)) for s in stores} == {min(9, len(embedded))}


def test_missing_values_come_last_either_way(store: Store, items: Table[Any]) -> None:
    fill(store, items)
    db = store.read(HERE)
    for down in (False, True):
        colors = [d.color for d in db.find(items, sort=(Sort("color", down),))]
        there = [c for c in colors if c]
        assert colors == sorted(there, reverse=down) + [None] * (60 - len(there))


@pytest.mark.parametrize(("field", "index"), [("color", "trial_items_by_color"), ("id", "trial_items_pkey")])
def test_several_values_are_looked_up_in_their_index_though_nothing_is_known_of_the_table(
    tmp_path: Path, items: Table[Any], field: str, index: str
) -> None:
    store = store_at(database_for("postgres", tmp_path, "kernel"))
    try:
        store.write(HERE, lambda db: db.put_many(items, [many_colored(items, n) for n in range(10_000)]))
        db = store.read(HERE)
        assert isinstance(db, PostgresUnit)
        values = ("c1", "c7", "c3") if field == "color" else ("00001", "00007")
        sql, args = one_by_one(Ask(items, "here", (In(field, values),)), 400, 0) or ("", [])
        plans = "\n".join(row[0].decode() for row in db.send(f"EXPLAIN {sql}", args, prepare=False)[0])
        assert f"Index Scan Backward using {index}" in plans or f"Index Scan using {index}" in plans
        assert "trial_items_by_at" not in plans
        assert len(db.find(items, In(field, values))) == (30 if field == "color" else 2)
    finally:
        store.close()


def many_colored(items: Table[Any], n: int) -> Any:
    doc = {"id": f"{n:05}", "at": f"{n:05}", "color": f"c{n % 1_000}"}
    return items.decoder.decode(items.encoder.encode(doc))
