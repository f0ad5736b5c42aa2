"""When users are available: /calendars/schedules"""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.calendar import CALENDARS
from groundlevel.areas.calendars.events import CalendarGone, ServiceGone
from groundlevel.areas.calendars.hours import ScheduleRule, ScheduleRules, Zone, check_rules
from groundlevel.areas.calendars.service_catalog import SERVICES
from groundlevel.areas.locations import check_timezone
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Eq, Has, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_id, sent, shown

Calendars = Annotated[list[Name], Meta(max_length=500)]


class NewSchedule(Body):
    """A user's hours, the time zone they are in, and the calendars and services they apply to."""

    location_id: str
    name: Name
    timezone: Zone
    user_id: Name
    rules: ScheduleRules = []
    calendar_ids: Calendars = []


class ScheduleChange(Body):
    """What to change about a schedule; what is not sent stays. `rules` are sent whole."""

    name: Name | UnsetType = UNSET
    timezone: Zone | UnsetType = UNSET
    rules: ScheduleRules | UnsetType = UNSET


class Schedule(Wire):
    """When a user is available, for those of its calendars that are named."""

    id: str
    name: str
    location_id: str
    rules: list[ScheduleRule]
    timezone: str
    date_added: str
    date_updated: str
    user_id: str
    deleted: bool
    calendar_ids: list[str] = shown()


class SchedulesWanted(Body):
    """Whose schedules; only those of one calendar, if it is named."""

    location_id: str
    user_id: Name
    calendar_id: Name | None = None
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=500)] = 50


class OneSchedule(Wire):
    """The reply about one schedule."""

    schedule: Schedule


class ManySchedules(Wire):
    """Schedules, newest first."""

    schedules: list[Schedule]


class ScheduleDone(Wire):
    """The reply to deleting one, and to naming calendars."""

    success: bool


SCHEDULES = declare(
    Table("calendar_schedules", Schedule, index=("user_id",), many=("calendar_ids",), order="date_added")
)


@area.get("/calendars/schedules/search", scope="calendars.readonly")
def get_all_schedules(ctx: Ctx, query: SchedulesWanted) -> ManySchedules:
    """A user's schedules, newest first."""
    where = [Eq("user_id", query.user_id), *([Has("calendar_ids", query.calendar_id)] if query.calendar_id else [])]
    return ManySchedules(schedules=ctx.db.find(SCHEDULES, *where, limit=query.limit, skip=query.skip))


@area.post("/calendars/schedules", scope="calendars.write")
def create_schedule(ctx: Ctx, body: NewSchedule) -> OneSchedule:
    """Say when a user is available. A calendar that another schedule of the user's applies to goes over to this one.

    400 for an unknown user, 404 for an unknown calendar, 422 for rules without a day and for intervals that do not
    end after they begin.
    """
    check_user(ctx, body.user_id)
    _check(body.timezone, body.rules)
    for calendar_id in body.calendar_ids:
        check_calendar(ctx, calendar_id)
        _take_off(ctx, body.user_id, calendar_id)
    schedule = Schedule(
        id=new_id(), name=body.name, location_id=body.location_id, rules=body.rules, timezone=body.timezone,
        date_added=ctx.stamp, date_updated=ctx.stamp, user_id=body.user_id, deleted=False,
        calendar_ids=list(dict.fromkeys(body.calendar_ids)),
    )  # fmt: skip
    return OneSchedule(schedule=ctx.db.put(SCHEDULES, schedule))


@area.get("/calendars/schedules/{id}", scope="calendars.readonly")
def get_schedule_by_id(ctx: Ctx, id: str) -> OneSchedule:
    """One schedule. 404 for an unknown one."""
    return OneSchedule(schedule=schedule_or_404(ctx, id))


@area.put("/calendars/schedules/{id}", scope="calendars.write")
def update_schedule(ctx: Ctx, id: str, body: ScheduleChange) -> OneSchedule:
    """Change a schedule: slots follow at once. 404 for an unknown one, 422 as for a new one."""
    schedule = replace(schedule_or_404(ctx, id), **sent(body), date_updated=ctx.stamp)
    _check(schedule.timezone, schedule.rules)
    return OneSchedule(schedule=ctx.db.put(SCHEDULES, schedule))


@area.delete("/calendars/schedules/{id}", scope="calendars.write")
def delete_schedule(ctx: Ctx, id: str) -> ScheduleDone:
    """Delete a schedule: its calendars go by their own hours again. 404 for an unknown one."""
    return ScheduleDone(success=ctx.db.delete(SCHEDULES, schedule_or_404(ctx, id).id))


@area.put("/calendars/schedules/{id}/associations/{calendarId}", scope="calendars.write")
def add_calendar_to_schedule(ctx: Ctx, id: str, calendar_id: str) -> ScheduleDone:
    """Apply a schedule to a calendar, in place of the user's other one, if there is any. 404 for unknown ones."""
    schedule = schedule_or_404(ctx, id)
    check_calendar(ctx, calendar_id)
    if calendar_id not in schedule.calendar_ids:
        _take_off(ctx, schedule.user_id, calendar_id)
        ctx.db.put(
            SCHEDULES, replace(schedule, calendar_ids=[*schedule.calendar_ids, calendar_id], date_updated=ctx.stamp)
        )
    return ScheduleDone(success=True)


@area.delete("/calendars/schedules/{id}/associations/{calendarId}", scope="calendars.write")
def remove_calendar_from_schedule(ctx: Ctx, id: str, calendar_id: str) -> ScheduleDone:
    """Apply a schedule to a calendar no more. 404 for an unknown schedule, and for a calendar it does not apply to."""
    schedule = schedule_or_404(ctx, id)
    if calendar_id not in schedule.calendar_ids:
        raise NotFound(f"Calendar with id {calendar_id} not found")
    _forget(ctx, schedule, calendar_id)
    return ScheduleDone(success=True)


def schedule_or_404(ctx: Ctx, id: str) -> Schedule:
    """The sub-account's schedule with this id; 404 where there is none."""
    schedule = ctx.db.get(SCHEDULES, id)
    if schedule is None:
        raise NotFound(f"Schedule with id {id} not found")
    return schedule


def check_calendar(ctx: Ctx, calendar_id: str) -> None:
    """404 for an id of neither a calendar nor a service that the sub-account has."""
    if ctx.db.get(CALENDARS, calendar_id) is None and ctx.db.get(SERVICES, calendar_id) is None:
        raise NotFound(f"Calendar with id {calendar_id} not found")


def schedules_for(ctx: Ctx, calendar_id: str) -> dict[str, Schedule]:
    """By user, the schedules that apply to a calendar."""
    return {one.user_id: one for one in ctx.db.each(SCHEDULES, Has("calendar_ids", calendar_id))}


@on(CalendarGone)
def forget_calendar(ctx: Ctx, gone: CalendarGone) -> None:
    """No schedule applies to a calendar that is gone."""
    _apply_no_more(ctx, gone.calendar_id)


@on(ServiceGone)
def forget_service(ctx: Ctx, gone: ServiceGone) -> None:
    """Nor to a service."""
    _apply_no_more(ctx, gone.service_id)


def _apply_no_more(ctx: Ctx, id: str) -> None:
    for schedule in list(ctx.db.each(SCHEDULES, Has("calendar_ids", id))):
        _forget(ctx, schedule, id)


def _take_off(ctx: Ctx, user_id: str, calendar_id: str) -> None:
    """A user has at most one schedule for a calendar."""
    for schedule in list(ctx.db.each(SCHEDULES, Eq("user_id", user_id), Has("calendar_ids", calendar_id))):
        _forget(ctx, schedule, calendar_id)


def _forget(ctx: Ctx, schedule: Schedule, calendar_id: str) -> None:
    left = [id for id in schedule.calendar_ids if id != calendar_id]
    ctx.db.put(SCHEDULES, replace(schedule, calendar_ids=left, date_updated=ctx.stamp))


def _check(timezone: str, rules: list[ScheduleRule]) -> None:
    check_timezone(timezone)
    check_rules(rules)
