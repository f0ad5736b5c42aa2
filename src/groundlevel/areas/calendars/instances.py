"""One of an appointment that comes again: how it is called, found, and taken out of its series."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from groundlevel.areas.calendars.appointment import APPOINTMENTS, Appointment
from groundlevel.areas.calendars.moments import stored
from groundlevel.areas.calendars.recurrence import is_one_of, occurrences
from groundlevel.areas.calendars.taken import hold
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest

INSTANCE = re.compile(r"([A-Za-z0-9]{1,40})_(\d{1,15})_(\d{1,9})", re.ASCII)
"""The series' id, when it begins (milliseconds since 1970), and how many seconds it takes."""


def event_or_400(ctx: Ctx, event_id: str) -> Appointment:
    """The appointment, the series, or the one of a series with this id; 400 where there is none."""
    found = ctx.db.get(APPOINTMENTS, event_id) or _instance(ctx, event_id)
    if found is None:
        raise BadRequest(f"Event with id {event_id} not found")
    return found


def instances(master: Appointment, since: int, until: int) -> Iterator[Appointment]:
    """Those of a series that are going on between two moments, in order; an appointment that does not recur is one."""
    long = master.end - master.start
    if master.series is None:
        if master.start < until and since < master.end:
            yield master
        return
    for start in occurrences(master.series, since - long + 1, until):
        yield _one(master, start)


def is_instance(one: Appointment) -> bool:
    """Whether it is one of a series that has not been changed by itself yet."""
    return one.series is None and one.rrule is not None and one.master_event_id is not None


def on_its_own(ctx: Ctx, one: Appointment) -> Appointment:
    """Take one of a series out of it and keep it as an appointment with the same id; any other stays as it is."""
    master = ctx.db.get(APPOINTMENTS, one.master_event_id or "")
    if not is_instance(one) or master is None or master.series is None:
        return one
    series = replace(master.series, but=(*master.series.but, one.start))
    rest = replace(master, series=series)
    hold(ctx, master.holding, rest.holding)
    ctx.db.put(APPOINTMENTS, rest)
    alone = replace(one, rrule=None)
    hold(ctx, None, alone.holding)
    return ctx.db.put(APPOINTMENTS, alone)


def _instance(ctx: Ctx, event_id: str) -> Appointment | None:
    named = INSTANCE.fullmatch(event_id)
    master = ctx.db.get(APPOINTMENTS, named[1]) if named else None
    if not named or master is None or master.series is None:
        return None
    start = int(named[2]) // 1000
    one = _one(master, start)
    return one if one.id == event_id and is_one_of(master.series, start) else None


def _one(master: Appointment, start: int) -> Appointment:
    long = master.end - master.start
    return replace(
        master, id=f"{master.id}_{start * 1000}_{long}", master_event_id=master.id, series=None,
        start_time=stored(start), end_time=stored(start + long),
    )  # fmt: skip
