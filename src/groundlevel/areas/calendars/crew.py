"""Whom and what a calendar's appointments need, and when they are open."""

from msgspec import Struct

from groundlevel.areas.calendars.calendar import Calendar
from groundlevel.areas.calendars.event_schedules import own_schedule
from groundlevel.areas.calendars.hours import rules_in
from groundlevel.areas.calendars.resources import resources_for
from groundlevel.areas.calendars.rules import Rules, Stretch, hours_of
from groundlevel.areas.calendars.schedules import schedules_for
from groundlevel.areas.locations import own_location
from groundlevel.areas.users import USERS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import In


class Need(Struct, frozen=True):
    """A kind of equipment that every appointment of a calendar needs, or a room of which it needs one.

    at_once: how many it serves at the same time.
    """

    id: str
    at_once: int
    is_room: bool = False


class Crew(Struct, frozen=True):
    """A calendar with all that it needs. users: its members who still work here. zone: the sub-account's.

    hours: when each member is open for it, and the calendar itself, under its id.
    """

    calendar: Calendar
    zone: str
    users: list[str]
    needs: list[Need]
    hours: dict[str, Rules]


def crew_of(ctx: Ctx, calendar: Calendar) -> Crew:
    """All that a calendar needs.

    A member's schedule for the calendar comes before the calendar's, which comes before its open hours.
    """
    zone, users = own_location(ctx).timezone, _working(ctx, calendar.user_ids)
    schedule = own_schedule(ctx, calendar.id)
    own = rules_in(schedule.timezone, schedule.rules) if schedule else calendar_rules(calendar, zone)
    of_users = {id: rules_in(s.timezone, s.rules) for id, s in schedules_for(ctx, calendar.id).items()}
    hours = {calendar.id: own, **{user_id: of_users.get(user_id, own) for user_id in users}}
    return Crew(calendar, zone, users, needs_of(ctx, calendar.id), hours)


def needs_of(ctx: Ctx, id: str) -> list[Need]:
    """The rooms and equipment that a calendar or service needs."""
    return [Need(one.id, one.at_once, one.resource_type == "rooms") for one in resources_for(ctx, id)]


def calendar_rules(calendar: Calendar, zone: str) -> Rules:
    """When a calendar is open by itself: its open hours, and hours of dates in their place.

    availability_type 1: on those dates alone.
    """
    weekly: dict[int, list[Stretch]] = {}
    for one in () if calendar.availability_type == 1 else calendar.open_hours:
        for day in one.days_of_the_week:
            weekly.setdefault(day, []).extend(hour.minutes for hour in one.hours)
    dates = tuple((one.date[:10], tuple(hour.minutes for hour in one.hours)) for one in calendar.availabilities)
    return Rules(zone, hours_of(weekly), dates)


def _working(ctx: Ctx, user_ids: list[str]) -> list[str]:
    """Those who still work for the sub-account, in the same order."""
    found = ctx.db.find(USERS, In("id", tuple(user_ids)), limit=len(user_ids)) if user_ids else []
    here = {user.id for user in found if ctx.location_id in user.works_at}
    return [user_id for user_id in user_ids if user_id in here]
