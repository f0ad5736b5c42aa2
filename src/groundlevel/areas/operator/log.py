"""What happened and what is to be done: /operator/events, /operator/jobs"""

from typing import Annotated

from msgspec import Meta, Raw
from msgspec.structs import replace

from groundlevel.areas.operator.area import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import LOG
from groundlevel.kernel.jobs import JOBS, Job
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Exists, Not, Sort
from groundlevel.kernel.wire import Body, Wire


class EventsAfter(Body):
    """From where, and how many."""

    after: Annotated[int, Meta(ge=0, le=2**62)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class LoggedEvent(Wire):
    """An event's row: `number` only grows; `payload` is what a webhook would carry."""

    number: int
    owner: str
    type: str
    at: str
    payload: Raw


class ManyEvents(Wire):
    """A stretch of the log."""

    events: list[LoggedEvent]


class JobsWanted(Body):
    """Which jobs: all that wait, or those that finally failed."""

    failed: bool = False
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class ManyJobs(Wire):
    """Jobs, the earliest due first."""

    jobs: list[Job]


@area.get("/operator/events", scope=OPERATOR)
def list_events(ctx: Ctx, query: EventsAfter) -> ManyEvents:
    """Everything that happened, in order, from behind a number onwards."""
    rows = ctx.db.log_after(LOG, query.after, query.limit)
    return ManyEvents(
        events=[
            LoggedEvent(number=n, owner=owner, type=kind, at=at, payload=Raw(doc.encode()))
            for n, owner, kind, doc, at in rows
        ]
    )


@area.get("/operator/jobs", scope=OPERATOR)
def list_jobs(ctx: Ctx, query: JobsWanted) -> ManyJobs:
    """The jobs that wait, or those that finally failed, with their reason."""
    wanted = Not(Exists("due")) if query.failed else Exists("due")
    return ManyJobs(jobs=ctx.db.find(JOBS, wanted, sort=(Sort("due"),), limit=query.limit))


@area.post("/operator/jobs/{jobId}/retry", scope=OPERATOR, status=200)
def retry_job(ctx: Ctx, job_id: str) -> Job:
    """Have a job done now that waits or has finally failed."""
    found = ctx.db.get(JOBS, job_id)
    if found is None:
        raise NotFound(f"Job with id {job_id} not found")
    return ctx.db.put(JOBS, replace(found, due=ctx.stamp, failures=0))
