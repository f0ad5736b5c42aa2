"""Memory, idle and under a minute of writing; and how soon a started server answers."""

import itertools
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import installation
from benchmarks.generator import Load
from benchmarks.installation import Account, groundlevel
from benchmarks.measures import Plan, Result, under
from benchmarks.processes import Memory, Server

PORT = 8476
FLAT = 1.05
"""How much of its memory at a quarter of the time a server may have at the end."""


def told(memory: Memory) -> str:
    """All of it in a line."""
    return (
        f"{memory.rss:.0f} MB in memory ({memory.anonymous:.0f} MB of it its own, the rest files), "
        f"{memory.shared_once:.0f} MB with shared pages once, {memory.processes} processes"
    )


def endurance(plan: Plan) -> tuple[list[Result], list[str]]:
    """Idle, first answers, and sixteen clients creating contacts without a pause."""
    with TemporaryDirectory(prefix="groundlevel-bench-") as folder:
        path = Path(folder) / "groundlevel.db"
        with installation.opened(path) as app:
            account = installation.install(app)
            installation.add_in_bulk(app, account, range(1_000))
        first = [_first_answer(path, account) for _ in range(plan.rounds)]
        with groundlevel(path, PORT, account, "endurance") as server:
            time.sleep(2)
            idle = server.memory()
            results, notes = _writing(plan, server, account)
    notes.insert(0, f"Idle: {told(idle)}.")
    return [
        under("idle memory, all processes", idle.rss, 120, "MB", f"{idle.shared_once:.0f} MB with shared pages once"),
        under("first answer after the command", median(first), 1.0, "s", f"slowest {max(first):.2f} s"),
        *results,
    ], notes


def _first_answer(path: Path, account: Account) -> float:
    began = time.perf_counter()
    with groundlevel(path, PORT, account, "first-answer"):
        return time.perf_counter() - began


def _writing(plan: Plan, server: Server, account: Account) -> tuple[list[Result], list[str]]:
    at: dict[int, Memory] = {}
    early, end = plan.endurance / 4, plan.endurance

    def look(elapsed: float) -> None:
        for mark in (int(early), int(end) - 1):
            if elapsed >= mark and mark not in at:
                at[mark] = server.memory()

    load = Load(server.port)
    done = load.run(((account.create(n), 0) for n in itertools.count(90_000_000)), plan.endurance, look)
    load.close()
    if set(done.statuses) != {b"201"}:
        raise RuntimeError(f"answered {dict(done.statuses)}")
    before, after = at[min(at)], at[max(at)]
    growth = after.rss / before.rss
    result = Result(
        f"memory while 16 clients create for {end:.0f} s", f"{after.rss:.0f} MB",
        f"{before.rss:.0f} MB at {early:.0f} s", f"{growth:.2f} ×", f"≤ {FLAT:.2f} ×", growth <= FLAT,
    )  # fmt: skip
    notes = [
        f"Created {done.answers:,} contacts, {done.rate:,.0f} a second, p99 {done.quantile(0.99):.1f} ms.",
        f"At {early:.0f} s: {told(before)}.",
        f"At the end: {told(after)}.",
    ]
    return [result], notes
