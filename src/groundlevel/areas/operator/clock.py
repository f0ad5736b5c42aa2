"""The clock of a test installation: /operator/clock"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.operator.area import area
from groundlevel.areas.operator.installation import INSTALLATION, installation
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.wire import Body, When, Wire, iso, moment

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Far enough for any test, and far from the ends of the calendar."""


class ClockMove(Body):
    """Where to move the clock: to a moment, or by so many seconds."""

    now: When | None = None
    seconds: Annotated[float, Meta(ge=-1e10, le=1e10)] | None = None


class ClockNow(Wire):
    """What the clock says, and how far it is from real time."""

    now: str
    offset_seconds: float


@area.get("/operator/clock", scope=OPERATOR)
def get_clock(ctx: Ctx) -> ClockNow:
    """The moment it is in this installation."""
    return ClockNow(now=ctx.stamp, offset_seconds=installation(ctx.db).clock_offset)


@area.put("/operator/clock", scope=OPERATOR)
def move_clock(ctx: Ctx, body: ClockMove) -> ClockNow:
    """Move the clock, if this is a test installation. Jobs that are due by then run at once; limits start afresh."""
    kept = installation(ctx.db)
    if not kept.test:
        raise BadRequest("The clock can be moved in a test installation only (groundlevel init --demo makes one)")
    target = moment(body.now, "now") if body.now else ctx.now + timedelta(seconds=body.seconds or 0)
    if not EARLIEST <= target <= LATEST:
        raise BadRequest(f"The clock can be moved to between {EARLIEST.year} and {LATEST.year}")
    offset = ctx.clock.move_to(target) if ctx.clock else target - ctx.now + timedelta(seconds=kept.clock_offset)
    ctx.db.put(INSTALLATION, replace(kept, clock_offset=offset.total_seconds()))
    return ClockNow(now=iso(target), offset_seconds=offset.total_seconds())
