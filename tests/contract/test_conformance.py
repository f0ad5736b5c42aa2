"""A running server against the published contract, measured by the contract's own program."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

AREAS = (
    "contacts", "campaigns", "workflows", "marketplace", "companies", "oauth", "opportunities", "custom-fields",
    "objects", "associations", "users", "businesses", "links", "custom-menus", "medias", "locations",
    "calendars", "conversations", "phone-system", "email-isv",
)  # fmt: skip

Verdicts = dict[str, dict[str, Any]]
Deviations = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def verdicts(live: Any, contract: Path, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """Operation -> what held, and why the rest did not."""
    folder = tmp_path_factory.mktemp("conformance")
    credentials, report = folder / "credentials.json", folder / "report.json"
    credentials.write_text(json.dumps(live.credentials))
    command = [sys.executable, str(contract / "conformance.py"), "--base-url", live.url, "--json", str(report)]
    areas = [word for area in AREAS for word in ("--area", area)]
    done = subprocess.run([*command, "--credentials", str(credentials), *areas], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return {v["operation"]: v for v in json.loads(report.read_text())}


def test_every_operation_conforms_but_for_the_listed_deviations(verdicts: Verdicts, deviations: Deviations) -> None:
    found = {
        (name, check): verdict["why"].get(check, "")
        for name, verdict in verdicts.items()
        for check, held in verdict["held"].items()
        if not held
    }
    other = [f"{name} [{check}] {why}" for (name, check), why in found.items() if (name, check) not in deviations]
    assert not other, "\n".join(other)


def test_every_operation_was_measured(verdicts: Verdicts) -> None:
    assert len(verdicts) == 455
    assert [name for name, verdict in verdicts.items() if "works" not in verdict["held"]] == []


def test_no_listed_deviation_has_become_untrue(verdicts: Verdicts, deviations: Deviations) -> None:
    """Those that other tests show (the route table's: path, status, scope, tokens; the oracle's) are held there."""
    elsewhere = ("path", "status", "scope", "tokens", "oracle")
    listed = [key for key in deviations if key[0] in verdicts and key[1] not in elsewhere]
    assert [key for key in listed if verdicts[key[0]]["held"].get(key[1], True)] == []


def test_a_deviation_has_a_reason_and_names_an_operation_that_is_there(contract: Path, deviations: Deviations) -> None:
    published = {
        f"{version} {method.upper()} {path}"
        for version in ("v2", "v3")
        for file in (contract / "specs" / version).glob("*.json")
        for path, item in json.loads(file.read_text())["paths"].items()
        for method in item
    }
    assert [name for (name, _), reason in deviations.items() if name not in published or len(reason) < 20] == []


def test_measuring_broke_nothing(live: Any, verdicts: Verdicts) -> None:
    assert verdicts
    assert live.troubles() == []
