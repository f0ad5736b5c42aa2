"""Time that is taken by what is not kept here: all of it is said each time, in place of what was said before."""

from collections.abc import Sequence

from msgspec.structs import replace

from groundlevel.areas.calendars.rules import Stretch
from groundlevel.areas.calendars.taken import TAKEN, WEEK, Held, Taken
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import In


def occupy(ctx: Ctx, whose: str, by: str, times: Sequence[Stretch], span: Stretch) -> None:
    """Let a user's time be taken at these times, and at no others of the span. by: the id of what takes it.

    Only weeks in which something has changed are written.
    """
    wanted: dict[int, list[Held]] = {}
    for start, end in times:
        for week in range(start // WEEK, (end - 1) // WEEK + 1):
            wanted.setdefault(week, []).append(Held(start, end, start, "", by))
    weeks = range(span[0] // WEEK, span[1] // WEEK + 1)
    ids = {f"{whose}.{week}": week for week in weeks}
    there = {row.id: row for row in ctx.db.find(TAKEN, In("id", tuple(ids)), limit=len(ids))}
    for id, week in ids.items():
        row, come = there.get(id) or Taken(id=id), wanted.get(week, [])
        if [one for one in row.held if one.event_id == by] == come:
            continue
        row = replace(row, held=[*(one for one in row.held if one.event_id != by), *come])
        if row.held or row.again:
            ctx.db.put(TAKEN, row)
        else:
            ctx.db.delete(TAKEN, id)
