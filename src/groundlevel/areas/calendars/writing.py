"""What a caller says of a calendar, and the calendar that comes of it."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.calendars.calendar import (
    CALENDARS,
    DEFAULTS,
    Calendar,
    CalendarType,
    DateHours,
    EventType,
    LocationKind,
    LookBusy,
    MeetingLocationType,
    MeetingPlace,
    Notice,
    NoticeUnit,
    OpenHour,
    Places,
    RangeUnit,
    Recurring,
    TeamMember,
    Unit,
)
from groundlevel.areas.calendars.groups import group_or_400
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Name, Prose, new_id, sent

Title = Annotated[str, Meta(min_length=1, max_length=1_000)]
Slug = Annotated[str, Meta(min_length=1, max_length=200)]
Span = Annotated[int, Meta(gt=0, le=44_640)] | Annotated[float, Meta(gt=0, le=44_640)]
Padding = Annotated[int, Meta(ge=0, le=44_640)] | Annotated[float, Meta(ge=0, le=44_640)]
Count = Annotated[int, Meta(ge=0, le=100_000)]

KINDS: dict[MeetingLocationType, LocationKind] = {
    "custom": "custom", "zoom": "zoom_conference", "gmeet": "google_conference", "phone": "inbound_call",
    "address": "physical", "teams": "ms_teams_conference", "booker": "booker",
}  # fmt: skip
"""The older name of a kind of place -> its name."""


class Said(Body):
    """What can be said of a calendar; what is not sent stays as it is, null puts it back to what it is by itself."""

    notifications: Annotated[list[Notice], Meta(max_length=100)] | UnsetType = UNSET
    group_id: Name | None | UnsetType = UNSET
    team_members: Annotated[list[TeamMember], Meta(max_length=500)] | UnsetType = UNSET
    event_type: EventType | None | UnsetType = UNSET
    description: Prose | None | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET
    widget_slug: Slug | UnsetType = UNSET
    widget_type: Literal["default", "classic"] | None | UnsetType = UNSET
    event_title: Name | None | UnsetType = UNSET
    event_color: Annotated[str, Meta(max_length=30)] | None | UnsetType = UNSET
    meeting_location: Name | None | UnsetType = UNSET
    location_configurations: Places | UnsetType = UNSET
    slot_duration: Span | None | UnsetType = UNSET
    slot_duration_unit: Unit | None | UnsetType = UNSET
    slot_interval: Span | None | UnsetType = UNSET
    slot_interval_unit: Unit | None | UnsetType = UNSET
    slot_buffer: Padding | None | UnsetType = UNSET
    slot_buffer_unit: Unit | None | UnsetType = UNSET
    pre_buffer: Padding | None | UnsetType = UNSET
    pre_buffer_unit: Unit | None | UnsetType = UNSET
    appoinment_per_slot: Annotated[int, Meta(ge=1, le=100_000)] | None | UnsetType = UNSET
    appoinment_per_day: Count | None | UnsetType = UNSET
    allow_booking_after: Padding | None | UnsetType = UNSET
    allow_booking_after_unit: NoticeUnit | None | UnsetType = UNSET
    allow_booking_for: Annotated[int, Meta(ge=0, le=3_660)] | None | UnsetType = UNSET
    allow_booking_for_unit: RangeUnit | None | UnsetType = UNSET
    open_hours: Annotated[list[OpenHour], Meta(max_length=50)] | UnsetType = UNSET
    availability_type: Literal[0, 1] | None | UnsetType = UNSET
    availabilities: Annotated[list[DateHours], Meta(max_length=1_000)] | UnsetType = UNSET
    enable_recurring: bool | None | UnsetType = UNSET
    recurring: Recurring | None | UnsetType = UNSET
    form_id: Name | None | UnsetType = UNSET
    sticky_contact: bool | None | UnsetType = UNSET
    is_live_payment_mode: bool | None | UnsetType = UNSET
    auto_confirm: bool | None | UnsetType = UNSET
    should_send_alert_emails_to_assigned_member: bool | None | UnsetType = UNSET
    alert_email: Name | None | UnsetType = UNSET
    google_invitation_emails: bool | None | UnsetType = UNSET
    allow_reschedule: bool | None | UnsetType = UNSET
    allow_cancellation: bool | None | UnsetType = UNSET
    should_assign_contact_to_team_member: bool | None | UnsetType = UNSET
    should_skip_assigning_contact_for_existing: bool | None | UnsetType = UNSET
    notes: Prose | None | UnsetType = UNSET
    pixel_id: Name | None | UnsetType = UNSET
    form_submit_type: Literal["RedirectURL", "ThankYouMessage"] | None | UnsetType = UNSET
    form_submit_redirect_url: Name | None | UnsetType = msgspec.field(name="formSubmitRedirectURL", default=UNSET)
    form_submit_thanks_message: Prose | None | UnsetType = UNSET
    guest_type: Literal["count_only", "collect_detail"] | None | UnsetType = UNSET
    consent_label: Prose | None | UnsetType = UNSET
    calendar_cover_image: Name | None | UnsetType = UNSET
    look_busy_config: LookBusy | None | UnsetType = UNSET
    is_active: bool | None | UnsetType = UNSET


class CalendarChange(Said, kw_only=True):
    """What to change about a calendar."""

    name: Title | UnsetType = UNSET


class NewCalendar(Said, kw_only=True):
    """A calendar to add. Without `calendarType` it is round_robin with team members, and event without."""

    location_id: str
    name: Title
    calendar_type: CalendarType | UnsetType = UNSET


def changed(ctx: Ctx, before: Calendar, body: Said) -> Calendar:
    """The calendar after the change. 422 with every fault; 400 for an unknown user or group, and for a taken slug."""
    new = {name: DEFAULTS.get(name) if value is None else value for name, value in sent(body).items()}
    for name in ("location_id", "calendar_type"):
        new.pop(name, None)
    wrong = list(_faults(body))
    if body.team_members is not UNSET:
        new["team_members"] = [_member(member) for member in body.team_members]
    if body.location_configurations is not UNSET:
        new["location_configurations"] = _numbered(body.location_configurations)
    if body.availabilities is not UNSET:
        new["availabilities"] = _dates(before.availabilities, body.availabilities)
    after = replace(before, **new, date_updated=ctx.stamp)
    if wrong := [*wrong, *_faults_of_team(after)]:
        raise Unprocessable(*wrong)
    _check_links(ctx, before, after)
    return after


def free_slug(ctx: Ctx, field: str, name: str) -> str:
    """A slug made of a name that no other calendar has."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:150] or "calendar"
    tries = (plain, *(f"{plain}-{number}" for number in range(1, 20)), f"{plain}-{new_id().lower()}")
    return next(slug for slug in tries if ctx.db.one(CALENDARS, Eq(field, slug)) is None)


def _member(member: TeamMember) -> TeamMember:
    """With its places as they are said now; the older way of saying one is one of them."""
    places = member.location_configurations
    if not places and member.meeting_location_type:
        places = [MeetingPlace(kind=KINDS[member.meeting_location_type], location=member.meeting_location)]
    return replace(member, location_configurations=_numbered(places))


def _numbered(places: list[MeetingPlace]) -> list[MeetingPlace]:
    return [replace(p, meeting_id=p.meeting_id or f"{p.kind}_{number}") for number, p in enumerate(places)]


def _dates(kept: list[DateHours], said: list[DateHours]) -> list[DateHours]:
    """Hours of dates are said one by one, each by its id or its date; those that are not named stay."""
    found = {one.id: one for one in kept}
    for one in said:
        day = f"{one.date[:10]}T00:00:00.000Z"
        same = [id for id, other in found.items() if id == one.id or other.date == day]
        for id in same:
            del found[id]
        if not one.deleted:
            id = one.id or next(iter(same), None) or new_id()
            found[id] = replace(one, id=id, date=day)
    return sorted(found.values(), key=lambda one: one.date)


def _faults(body: Said) -> Iterator[str]:
    """What is wrong with single values."""
    for number, member in enumerate(body.team_members or ()):
        if member.priority not in (0, 0.5, 1):
            yield f"teamMembers.{number}.priority must be one of the following values: 0, 0.5, 1"
    for name, said in (("openHours", body.open_hours), ("availabilities", body.availabilities)):
        for number, one in enumerate(said or ()):
            for place, hour in enumerate(one.hours):
                opens, closes = hour.minutes
                if closes <= opens:
                    yield f"{name}.{number}.hours.{place} must close after it opens"
    for number, one in enumerate(body.availabilities or ()):
        try:
            date.fromisoformat(one.date[:10])
        except ValueError:
            yield f"availabilities.{number}.date must be a valid ISO 8601 date string"


def _faults_of_team(calendar: Calendar) -> Iterator[str]:
    """What is wrong with who takes a calendar's appointments, as far as its type asks for something."""
    kind, members = calendar.calendar_type, calendar.team_members
    ids = calendar.user_ids
    if len(set(ids)) < len(ids):
        yield "teamMembers must not name a user twice"
    if kind == "personal" and len(members) != 1:
        yield "teamMembers must have exactly one member for a personal calendar"
    elif kind != "event" and not members:
        yield f"teamMembers should not be empty for a calendar of type {kind}"
    primary = sum(bool(member.is_primary) for member in members)
    if kind == "collective" and members and primary != 1:
        yield "teamMembers must have exactly one primary member for a collective calendar"
    elif primary > 1:
        yield "teamMembers must not have more than one primary member"
    if calendar.enable_recurring and len(members) > 1:
        yield "enableRecurring needs a calendar with only one team member"


def _check_links(ctx: Ctx, before: Calendar, after: Calendar) -> None:
    """400 for a user who does not work here, a group that is not, and a slug of another calendar's."""
    for user_id in after.user_ids:
        if user_id not in before.user_ids:
            check_user(ctx, user_id)
    if after.group_id and after.group_id != before.group_id:
        group_or_400(ctx, after.group_id)
    for field in ("slug", "widget_slug"):
        slug = getattr(after, field)
        other = ctx.db.one(CALENDARS, Eq(field, slug))
        if slug and other and other.id != after.id:
            raise BadRequest(f"The slug {slug} is already taken")
