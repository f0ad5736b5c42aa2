"""Requests that fit our OpenAPI documents, and such that just do not: no answer that they do not describe."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundlevel.kernel.area import OPERATOR, Area
from groundlevel.main import all_areas
from groundlevel.testing_stores import Engine

SECONDS = {"contacts": 8}
OTHERWISE = 2
FOLDER = Path(__file__).parent


def token_for(area: Area, credentials: dict[str, Any]) -> str:
    """The token that most of the area's operations take."""
    kinds = [op.tokens for op in area.operations]
    if any(op.scope == OPERATOR for op in area.operations):
        return credentials["operatorToken"]
    return credentials["agencyToken" if kinds.count("agency") * 2 > len(kinds) else "locationToken"]


AREAS = [a for a in all_areas() if a.operations]
ON_POSTGRES = ("contacts", "marketplace", "users")
"""Areas whose callers' texts reach searches: what else is refused is refused before a store is asked."""
EACH: list[tuple[Engine, Area]] = [
    *(("sqlite", a) for a in AREAS),
    *(("postgres", a) for a in AREAS if a.name in ON_POSTGRES),
]


@pytest.mark.parametrize(
    ("engine", "area"), EACH, ids=lambda x: x if isinstance(x, str) else x.name, indirect=["engine"]
)
def test_an_area_keeps_to_its_documents(area: Area, new_server: Callable[..., Any], tmp_path: Path) -> None:
    """Each has a server of its own, for much of what is tried is destructive."""
    live = new_server().start()
    token = token_for(area, live.credentials)
    for version, said in (("v3", "v3"), ("v2", area.version)):
        seconds = SECONDS.get(area.name, OTHERWISE)
        done = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "--config-file", str(FOLDER / "schemathesis.toml"), "run",
                f"{live.url}/openapi/{version}/{area.name}.json",
                "--checks", "all", "--exclude-checks", "unsupported_method", "--seed", "7",
                "--max-examples", "10", "--max-time", str(seconds),
                "--continue-on-failure", "--no-shrink", "--warnings", "off", "--suppress-health-check", "all",
                "--header", f"Authorization: Bearer {token}", "--header", f"Version: {said}",
            ],
            cwd=tmp_path, capture_output=True, timeout=seconds * 4 + 60,
        )  # fmt: skip
        told = done.stdout.decode()
        assert done.returncode == 0, told[-12_000:] + done.stderr.decode()
    assert live.troubles() == []
