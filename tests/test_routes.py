"""The whole route table, so that a change to it is seen where changes are reviewed; and the contract's word on it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from groundlevel.kernel.area import Operation
from groundlevel.kernel.binding import bound
from groundlevel.kernel.versions import V2, V3
from groundlevel.main import all_areas

OPERATIONS = [op for area in all_areas() for op in area.operations]
TABLE = Path(__file__).with_name("routes.txt")
FOLDERS = {V2: "v2", V3: "v3"}
WHOSE = {"location": {"Location-Access"}, "agency": {"Agency-Access"}, "either": {"Location-Access", "Agency-Access"}}


def line(op: Operation) -> str:
    """`METHOD path [was older path] versions scope tokens status`."""
    path = f"{op.path} was {op.was}" if op.was else op.path
    versions = "both" if len(op.versions) == 2 else f"only {FOLDERS[op.versions[0]]}"
    return f"{op.method} {path} | {versions} | {op.scope} | {op.tokens} | {op.status}"


def test_the_route_table_is_the_one_that_was_reviewed() -> None:
    """After a meant change, write `table()` to the file and look at the difference."""
    assert TABLE.read_text().splitlines() == table()


def table() -> list[str]:
    """Every operation, by path and method."""
    return [line(op) for op in sorted(OPERATIONS, key=lambda op: (op.path, op.method))]


def test_every_operation_has_its_shapes_in_every_version() -> None:
    """They are derived when first asked for; a program must not find out by a request that they cannot be."""
    for op in OPERATIONS:
        for version in op.versions:
            assert (bound(op, version).op, bound(op, version)) == (op, bound(op, version))


def bare(path: str) -> str:
    """The path without the names of its parameters or a trailing slash."""
    return re.sub(r"{[^}]*}", "{}", path).rstrip("/")


Published = dict[tuple[str, str, str], tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def published(contract: Path) -> Published:
    """(version, method, bare path) -> the path as published, and what is said of it."""
    found: Published = {}
    for version, folder in FOLDERS.items():
        for file in sorted((contract / "specs" / folder).glob("*.json")):
            for path, item in json.loads(file.read_text())["paths"].items():
                for method, said in item.items():
                    if isinstance(said, dict) and "responses" in said:
                        found[version, method.upper(), bare(path)] = path, said
    return found


SERVED = [(op, version) for op in OPERATIONS if not op.area.versionless for version in op.versions]


@pytest.mark.parametrize(("op", "version"), SERVED, ids=lambda x: line(x) if isinstance(x, Operation) else x)
def test_an_operation_is_as_published(
    op: Operation, version: str, published: Published, deviations: dict[tuple[str, str], str]
) -> None:
    """Its path to the letter, its status, its scope, and whose tokens it takes."""
    path, said = published[version, op.method, bare(op.path_in(version))]
    entries = said.get("security") or []
    scopes = {scope for entry in entries for scopes in entry.values() for scope in scopes}
    kinds = {kind.removesuffix("-Only") for entry in entries for kind in entry} - {"bearer"}
    agrees = {
        "path": path.rstrip("/") == op.path_in(version).rstrip("/"),
        "status": str(op.status) in said["responses"],
        "scope": not scopes or op.scope in scopes,
        "tokens": not kinds or kinds == WHOSE[op.tokens],
    }
    name = f"{FOLDERS[version]} {op.method} {path}"
    for check, fine in agrees.items():
        assert fine != ((name, check) in deviations), (
            name,
            check,
            path,
            sorted(scopes),
            sorted(kinds),
            list(said["responses"]),
        )


def test_a_success_has_no_other_status_than_the_published_ones(published: Published) -> None:
    """Where several are published, the first is served."""
    first = {
        key: next(s for s in said["responses"] if s.startswith("2"))
        for key, (_, said) in published.items()
        if any(s.startswith("2") for s in said["responses"])
    }
    others = [
        (version, op.method, op.path, op.status, first[key])
        for op, version in SERVED
        if (key := (version, op.method, bare(op.path_in(version)))) in first and first[key] != str(op.status)
    ]
    assert others == []
