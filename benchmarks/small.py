"""Reading, listing, searching and creating contacts, next to PocketBase and to a bare application."""

import itertools
import json
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import installation, pocketbase
from benchmarks.generator import ask
from benchmarks.installation import Account
from benchmarks.measures import Plan, Requests, Result, Seen, Side, alternate, at_least
from benchmarks.pocketbase import LOCATION, PocketBase
from benchmarks.processes import Server, answers, running
from groundlevel.areas.contacts import CONTACTS

GROUNDLEVEL, POCKETBASE, BARE = 8471, 8472, 8473
CREATED_FROM = 50_000_000
"""People with numbers from here on are created while measuring; those below are there before."""


@dataclass
class Stage:
    """Both servers with the same people in them."""

    plan: Plan
    ours: Server
    account: Account
    theirs: PocketBase
    folder: Path
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(CREATED_FROM))

    def sides(self, ours: Requests, theirs: Requests) -> tuple[Side, Side]:
        """The same questions, to both."""
        return (
            Side("Groundlevel", self.ours, lambda: ours),
            Side("PocketBase", self.theirs.server, lambda: theirs),
        )


@contextmanager
def stage(plan: Plan) -> Iterator[Stage]:
    """Fresh servers, side by side, filled through their APIs."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="groundlevel-bench-")))
        path = folder / "ours" / "groundlevel.db"
        with installation.opened(path) as app:
            account = installation.install(app)
        fields = [CONTACTS.wire_names[f] for f in sorted(CONTACTS.found_by)]
        ours = stack.enter_context(installation.groundlevel(path, GROUNDLEVEL, account))
        theirs = stack.enter_context(pocketbase.pocketbase(folder / "theirs", POCKETBASE, fields))
        installation.fill(ours, account, range(plan.rows))
        pocketbase.fill(theirs, range(plan.rows))
        yield Stage(plan, ours, account, theirs, folder)


def endless(requests: list[bytes]) -> Requests:
    """The same requests in a shuffled order, over and over."""
    random.Random(1).shuffle(requests)
    return ((raw, 0) for raw in itertools.cycle(requests))


def our_ids(on: Stage, most: int) -> list[str]:
    """Ids of contacts, read page by page."""
    found: list[str] = []
    for page in range(1, most // 500 + 2):
        status, body = ask(on.ours.port, on.account.search(pageLimit=500, page=page))
        contacts = json.loads(body)["contacts"] if status == 200 else []
        found += [c["id"] for c in contacts]
        if len(contacts) < 500 or len(found) >= most:
            break
    return found


def read(on: Stage) -> tuple[list[Result], list[Seen]]:
    """One contact by its id."""
    mine = [on.account.read(i) for i in our_ids(on, on.plan.rows)]
    sides = on.sides(endless(mine), endless([on.theirs.read(i) for i in on.theirs.ids(on.plan.rows)]))
    with bare(on, mine[0]) as server:
        seen = alternate(on.plan, *sides, Side("bare Granian", server, lambda: endless(mine)))
    return [
        at_least("read one contact", seen[0], seen[1], 2.5),
        at_least("read one contact", seen[0], seen[2], 0.30),
    ], seen


@contextmanager
def bare(on: Stage, raw: bytes) -> Iterator[Server]:
    """The bare application, answering what Groundlevel answers."""
    status, head, body = _whole(on.ours.port, raw)
    kept = on.folder / "answer"
    kept.write_bytes(json.dumps([status, head]).encode() + b"\n" + body)
    command = [sys.executable, "-m", "benchmarks.bare_app", str(BARE)]
    with running(command, BARE, "bare", {"BENCH_ANSWER": str(kept)}) as server:
        answers(server, raw)
        yield server


def _whole(port: int, raw: bytes) -> tuple[int, list[list[str]], bytes]:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    lines = raw.split(b"\r\n")[1:]
    headers = dict(line.decode().split(": ", 1) for line in lines if b": " in line)
    connection.request("GET", raw.split(b" ", 2)[1].decode(), headers=headers)
    answer = connection.getresponse()
    own = [[k.lower(), v] for k, v in answer.getheaders() if k.lower() not in ("date", "server", "connection")]
    return answer.status, own, answer.read()


def create(on: Stage) -> tuple[list[Result], list[Seen]]:
    """A new contact, all of whose fields are checked, normalised and indexed."""
    ours, theirs = on.sides(((on.account.create(n), 0) for n in on.numbers), on.theirs.creates(on.numbers))
    created = Side(ours.name, ours.server, ours.requests, b"201")
    seen = alternate(on.plan, created, theirs)
    return [at_least("create a contact", seen[0], seen[1], 1.4)], seen


def listing(on: Stage) -> tuple[list[Result], list[Seen]]:
    """Pages of 20: filtered and sorted, and by a piece of text."""
    results, details = list[Result](), list[Seen]()
    for name, mine, other in _questions(on.account):
        theirs = [on.theirs.page(perPage=20, **one) for one in other]
        seen = alternate(on.plan, *on.sides(endless(mine), endless(theirs)))
        results.append(at_least(name, seen[0], seen[1], 2.0))
        details += seen
    return results, details


def _questions(account: Account) -> list[tuple[str, list[bytes], list[dict[str, str]]]]:
    """The same questions in both languages: name, to us, to PocketBase."""
    cities, names = ("Austin", "Boston", "Denver", "Tulsa"), ("Garcia", "Khan", "Morales", "Ziegler")
    newest, by_name = {"field": "dateAdded", "direction": "desc"}, {"field": "firstNameLowerCase", "direction": "asc"}

    def city(where: str, order: dict[str, str]) -> bytes:
        return account.search(filters=[{"field": "city", "operator": "eq", "value": where}], sort=[order])

    def theirs(where: str, order: str) -> dict[str, str]:
        return {"filter": f"(locationId='{LOCATION}' && {where})", "sort": order}

    piece = "(firstName~'{0}' || lastName~'{0}' || email~'{0}' || phone~'{0}')"
    return [
        ("search 20: a city, newest first", [city(c, newest) for c in cities],
         [theirs(f"city='{c}'", "-created") for c in cities]),
        ("search 20: a city, by first name", [city(c, by_name) for c in cities],
         [theirs(f"city='{c}'", "fullNameLowerCase") for c in cities]),
        ("list 20: a piece of a name, newest first", [account.list(f"&query={n}") for n in names],
         [theirs(piece.format(n), "-created") for n in names]),
        ("list 20: all, newest first", [account.list()],
         [{"filter": f"(locationId='{LOCATION}')", "sort": "-created"}]),
    ]  # fmt: skip
