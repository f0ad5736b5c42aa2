"""`groundlevel export`: every record, in files that can be imported again."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import Commands

from groundlevel.testing_stores import Engine, database_for


@pytest.fixture
def demo(commands: Commands, engine: Engine, tmp_path: Path) -> dict[str, Any]:
    """What a new demo says of itself, on each store in turn."""
    commands.database = database_for(engine, tmp_path, "demo")
    return commands.demo()


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_exported_can_be_imported(commands: Commands, demo: dict[str, Any], tmp_path: Path) -> None:
    from pyarrow import parquet

    place = ("--location", demo["locationId"])
    out, table = tmp_path / "out.csv", tmp_path / "out.parquet"
    said = commands.run("export", "contacts", str(out), *place)
    rows = read(out)
    assert said == f"{out} has {len(rows):,} contacts.\n" and len(rows) > 10
    assert len({row["id"] for row in rows}) == len(rows)
    commands.run("export", "contacts", str(table), *place)
    assert parquet.read_table(table).to_pylist() == rows
    again = commands.json("import", "contacts", str(out), *place)
    assert [again[k] for k in ("rows", "created", "changed", "refused")] == [len(rows), 0, len(rows), 0]
    after = tmp_path / "after.csv"
    commands.run("export", "contacts", str(after), *place)
    assert [row | {"dateUpdated": ""} for row in read(after)] == [row | {"dateUpdated": ""} for row in rows]


def test_opportunities_businesses_and_records_of_objects(
    commands: Commands, demo: dict[str, Any], tmp_path: Path
) -> None:
    place = ("--location", demo["locationId"])
    for kind, column in (
        ("opportunities", "monetaryValue"), ("businesses", "name"), ("custom_objects.pet", "id"),
    ):  # fmt: skip
        out = tmp_path / f"{kind}.csv"
        commands.run("export", kind, str(out), *place)
        rows = read(out)
        assert rows and all(row[column] for row in rows), kind
    stages = {row["pipelineStageId"] for row in read(tmp_path / "opportunities.csv")}
    assert len(stages) > 3


def test_what_is_in_the_way_is_said(
    commands: Commands, demo: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ("--location", demo["locationId"])
    there = tmp_path / "there.csv"
    there.write_text("mine")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for kind, name, why in (
        ("contacts", "there.csv", "is there already"),
        ("contacts", "out.xlsx", "is neither .csv nor .parquet"),
        ("contacts", "no/out.csv", "cannot be written"),
        ("contacts", "out.parquet", "pip install 'groundlevel[parquet]'"),
        ("shoes", "out.csv", "not found"),
    ):
        told = commands.run("export", kind, str(tmp_path / name), *place, code=1)
        assert why in told.replace("\n", " "), json.dumps(told)
    assert there.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []
