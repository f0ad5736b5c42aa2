"""On PostgreSQL: one process next to a bare psycopg program that sends the same statements, and two next to one."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import psycopg

from benchmarks.generator import request
from benchmarks.installation import Account, add_in_bulk, groundlevel, install, opened
from benchmarks.measures import Plan, Result, Seen, Side, alternate
from benchmarks.people import email, person, phone_digits
from benchmarks.processes import Server, family
from groundlevel.kernel.app import App
from groundlevel.kernel.store.postgres import unit
from groundlevel.kernel.store.postgres.line import SESSION
from groundlevel.kernel.testing import InProcess

SERVER = os.environ.get("GROUNDLEVEL_BENCH_POSTGRES") or "postgresql://postgres@127.0.0.1:5432"
NAME = "groundlevel_bench"
ONE, TWO = 8476, 8477
CREATED_FROM, RECORDED = 60_000_000, 59_999_999


@contextmanager
def new_database() -> Iterator[str]:
    """A database of our own, dropped at the end."""
    with psycopg.connect(SERVER, dbname="postgres", autocommit=True) as db:
        db.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)".encode())
        db.execute(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'".encode())
        yield f"{SERVER}/{NAME}"
        db.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())


def recorded(app: App, account: Account, method: str, path: str, body: Any = None) -> tuple[Any, list[Any]]:
    """The reply to one request, and the statements that its unit of work sent."""
    sent: list[Any] = []
    ask_it = unit.PostgresUnit.send

    def remember(self: Any, statement: str, args: Any, *, prepare: bool = True) -> Any:
        sent.append([statement, list(args), prepare])
        return ask_it(self, statement, args, prepare=prepare)

    transport = InProcess(app)
    client = httpx2.Client(transport=transport, base_url="http://bench", headers=account.headers)
    client.get("/contacts/nobody")  # the token is known from here on, as it mostly is
    unit.PostgresUnit.send = remember
    try:
        reply = client.request(method, path, json=body).json()
    finally:
        unit.PostgresUnit.send = ask_it
    return reply, sent


def units(app: App, account: Account, ids: list[str]) -> dict[str, list[Any]]:
    """The statements of a read and of a creation, with what differs each time left open."""
    _, read = recorded(app, account, "GET", f"/contacts/{ids[0]}")
    reply, create = recorded(
        app, account, "POST", "/contacts/", {"locationId": account.location_id, **person(RECORDED)}
    )
    other = {reply["contact"]["id"]: "{id}", email(RECORDED): "{email}", f"+1{phone_digits(RECORDED)}": "{phone}"}

    def opened_up(statements: list[Any], names: dict[str, str]) -> list[Any]:
        text = json.dumps(statements)
        for value, name in names.items():
            text = text.replace(value, name)
        return json.loads(text)

    begin, commit = ["BEGIN ISOLATION LEVEL SERIALIZABLE", [], None], ["COMMIT", [], None]
    return {"read": opened_up(read, {ids[0]: "{id}"}), "create": [begin, *opened_up(create, other), commit]}


def bare(folder: Path, url: str, unit: list[Any], known: list[str], plan: Plan) -> float:
    """How many units a second the peer does: the median of its rounds."""
    file = folder / "unit.json"
    file.write_text(json.dumps({"session": SESSION, "statements": unit, "ids": known}))
    command = [sys.executable, "-m", "benchmarks.bare_psycopg", url, str(file), str(plan.seconds)]
    return median(float(subprocess.check_output(command, text=True)) for _ in range(plan.rounds))


def next_to(name: str, ours: float, other: str, theirs: float, times: float) -> Result:
    """We do at least so many times as much as the other."""
    ratio = ours / theirs
    return Result(
        name, f"{ours:,.0f}/s", f"{other} {theirs:,.0f}/s", f"{ratio:.2f} ×", f"≥ {times:.2f} ×", ratio >= times
    )


def in_two(what: str, single: Seen, double: Seen) -> list[Result]:
    """Two processes next to one, and what they can do at most: they share cores with the database and the load."""
    most = f"{single.ceiling:.2f} × with every core busy"
    return [
        next_to(f"{what}, two processes", double.rate, "one process", single.rate, 1.5),
        Result("  at most, on this machine", f"{single.ceiling * single.rate:,.0f}/s", "one process", most),
    ]


def on_postgres(plan: Plan) -> tuple[list[Result], list[Seen]]:
    """Reads and creations, through one process and through two."""
    results, seen = list[Result](), list[Seen]()
    with ExitStack() as stack:
        folder, url = Path(stack.enter_context(TemporaryDirectory())), stack.enter_context(new_database())
        with opened(url) as app:
            account = install(app)
            ids = add_in_bulk(app, account, range(plan.rows))
            statements = units(app, account, ids)
        numbers = itertools.count(CREATED_FROM)
        reads = [account.read(i) for i in ids]
        page = request("GET", f"/contacts/?locationId={account.location_id}&limit=100", account.headers)
        one = stack.enter_context(groundlevel(url, ONE, account, "postgres"))
        two = stack.enter_context(groundlevel(url, TWO, account, "postgres-two", "--workers", "2"))
        spread_over_cores(two)
        for name, asked, status in (
            ("read", lambda: ((raw, 0) for raw in itertools.cycle(reads)), b"200"),
            ("create", lambda: ((account.create(n), 0) for n in numbers), b"201"),
        ):
            peer = bare(folder, url, statements[name], ids if name == "read" else [], plan)
            single, double = alternate(
                plan,
                Side(f"{name}, one process", one, asked, status, awake=False),
                Side(f"{name}, two", two, asked, status, awake=False),
            )
            seen += [single, double]
            what = f"PostgreSQL: {name} a contact"
            results.append(next_to(what, single.rate, "bare psycopg", peer, 0.5))
            results += in_two(what, single, double)
        single, double = alternate(
            plan,
            *(
                Side(f"page, {name}", server, lambda: ((page, 0) for _ in itertools.count()), awake=False)
                for name, server in (("one process", one), ("two", two))
            ),
        )
        seen += [single, double]
        results += in_two("PostgreSQL: a page of 100 contacts", single, double)
    return results, seen


def spread_over_cores(server: Server) -> None:
    """Two processes are to use two cores: those of the server and of the load generator."""
    for pid in family(server.process.pid):
        os.sched_setaffinity(pid, range(os.cpu_count() or 1))
