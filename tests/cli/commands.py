"""Runs the command line inside the test's process."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import demo_in

from groundlevel.cli import main


class Commands:
    """`groundlevel …` on a database of the test's own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.path, self.capture = folder / "data" / "test.db", capture
        self.database = f"sqlite:///{self.path}"

    def demo(self) -> Any:
        """Have the test's database hold a demo, as `init --demo` makes one; what that tells."""
        self.path.parent.mkdir(exist_ok=True)
        return demo_in(self.database)

    def run(self, *words: str, code: int = 0) -> str:
        """What it says on standard output (on standard error where it fails)."""
        return self.plainly(*words, "--database", self.database, code=code)

    def plainly(self, *words: str, code: int = 0) -> str:
        """The same for a command that is not told the test's database."""
        self.capture.readouterr()
        with pytest.raises(SystemExit) as end:
            main([*words])
        said = self.capture.readouterr()
        assert end.value.code == code, said
        return said.err if code else said.out

    def json(self, *words: str) -> Any:
        """The same with `--json`, read."""
        return json.loads(self.run(*words, "--json"))
