"""Calendars: /calendars/{calendarId}"""

from groundlevel.areas.calendars.addresses import keep_address
from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.calendar import (
    CALENDARS,
    DEFAULTS,
    MOST_CALENDARS,
    Calendar,
    Hour,
    OpenHour,
    calendar_or_400,
)
from groundlevel.areas.calendars.events import CalendarGone
from groundlevel.areas.calendars.writing import CalendarChange, NewCalendar, changed, free_slug
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Sort
from groundlevel.kernel.wire import Body, Name, Wire, new_id

OFFICE_HOURS = OpenHour(
    days_of_the_week=[1, 2, 3, 4, 5], hours=[Hour(open_hour=8, open_minute=0, close_hour=17, close_minute=0)]
)
"""When a calendar is open that does not say when: on weekdays from 8 to 17."""


class CalendarsWanted(Body):
    """Which calendars: of one group, and whether those that cannot be booked are among them."""

    location_id: str
    group_id: Name | None = None
    show_drafted: bool = True


class OneCalendar(Wire):
    """The reply about one calendar."""

    calendar: Calendar


class ManyCalendars(Wire):
    """Calendars by name."""

    calendars: list[Calendar]


class CalendarDeleted(Wire):
    """Done."""

    success: bool


@area.get("/calendars/", scope="calendars.readonly")
def get_calendars(ctx: Ctx, query: CalendarsWanted) -> ManyCalendars:
    """The sub-account's calendars by name, or those of one group; without drafts if `showDrafted` is false."""
    where = (Eq("group_id", query.group_id),) if query.group_id else ()
    found = ctx.db.find(CALENDARS, *where, sort=(Sort("name"),), limit=MOST_CALENDARS)
    return ManyCalendars(calendars=[c for c in found if c.is_active or query.show_drafted])


@area.post("/calendars/", scope="calendars.write", status=200)
def create_calendar(ctx: Ctx, body: NewCalendar) -> OneCalendar:
    """Add a calendar; what is not said of it is as published: slots of 30 minutes, one appointment at a time.

    It is open on weekdays from 8 to 17 unless it says when; `openHours: []` is never. Its slugs are made of its name
    unless it says others. 400 for a slug that another calendar has, and for an unknown user or group. 422 with every
    fault: a type other than event needs team members, personal exactly one, collective exactly one primary.
    """
    if ctx.db.count(CALENDARS) >= MOST_CALENDARS:
        raise BadRequest(f"A location can have no more than {MOST_CALENDARS} calendars")
    blank = Calendar(
        **DEFAULTS, id=new_id(), location_id=ctx.location_id, name=body.name,
        calendar_type=body.calendar_type or ("round_robin" if body.team_members else "event"),
        slug=body.slug or free_slug(ctx, "slug", body.name), date_added=ctx.stamp, date_updated=ctx.stamp,
        widget_slug=body.widget_slug or free_slug(ctx, "widget_slug", body.name), open_hours=[OFFICE_HOURS],
    )  # fmt: skip
    return OneCalendar(calendar=_kept(ctx, changed(ctx, blank, body)))


@area.get("/calendars/{calendarId}", scope="calendars.readonly")
def get_calendar(ctx: Ctx, calendar_id: str) -> OneCalendar:
    """One calendar. 400 for an unknown one."""
    return OneCalendar(calendar=calendar_or_400(ctx, calendar_id))


@area.put("/calendars/{calendarId}", scope="calendars.write")
def update_calendar(ctx: Ctx, calendar_id: str, body: CalendarChange) -> OneCalendar:
    """Change a calendar; what is not sent stays as it is. What is booked stays booked.

    `availabilities` changes those it names by their id or date. 400 and 422 as for a new one; its type and its
    sub-account stay, so `locationId` and `calendarType` are refused.
    """
    return OneCalendar(calendar=_kept(ctx, changed(ctx, calendar_or_400(ctx, calendar_id), body)))


@area.delete("/calendars/{calendarId}", scope="calendars.write")
def delete_calendar(ctx: Ctx, calendar_id: str) -> CalendarDeleted:
    """Remove a calendar, and all that is booked in it. 400 for an unknown one."""
    ctx.db.delete(CALENDARS, calendar_or_400(ctx, calendar_id).id)
    ctx.emit(CalendarGone(calendar_id=calendar_id))
    return CalendarDeleted(success=True)


def _kept(ctx: Ctx, calendar: Calendar) -> Calendar:
    keep_address(ctx, "booking", calendar.id, calendar.widget_slug)
    return ctx.db.put(CALENDARS, calendar)
