"""`python -m benchmarks.opportunities`: one location with half a million opportunities, and with ten thousand.

How long searches of every kind take in each, and how much longer in the larger.
"""

import random
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import App as Command
from cyclopts import Parameter

from benchmarks import report
from benchmarks.generator import request
from benchmarks.growing import Kinds, compared
from benchmarks.installation import Account, add_in_bulk, install, opened
from benchmarks.large import AT_ONCE
from benchmarks.people import names
from benchmarks.processes import DATA, LOAD_CORE, pin
from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.opportunities import OPPORTUNITIES, PIPELINES, Opportunity, Pipeline, Stage
from groundlevel.areas.opportunities.totals import retell
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import iso, new_id, new_uuid

SIZES, QUICK_SIZES = (10_000, 500_000), (1_000, 10_000)
PIPELINE_COUNT, STAGE_COUNT, REASONS = 4, 8, 20
STATUSES = ("open",) * 6 + ("won",) * 2 + ("lost", "abandoned")
command = Command(name="benchmarks.opportunities", help="Measure searches of opportunities.")


class Deals(msgspec.Struct):
    """A database of one location's opportunities: where it is, how to ask it, and what there is to ask for."""

    path: Path
    account: Account
    size: int
    pipelines: list[Pipeline]
    contacts: list[str]
    seconds: float


def deals(size: int) -> Deals:
    """The database of this size; built if there is none yet."""
    shape = [OPPORTUNITIES.index, OPPORTUNITIES.sparse, OPPORTUNITIES.text, OPPORTUNITIES.many]
    folder = DATA / f"deals-{size}-{sha256(repr(shape).encode()).hexdigest()[:10]}"
    card = folder / "card.json"
    if not card.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        card.write_bytes(msgspec.json.encode(_build(folder / "groundlevel.db", size), enc_hook=str))
    return msgspec.json.decode(card.read_bytes(), type=Deals, dec_hook=lambda kind, value: kind(value))


def _build(path: Path, size: int) -> Deals:
    began = time.perf_counter()
    with opened(path) as app:
        account = install(app)
        made = Deals(path, account, size, _pipelines(app, account), [], 0)
        with app.store.bulk_loading({CONTACTS: (), OPPORTUNITIES: ()}, size):
            for first in range(0, size // 5, AT_ONCE):
                made.contacts += add_in_bulk(app, account, range(first, min(first + AT_ONCE, size // 5)))
            for first in range(0, size, AT_ONCE):
                _add(app, made, range(first, min(first + AT_ONCE, size)))
        while app.store.tend():
            pass
    made.contacts, made.seconds = made.contacts[:: max(1, size // 25_000)], time.perf_counter() - began
    return made


def _pipelines(app: App, account: Account) -> list[Pipeline]:
    at = iso(datetime(2025, 1, 1, tzinfo=UTC))
    made = [
        Pipeline(
            id=new_id(), location_id=account.location_id, name=f"Pipeline {n}", position=n, date_added=at,
            date_updated=at, show_in_funnel=True, show_in_pie_chart=True, use_opportunity_probability=True,
            color_render_mode="dot", stages=[
                Stage(
                    id=new_uuid(), name=f"Stage {s}", position=s, show_in_funnel=True, show_in_pie_chart=True,
                    stage_win_probability=10 * s,
                )
                for s in range(STAGE_COUNT)
            ],
        )
        for n in range(PIPELINE_COUNT)
    ]  # fmt: skip
    app.store.write(account.owners, lambda db: [db.put(PIPELINES, one) for one in made])
    return made


def _add(app: App, to: Deals, numbers: range) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)

    def work(db: Any) -> None:
        ctx = Ctx(OPERATOR, db, now, app.settings)
        for n in numbers:
            retell(ctx, None, db.put(OPPORTUNITIES, stored(to, n, now)))

    app.store.write(to.account.owners, work)


def stored(to: Deals, n: int, until: datetime) -> Opportunity:
    """Opportunity n as Groundlevel keeps it, added n half-minutes before `until`; half of them in one pipeline."""
    pick = random.Random(n)
    pipeline = to.pipelines[0 if n % 2 else pick.randrange(PIPELINE_COUNT)]
    person = pick.randrange(max(1, to.size // 5))
    first, last = names(person)
    at = iso(until - timedelta(seconds=30 * n))
    touched = iso(until - timedelta(seconds=30 * (n * 7_919 % 1_000_003)))
    status: Any = STATUSES[pick.randrange(len(STATUSES))]
    return Opportunity(
        id=new_id(), location_id=to.account.location_id, contact_id=to.contacts[person], pipeline_id=pipeline.id,
        pipeline_stage_id=pipeline.stages[pick.randrange(STAGE_COUNT)].id, name=f"Deal {n} {last}",
        name_lower_case=f"deal {n} {last}".lower(), status=status, monetary_value=pick.randrange(100, 100_000),
        created_at=at, updated_at=touched, last_status_change_at=touched, last_stage_change_at=touched,
        last_action_date=touched, source=f"source {n % 50}", contact_email=f"person{person}@example.com",
        assigned_to=to.account.user_id if n % 10 == 0 else None, contact_name_lower_case=f"{first} {last}".lower(),
        lost_reason_id=f"reason{n % REASONS}" if status == "lost" else None,
        forecast_probability=n % 100 if n % 7 == 0 else None, followers=[f"follower{n % 100}"],
    )  # fmt: skip


def searches(of: Deals, pick: random.Random) -> Kinds:
    """Kind of question -> a new one of it."""

    def found(*filters: Any, **more: Any) -> bytes:
        body = {"locationId": of.account.location_id, "limit": 20, "filters": list(filters), **more}
        return request("POST", "/opportunities/search", of.account.headers, msgspec.json.encode(body))

    def eq(field: str, value: Any) -> dict[str, Any]:
        return {"field": field, "operator": "eq", "value": value}

    def by(field: str, direction: str = "desc") -> dict[str, Any]:
        return {"sort": [{"field": field, "direction": direction}]}

    def pipeline(n: int = 0) -> dict[str, Any]:
        return eq("pipeline_id", of.pipelines[n].id)

    def stage() -> dict[str, Any]:
        return eq("pipeline_stage_id", of.pipelines[0].stages[pick.randrange(STAGE_COUNT)].id)

    def days() -> dict[str, Any]:
        first = datetime(2026, 6, 1, tzinfo=UTC) - timedelta(seconds=30 * pick.randrange(of.size))
        return {"field": "date_added", "operator": "range", "value": {
            "gte": iso(first), "lte": iso(first + timedelta(days=3))}}  # fmt: skip

    beside = {"additionalDetails": {"notes": True, "tasks": True, "calendarEvents": True}}
    return {
        "newest": found,
        "newest, with what is beside": lambda: found(**beside),
        "a pipeline with half of them": lambda: found(pipeline()),
        "a pipeline with an eighth": lambda: found(pipeline(2)),
        "a stage": lambda: found(stage()),
        "a pipeline's stage": lambda: found(pipeline(), stage()),
        "a pipeline's open ones": lambda: found(pipeline(), eq("status", "open")),
        "a stage's won ones": lambda: found(pipeline(), stage(), eq("status", "won")),
        "a stage's lost ones": lambda: found(stage(), eq("status", "lost")),
        "a status": lambda: found(eq("status", "abandoned")),
        "a user's": lambda: found(eq("assigned_to", of.account.user_id)),
        "a user's in a stage": lambda: found(eq("assigned_to", of.account.user_id), stage()),
        "a follower's": lambda: found(eq("followers", f"follower{pick.randrange(100)}")),
        "a source": lambda: found(eq("source", f"source {pick.randrange(50)}")),
        "a lost reason": lambda: found(eq("lost_reason_id", f"reason{pick.randrange(REASONS)}")),
        "a contact's": lambda: found(eq("contact_id", pick.choice(of.contacts))),
        "added in three days": lambda: found(days()),
        "by value": lambda: found(**by("monetary_value")),
        "a stage by value": lambda: found(stage(), **by("monetary_value")),
        "a pipeline by last change of stage": lambda: found(pipeline(), **by("last_stage_change_date")),
        "text: a contact's e-mail": lambda: found(query=f"person{pick.randrange(of.size // 5)}@"),
        "text: a deal": lambda: found(query=f"deal {pick.randrange(of.size)} "),
    }


@command.default
def run(*, quick: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Measure; ends with 1 if a claim does not hold.

    Parameters
    ----------
    quick
        Only show that everything runs, with small databases.
    """
    pin(LOAD_CORE)
    small, big = (deals(size) for size in (QUICK_SIZES if quick else SIZES))
    found = list(compared("opportunity", small, big, searches, 20 if quick else 200))
    report.printed(found)
    return int(not quick and any(r.held is False for r in found))


if __name__ == "__main__":
    sys.exit(command(result_action="return_value"))
