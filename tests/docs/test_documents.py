"""What the documents say exists: links, files, commands, make targets, operator paths, and the worked changes."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from groundlevel.cli.commands import app
from groundlevel.main import all_areas

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
NEW_FILE = re.compile(r"^\+\+\+ b/(.*)$", re.MULTILINE)


def prose(path: Path) -> str:
    """A document without its blocks of code."""
    return BLOCK.sub("", path.read_text())


def code(path: Path) -> Iterator[str]:
    """Its code, the worked changes aside: spans, and the lines of blocks, continued ones joined."""
    yield from CODE_SPAN.findall(prose(path))
    for kind, text in BLOCK.findall(path.read_text()):
        if kind != "diff":
            yield from text.replace("\\\n", " ").splitlines()


def changes() -> list[str]:
    """The worked changes of CONTRIBUTING.md."""
    return [text for kind, text in BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text()) if kind == "diff"]


def anchors(path: Path) -> set[str]:
    """What `#…` may name in a document."""
    headings = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (path.parent / file).resolve() if file else path
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(target)
    assert broken == []


def commands_said(path: Path) -> Iterator[list[str]]:
    """The words after `groundlevel`, of each command line in the code of a document."""
    for line in code(path):
        for said in re.findall(r"(?:^|[\s/&])groundlevel ((?:[a-z]|--)[^|;&#>]*)", line):
            yield said.split()


def misses(words: list[str]) -> str | None:
    """What a command line names that does not exist."""
    command: App = app
    while words and words[0] in list(command):
        command, words = command[words[0]], words[1:]
    if not command.default_command and words and not words[0].startswith("-"):
        return words[0]
    known = {"--help", "--version"}
    if command.default_command:
        known |= {name for argument in command.assemble_argument_collection() for name in argument.names}
    return next((w for w in words if w.startswith("--") and w not in known), None)


def test_a_missing_command_or_option_is_noticed() -> None:
    said = ["init --demo", "token create NAME --scope contacts.readonly", "rewind", "token lend", "serve --fast"]
    assert [misses(words.split()) for words in said] == [None, None, "rewind", "lend", "--fast"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_exist(path: Path) -> None:
    wrong = [" ".join(words) for words in commands_said(path) if misses(list(words))]
    assert wrong == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_make_targets_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = {name for line in code(path) for name in re.findall(r"(?:^|&& )make ([a-z]+)", line)}
    assert said <= targets


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_operator_paths_exist(path: Path) -> None:
    known = {re.sub(r"{\w+}", "*", op.path) for area in all_areas() for op in area.operations}
    said = {said for line in code(path) for said in re.findall(r"(?<!docs)(/operator/[\w/{}$-]+)", line)}
    assert {re.sub(r"{\w+}|\$\w+", "*", s.rstrip("/")) for s in said} <= known


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_exist(path: Path) -> None:
    """A file is named by the end of its path."""
    there = [f"/{f.relative_to(ROOT).as_posix()}" for top in ("src", "tests") for f in (ROOT / top).rglob("*.*")]
    said = {name for line in code(path) for name in re.findall(r"[\w/]+\.(?:py|txt|toml)\b", line)}
    assert [name for name in sorted(said) if not any(f.endswith(f"/{name}") for f in there)] == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program, to be changed."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests").mkdir()
    for name in ("pyproject.toml", "tests/routes.txt", "tests/test_routes.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(folder: Path, *command: str, given: str = "") -> str:
    """What a command says that fails in the folder; nothing if it succeeds."""
    mine = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "GIT_"))}
    env = mine | {"PYTHONPATH": str(folder / "src"), "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(command, cwd=folder, env=env, input=given, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}" if done.returncode else ""


def test_each_worked_change_still_applies(copy: Path) -> None:
    assert len(changes()) == 4
    assert [run(copy, "git", "apply", "--check", "-", given=change) for change in changes()] == [""] * 4


def test_the_worked_changes_work(copy: Path) -> None:
    tests = [name for change in changes() for name in NEW_FILE.findall(change) if "/tests/" in name]
    assert len(tests) == 4
    assert [run(copy, "git", "apply", "-", given=change) for change in changes()] == [""] * 4
    reviewed = "tests/test_routes.py::test_the_route_table_is_the_one_that_was_reviewed"
    assert run(copy, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests, reviewed) == ""
