"""The appointment itself: its record, its table, how it is told, and how others get hold of one."""

from datetime import tzinfo
from typing import Any, Literal

from groundlevel.areas.calendars.moments import on_clock, seconds_of
from groundlevel.areas.calendars.recurrence import Series
from groundlevel.areas.calendars.taken import Held, HeldAgain, Holding
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, shown

Status = Literal["new", "confirmed", "cancelled", "showed", "noshow", "invalid", "completed", "active"]
FREE: tuple[Status, ...] = ("cancelled", "noshow", "invalid")
"""What an appointment is that takes nobody's time."""


LONGEST = 31 * 86_400
"""How many seconds an appointment can take, so that those that go on at some moment are near it."""


class Author(Wire):
    """Who booked an appointment, and by what."""

    source: str
    user_id: str | None = None


class CalendarEvent(Wire):
    """An appointment as it is told: moments on its sub-account's clock. `users` are all who take part.

    One of a series has the id of its master, and an id made of that and of its time.
    """

    id: str
    title: str
    calendar_id: str
    location_id: str
    contact_id: str
    group_id: str
    appointment_status: str
    assigned_user_id: str
    start_time: str
    end_time: str
    date_added: str
    date_updated: str
    is_recurring: bool
    users: list[str] = shown()
    address: str | None = None
    notes: str | None = None
    description: str | None = None
    rrule: str | None = None
    assigned_resources: list[str] = shown()
    created_by: Author | None = None
    master_event_id: str | None = None


class Appointment(Wire):
    """What is booked: a contact's time in a calendar. Moments are in UTC; `users` are all who take part.

    padding: the calendar's buffers before and after it when it was booked, in seconds. series: of one that comes again,
    which begins with the first time. One of these that was changed is an appointment of its own, with master_event_id.
    """

    id: str
    location_id: str
    calendar_id: str
    contact_id: str
    title: str
    appointment_status: Status
    start_time: str
    end_time: str
    date_added: str
    date_updated: str
    assigned_user_id: str | None = None
    notes: str | None = None
    description: str | None = None
    address: str | None = None
    meeting_location_type: str | None = None
    meeting_location_id: str | None = None
    group_id: str | None = None
    source: str | None = None
    created_by: Author | None = None
    rrule: str | None = None
    master_event_id: str | None = None
    users: list[str] = []
    assigned_resources: list[str] = []
    padding: tuple[int, int] = (0, 0)
    series: Series | None = None
    again_for: list[str] = []

    def __post_init__(self) -> None:
        """Series are found by whose they are, whenever they began."""
        self.again_for = [self.calendar_id, *self.users] if self.series else []

    @property
    def takes_time(self) -> bool:
        """Whether those who take part are busy meanwhile."""
        return self.appointment_status not in FREE

    @property
    def start(self) -> int:
        """When it begins, in seconds since 1970."""
        return seconds_of(self.start_time)

    @property
    def end(self) -> int:
        """When it ends, in seconds since 1970."""
        return seconds_of(self.end_time)

    @property
    def holding(self) -> Holding | None:
        """What it takes of whom."""
        if not self.takes_time:
            return None
        whose = tuple(dict.fromkeys((booked_in(self.calendar_id), *self.users, *self.assigned_resources)))
        before, after = self.padding
        start, end = self.start, self.end
        if self.series:
            long = before + end - start + after
            return Holding(whose, HeldAgain(self.series, before, long, self.calendar_id, self.id))
        return Holding(whose, Held(start - before, end + after, start, self.calendar_id, self.id))


APPOINTMENTS = declare(
    Table(
        "appointments",
        Appointment,
        index=("contact_id", "calendar_id"),
        sparse=("master_event_id",),
        many=("users", "again_for"),
        order="start_time",
    )
)


def appointment_or_400(ctx: Ctx, event_id: str) -> Appointment:
    """The sub-account's appointment with this id; 400 where there is none."""
    appointment = ctx.db.get(APPOINTMENTS, event_id)
    if appointment is None:
        raise BadRequest(f"Event with id {event_id} not found")
    return appointment


def booked_in(calendar_id: str) -> str:
    """Whose time all appointments of a calendar take; its blocked times take the calendar's own."""
    return f"in-{calendar_id}"


def shown_event(one: Appointment, zone: tzinfo) -> CalendarEvent:
    """The appointment as callers see it."""
    same: dict[str, Any] = {name: getattr(one, name) for name in CalendarEvent.__struct_fields__ if name in _SAME}
    return CalendarEvent(
        **same, group_id=one.group_id or "", assigned_user_id=one.assigned_user_id or "",
        start_time=on_clock(one.start_time, zone), end_time=on_clock(one.end_time, zone),
        is_recurring=bool(one.rrule or one.master_event_id),
    )  # fmt: skip


_SAME = frozenset(Appointment.__struct_fields__) - {"group_id", "assigned_user_id", "start_time", "end_time"}
