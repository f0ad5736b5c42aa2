"""When a calendar can be booked: /calendars/{calendarId}/free-slots"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from msgspec import Meta

from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.availability import Wanted, question
from groundlevel.areas.calendars.calendar import calendar_or_400
from groundlevel.areas.calendars.crew import crew_of
from groundlevel.areas.calendars.moments import Millis
from groundlevel.areas.calendars.rules import DAY, EPOCH, segments
from groundlevel.areas.calendars.slots import offered
from groundlevel.areas.locations import check_timezone
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.wire import Body

MOST_DAYS = 31
Id = Annotated[str, Meta(max_length=40)]
Users = Annotated[list[Id], Meta(max_length=200)]


class SlotsWanted(Body):
    """Between which moments, and on whose clock the answer is: the sub-account's, if no zone is said."""

    start_date: Millis
    end_date: Millis
    timezone: Annotated[str, Meta(max_length=100)] | None = None
    user_id: Id | None = None
    user_ids: Users | None = None


@area.get("/calendars/{calendarId}/free-slots", scope="calendars.readonly", slow=True)
def get_slots(ctx: Ctx, calendar_id: str, query: SlotsWanted) -> dict[str, Any]:
    """The free slots that begin from `startDate` until before `endDate`, by day, on the clock of a time zone.

    The days, of that zone, are only those that have some. `userId` and `userIds`: slots of these members alone; an
    appointment that needs all members has the same for everybody. 400 for an unknown calendar, for an end before the
    start, and for more than 31 days; 422 for a time zone that is none.
    """
    crew = crew_of(ctx, calendar_or_400(ctx, calendar_id))
    check_timezone(query.timezone)
    since, until = -(-int(query.start_date) // 1000), -(-int(query.end_date) // 1000)
    zone = query.timezone or crew.zone
    if until < since:
        raise BadRequest("endDate must not be before startDate")
    if until - since > MOST_DAYS * DAY and _days_of_clock(zone, since, until) > MOST_DAYS:
        raise BadRequest(f"Date range cannot be more than {MOST_DAYS} days")
    only = {*(query.user_ids or ()), *([query.user_id] if query.user_id else ())}
    asked = question(ctx, crew, Wanted(since, until, only=frozenset(only) if only else None))
    return {**by_day(offered(asked), zone), "traceId": ctx.trace_id}


def by_day(starts: Iterable[int], zone: str) -> dict[str, Any]:
    """Moments by the days of a zone, on its clock: `{"2026-01-05": {"slots": ["2026-01-05T09:00:00-05:00"]}}`. Pure."""
    found: dict[str, Any] = {}
    moments = list(starts)
    if not moments:
        return found
    parts = list(segments(zone, moments[0], moments[-1] + 1))
    begins, offsets = [start for start, _, _ in parts], [offset for _, _, offset in parts]
    texts = [_offset(offset) for offset in offsets]
    known, day_name, slots = -1, "", list[str]()
    for moment in moments:
        part = bisect_right(begins, moment) - 1 if len(parts) > 1 else 0
        day, second = divmod(moment + offsets[part], DAY)
        if day != known:
            known, day_name = day, date.fromordinal(day + EPOCH).isoformat()
            slots = found.setdefault(day_name, {"slots": []})["slots"]
        hour, rest = divmod(second, 3_600)
        slots.append(f"{day_name}T{hour:02}:{rest // 60:02}:{rest % 60:02}{texts[part]}")
    return found


def _offset(seconds: int) -> str:
    """`-05:00`."""
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _days_of_clock(zone: str, since: int, until: int) -> float:
    """How many days a zone's clock goes on, which is an hour more or less than passes when it changes."""
    offsets = [offset for _, _, offset in segments(zone, since, until)]
    return (until - since + offsets[-1] - offsets[0]) / DAY
