"""The table, on the terminal and in benchmarks/results.md."""

import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import apsw
from rich.console import Console
from rich.table import Table

from benchmarks.measures import Result
from benchmarks.processes import BIN

FILE = Path(__file__).parent / "results.md"
HEADS = ("measure", "Groundlevel", "next to", "ratio", "wanted", "")
HOW = """Servers run on one core and the load generator (the same for all) on another, over loopback, keep-alive, 16
connections with one request in flight on each. All checks and limits of Groundlevel are in force, the
limits set high; it writes with `synchronous=FULL`. PocketBase runs as it ships (`synchronous=NORMAL`), with
a signed-in user's token, rules that ask for one, an index for each field Groundlevel indexes, and unique
indexes on email and phone. The bare application answers the same bytes and headers without looking at the
request. Rounds alternate between the servers; medians are quoted. At a million contacts, one client asks
all kinds of questions in a shuffled order, each question with its total.

On PostgreSQL the server shares the two cores with the database and the load generator. The bare psycopg program sends
the statements of one read, or of one creation, one after the other on one connection. Two processes may use both cores;
what database and generator need they have to leave."""


def verdict(result: Result) -> str:
    """In a word."""
    return "" if result.held is None else "yes" if result.held else "NO"


def row(result: Result) -> tuple[str, ...]:
    """The cells of a line."""
    return result.name, result.ours, result.other, result.ratio, result.wanted, verdict(result)


def printed(results: Sequence[Result]) -> None:
    """On the terminal."""
    table = Table(*HEADS, title="Groundlevel, side by side")
    for result in results:
        table.add_row(*row(result), style="red" if result.held is False else None)
    Console().print(table)


def machine() -> list[str]:
    """What it was measured on."""
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    cores = sum(line.startswith("processor") for line in Path("/proc/cpuinfo").read_text().splitlines())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    rival = subprocess.run([str(BIN / "pocketbase"), "--version"], capture_output=True, text=True, check=False)
    return [
        f"{cores} cores of {cpu}, {memory:.0f} GB, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("groundlevel", "granian", "uvloop", "msgspec", "apsw")),
        f"{rival.stdout.strip() or 'PocketBase'}; generator: Python {platform.python_version()}, sockets and epoll",
    ]


def written(results: Sequence[Result], details: Sequence[str]) -> None:
    """To the file."""
    lines = ["# Benchmarks", "", f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC by `make bench`.", ""]
    lines += [*(f"- {line}" for line in machine()), "", HOW, ""]
    lines += [f"| {' | '.join(HEADS)} |", "|" + " --- |" * len(HEADS)]
    lines += [f"| {' | '.join(cell.strip() for cell in row(r))} |" for r in results]
    lines += ["", "## Rounds", "", *(f"- {line}" for line in details), ""]
    FILE.write_text("\n".join(lines))
