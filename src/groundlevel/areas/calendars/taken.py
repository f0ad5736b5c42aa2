"""What is taken, kept so that free slots are found without reading appointments: /calendars/{calendarId}/free-slots

For each user, calendar and resource there is a row for each week in which anything is booked, with all stretches of it.
It is written with the appointment or block it comes from, so it cannot disagree with it; and two requests that book the
same one in the same week write the same row, so one of them has to look again.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.calendars.recurrence import Series, occurrences
from groundlevel.areas.calendars.rules import Stretch
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import In, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

WEEK = 7 * 86_400
SERIES = "series"


class Held(Struct, frozen=True, array_like=True):
    """A stretch that an event takes, its buffers with it; `begins` is without them. Seconds since 1970.

    calendar_id: whose appointment it is; empty for a block.
    """

    start: int
    end: int
    begins: int
    calendar_id: str
    event_id: str


class HeldAgain(Struct, frozen=True, array_like=True):
    """The stretches that a series takes: each begins `before` its start, and is `long`, in seconds."""

    series: Series
    before: int
    long: int
    calendar_id: str
    event_id: str


class Taken(Wire):
    """All that takes somebody's time in a week; or all series that do, whenever. Its id is whose and which week."""

    id: str
    held: list[Held] = []
    again: list[HeldAgain] = []


class Holding(Struct, frozen=True):
    """What an event takes, and of whom: users, calendars, resources by their ids."""

    whose: tuple[str, ...]
    what: Held | HeldAgain

    @property
    def rows(self) -> set[str]:
        """Where it is kept."""
        if isinstance(self.what, HeldAgain):
            return {f"{one}.{SERIES}" for one in self.whose}
        return {f"{one}.{week}" for one in self.whose for week in _weeks((self.what.start, self.what.end))}


TAKEN = declare(Table("calendar_taken", Taken))


def hold(ctx: Ctx, before: Holding | None, after: Holding | None) -> None:
    """Take what an event takes from now on in place of what it took before; None is nothing."""
    gone, come = before.rows if before else set[str](), after.rows if after else set[str]()
    for id in sorted(gone | come):  # in one order, so that two of them do not wait for each other
        kept = ctx.db.get(TAKEN, id) or Taken(id=id)
        if before and id in gone:
            kept = Taken(
                id=id,
                held=[one for one in kept.held if one.event_id != before.what.event_id],
                again=[one for one in kept.again if one.event_id != before.what.event_id],
            )
        if after and id in come:
            what = after.what
            again = [*kept.again, what] if isinstance(what, HeldAgain) else kept.again
            kept = replace(kept, held=[*kept.held, what] if isinstance(what, Held) else kept.held, again=again)
        if kept.held or kept.again:
            ctx.db.put(TAKEN, kept)
        else:
            ctx.db.delete(TAKEN, id)


def taken(ctx: Ctx, whose: Iterable[str], window: Stretch) -> dict[str, list[Held]]:
    """What takes the time of each of them in a window, and a little around it; everything once."""
    weeks = _weeks(window)
    ids = {f"{one}.{week}": (one, week) for one in dict.fromkeys(whose) for week in (*weeks, SERIES)}
    found: dict[str, list[Held]] = {one: [] for one, _ in ids.values()}
    for row in ctx.db.find(TAKEN, In("id", tuple(ids)), limit=len(ids) or 1):
        one, week = ids[row.id]
        if row.again:
            found[one] += _each(row.again, window)
        elif week == weeks[0]:
            found[one] += row.held
        else:  # what began in an earlier week is there, too
            since = int(week) * WEEK
            found[one] += [held for held in row.held if held.start >= since]
    return found


def _each(again: Sequence[HeldAgain], window: Stretch) -> Iterator[Held]:
    for one in again:
        for begins in occurrences(one.series, window[0] - one.long, window[1] + one.before):
            start = begins - one.before
            yield Held(start, start + one.long, begins, one.calendar_id, one.event_id)


def _weeks(window: Stretch) -> range:
    """The numbers of the weeks (of UTC, from 1970 on) that a stretch lies in."""
    return range(window[0] // WEEK, max(window[0], window[1] - 1) // WEEK + 1)
