"""Backups, restores and migrations: everything arrives, or the command says what did not."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import Commands

from groundlevel.areas.contacts import CONTACTS
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners, Store, whole
from groundlevel.kernel.store.whole import Digest, copy, digests
from groundlevel.main import open_filling, open_store
from groundlevel.secret import secret_of, secret_path
from groundlevel.testing_stores import ENGINES, Engine, database_for

Addresses = Callable[[Engine, str], str]


@pytest.fixture
def new_place(tmp_path: Path) -> Addresses:
    """Addresses where there is nothing yet."""
    return lambda engine, name: database_for(engine, tmp_path, name, fresh=True)


@pytest.fixture
def demo(commands: Commands, new_place: Addresses, engine: Engine) -> str:
    """The address of a demo, on each store in turn."""
    commands.database = new_place(engine, "origin")
    commands.demo()
    return commands.database


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    """Opens stores, and closes them at the end."""
    stores: list[Store] = []

    def open_it(database: str) -> Store:
        stores.append(open_store(Settings(database=database)))
        return stores[-1]

    yield open_it
    for store in stores:
        store.close()


def held_by(store: Store) -> dict[str, Digest]:
    with store.whole() as everything:
        return digests(everything, lambda _name, _n: None)


def contacts(store: Store, location: str) -> list[Any]:
    return list(store.read(Owners(location)).each(CONTACTS))


@pytest.mark.parametrize("target", ENGINES)
def test_a_backup_becomes_a_database_of_either_kind(
    demo: str, target: Engine, commands: Commands, new_place: Addresses, opened: Callable[[str], Store], tmp_path: Path
) -> None:
    file, place = tmp_path / "monday.backup", new_place(target, "restored")
    assert "has everything" in commands.run("backup", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    commands.database = place
    assert "is as it was at" in commands.run("restore", str(file))
    origin, restored = opened(demo), opened(place)
    assert held_by(origin) == held_by(restored)
    assert restored.check() == []
    homes = {owner for owner, _ in origin.read(Owners(system=True)).across_owners(CONTACTS, limit=10_000)}
    assert homes and all(contacts(origin, one) == contacts(restored, one) for one in homes)


def test_a_migration_goes_on_where_it_was_stopped(
    demo: str,
    engine: Engine,
    commands: Commands,
    new_place: Addresses,
    opened: Callable[[str], Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = next(e for e in ENGINES if e != engine)
    place = new_place(other, "migrated")
    monkeypatch.setattr(whole, "PORTION", 50)
    done: list[tuple[str, int]] = []

    def stop_in_the_middle(name: str, n: int) -> None:
        done.append((name, n))
        if name == "contacts" and len([one for one in done if one[0] == "contacts"]) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), opened(demo).whole() as everything, open_filling(place) as filling:
        copy(everything, filling, stop_in_the_middle)
    commands.database = ""
    words = ("migrate", "--from", demo, "--to", place)
    assert "is in" in commands.plainly(*words)
    assert held_by(opened(demo)) == held_by(opened(place))
    assert "already" in commands.plainly(*words, code=1)


def test_what_was_sealed_can_be_opened_after_a_migration(
    demo: str, commands: Commands, new_place: Addresses, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GROUNDLEVEL_SECRET", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data-home"))
    origin = Settings(database=f"sqlite:///{tmp_path}/sealed.db")
    commands.database = origin.database
    commands.run("init", "--demo", "--json")
    place = Settings(database=new_place("postgres", "sealed"))
    commands.plainly("migrate", "--from", origin.database, "--to", place.database)
    assert secret_of(place, make=False) == secret_of(origin, make=False)
    assert secret_path(place).stat().st_mode & 0o777 == 0o600
    assert demo


def test_a_half_filled_database_is_not_served(demo: str, commands: Commands, new_place: Addresses) -> None:
    place = new_place("postgres", "half")
    with open_filling(place):
        pass
    commands.database = place
    assert "is not complete; run the same command again" in commands.run("serve", "--port", "1", code=1)
    assert demo


def test_what_is_written_after_a_migration_comes_after(
    demo: str, commands: Commands, new_place: Addresses, opened: Callable[[str], Store]
) -> None:
    place = new_place("postgres", "numbers")
    commands.plainly("migrate", "--from", demo, "--to", place)
    origin, store = opened(demo), opened(place)
    last = origin.read(Owners(system=True)).log_after("events", 0, 100_000)[-1][0]
    number = store.write(Owners("x"), lambda db: db.append("events", "Kind", Settings(database=""), "now"))
    assert number > last
    assert [row[0] for row in store.read(Owners(system=True)).log_after("events", last)] == [number]


def test_a_backup_that_is_cut_short_is_refused(demo: str, commands: Commands, tmp_path: Path) -> None:
    file, cut = tmp_path / "whole.backup", tmp_path / "cut.backup"
    commands.run("backup", str(file))
    assert "never overwritten" in commands.run("backup", str(file), code=1)
    content = gzip.decompress(file.read_bytes())
    for n, damaged in enumerate((file.read_bytes()[:-2_000], gzip.compress(content[: content.rindex(b"[{")]), b"text")):
        cut.write_bytes(damaged)
        commands.database = f"sqlite:///{tmp_path}/from-cut-{n}.db"
        said = commands.run("restore", str(cut), code=1)
        assert "cannot be read as a backup" in said or "is not whole" in said
        assert not (tmp_path / f"from-cut-{n}.db").exists()
    assert demo
