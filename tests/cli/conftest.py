"""Fixtures of the command line's tests."""

from pathlib import Path

import pytest
from tests.cli.commands import Commands


@pytest.fixture
def commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Commands:
    """The command line on a fresh database."""
    return Commands(tmp_path, capsys)
