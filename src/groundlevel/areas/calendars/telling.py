"""Telling people of appointments, as the notifications of their calendars say.

What is due at once is told in the unit of work in which it happens. Of what is due later, the next moment of each
appointment is a job, planned anew whenever the appointment or a notification changes. What was told is a row of its
own, so nothing is told twice however often a job is done. Whoever sends messages reacts to `AppointmentNotification`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from groundlevel.areas.calendars.appointment import APPOINTMENTS, Appointment
from groundlevel.areas.calendars.events import (
    AppointmentCreate,
    AppointmentDelete,
    AppointmentNotification,
    AppointmentUpdate,
    NotificationsChanged,
)
from groundlevel.areas.calendars.moments import stored
from groundlevel.areas.calendars.notifications import Kind, Notification
from groundlevel.areas.calendars.reminding import Timed, Times, due, next_due
from groundlevel.areas.calendars.usual_notifications import told_of
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

PORTION = 200
AT_ONCE: dict[str, Kind] = {"new": "booked", "confirmed": "confirmation", "cancelled": "cancellation"}
"""What is told when an appointment gets into a state."""


class Plan(Wire):
    """What is known of an appointment, whose id it has, since it was last looked at, and what is planned.

    next_at: when something is to be told next. told_until: until when all that was due has been told.
    """

    id: str
    status: str
    start: int
    end: int
    told_until: int
    next_at: int | None = None
    quiet: bool = False


class Notice(Wire):
    """Something that was told: of an appointment, by a notification, for a moment."""

    id: str
    appointment_id: str
    notification_id: str
    moment: str
    date_added: str


PLANS = declare(Table("appointment_plans", Plan))
NOTICES = declare(Table("appointment_notices", Notice, index=("appointment_id",), order="date_added"))


@on(AppointmentCreate)
def tell_of_new(ctx: Ctx, event: AppointmentCreate) -> None:
    """Tell of an appointment that was booked, and plan its reminders."""
    _changed(ctx, event.appointment.id, notify=event.to_notify, new=True)


@on(AppointmentUpdate)
def tell_of_change(ctx: Ctx, event: AppointmentUpdate) -> None:
    """Tell of an appointment that was moved, confirmed or cancelled, and plan its reminders anew."""
    _changed(ctx, event.appointment.id, notify=event.to_notify, new=False)


@on(AppointmentDelete)
def forget_plan(ctx: Ctx, event: AppointmentDelete) -> None:
    """Nobody is told any more of an appointment that is gone."""
    ctx.db.delete(PLANS, event.appointment.id)
    for notice in list(ctx.db.each(NOTICES, Eq("appointment_id", event.appointment.id))):
        ctx.db.delete(NOTICES, notice.id)


@on(NotificationsChanged)
def plan_anew(ctx: Ctx, event: NotificationsChanged) -> None:
    """What is still to be told follows the notifications."""
    ctx.later(plan_calendar, calendar_id=event.calendar_id)


@job()
def tell_what_is_due(ctx: Ctx, appointment_id: str, moment: int) -> None:
    """Tell what is due of an appointment, if it is still meant for this moment, and plan the next."""
    plan, one = ctx.db.get(PLANS, appointment_id), ctx.db.get(APPOINTMENTS, appointment_id)
    if plan is None or one is None or plan.next_at != moment or not one.takes_time:
        return
    known = {each.id: each for each in _active(ctx, one)}
    now = int(ctx.now.timestamp())
    for at, timed in due(_times(one), _timed(known.values()), plan.told_until, now):
        _tell(ctx, one, known[timed.notification_id], at, at - _times(one).shift(timed))
    plan.told_until = now
    _planned(ctx, one, plan, known.values())


@job()
def plan_calendar(ctx: Ctx, calendar_id: str, after: str = "") -> None:
    """Plan a portion of a calendar's appointments anew, and go on with the next."""
    of_it = Eq("calendar_id", calendar_id)
    found = ctx.db.page(APPOINTMENTS, of_it, sort=(Sort("id"),), limit=PORTION, after=(after, after))
    now = int(ctx.now.timestamp())
    for one in found:
        plan = ctx.db.get(PLANS, one.id) or _new_plan(one, now)
        if not plan.quiet and (one.series or one.end > now or plan.next_at):
            _planned(ctx, one, plan, _active(ctx, one))
    if len(found) == PORTION:
        ctx.later(plan_calendar, calendar_id=calendar_id, after=found[-1].id)


def _changed(ctx: Ctx, appointment_id: str, *, notify: bool, new: bool) -> None:
    one, before = ctx.db.get(APPOINTMENTS, appointment_id), ctx.db.get(PLANS, appointment_id)
    if one is None:
        return
    known = _active(ctx, one)
    if not known and before is None:
        return
    now = int(ctx.now.timestamp())
    same = before is not None and (before.start, before.end) == (one.start, one.end)
    plan = _new_plan(one, before.told_until if before and same else now)
    plan.quiet = not notify
    if notify:
        for kind in _news(one, before, new=new):
            for each in known:
                if each.notification_type == kind:
                    _tell(ctx, one, each, None, one.start)
    _planned(ctx, one, plan, known)


def _news(one: Appointment, before: Plan | None, *, new: bool) -> list[Kind]:
    """What has happened to an appointment that people are told of at once."""
    kind = AT_ONCE.get(one.appointment_status)
    if new or (before and before.status != one.appointment_status):
        return [kind] if kind else []
    moved = before is not None and (before.start, before.end) != (one.start, one.end)
    return ["reschedule"] if moved and one.takes_time else []


def _planned(ctx: Ctx, one: Appointment, plan: Plan, known: Iterable[Notification]) -> None:
    """Keep the plan, with a job for its next moment if it is another one than before."""
    wanted = [] if plan.quiet or not one.takes_time else _timed(known)
    before = ctx.db.get(PLANS, one.id)
    plan.next_at = next_due(_times(one), wanted, max(plan.told_until, 0))
    ctx.db.put(PLANS, plan)
    if plan.next_at is not None and (before is None or before.next_at != plan.next_at):
        at = datetime.fromtimestamp(plan.next_at, UTC)
        ctx.later(tell_what_is_due, at=at, appointment_id=one.id, moment=plan.next_at)


def _tell(ctx: Ctx, one: Appointment, by: Notification, moment: int | None, start: int) -> None:
    """Say that somebody is to be told of the time that begins at `start`, once for each moment: now, if it is None."""
    told = ctx.stamp if moment is None else stored(moment)
    id = f"{one.id}.{by.id}.{told if moment is None else moment}"
    if ctx.db.get(NOTICES, id) is not None:
        return
    ctx.db.put(NOTICES, Notice(id=id, appointment_id=one.id, notification_id=by.id, moment=told, date_added=ctx.stamp))
    ctx.emit(
        AppointmentNotification(
            location_id=ctx.location_id, id=id, notification_id=by.id, notification_type=by.notification_type,
            channel=by.channel, receiver_type=by.receiver_type, appointment_id=one.id, calendar_id=one.calendar_id,
            contact_id=one.contact_id, moment=told, start_time=stored(start),
        )
    )  # fmt: skip


def _active(ctx: Ctx, one: Appointment) -> list[Notification]:
    return [each for each in told_of(ctx, one) if each.is_active and not each.deleted]


def _timed(known: Iterable[Notification]) -> list[Timed]:
    """Reminders and follow-ups, once for each of their times."""
    found: list[Timed] = []
    for each in known:
        if each.notification_type == "reminder":
            found += [Timed(each.id, -max(1, round(o.span.total_seconds()))) for o in each.before_time]
        elif each.notification_type == "followup":
            found += [Timed(each.id, round(o.span.total_seconds())) for o in each.after_time]
    return found


def _new_plan(one: Appointment, told_until: int) -> Plan:
    return Plan(id=one.id, status=one.appointment_status, start=one.start, end=one.end, told_until=told_until)


def _times(one: Appointment) -> Times:
    return Times(one.start, one.end, one.series)
