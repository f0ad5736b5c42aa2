"""When a calendar can be booked, whoever takes its appointments: /calendars/schedules/event-calendar/{calendarId}"""

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.calendar import CALENDARS, Calendar, Hour
from groundlevel.areas.calendars.events import CalendarGone
from groundlevel.areas.calendars.hours import DAYS, Interval, ScheduleRule, ScheduleRules, Zone, check_rules
from groundlevel.areas.locations import check_timezone, own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import BadRequest, NotFound
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V3
from groundlevel.kernel.wire import Body, Wire, sent


class NewCalendarSchedule(Body):
    """A calendar's hours, and the time zone they are in."""

    rules: ScheduleRules
    timezone: Zone


class CalendarScheduleChange(Body):
    """What to change about a calendar's hours; what is not sent stays. `rules` are sent whole."""

    rules: ScheduleRules | UnsetType = UNSET
    timezone: Zone | UnsetType = UNSET


class ShownCalendarSchedule(Wire):
    """When a calendar can be booked."""

    calendar_id: str
    timezone: str
    rules: list[ScheduleRule]
    date_added: str
    date_updated: str


class CalendarSchedule(ShownCalendarSchedule, kw_only=True):
    """The same as it is kept, under its calendar's id."""

    id: str


class OneCalendarSchedule(Wire):
    """The reply about a calendar's schedule."""

    schedule: ShownCalendarSchedule


CALENDAR_SCHEDULES = declare(Table("calendar_own_schedules", CalendarSchedule, order="date_added"))


@area.post("/calendars/schedules/event-calendar/{calendarId}", scope="calendars.write", only=V3)
def create_calendar_schedule(ctx: Ctx, calendar_id: str, body: NewCalendarSchedule) -> OneCalendarSchedule:
    """Say when a calendar can be booked, in place of its openHours and availabilities.

    404 for an unknown calendar, 400 for one that has a schedule, 422 for rules without a day, for intervals that do
    not end after they begin, and for an unknown time zone.
    """
    calendar = _calendar_or_404(ctx, calendar_id)
    if ctx.db.get(CALENDAR_SCHEDULES, calendar.id):
        raise BadRequest(f"Calendar with id {calendar.id} already has a schedule")
    schedule = CalendarSchedule(
        id=calendar.id, calendar_id=calendar.id, timezone=body.timezone, rules=body.rules, date_added=ctx.stamp,
        date_updated=ctx.stamp,
    )  # fmt: skip
    return _kept(ctx, schedule)


@area.get("/calendars/schedules/event-calendar/{calendarId}", scope="calendars.readonly", only=V3)
def get_calendar_schedule(ctx: Ctx, calendar_id: str) -> OneCalendarSchedule:
    """When a calendar can be booked: its schedule, or else what its openHours and availabilities say.

    404 for an unknown calendar.
    """
    return OneCalendarSchedule(schedule=_seen(schedule_of(ctx, _calendar_or_404(ctx, calendar_id))))


@area.put("/calendars/schedules/event-calendar/{calendarId}", scope="calendars.write", only=V3)
def update_calendar_schedule(ctx: Ctx, calendar_id: str, body: CalendarScheduleChange) -> OneCalendarSchedule:
    """Change when a calendar can be booked; one without a schedule gets one. 404 if unknown, 422 as for a new one."""
    before = schedule_of(ctx, _calendar_or_404(ctx, calendar_id))
    return _kept(ctx, replace(before, **sent(body), date_updated=ctx.stamp))


def schedule_of(ctx: Ctx, calendar: Calendar) -> CalendarSchedule:
    """A calendar's schedule; where it has none, its openHours and availabilities in the form of one."""
    own = ctx.db.get(CALENDAR_SCHEDULES, calendar.id)
    return own or CalendarSchedule(
        id=calendar.id, calendar_id=calendar.id, timezone=own_location(ctx).timezone, rules=rules_of(calendar),
        date_added=calendar.date_added, date_updated=calendar.date_updated,
    )  # fmt: skip


def own_schedule(ctx: Ctx, calendar_id: str) -> CalendarSchedule | None:
    """The schedule that was made for a calendar, if one was."""
    return ctx.db.get(CALENDAR_SCHEDULES, calendar_id)


@on(CalendarGone)
def forget_schedule(ctx: Ctx, gone: CalendarGone) -> None:
    """A calendar's schedule goes with it."""
    ctx.db.delete(CALENDAR_SCHEDULES, gone.calendar_id)


def rules_of(calendar: Calendar) -> list[ScheduleRule]:
    """A calendar's openHours and availabilities as rules of a schedule."""
    weekly = [
        ScheduleRule(type="wday", day=DAYS[day], intervals=[_interval(h) for h in open.hours])
        for open in calendar.open_hours
        for day in open.days_of_the_week
    ]
    dates = [
        ScheduleRule(type="date", date=one.date[:10], intervals=[_interval(h) for h in one.hours])
        for one in calendar.availabilities
        if not one.deleted
    ]
    return weekly + dates


def _interval(hour: Hour) -> Interval:
    def clock(hours: int, minutes: int) -> str:
        total = hours * 60 + minutes
        return f"{total // 60 % 24:02}:{total % 60:02}"

    return Interval(start=clock(hour.open_hour, hour.open_minute), end=clock(hour.close_hour, hour.close_minute))


def _calendar_or_404(ctx: Ctx, calendar_id: str) -> Calendar:
    calendar = ctx.db.get(CALENDARS, calendar_id)
    if calendar is None:
        raise NotFound(f"Calendar with id {calendar_id} not found")
    return calendar


def _kept(ctx: Ctx, schedule: CalendarSchedule) -> OneCalendarSchedule:
    check_timezone(schedule.timezone)
    check_rules(schedule.rules)
    return OneCalendarSchedule(schedule=_seen(ctx.db.put(CALENDAR_SCHEDULES, schedule)))


def _seen(schedule: CalendarSchedule) -> ShownCalendarSchedule:
    return ShownCalendarSchedule(**{n: getattr(schedule, n) for n in ShownCalendarSchedule.__struct_fields__})
