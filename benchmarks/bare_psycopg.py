"""The peer on PostgreSQL: a program that only sends the statements, one after the other, on one connection.

`python -m benchmarks.bare_psycopg ADDRESS FILE SECONDS`: FILE has the statements of one unit of work as
`[[sql, [argument, …], prepare], …]`. In the arguments `{id}`, `{email}` and `{phone}` stand for what differs each time.
Prints how many units it did in a second.
"""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.people import email, phone_digits
from benchmarks.processes import SERVER_CORE, pin

FROM = 900_000_000
ONE_OF = 100


def arguments(known: list[str]) -> Iterator[dict[str, str]]:
    """What differs: one of the known ids where there are some, or a new person."""
    for n in itertools.count(FROM + time.time_ns() % 10**8):
        yield {"{id}": known[n % len(known)] if known else f"bare{n:016d}"[:20], "{email}": email(n),
               "{phone}": f"+1{phone_digits(n)}"}  # fmt: skip


def filled(argument: Any, one: dict[str, str]) -> Any:
    """The argument for this time."""
    if isinstance(argument, str) and "{" in argument:
        for name, value in one.items():
            argument = argument.replace(name, value)
    return argument


def main(address: str, file: str, seconds: float) -> None:
    """Do units until the time is over."""
    pin(SERVER_CORE)
    told = json.loads(Path(file).read_text())
    done = 0
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(told["session"])
        until = time.perf_counter() + seconds
        for one in arguments(told["ids"]):
            for sql, args, prepare in told["statements"]:
                cursor = db.execute(sql, [filled(a, one) for a in args], prepare=prepare)
                if cursor.description:
                    cursor.fetchall()
            done += 1
            if time.perf_counter() > until:
                break
    print(done / seconds)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
