"""`groundlevel import`: every row once, refused ones with their reasons, whatever happens in between."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import Commands

from groundlevel.areas.contacts import CONTACTS, Contact
from groundlevel.areas.custom_fields import CUSTOM_FIELDS, CustomField
from groundlevel.areas.transfers import IMPORTS
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners, Range, Store
from groundlevel.main import open_store
from groundlevel.testing_stores import Engine, database_for

HEADINGS = ["First Name", "Last Name", "Email", "Mobile", "Tags", "Level", "Notes"]

PEOPLE = [
    ["Ada", "Abbott", "Ada@Import.example", "(202) 555-0100", "VIP, press", "7", "x"],
    ["Ben", "Berg", "ben@import.example", "", "", "", ""],
    ["", "Lovelace", "ada@import.example", "", "vip; math", "", ""],
    ["No", "Mail", "nobody", "12", "", "many", ""],
    ["", "", "", "", "only a tag", "", ""],
    ["Cid", "Cole", "", "+1 202 555 0100", "", "9", ""],
    ["Too", "many", "cells", "", "", "", "", "more"],
]
NOBODY = "Pass at least one of email, phone, name, firstName, lastName and companyName"
REFUSED = [
    ["line", "reasons", *HEADINGS],
    ["5", "email must be an email", *PEOPLE[3]],
    ["6", NOBODY, *PEOPLE[4]],
    ["8", "has 8 cells, and the file has 7 headings", *PEOPLE[6]],
]


@pytest.fixture
def home(commands: Commands, engine: Engine, tmp_path: Path) -> str:
    """The id of the sub-account of a demo, on each store in turn, with a number of its own for contacts."""
    commands.database = database_for(engine, tmp_path, "demo", flushed=True)
    told: str = commands.demo()["locationId"]
    field = CustomField(
        id="LevelLevelLevelLevel", name="Level", field_key="contact.level", data_type="NUMERICAL", position=0,
        location_id=told, model="contact", date_added="2026-01-01T00:00:00.000Z",
    )  # fmt: skip
    store = open_store(Settings(database=commands.database))
    store.write(Owners(told), lambda db: db.put(CUSTOM_FIELDS, field))
    store.close()
    return told


@pytest.fixture
def looking(commands: Commands, home: str) -> Iterator[Callable[[], Store]]:
    """Opens the store once the command has ended."""
    stores: list[Store] = []

    def opened() -> Store:
        stores.append(open_store(Settings(database=commands.database)))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


def written(path: Path, rows: list[list[Any]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    return path


def imported(store: Store, home: str) -> dict[str | None, Contact]:
    return {c.email: c for c in store.read(Owners(home)).each(CONTACTS) if (c.email or "").endswith("@import.example")}


def events(store: Store, home: str) -> list[tuple[str, str]]:
    """(kind, email) of what was told about contacts of imports."""
    found: list[tuple[str, str]] = []
    last = 0
    while rows := store.read(Owners(system=True)).log_after("events", last, 1_000):
        last = rows[-1][0]
        found += [(kind, json.loads(doc).get("email", "")) for _, _, kind, doc, _ in rows if "@import.example" in doc]
    return found


def test_rows_become_contacts_by_the_rules_of_the_api(
    commands: Commands, home: str, looking: Callable[[], Store], tmp_path: Path
) -> None:
    file = written(tmp_path / "people.csv", PEOPLE)
    place = ("--location", home, "--map", "Notes=")
    would = commands.json("import", "contacts", str(file), *place, "--dry-run")
    assert (would["rows"], would["created"], would["refused"]) == (7, 2, 3)
    shown = commands.run("import", "contacts", str(file), *place)
    columns = {tuple(line.split()[:-1]) for line in shown.splitlines() if "phone" in line}
    assert columns == {("Mobile", "phone", "(202)")}
    assert "7 rows: 2 new, 2 changed, 3 refused." in shown
    with (tmp_path / "people.refused.csv").open() as refused:
        assert list(csv.reader(refused)) == REFUSED
    store = looking()
    ada, ben = (imported(store, home)[f"{name}@import.example"] for name in ("ada", "ben"))
    assert (ada.name, ada.phone, ada.tags) == ("Cid Cole", "+12025550100", ["vip", "press", "math"])
    assert [(v.id, v.value) for v in ada.custom_fields] == [("LevelLevelLevelLevel", 9)]
    assert (ben.name, ben.source, ben.tags) == ("Ben Berg", "import", [])
    assert events(store, home) == [
        ("ContactCreate", "ada@import.example"),
        ("ContactCreate", "ben@import.example"),
        ("ContactUpdate", "ada@import.example"),
        ("ContactTagUpdate", "ada@import.example"),
        ("ContactUpdate", "ada@import.example"),
    ]


@pytest.mark.parametrize("many", [100, 10_000], ids=["as very many", "as usual"])
def test_a_file_is_taken_once_unless_it_is_asked_for_again(
    commands: Commands,
    home: str,
    looking: Callable[[], Store],
    tmp_path: Path,
    many: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("groundlevel.kernel.store.sqlite.store.MANY", many)
    people = [["P", str(n), f"p{n}@import.example", f"202555{n:04}", "", n, ""] for n in range(1_203)]
    people[700][2] = people[3][2]  # doubles one of another portion
    people[702][2:4] = ["", people[704][3]]  # told without an email; then doubled by phone in its own
    file = written(tmp_path / "people.csv", people)
    first = commands.json("import", "contacts", str(file), "--location", home, "--portion", "600")
    assert [first[k] for k in ("rows", "created", "changed", "refused", "state")] == [1_203, 1_201, 2, 0, "done"]
    refused = commands.run("import", "contacts", str(file), "--location", home, code=1)
    assert "already; --again takes it once more." in refused
    again = commands.json("import", "contacts", str(file), "--location", home, "--again")
    assert [again[k] for k in ("created", "changed", "refused")] == [0, 1_203, 0]
    store = looking()
    assert len(imported(store, home)) == 1_201
    assert len(imported_in(store, home, "p")) == 1_201
    assert len([1 for kind, _ in events(store, home) if kind == "ContactCreate"]) == 1_200


def test_what_is_wrong_with_a_file_is_said(commands: Commands, home: str, tmp_path: Path) -> None:
    file = written(tmp_path / "people.csv", [])
    place = ("--location", home)
    for words, why in (
        ([str(tmp_path / "none.csv"), *place], "There is no file"),
        ([str(file), *place, "--map", "Email"], "say it as HEADING=FIELD."),
        ([str(file), *place, "--map", "Email=shoe"], "There is no field shoe."),
        ([str(file), *place, "--encoding", "utf-16"], "Files in utf-16 are not read"),
        ([str(file), "--location", "nowhere"], "Say in which sub-account, with --location ID."),
    ):
        assert why in commands.run("import", "contacts", *words, code=1)


@pytest.mark.parametrize("kills", [2])
def test_a_kill_leaves_neither_a_gap_nor_a_double(
    commands: Commands, home: str, looking: Callable[[], Store], tmp_path: Path, kills: int
) -> None:
    total = 5_000
    people = [["P", str(n), f"p{n}@import.example", "", "", "x" if n % 100 == 7 else n, ""] for n in range(total)]
    file = written(tmp_path / "people.csv", people)
    words = ["import", "contacts", str(file), "--location", home, "--portion", "100", "--database", commands.database]
    store = looking()
    for nth in range(1, kills + 1):
        process = subprocess.Popen(
            [sys.executable, "-m", "groundlevel.cli", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            if any(i.rows >= nth * total // (kills + 2) for i in store.read(Owners(home)).find(IMPORTS)):
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    (half,) = store.read(Owners(home)).find(IMPORTS)
    assert half.state == "running" and 0 < half.rows < total
    done = commands.json(*words[:-2])
    assert [done[k] for k in ("rows", "created", "changed", "refused")] == [
        total,
        total - total // 100,
        0,
        total // 100,
    ]
    names = [c.last_name for c in imported_in(store, home, "p")]
    assert sorted(map(int, filter(None, names))) == [n for n in range(total) if n % 100 != 7]
    assert len([1 for kind, _ in events(store, home) if kind == "ContactCreate"]) == total - total // 100
    with (tmp_path / "people.refused.csv").open() as refused:
        assert [int(row["line"]) for row in csv.DictReader(refused)] == list(range(9, total + 2, 100))


def imported_in(store: Store, home: str, first: str) -> list[Contact]:
    """The contacts whose first name is that letter."""
    same = (Range("first_name_lower_case", ">=", first), Range("first_name_lower_case", "<=", first))
    return store.read(Owners(home)).find(CONTACTS, *same, limit=100_000)
