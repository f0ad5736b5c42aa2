"""`python -m benchmarks`: all claims, or the named ones, side by side in one run."""

import sys
from collections.abc import Callable
from typing import Annotated, Literal

from cyclopts import App, Parameter
from rich.console import Console

from benchmarks import report, small
from benchmarks.endurance import endurance
from benchmarks.measures import QUICK, Plan, Result, Seen
from benchmarks.processes import LOAD_CORE, pin
from benchmarks.queries import at_scale

Name = Literal["read", "list", "create", "scale", "endurance", "postgres", "webhooks"]
NAMES: tuple[Name, ...] = ("read", "list", "create", "scale", "endurance", "postgres", "webhooks")
SIDE_BY_SIDE: dict[str, Callable[[small.Stage], tuple[list[Result], list[Seen]]]] = {
    "read": small.read,
    "list": small.listing,
    "create": small.create,
}
app = App(name="benchmarks", help="Measure what Groundlevel claims, next to PocketBase and to a bare application.")
console = Console(stderr=True)


@app.default
def run(*names: Name, quick: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Run the named benchmarks, or all of them; ends with 1 if a claim does not hold.

    Parameters
    ----------
    names
        Which ones.
    quick
        Only show that everything runs: short rounds, small databases. results.md stays as it is.
    """
    plan = QUICK if quick else Plan()
    pin(LOAD_CORE)
    results, details = measured(names or NAMES, plan)
    report.printed(results)
    if not quick and not names:
        report.written(results, details)
    return int(not quick and any(r.held is False for r in results))


def measured(names: tuple[Name, ...], plan: Plan) -> tuple[list[Result], list[str]]:
    """The lines of the table, and what is behind them."""
    results, details = list[Result](), list[str]()
    together = [name for name in NAMES if name in names and name in SIDE_BY_SIDE]
    if together:
        console.print("starting and filling Groundlevel and PocketBase …")
        with small.stage(plan) as stage:
            for name in together:
                console.print(f"{name} …")
                found, seen = SIDE_BY_SIDE[name](stage)
                results += found
                details += [s.told() for s in seen]
    if "scale" in names:
        console.print("scale …")
        found, seen, notes = at_scale(plan)
        results, details = results + found, details + [s.told() for s in seen] + notes
    if "postgres" in names:
        from benchmarks.postgres import on_postgres

        console.print("postgres …")
        found, seen = on_postgres(plan)
        results, details = results + found, details + [s.told() for s in seen]
    if "webhooks" in names:
        from benchmarks.webhooks import webhooks

        console.print("webhooks …")
        found, notes = webhooks(plan)
        results, details = results + found, details + notes
    if "endurance" in names:
        console.print("endurance …")
        found, notes = endurance(plan)
        results, details = results + found, details + notes
    return results, details


if __name__ == "__main__":
    sys.exit(app(result_action="return_value"))
