"""What tests of the kernel start from: a store with a table of their own, and an application of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from groundlevel.kernel.app import App
from groundlevel.kernel.area import Area
from groundlevel.kernel.clock import Clock
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Store, Table
from groundlevel.kernel.store.sqlite import SqliteStore
from groundlevel.kernel.store.table import TABLES
from groundlevel.kernel.testing import Sandbox, sandbox
from groundlevel.kernel.wire import Wire, shown
from groundlevel.testing_stores import Engine, database_for, store_at


class Pair(Wire):
    """A value by its id."""

    id: str
    value: Any


class Item(Wire):
    """Something with a field of each kind that tables know."""

    id: str
    at: str
    name: str | None = None
    color: str | None = None
    size: float | None = None
    code: str | None = None
    tags: list[str] = shown()
    pairs: list[Pair] = shown()


@pytest.fixture
def items(monkeypatch: pytest.MonkeyPatch) -> Table[Item]:
    """A declared table that is forgotten again."""
    table = Table(
        "trial_items", Item, index=("size",), sparse=("color",), unique=("code",), order="at", text=("name",),
        many=("tags", "pairs"),
    )  # fmt: skip
    monkeypatch.setitem(TABLES, table.name, table)
    return table


@pytest.fixture
def store(tmp_path: Path, items: Table[Item], engine: Engine) -> Iterator[Store]:
    """A store that knows the table; each engine in turn."""
    made = store_at(database_for(engine, tmp_path, "kernel"))
    yield made
    made.close()


@pytest.fixture
def embedded(tmp_path: Path, items: Table[Item]) -> Iterator[SqliteStore]:
    """The embedded store, for what only it has."""
    made = SqliteStore(tmp_path / "trial.db")
    yield made
    made.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Serve an area of the test's own, in an installation of its own."""
    stack: list[Any] = []

    def build(area: Area, **settings: Any) -> Sandbox:
        def make(folder: Path) -> App:
            database = folder / f"{len(stack)}.db"
            chosen = Settings(database=f"sqlite:///{database}", **{"log_requests": False, **settings})
            return App(chosen, SqliteStore(database), [area], lambda _db, _id: "Company", Clock())

        opened = sandbox(make, tmp_path)
        made = opened.__enter__()
        stack.append(opened)
        return made

    yield build
    for opened in stack:
        opened.__exit__(None, None, None)


class Said(Struct):
    """An answer."""

    text: str
