"""What goes on between two moments: /calendars/events and /calendars/blocked-slots"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from groundlevel.areas.calendars.appointment import (
    APPOINTMENTS,
    LONGEST,
    Appointment,
    CalendarEvent,
    shown_event,
)
from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.blocks import BLOCKS, LONGEST_BLOCK, Block
from groundlevel.areas.calendars.calendar import CALENDARS, MOST_CALENDARS
from groundlevel.areas.calendars.groups import group_or_400
from groundlevel.areas.calendars.instances import instances
from groundlevel.areas.calendars.moments import Millis, on_clock, seconds_of, stored
from groundlevel.areas.locations import own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Condition, Eq, Has, Range, Sort
from groundlevel.kernel.wire import Body, Name, Wire

MOST_EVENTS = 5_000
"""Events that are told at once; of a series each time is one."""


class EventsWanted(Body):
    """Whose events, and between which moments (milliseconds since 1970): a user's, a calendar's or a group's."""

    location_id: str
    start_time: Millis
    end_time: Millis
    user_id: Name | None = None
    calendar_id: Name | None = None
    group_id: Name | None = None


class ManyEvents(Wire):
    """Events in the order in which they begin."""

    events: list[CalendarEvent]


@area.get("/calendars/events", scope="calendars/events.readonly", slow=True)
def get_calendar_events(ctx: Ctx, query: EventsWanted) -> ManyEvents:
    """The appointments that go on between two moments, of a user, a calendar or a group, in the order of their starts.

    Cancelled ones are among them. Of what comes again each time is an event. At most 5,000. Of several of `userId`,
    `calendarId` and `groupId` all count. 400 for none of them, and for an unknown group.
    """
    since, until = _window(query)
    whose = _whose(ctx, query)
    found: dict[str, Appointment] = {}
    for one in whose if whose is not None else [query.user_id or ""]:
        by: Condition = Has("users", one) if whose is None else Eq("calendar_id", one)
        near = Range("start_time", "<", stored(until)), Range("start_time", ">", stored(since - LONGEST))
        some = ctx.db.find(APPOINTMENTS, by, *near, sort=(Sort("start_time"),), limit=MOST_EVENTS)
        again = ctx.db.find(APPOINTMENTS, Has("again_for", one), limit=MOST_EVENTS)
        for appointment in (*(a for a in some if a.series is None), *again):
            found |= {event.id: event for event in instances(appointment, since, until)}
    wanted = [e for e in found.values() if query.user_id is None or query.user_id in e.users]
    zone = ZoneInfo(own_location(ctx).timezone)
    in_order = sorted(wanted, key=lambda event: (event.start_time, event.id))[:MOST_EVENTS]
    return ManyEvents(events=[shown_event(event, zone) for event in in_order])


@area.get("/calendars/blocked-slots", scope="calendars/events.readonly", slow=True)
def get_blocked_slots(ctx: Ctx, query: EventsWanted) -> ManyEvents:
    """The blocked times between two moments, of a user, a calendar or a group, in the order of their starts.

    They are told as events are, with neither a contact nor a status. 400 as for events.
    """
    since, until = _window(query)
    owners = [Eq("calendar_id", id) for id in _whose(ctx, query) or ()]
    owners += [Eq("assigned_user_id", query.user_id)] if query.user_id else []
    near = Range("start_time", "<", stored(until)), Range("start_time", ">", stored(since - LONGEST_BLOCK))
    found: list[Block] = []
    for owner in owners:
        found += ctx.db.find(BLOCKS, owner, *near, sort=(Sort("start_time"),), limit=MOST_EVENTS)
    going_on = [block for block in found if seconds_of(block.end_time) > since]
    in_order = sorted(going_on, key=lambda block: (block.start_time, block.id))[:MOST_EVENTS]
    return ManyEvents(events=_blocked(ctx, in_order))


def _window(query: EventsWanted) -> tuple[int, int]:
    """Between which seconds. 400 where it does not say whose, 422 for an end before the start."""
    if not (query.user_id or query.calendar_id or query.group_id):
        raise BadRequest("Either of userId, calendarId or groupId is required")
    since, until = int(query.start_time) // 1000, -(-int(query.end_time) // 1000)
    if until < since:
        raise Unprocessable("endTime must not be before startTime")
    return since, until


def _whose(ctx: Ctx, query: EventsWanted) -> list[str] | None:
    """The calendars that are asked about; None for those that a user has."""
    if not query.group_id:
        return [query.calendar_id] if query.calendar_id else None
    group = group_or_400(ctx, query.group_id)
    found = [c.id for c in ctx.db.find(CALENDARS, Eq("group_id", group.id), limit=MOST_CALENDARS)]
    return [id for id in found if query.calendar_id in (None, id)]


def _blocked(ctx: Ctx, blocks: Sequence[Block]) -> list[CalendarEvent]:
    zone = ZoneInfo(own_location(ctx).timezone)
    told: list[CalendarEvent] = []
    for one in blocks:
        same: dict[str, Any] = {name: getattr(one, name) for name in ("id", "location_id", "title", "date_added")}
        told.append(CalendarEvent(
            **same, calendar_id=one.calendar_id or "", assigned_user_id=one.assigned_user_id or "", contact_id="",
            group_id="", appointment_status="", date_updated=one.date_updated, is_recurring=False,
            start_time=on_clock(one.start_time, zone), end_time=on_clock(one.end_time, zone),
            users=[one.assigned_user_id] if one.assigned_user_id else [],
        ))  # fmt: skip
    return told
