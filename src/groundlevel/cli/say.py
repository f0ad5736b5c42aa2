"""How the command line speaks to people."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

OUT = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
"""A terminal is as wide as it is; a file or a pipe is given whole lines."""

ERR = Console(stderr=True, highlight=False)
"""For progress: what a command is asked for stays alone on the standard output."""


def panel(title: str, rows: list[tuple[str, str]]) -> None:
    """A box of names and values; values are never cut."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(name, Text(value))
    OUT.print(Panel(grid, title=title, title_align="left", expand=False, padding=(0, 1)))


def table(columns: list[str], rows: list[list[str]]) -> None:
    """Rows under headings."""
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        drawn.add_column(name, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    OUT.print(drawn)


def line(text: str) -> None:
    """A sentence."""
    OUT.print(Text(text), soft_wrap=True)


def paste(command: str) -> None:
    """A command that can be copied as it stands: unboxed and unwrapped."""
    OUT.print(Text(command, style="green"), soft_wrap=True)


def as_json(value: Any) -> None:
    """For programs."""
    print(json.dumps(value, indent=2, ensure_ascii=False))
