"""`groundlevel doctor`: looks an installation over."""

import asyncio
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from msgspec import Struct

from groundlevel.areas.oauth import check_key
from groundlevel.areas.operator import installation
from groundlevel.cli import say
from groundlevel.cli.listening import listen_at
from groundlevel.cli.lock import holder
from groundlevel.cli.operate import open_or_trouble
from groundlevel.cli.places import file_of, named, refuse_missing
from groundlevel.cli.serving import refuse_strange_counters
from groundlevel.cli.trouble import Trouble
from groundlevel.kernel.caller import TOKENS
from groundlevel.kernel.jobs import JOBS, SYSTEM
from groundlevel.kernel.limits import Limits
from groundlevel.kernel.observe import Counted
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Exists, Not, Range, Sort, Store
from groundlevel.kernel.wire import iso
from groundlevel.secret import SecretTrouble

MB = 1024 * 1024
SCARCE, TIGHT = 200 * MB, 1024 * MB
SANE_YEARS = range(2025, 2100)
LATE = timedelta(minutes=2)
"""How long a due job may wait before somebody should be told."""
OLDEST_SQLITE = (3, 50)


class Finding(Struct, frozen=True):
    """Something that was looked at, and what to do about it where it is not well."""

    state: Literal["fine", "note", "wrong"]
    text: str
    advice: str = ""


def report(database: str, port: int, limits: str = "") -> int:
    """Show what was found; 1 if something is wrong, else 0."""
    found = list(findings(database, port, limits))
    marks = {"fine": "[green]✓[/]", "note": "[yellow]![/]", "wrong": "[red]✗[/]"}
    for one in found:
        say.OUT.print(f"{marks[one.state]} ", end="")
        say.line(f"{one.text} {one.advice}".strip())
    wrong = sum(one.state == "wrong" for one in found)
    say.line(f"{wrong} thing{'s' if wrong != 1 else ''} to put right." if wrong else "All is well.")
    return 1 if wrong else 0


def findings(database: str, port: int, limits: str = "") -> Iterator[Finding]:
    """Everything there is to say of an installation, the outermost first."""
    path = file_of(database)
    yield from programs()
    yield from time_of_day(datetime.now(UTC))
    yield from listening(path, port)
    if path:
        yield from disk(path.parent)
    if limits:
        yield counting(limits)
    yield from data(database)


def programs() -> Iterator[Finding]:
    """Python, and SQLite, whose version is that of its binding."""
    yield Finding("fine", f"Groundlevel {version('groundlevel')} on Python {sys.version.split()[0]}.")
    sqlite = version("apsw")
    if tuple(int(n) for n in sqlite.split(".")[:2]) < OLDEST_SQLITE:
        yield Finding("wrong", f"SQLite {sqlite} is too old.", "Run `pip install --upgrade apsw`.")
    else:
        yield Finding("fine", f"SQLite {sqlite}.")


def time_of_day(now: datetime) -> Iterator[Finding]:
    """Whether this machine's clock can be right."""
    if now.year in SANE_YEARS:
        yield Finding("fine", f"This machine's clock says {iso(now)}.")
    else:
        advice = "Set it, best by NTP (`timedatectl set-ntp true`): tokens, jobs and limits go by it."
        yield Finding("wrong", f"This machine's clock says {iso(now)}, which cannot be.", advice)


def listening(path: Path | None, port: int) -> Iterator[Finding]:
    """Whether a server runs, or one could."""
    if path and (who := holder(path)):
        yield Finding("fine", f"A server runs {who}.")
        return
    try:
        listen_at("127.0.0.1", port).close()
    except Trouble as trouble:
        yield Finding("wrong", str(trouble))
    else:
        yield Finding("fine", f"Port {port} is free for a server.")


def counting(limits: str) -> Finding:
    """Whether the server answers that counts requests for all processes."""
    try:
        refuse_strange_counters(limits)
    except Trouble as trouble:
        return Finding("wrong", str(trouble))
    from groundlevel.kernel.shared_limits import SharedLimits, without_password

    async def reach() -> None:
        shared = SharedLimits(limits, Limits(), Counted())
        try:
            await shared.reach()
        finally:
            await shared.close()

    server = without_password(limits)
    try:
        asyncio.run(reach())
    except Exception as error:  # of the network, of the server, of a wrong password
        why = str(error) or type(error).__name__
        advice = "Start it, or correct --limits. Until then each process grants every app its whole budget."
        return Finding("wrong", f"The counter server {server} cannot be used: {why.rstrip('.')}.", advice)
    return Finding("fine", f"The counter server {server} counts requests for all processes.")


def disk(folder: Path) -> Iterator[Finding]:
    """Whether there is room to write."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    state = "wrong" if free < SCARCE else "note" if free < TIGHT else "fine"
    advice = "" if state == "fine" else "Make room: when the disk is full, nothing can be written."
    yield Finding(state, f"{free // MB:,} MB are free at {folder}.", advice)


def data(database: str) -> Iterator[Finding]:
    """The database itself, and what it says of the clock and the work."""
    repair = "Stop the server, keep a copy of what is there, and restore your last backup."
    name = named(database)
    try:
        refuse_missing(database)
        store = open_or_trouble(Settings(database=database, threads=1))
    except Trouble as trouble:
        yield Finding("wrong", str(trouble))
        return
    except Exception as error:  # damage shows in many ways
        yield Finding("wrong", f"{name} is damaged ({error}).", repair)
        return
    try:
        troubles = store.check()
        for trouble in troubles:
            yield Finding("wrong", f"{name} is damaged: {trouble}.", repair)
        if not troubles:
            yield Finding("fine", f"The database {name} is sound ({store.describe()}).")
        checks: tuple[Callable[[Store, datetime], Iterator[Finding]], ...] = (clock_moved, clock_behind, work)
        yield signing(store, Settings(database=database))
        offset = timedelta(seconds=installation(store.read(SYSTEM)).clock_offset)
        for check in checks:
            yield from check(store, datetime.now(UTC) + offset)
    except Exception as error:
        yield Finding("wrong", f"{name} is damaged ({error}).", repair)
    finally:
        store.close()


def signing(store: Store, settings: Settings) -> Finding:
    """Whether the keys that apps' tokens are signed with can be opened."""
    try:
        check_key(store.read(SYSTEM), settings)
    except SecretTrouble as trouble:
        advice = "If it is lost, `groundlevel keys rotate` makes a new key; one-time codes must then be set up again."
        return Finding("wrong", f"Apps cannot get tokens. {trouble}", advice)
    return Finding("fine", "The keys that apps' tokens are signed with can be opened.")


def clock_moved(store: Store, now: datetime) -> Iterator[Finding]:
    """A test installation's clock may have been moved, which is easily forgotten."""
    kept = installation(store.read(SYSTEM))
    if abs(kept.clock_offset) >= 1:
        advice = "Intended in a test installation; PUT /operator/clock moves it."
        text = f"Its clock has been moved by {timedelta(seconds=round(kept.clock_offset))}: it is {iso(now)} there."
        yield Finding("note" if kept.test else "wrong", text, advice)


def clock_behind(store: Store, now: datetime) -> Iterator[Finding]:
    """What was written cannot be from the future."""
    newest = store.read(SYSTEM).one(TOKENS)
    if newest and newest.date_added > iso(now + LATE):
        advice = "Either the clock was ahead then or it is behind now; compare it with another machine's."
        yield Finding("note", f"A token was made at {newest.date_added}, after now.", advice)


def work(store: Store, now: datetime) -> Iterator[Finding]:
    """Jobs that nobody does, and jobs that nobody could do."""
    db = store.read(SYSTEM)
    late = db.find(JOBS, Range("due", "<=", iso(now - LATE)), sort=(Sort("due"),), limit=1_000)
    failed = db.count(JOBS, Not(Exists("due")))
    if late:
        advice = "Is a server running? `groundlevel serve` does this work; `groundlevel worker` does only this."
        yield Finding("wrong", f"{len(late)} jobs are overdue, the oldest since {late[0].due}.", advice)
    if failed:
        advice = "GET /operator/jobs?failed=true tells why; POST /operator/jobs/{id}/retry tries one again."
        yield Finding("wrong", f"{failed} jobs have failed for good.", advice)
    if not late and not failed:
        yield Finding("fine", "No job is overdue and none has failed for good.")
