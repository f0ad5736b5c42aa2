"""A sub-account with a calendar of so many users, and with what is booked in it."""

import random
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.installation import Account, add_in_bulk, address, install, opened
from groundlevel.areas.calendars import CALENDARS
from groundlevel.areas.calendars.appointment import APPOINTMENTS, Appointment
from groundlevel.areas.calendars.calendars import create_calendar
from groundlevel.areas.calendars.hours import Interval, ScheduleRule
from groundlevel.areas.calendars.schedules import NewSchedule, create_schedule
from groundlevel.areas.calendars.taken import hold
from groundlevel.areas.calendars.writing import NewCalendar
from groundlevel.areas.users import USERS, Roles, User
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import iso, new_id

DAYS = 31
FIRST = datetime(2027, 3, 1, tzinfo=UTC)
ZONES = ("America/New_York", "Europe/Vienna", "Asia/Kolkata", "Australia/Sydney")
WORKDAYS: tuple[Any, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Team(msgspec.Struct):
    """A database of a round-robin calendar: where it is, how to ask it, and who is in it.

    together: a calendar that needs the first five at once. zoned: one of the same members, each with hours of his own,
    in four time zones.
    """

    where: Path | str
    account: Account
    users: list[str]
    contacts: list[str]
    calendar: str = ""
    together: str = ""
    zoned: str = ""
    appointments: int = 0


def team(where: Path | str, users: int, each: int) -> Team:
    """A new one: so many users with so many appointments each, within a month."""
    with ExitStack() as stack:
        app = stack.enter_context(opened(where))
        account = install(app)
        made = Team(where, account, [new_id() for _ in range(users)], add_in_bulk(app, account, range(200)))
        _do(app, account, lambda ctx: _furnish(ctx, made))
        for n, user in enumerate(made.users):
            _do(app, account, lambda ctx, n=n, user=user: _book(ctx, made, user, random.Random(n), each))
        made.appointments = users * each
        while app.store.tend():
            pass
    return made


def _do(app: App, account: Account, work: Any) -> None:
    now = app.clock.now()
    app.store.write(account.owners, lambda db: work(Ctx(OPERATOR, db, now, app.settings, app.clock)))


def _furnish(ctx: Ctx, of: Team) -> None:
    roles = Roles(type="account", role="user", location_ids=[ctx.location_id])
    for n, user_id in enumerate(of.users):
        ctx.db.put(USERS, User(
            id=user_id, company_id=ctx.company_id, name=f"Member {n}", first_name="Member", last_name=str(n),
            email=f"member{n}@example.com", date_added=ctx.stamp, roles=roles,
        ))  # fmt: skip

    def calendar(name: str, members: list[str], **said: Any) -> str:
        team = [{"userId": id, "isPrimary": id == members[0]} for id in members]
        body = {"locationId": ctx.location_id, "name": name, "teamMembers": team, **said}
        return create_calendar(ctx, msgspec.convert(body, NewCalendar)).calendar.id

    of.calendar, of.zoned = calendar("Round robin", of.users), calendar("Zones", of.users)
    of.together = calendar("Together", of.users[:5], calendarType="collective")
    for n, user_id in enumerate(of.users):
        hours = [Interval(start=f"{7 + n % 4:02}:00", end=f"{15 + n % 3}:00")]
        rules = [ScheduleRule(type="wday", day=day, intervals=hours) for day in WORKDAYS]
        create_schedule(ctx, NewSchedule(
            location_id=ctx.location_id, name="Hours", timezone=ZONES[n % len(ZONES)], user_id=user_id, rules=rules,
            calendar_ids=[of.zoned],
        ))  # fmt: skip


def _book(ctx: Ctx, of: Team, user: str, dice: random.Random, many: int) -> None:
    """Half an hour each, on the half hour of some working day, never two at once."""
    for place in dice.sample(range(DAYS * 48), many):
        start = FIRST + timedelta(minutes=30 * place)
        one = Appointment(
            id=new_id(), location_id=ctx.location_id, calendar_id=of.calendar, contact_id=dice.choice(of.contacts),
            title="Call", appointment_status="confirmed", start_time=iso(start), users=[user], assigned_user_id=user,
            end_time=iso(start + timedelta(minutes=30)), date_added=ctx.stamp, date_updated=ctx.stamp,
        )  # fmt: skip
        hold(ctx, None, one.holding)
        ctx.db.put(APPOINTMENTS, one)


__all__ = ["CALENDARS", "DAYS", "FIRST", "Team", "address", "team"]
