"""The calendar itself: its record, its table, and how others get hold of one."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Prose, When, Wire, shown

CalendarType = Literal["round_robin", "event", "class_booking", "collective", "service_booking", "personal"]
EventType = Literal["RoundRobin_OptimizeForAvailability", "RoundRobin_OptimizeForEqualDistribution"]
Unit = Literal["mins", "hours"]
NoticeUnit = Literal["mins", "hours", "days", "weeks", "months"]
RangeUnit = Literal["days", "weeks", "months"]
LocationKind = Literal[
    "custom",
    "zoom_conference",
    "google_conference",
    "inbound_call",
    "outbound_call",
    "physical",
    "booker",
    "ms_teams_conference",
]
MeetingLocationType = Literal["custom", "zoom", "gmeet", "phone", "address", "teams", "booker"]
Frequency = Literal["DAILY", "WEEKLY", "MONTHLY"]
Percent = Annotated[int, Meta(ge=0, le=100)] | Annotated[float, Meta(ge=0, le=100)]


class MeetingPlace(Body):
    """Where one meets. `meeting_id` names it in an appointment's `meetingLocationId`; without one it gets one."""

    kind: LocationKind
    location: Name | None = None
    meeting_id: Name | None = None


Places = Annotated[list[MeetingPlace], Meta(max_length=50)]


class TeamMember(Body):
    """A user who takes appointments. `priority`: 0, 0.5 or 1, the higher the sooner; `is_primary`: leads the others."""

    user_id: Name
    priority: int | float = msgspec.field(default_factory=lambda: 0.5)  # a plain default would not be shown
    is_primary: bool | None = None
    meeting_location_type: MeetingLocationType | None = None
    meeting_location: Name | None = None
    location_configurations: Places = shown()


class Hour(Body, omit_defaults=False):
    """From one time of day to a later one; until 23:60 is to the day's end."""

    open_hour: Annotated[int, Meta(ge=0, le=23)]
    open_minute: Annotated[int, Meta(ge=0, le=60)]
    close_hour: Annotated[int, Meta(ge=0, le=23)]
    close_minute: Annotated[int, Meta(ge=0, le=60)]

    @property
    def minutes(self) -> tuple[int, int]:
        """Where it begins and ends, in minutes of the day."""
        return self.open_hour * 60 + self.open_minute, self.close_hour * 60 + self.close_minute


Hours = Annotated[list[Hour], Meta(max_length=50)]


class OpenHour(Body, omit_defaults=False):
    """The hours of some days of the week; 0 is Sunday."""

    days_of_the_week: Annotated[list[Annotated[int, Meta(ge=0, le=6)]], Meta(max_length=7)]
    hours: Hours


class DateHours(Body, omit_defaults=False):
    """The hours of one date in place of those of its weekday; none: closed. `date`: "YYYY-MM-DDT00:00:00.000Z".

    In a change, `deleted` takes away what is said of the date.
    """

    date: When
    hours: Hours
    deleted: bool = False
    id: Name | None = None


class Recurring(Body):
    """How often the appointments of a calendar come again (24 times at most), and what of a time that is not free."""

    freq: Frequency | None = None
    count: Annotated[int, Meta(ge=1, le=24)] | None = None
    booking_option: Literal["skip", "continue", "book_next"] | None = None
    booking_overlap_default_status: Literal["confirmed", "new"] | None = None


class LookBusy(Body):
    """How many of a hundred slots of a day are not shown."""

    enabled: bool
    percentage: Percent = msgspec.field(name="LookBusyPercentage")


class Notice(Body):
    """The older way of saying who is told of appointments. It is kept; a calendar's notifications are records."""

    should_send_to_contact: bool
    should_send_to_guest: bool
    should_send_to_user: bool
    should_send_to_selected_users: bool
    selected_users: Prose
    type: Literal["email"] = msgspec.field(default_factory=lambda: "email")


class Calendar(Wire):
    """What can be booked: when, by how many, with whom. `slug` and `widget_slug` are its sub-account's own.

    slot_duration, slot_interval, slot_buffer (after an appointment) and pre_buffer (before it) are in their units,
    minutes where none is said; so are allow_booking_after (how soon) and allow_booking_for (how far ahead).
    appoinment_per_slot: of each member, or the seats of a class or an event; appoinment_per_day: of the calendar.
    """

    id: str
    location_id: str
    name: str
    calendar_type: CalendarType
    slug: str
    widget_slug: str
    is_active: bool
    event_type: EventType
    widget_type: Literal["default", "classic"]
    event_title: str
    event_color: str
    slot_duration: int | float
    slot_duration_unit: Unit
    slot_interval: int | float
    slot_interval_unit: Unit
    appoinment_per_slot: int
    enable_recurring: bool
    auto_confirm: bool
    google_invitation_emails: bool
    allow_reschedule: bool
    allow_cancellation: bool
    form_submit_type: Literal["RedirectURL", "ThankYouMessage"]
    date_added: str
    date_updated: str
    group_id: str | None = None
    description: str | None = None
    meeting_location: str | None = None
    slot_buffer: int | float | None = None
    slot_buffer_unit: Unit | None = None
    pre_buffer: int | float | None = None
    pre_buffer_unit: Unit | None = None
    appoinment_per_day: int | None = None
    allow_booking_after: int | float | None = None
    allow_booking_after_unit: NoticeUnit | None = None
    allow_booking_for: int | None = None
    allow_booking_for_unit: RangeUnit | None = None
    availability_type: Literal[0, 1] | None = None
    recurring: Recurring | None = None
    form_id: str | None = None
    sticky_contact: bool | None = None
    is_live_payment_mode: bool | None = None
    should_send_alert_emails_to_assigned_member: bool | None = None
    alert_email: str | None = None
    should_assign_contact_to_team_member: bool | None = None
    should_skip_assigning_contact_for_existing: bool | None = None
    notes: str | None = None
    pixel_id: str | None = None
    form_submit_redirect_url: str | None = msgspec.field(name="formSubmitRedirectURL", default=None)
    form_submit_thanks_message: str | None = None
    guest_type: Literal["count_only", "collect_detail"] | None = None
    consent_label: str | None = None
    calendar_cover_image: str | None = None
    look_busy_config: LookBusy | None = None
    notifications: list[Notice] = shown()
    team_members: list[TeamMember] = shown()
    location_configurations: list[MeetingPlace] = shown()
    open_hours: list[OpenHour] = shown()
    availabilities: list[DateHours] = shown()

    @property
    def user_ids(self) -> list[str]:
        """Who takes its appointments."""
        return [member.user_id for member in self.team_members]


CALENDARS = declare(
    Table(
        "calendars",
        Calendar,
        index=("name",),
        sparse=("group_id",),
        unique=("slug", "widget_slug"),
        order="date_added",
    )
)
MOST_CALENDARS = 1_000
"""Calendars that one sub-account may have."""

DEFAULTS: dict[str, Any] = {
    "is_active": True,
    "event_type": "RoundRobin_OptimizeForAvailability",
    "widget_type": "classic",
    "event_title": "{{contact.name}}",
    "event_color": "#039be5",
    "slot_duration": 30,
    "slot_duration_unit": "mins",
    "slot_interval": 30,
    "slot_interval_unit": "mins",
    "appoinment_per_slot": 1,
    "enable_recurring": False,
    "auto_confirm": True,
    "google_invitation_emails": False,
    "allow_reschedule": True,
    "allow_cancellation": True,
    "form_submit_type": "ThankYouMessage",
}
"""What a calendar is unless it is said otherwise, as published; null puts it back to this."""


def calendar_or_400(ctx: Ctx, calendar_id: str) -> Calendar:
    """The sub-account's calendar with this id. The service answers 400, not 404, where there is none."""
    calendar = ctx.db.get(CALENDARS, calendar_id)
    if calendar is None:
        raise BadRequest(f"Calendar with id {calendar_id} not found")
    return calendar
