"""When the outbox forgets: what is done after a while, and what is of a sub-account or contact that is gone."""

from datetime import datetime, timedelta

from groundlevel.areas.locations import LocationRemoved
from groundlevel.areas.outbox.outgoing import OUTBOX, clear
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import SYSTEM, job
from groundlevel.kernel.store import Sort, Store, Unit
from groundlevel.kernel.wire import iso

PORTION, AGAIN = 500, timedelta(minutes=1)
KEPT = timedelta(days=90)
"""How long it is told what became of a message."""


@on(LocationRemoved)
def forget_location(ctx: Ctx, gone: LocationRemoved) -> None:
    """A sub-account's messages go with it, and do not leave any more; once more later, for calls under way."""
    for at in (ctx.now, ctx.now + AGAIN):
        ctx.later(clear_outbox, at=at, location_id=gone.location_id)


@job()
def clear_outbox(ctx: Ctx, location_id: str) -> None:
    """Remove a portion of a removed sub-account's messages, and go on with the next."""
    if clear(ctx, location_id, PORTION) == PORTION:
        ctx.later(clear_outbox, location_id=location_id)


def tidy(store: Store, now: datetime, most: int = PORTION) -> int:
    """Forget the oldest messages that are done, if they are older than they are kept; how many."""
    ends = iso(now - KEPT)
    oldest = store.read(SYSTEM).find(OUTBOX, sort=(Sort("date_added"),), limit=most)
    gone = [one.id for one in oldest if one.date_added < ends and one.due is None]

    def forget(db: Unit) -> int:
        return sum(db.delete(OUTBOX, id) for id in gone)

    return store.write(SYSTEM, forget) if gone else 0
