"""Requests that fit our OpenAPI documents, and such that just do not: no answer that they do not describe."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from groundlevel.kernel.area import OPERATOR, Area, Operation
from groundlevel.kernel.openapi import document
from groundlevel.kernel.versions import V2, V3
from groundlevel.main import all_areas
from groundlevel.testing_stores import Engine

FOLDER = Path(__file__).parent
EACH: list[tuple[Engine, str, int]] = [
    ("sqlite", "location", 8),
    ("sqlite", "agency", 4),
    ("sqlite", "operator", 4),
    ("postgres", "location", 4),
]
"""How many seconds everything that a kind of token may do is tried, in each version.

In PostgreSQL that is what reaches searches: what else is refused is refused before a store is asked.
"""


def kind_of(op: Operation) -> str:
    """The kind of token that an operation is asked with."""
    if op.scope == OPERATOR:
        return "operator"
    return "agency" if op.tokens == "agency" else "location"


def document_of(kind: str, version: str) -> dict[str, Any]:
    """One document of the operations of all areas."""
    everything = Area(kind, kind)
    everything.operations = [op for area in all_areas() for op in area.operations if kind_of(op) == kind]
    return document(everything, version, "/")


@pytest.mark.parametrize(("engine", "kind", "seconds"), EACH, indirect=["engine"])
def test_every_operation_keeps_to_its_document(
    kind: str, seconds: int, new_server: Callable[..., Any], tmp_path: Path
) -> None:
    """Each kind of token has a server of its own, for much of what is tried is destructive."""
    live = new_server().start()
    token = live.credentials[f"{kind}Token"]
    for version in (V3, V2):
        file = tmp_path / f"{version}.json"
        file.write_bytes(msgspec.json.encode(document_of(kind, version)))
        done = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "--config-file", str(FOLDER / "schemathesis.toml"), "run",
                str(file), "--url", live.url, "--checks", "all", "--exclude-checks", "unsupported_method",
                "--seed", "7", "--max-examples", "10", "--max-time", str(seconds),
                "--continue-on-failure", "--no-shrink", "--warnings", "off", "--suppress-health-check", "all",
                "--header", f"Authorization: Bearer {token}", "--header", f"Version: {version}",
            ],
            cwd=tmp_path, capture_output=True, timeout=seconds * 4 + 120,
        )  # fmt: skip
        told = done.stdout.decode()
        assert done.returncode == 0, told[-12_000:] + done.stderr.decode()
    assert live.troubles() == []
