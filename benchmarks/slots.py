"""`python -m benchmarks.slots`: the free slots of a month in calendars of 10, 50 and 200 users, 100 appointments each.

And what it costs to book them: how many bookings a second, and how many when everybody wants the same slot.
"""

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from cyclopts import App as Command
from cyclopts import Parameter

from benchmarks import report
from benchmarks.bookings import bookings
from benchmarks.generator import Load, ask, request
from benchmarks.installation import groundlevel
from benchmarks.measures import Result, under
from benchmarks.processes import LOAD_CORE, pin
from benchmarks.teams import DAYS, FIRST, Team, team

PORT, LIMIT_MS, MOST_S = 8476, 15.0, 60.0
SIZES, QUICK_SIZES, EACH = (10, 50, 200), (5, 10, 20), 100
command = Command(name="benchmarks.slots", help="Measure free slots and bookings.")


def questions(of: Team, pick: random.Random) -> dict[str, Callable[[], bytes]]:
    """Kind of question -> a new one of it."""

    def slots(calendar: str, days: int = DAYS, more: str = "") -> bytes:
        since = int(FIRST.timestamp() + pick.randrange(DAYS - days + 1) * 86_400) * 1000
        span = f"startDate={since}&endDate={since + days * 86_400_000}"
        return request("GET", f"/calendars/{calendar}/free-slots?{span}{more}", of.account.headers)

    return {
        "31 days": lambda: slots(of.calendar),
        "31 days, on another clock": lambda: slots(of.calendar, more="&timezone=America/New_York"),
        "31 days, each user with hours of his own in one of four zones": lambda: slots(of.zoned),
        "31 days of one user": lambda: slots(of.calendar, more=f"&userId={pick.choice(of.users)}"),
        "31 days, five users together": lambda: slots(of.together),
        "a day": lambda: slots(of.calendar, 1),
    }


def measured(of: Team, each: int) -> dict[str, tuple[float, float]]:
    """Kind -> median and 99th percentile in ms."""
    kinds = questions(of, random.Random(7))
    mixed = [(make(), i) for i, make in enumerate(kinds.values()) for _ in range(each)]
    random.Random(3).shuffle(mixed)
    with groundlevel(of.where, PORT, of.account, "slots") as server:
        for name, make in kinds.items():
            status, body = ask(server.port, make())
            if status != 200:
                raise RuntimeError(f"{name}: {status} {body[:300]!r}")
        load = Load(server.port, 1)
        load.run(iter(mixed[: len(mixed) // 4]), MOST_S / 4)
        done = load.run(iter(mixed), MOST_S)
        load.close()
    if set(done.statuses) != {b"200"}:
        raise RuntimeError(f"answered {dict(done.statuses)}")
    return {name: (done.quantile(0.5, i), done.quantile(0.99, i)) for i, name in enumerate(kinds)}


def free_slots(folder: Path, sizes: tuple[int, ...], each: int) -> Iterator[Result]:
    """The lines about free slots."""
    teams = [team(folder / f"team{users}.db", users, EACH) for users in sizes]
    found = [measured(of, each) for of in teams]
    few, some, many = sizes
    for name, (median, slow) in found[1].items():
        told = f"p99 {slow:.1f} ms; {few} users {found[0][name][0]:.1f} ms, {many} users {found[2][name][0]:.1f} ms"
        what = f"free slots of {some} users with {some * EACH:,} appointments: {name}, median"
        yield under(what, median, LIMIT_MS, "ms", told)
    growth = found[2]["31 days"][0] / found[1]["31 days"][0]
    yield Result("growth", f"{growth:.1f} ×", f"for {many // some} × the users", "", f"< {many / some * 1.2:.1f} ×",
                 growth < many / some * 1.2)  # fmt: skip


@command.default
def run(*, quick: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Measure; ends with 1 if a claim does not hold.

    Parameters
    ----------
    quick
        Only show that everything runs, with small databases.
    """
    pin(LOAD_CORE)
    with TemporaryDirectory() as folder:
        found = list(free_slots(Path(folder), QUICK_SIZES if quick else SIZES, 5 if quick else 60))
        found += bookings(Path(folder), PORT, 1.0 if quick else 5.0)
    report.printed(found)
    return int(not quick and any(r.held is False for r in found))


if __name__ == "__main__":
    sys.exit(command(result_action="return_value"))
