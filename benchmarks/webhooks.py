"""What a worker sends, how soon, and what that costs those who read: `python -m benchmarks.webhooks [--quick]`"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import msgspec

from benchmarks.generator import ask, request
from benchmarks.installation import Account, address, groundlevel, install, opened
from benchmarks.measures import QUICK, Plan, Result, Side, driven, under
from benchmarks.people import person
from benchmarks.processes import BIN, LOAD_CORE, answers, pin, running
from benchmarks.receiver import Told
from groundlevel.areas.contacts import ContactCreate
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import LOG
from groundlevel.kernel.store import Unit
from groundlevel.kernel.testing import Sandbox
from groundlevel.kernel.wire import new_id

RECEIVER, SERVER = 8486, 8487
HOOK = f"http://127.0.0.1:{RECEIVER}/hook"
HERE = ("--allow-webhooks-to", "127.0.0.1")
PORTION, MOST_SLOWED, WANTED, SOON_MS = 10_000, 0.8, 1_500, 50
CREATED_FROM = 70_000_000


def webhooks(plan: Plan) -> tuple[list[Result], list[str]]:
    """Deliveries a second, the delay when idle, and reads while a backlog drains."""
    os.environ["GROUNDLEVEL_SECRET"] = "of the benchmarks"  # of a database that lives for minutes
    results, notes = list[Result](), list[str]()
    command = [sys.executable, "-m", "benchmarks.receiver", str(RECEIVER)]
    with TemporaryDirectory() as folder, running(command, RECEIVER, "receiver") as server:
        everywhere(server.process.pid)
        answers(server, request("GET", "/", {}))
        for measure in (sending, delay, draining):
            found, said = measure(Path(folder), plan)
            results, notes = results + found, notes + said
    return results, notes


def everywhere(pid: int) -> None:
    """Let a process run on all cores."""
    os.sched_setaffinity(pid, range(os.cpu_count() or 1))


def told(path: str = "/") -> Told:
    """What the receiver has seen."""
    return msgspec.json.decode(ask(RECEIVER, request("GET", path, {}))[1], type=Told)


def prepared(path: Path, events: int) -> Account:
    """An agency whose app is told of new contacts at the receiver, and so many events that it has not been told of."""
    with opened(path) as app:
        account = install(app)
        operator = Sandbox(app, []).operator
        made = operator.post("/operator/apps", json={"name": "Told", "scopes": ["contacts.readonly"]}).json()["id"]
        said = {"url": HOOK, "events": {"ContactCreate": {}}}
        assert operator.put(f"/operator/apps/{made}/webhook", json=said).status_code == 200
        place = {"companyId": account.company_id, "locationId": account.location_id}
        assert operator.post(f"/operator/apps/{made}/installations", json=place).status_code == 201
        backlog(app, account, events)
    return account


def backlog(app: App, account: Account, events: int) -> None:
    """So many new contacts have been told of, as far as the log knows; nothing else has come of it."""
    now = app.clock.now()
    for first in range(0, events, PORTION):
        numbers = range(first, min(first + PORTION, events))

        def work(db: Unit, numbers: range = numbers) -> None:
            ctx = Ctx(OPERATOR, db, now, app.settings)
            db.append_many(LOG, [happened(ctx, account, n) for n in numbers], ctx.stamp)

        app.store.write(account.owners, work)


def happened(ctx: Ctx, account: Account, n: int) -> ContactCreate:
    """The event of person n."""
    one = person(n)
    return ContactCreate(
        location_id=account.location_id, id=new_id(), date_added=ctx.stamp, dnd=False, email=one["email"],
        first_name=one["firstName"], last_name=one["lastName"], phone=one["phone"], tags=one["tags"], city=one["city"],
    )  # fmt: skip


@contextmanager
def worker(path: Path) -> Iterator[int]:
    """One worker on all cores; its process id."""
    command = [str(BIN / "groundlevel"), "worker", "--database", address(path), *HERE]
    with running(command, 0, "worker") as server:
        everywhere(server.process.pid)
        yield server.process.pid


def sending(folder: Path, plan: Plan) -> tuple[list[Result], list[str]]:
    """Deliveries a second by one worker, in turns with a bare loop that signs and posts the same."""
    path = folder / "sending.db"
    prepared(path, int(plan.seconds * plan.rounds * 4_000))
    ours, bare = list[float](), list[float]()
    for _ in range(plan.rounds):
        with worker(path):
            began = told().count
            while told().count < began + 50:
                time.sleep(0.02)
            time.sleep(plan.warm_up)
            before, at = told().count, time.perf_counter()
            time.sleep(plan.seconds)
            ours.append((told().count - before) / (time.perf_counter() - at))
        command = [sys.executable, "-m", "benchmarks.bare_sender", HOOK, str(plan.seconds)]
        ran = subprocess.run(command, capture_output=True, check=True, preexec_fn=lambda: everywhere(0))
        bare.append(float(ran.stdout))
    rate, other = median(ours), median(bare)
    line = Result(
        "deliveries/s, one worker, both signatures", f"{rate:,.0f}/s", f"signing and posting alone {other:,.0f}/s",
        f"{rate / other:.2f} ×", f"≥ {WANTED:,}/s", rate >= WANTED,
    )  # fmt: skip
    each = " · ".join(f"{one:,.0f} ({two:,.0f})" for one, two in zip(ours, bare, strict=True))
    return [line], [f"webhooks sent a second (signing and posting alone): {each}"]


def delay(folder: Path, plan: Plan) -> tuple[list[Result], list[str]]:
    """From the answer to a request, which is sent behind its commit, to the arrival of what it tells."""
    path = folder / "delay.db"
    account, waits = prepared(path, 0), list[float]()
    with groundlevel(path, SERVER, account, "groundlevel-webhooks", *HERE) as server:
        everywhere(server.process.pid)
        for n in range(plan.per_query // 3 + 5):
            status, body = ask(SERVER, account.create(CREATED_FROM + n))
            answered, id = time.monotonic(), msgspec.json.decode(body)["contact"]["id"]
            assert status == 201
            while id not in (moments := told("/moments").moments):
                time.sleep(0.05)
            waits.append((moments[id] - answered) * 1_000)
            time.sleep(0.05 + 0.001 * (n % 37))
    waits = sorted(waits[5:])  # the first ones start what sends
    slow = waits[int(len(waits) * 0.99)]
    result = under("webhook: commit to arrival, idle, median", median(waits), SOON_MS, "ms", f"p99 {slow:.1f} ms")
    return [result], [f"webhooks, commit to arrival: {len(waits)} times, {waits[0]:.1f} to {waits[-1]:.1f} ms"]


def draining(folder: Path, plan: Plan) -> tuple[list[Result], list[str]]:
    """Reads of one contact while nothing is to be sent, and while a backlog is, on the server's own core."""
    path, large = folder / "draining.db", plan.large
    account, rates = prepared(path, 0), list[float]()
    sent = 0.0
    for events in (0, large):
        with opened(path) as app:
            backlog(app, account, events)
        os.sync()  # or the system is still busy with it while we measure
        with groundlevel(path, SERVER, account, "groundlevel-webhooks", *HERE) as server:
            id = msgspec.json.decode(ask(SERVER, account.create(CREATED_FROM + events + 1))[1])["contact"]["id"]
            raw, began = account.read(id), told().count

            def reads(raw: bytes = raw) -> Iterator[tuple[bytes, int]]:
                while True:
                    yield raw, 0

            while events and told().count < began + 50:
                time.sleep(0.02)
            with driven(Side("reads", server, reads)) as run:
                run(plan.warm_up)
                before = told().count
                rounds = [run(plan.seconds)[0].rate for _ in range(plan.rounds)]
                sent = (told().count - before) / (plan.seconds * plan.rounds)
            rates.append(median(rounds))
    idle, busy = rates
    line = Result(
        f"reads while {large:,} webhooks wait to be sent", f"{busy:,.0f}/s", f"with nothing to send {idle:,.0f}/s",
        f"{busy / idle:.2f} ×", f"≥ {MOST_SLOWED:.2f} ×", busy / idle >= MOST_SLOWED,
    )  # fmt: skip
    return [line], [f"webhooks sent beside as many reads as can be: {sent:,.0f} a second"]


if __name__ == "__main__":
    from benchmarks import report

    pin(LOAD_CORE)
    lines, details = webhooks(QUICK if "--quick" in sys.argv else Plan())
    report.printed(lines)
    print("\n".join(details))
    sys.exit(any(line.held is False for line in lines) and "--quick" not in sys.argv)
