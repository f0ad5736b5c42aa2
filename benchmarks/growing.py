"""Searches of every kind in a small and in a large sub-account: how slow each is, and how much slower in the larger."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

from benchmarks.generator import Load, ask
from benchmarks.installation import Account, groundlevel
from benchmarks.measures import Result, under

PORT, LIMIT_MS, MOST_S = 8476, 30.0, 60.0
Kinds = dict[str, Callable[[], bytes]]
"""Kind of question -> a new one of it."""


class Filled(Protocol):
    """A database with so many records in one sub-account, built in so many seconds."""

    path: Path
    account: Account
    size: int
    seconds: float


F = TypeVar("F", bound=Filled)


def measured(of: Filled, kinds: Kinds, each: int) -> tuple[dict[str, tuple[float, float, int]], float]:
    """Kind -> median and 99th percentile in ms, and how many were found; and the percentile of all of them."""
    mixed = [(make(), i) for i, make in enumerate(kinds.values()) for _ in range(each)]
    random.Random(3).shuffle(mixed)
    with groundlevel(of.path, PORT, of.account, "growing"):
        totals: list[int] = []
        for name, make in kinds.items():
            status, body = ask(PORT, make())
            if status != 200:
                raise RuntimeError(f"{name}: {status} {body[:300]!r}")
            totals.append(json.loads(body)["total"])
        load = Load(PORT, 1)
        load.run(iter(mixed[: len(mixed) // 4]), MOST_S / 4)
        done = load.run(iter(mixed), MOST_S)
        load.close()
    if set(done.statuses) != {b"200"}:
        raise RuntimeError(f"answered {dict(done.statuses)}")
    told = {name: (done.quantile(0.5, i), done.quantile(0.99, i), totals[i]) for i, name in enumerate(kinds)}
    return told, done.quantile(0.99)


def compared(
    what: str, small: F, big: F, searches: Callable[[F, random.Random], Kinds], each: int, limit_ms: float = LIMIT_MS
) -> Iterator[Result]:
    """The lines of the table, from so many questions of each kind."""
    (few, few_all), (many, many_all) = (measured(of, searches(of, random.Random(11)), each) for of in (small, big))
    growth, factor = many_all / few_all, big.size / small.size
    detail = f"{few_all:.2f} ms at {small.size:,}; built in {big.seconds:,.0f} s"
    yield under(f"{what} search at {big.size:,}, p99 of all", many_all, limit_ms, "ms", detail)
    yield Result("growth", f"{growth:.1f} ×", f"for {factor:.0f} × the rows", "", f"< {factor:.0f} ×", growth < factor)
    for name, (middle, slow, total) in many.items():
        detail = f"median {middle:.2f} ms, {total:,} found; {few[name][1]:.2f} ms at {small.size:,}"
        yield under(f"  {name}, p99", slow, limit_ms, "ms", detail)
