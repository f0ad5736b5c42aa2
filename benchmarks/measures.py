"""How things are measured and judged: rounds that alternate between the servers, medians, ratios."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from benchmarks.generator import Load, Round
from benchmarks.processes import Server, machine_seconds

Requests = Iterator[tuple[bytes, int]]


@dataclass(frozen=True)
class Plan:
    """How long to measure. The quick one only shows that everything runs."""

    seconds: float = 5.0
    rounds: int = 3
    warm_up: float = 1.5
    rows: int = 10_000
    large: int = 1_000_000
    per_query: int = 300
    endurance: float = 60.0
    quick: bool = False


QUICK = Plan(0.5, 2, 0.3, rows=1_000, large=20_000, per_query=20, endurance=6.0, quick=True)


@dataclass(frozen=True)
class Result:
    """One line of the table. held: None where nothing was promised."""

    name: str
    ours: str
    other: str = ""
    ratio: str = ""
    wanted: str = ""
    held: bool | None = None


@dataclass(frozen=True)
class Side:
    """One server's part in a comparison: a fresh stream of requests for each round, and the status they all get.

    awake: see `Load`.
    """

    name: str
    server: Server
    requests: Callable[[], Requests]
    status: bytes = b"200"
    connections: int = 16
    awake: bool = True


@dataclass
class Seen:
    """The rounds of one side. busy, machine: cores that the server, and that everything here kept busy meanwhile."""

    side: Side
    rounds: list[Round]
    busy: list[float]
    machine: list[float]

    @property
    def rate(self) -> float:
        """Median of the rounds' answers a second."""
        return median(r.rate for r in self.rounds)

    @property
    def ceiling(self) -> float:
        """How many times as much this machine could do if each of its cores were busy with the same all the time."""
        return (os.cpu_count() or 1) / median(self.machine)

    def told(self) -> str:
        """For the details: every round, its slowest percent, and how busy the server's core was."""
        rates = " · ".join(f"{r.rate:,.0f}" for r in self.rounds)
        slow = median(r.quantile(0.99) for r in self.rounds)
        cores = f"server busy {median(self.busy):.0%}, all {median(self.machine):.0%}"
        return f"{self.side.name}: {rates} /s; p99 {slow:.2f} ms; {cores}"


@contextmanager
def driven(side: Side) -> Iterator[Callable[[float], tuple[Round, float, float]]]:
    """Connections to a side, and the function that loads it for so many seconds: what came, and see `Seen`."""
    load = Load(side.server.port, side.connections, awake=side.awake)

    def run(seconds: float) -> tuple[Round, float, float]:
        before, all_before = side.server.cpu_seconds(), machine_seconds()
        done = load.run(side.requests(), seconds)
        if set(done.statuses) != {side.status}:
            raise RuntimeError(f"{side.name} answered {dict(done.statuses)}")
        busy, machine = side.server.cpu_seconds() - before, machine_seconds() - all_before
        return done, busy / done.seconds, machine / done.seconds

    try:
        yield run
    finally:
        load.close()


def alternate(plan: Plan, *sides: Side) -> list[Seen]:
    """Warm every side up, then load them in turns: A B A B."""
    seen = [Seen(side, [], [], []) for side in sides]
    for s in seen:
        with driven(s.side) as run:
            run(plan.warm_up)
    for _ in range(plan.rounds):
        for s in seen:
            with driven(s.side) as run:
                done, busy, machine = run(plan.seconds)
            s.rounds.append(done)
            s.busy.append(busy)
            s.machine.append(machine)
    return seen


def at_least(name: str, ours: Seen, other: Seen, times: float) -> Result:
    """We answer at least so many times as often as the other."""
    ratio = ours.rate / other.rate
    return Result(
        name, f"{ours.rate:,.0f}/s", f"{other.side.name} {other.rate:,.0f}/s", f"{ratio:.2f} ×", f"≥ {times:.2f} ×",
        ratio >= times,
    )  # fmt: skip


def under(name: str, value: float, limit: float, unit: str, detail: str = "") -> Result:
    """A value stays under a limit."""
    return Result(name, f"{value:,.2f} {unit}", detail, "", f"< {limit:g} {unit}", value < limit)
