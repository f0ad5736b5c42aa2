"""What a caller says of an appointment, and the appointment that comes of it."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.calendars.appointment import LONGEST, Appointment, Author, Status
from groundlevel.areas.calendars.booking import Staff, Time, staff_for
from groundlevel.areas.calendars.calendar import CALENDARS, Calendar, MeetingPlace, calendar_or_400
from groundlevel.areas.calendars.moments import said, stored
from groundlevel.areas.calendars.notice import seconds
from groundlevel.areas.calendars.recurrence import Series, series
from groundlevel.areas.contacts import Contact, contact_or_400
from groundlevel.areas.locations import own_location
from groundlevel.areas.merge_tags import About, merged
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.wire import Body, Name, Prose, When, new_id

MeetingLocationType = Literal["custom", "zoom", "gmeet", "phone", "address", "ms_teams", "google"]
NAME = "{{contact.name}}"


class Said(Body):
    """What can be said of an appointment. Times without an offset are in UTC.

    ignore_date_range: neither the calendar's notice nor its range count. ignore_free_slot_validation: nothing counts.
    to_notify false: nothing is to be sent, and no automation to run. rrule: it comes again by this rule of RFC 5545,
    which goes with ignore_free_slot_validation only. override_location_config is taken: what is said always overrides.
    """

    title: Name | UnsetType = UNSET
    meeting_location_type: MeetingLocationType | UnsetType = UNSET
    meeting_location_id: Name | UnsetType = UNSET
    override_location_config: bool = False
    appointment_status: Status | UnsetType = UNSET
    assigned_user_id: Name | UnsetType = UNSET
    description: Prose | UnsetType = UNSET
    address: Name | UnsetType = UNSET
    ignore_date_range: bool = False
    to_notify: bool = True
    ignore_free_slot_validation: bool = False
    rrule: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET
    end_time: When | UnsetType = UNSET


class AppointmentInput(Said, kw_only=True):
    """An appointment to book: the calendar's own length, unless it says when it ends."""

    calendar_id: Name
    location_id: str
    contact_id: Name
    start_time: When


class AppointmentChange(Said, kw_only=True):
    """What to change about an appointment; what is not sent stays. One that begins at another time takes as long."""

    calendar_id: Name | UnsetType = UNSET
    start_time: When | UnsetType = UNSET


def booked(ctx: Ctx, body: AppointmentInput, source: str) -> Appointment:
    """A new appointment, if its time is free. 400 with the service's words if it is not, and for unknown records.

    422 for an end that is not after the start or 31 days later, and for a rule that is none.
    """
    calendar, contact = calendar_or_400(ctx, body.calendar_id), contact_or_400(ctx, body.contact_id)
    user_id = body.assigned_user_id or None
    check_user(ctx, user_id)
    start = said(body.start_time, "startTime")
    end = start + seconds(calendar.slot_duration, calendar.slot_duration_unit)
    end = end if body.end_time is UNSET else said(body.end_time, "endTime")
    _check(start, end, body)
    free = body.ignore_free_slot_validation
    staff = staff_for(ctx, calendar, Time(start, end, body.ignore_date_range, free, user_id=user_id))
    return Appointment(
        id=new_id(), location_id=ctx.location_id, calendar_id=calendar.id, contact_id=contact.id,
        title=body.title or _title(ctx, calendar, contact, staff), description=body.description or None,
        appointment_status=body.appointment_status or ("confirmed" if calendar.auto_confirm else "new"),
        start_time=stored(start), end_time=stored(end), date_added=ctx.stamp, date_updated=ctx.stamp,
        assigned_user_id=staff.assigned_user_id, users=staff.users, assigned_resources=staff.resources,
        group_id=calendar.group_id, source=source, created_by=Author(source=source), padding=_padding(calendar),
        rrule=body.rrule or None, series=_series(ctx, body.rrule or "", start), **_meeting(calendar, staff, body),
    )  # fmt: skip


def changed(ctx: Ctx, before: Appointment, body: AppointmentChange) -> Appointment:
    """The appointment after the change. What is refused is what is for a new one.

    A time is looked at again if it is another, if somebody else is to take the appointment, and if the appointment
    took nobody's time before.
    """
    calendar = _calendar(ctx, before, body)
    start = before.start if body.start_time is UNSET else said(body.start_time, "startTime")
    end = start + before.end - before.start if body.end_time is UNSET else said(body.end_time, "endTime")
    check_user(ctx, body.assigned_user_id or None)
    _check(start, end, body)
    same = {"title", "appointment_status", "description", "address", "meeting_location_type", "meeting_location_id"}
    new: dict[str, Any] = {name: value for name in same if (value := getattr(body, name)) is not UNSET}
    after = replace(before, **new, start_time=stored(start), end_time=stored(end))
    if body.rrule is not UNSET or (before.series and start != before.start):
        after = _recurring(ctx, before, after, body)
    if calendar is None:
        return after
    return _placed(ctx, calendar, before, replace(after, calendar_id=calendar.id, group_id=calendar.group_id), body)


def _placed(
    ctx: Ctx, calendar: Calendar, before: Appointment, after: Appointment, body: AppointmentChange
) -> Appointment:
    """With whom it is, if that has to be found anew."""
    asked = body.assigned_user_id or None
    moved = (after.start, after.end, after.calendar_id) != (before.start, before.end, before.calendar_id)
    if not after.takes_time or not (moved or not before.takes_time or (asked and asked != before.assigned_user_id)):
        return after
    if after.series and not body.ignore_free_slot_validation:
        raise Unprocessable("a recurring appointment can only be moved with ignoreFreeSlotValidation")
    time = Time(
        after.start, after.end, body.ignore_date_range or not moved, body.ignore_free_slot_validation, but=before.id,
        user_id=asked, rather=before.assigned_user_id,
    )  # fmt: skip
    staff = staff_for(ctx, calendar, time)
    return replace(
        after, assigned_user_id=staff.assigned_user_id, users=staff.users, assigned_resources=staff.resources,
        padding=_padding(calendar),
    )  # fmt: skip


def _calendar(ctx: Ctx, before: Appointment, body: AppointmentChange) -> Calendar | None:
    """The calendar it is to be in; None for one that was booked in none, and stays so."""
    if body.calendar_id is not UNSET and body.calendar_id != before.calendar_id:
        return calendar_or_400(ctx, body.calendar_id)
    return ctx.db.get(CALENDARS, before.calendar_id)


def _recurring(ctx: Ctx, before: Appointment, after: Appointment, body: AppointmentChange) -> Appointment:
    """By its rule, from its start on; those that were taken out stay out."""
    rule = (before.rrule or "") if body.rrule is UNSET else body.rrule
    found = _series(ctx, rule, after.start)
    if found and before.series:
        later = after.start - before.start
        found = replace(found, but=tuple(moment + later for moment in before.series.but))
    return replace(after, rrule=rule or None, series=found)


def _series(ctx: Ctx, rule: str, start: int) -> Series | None:
    try:
        return series(rule, own_location(ctx).timezone, start) if rule else None
    except ValueError as wrong:
        raise Unprocessable(str(wrong)) from None


def _check(start: int, end: int, body: Said) -> None:
    wrong = ["endTime must be after startTime"] if end <= start else []
    if end - start > LONGEST:
        wrong.append("endTime must not be more than 31 days after startTime")
    if body.rrule and not body.ignore_free_slot_validation:
        wrong.append("rrule can only be applied with ignoreFreeSlotValidation")
    if wrong:
        raise Unprocessable(*wrong)


def _padding(calendar: Calendar) -> tuple[int, int]:
    before = seconds(calendar.pre_buffer, calendar.pre_buffer_unit)
    return before, seconds(calendar.slot_buffer, calendar.slot_buffer_unit)


def _title(ctx: Ctx, calendar: Calendar, contact: Contact, staff: Staff) -> str:
    """What the calendar calls its appointments; its own name where nothing comes of that."""
    if calendar.event_title == NAME:
        return contact.name or calendar.name
    try:
        about = About(contact_id=contact.id, user_id=staff.assigned_user_id or "")
        return merged(ctx, calendar.event_title, about).strip() or calendar.name
    except Unprocessable:
        return calendar.name


def _meeting(calendar: Calendar, staff: Staff, body: Said) -> dict[str, Any]:
    """Where one meets: as it is said, else at the place that is named, else at the first that there is.

    400 for a place that neither the calendar nor the member has.
    """
    kind, named = body.meeting_location_type or None, body.meeting_location_id or "default"
    if body.address:
        return {"address": body.address, "meeting_location_type": kind or "custom", "meeting_location_id": named}
    places = _places(calendar, staff)
    found = next((place for place in places if named in ("default", place.meeting_id)), None)
    if found is None and named != "default":
        raise BadRequest(f"Meeting location with id {named} not found")
    address = (found.location if found else None) or calendar.meeting_location
    kind = kind or (found.kind if found else "default")
    return {"address": address, "meeting_location_type": kind, "meeting_location_id": named}


def _places(calendar: Calendar, staff: Staff) -> list[MeetingPlace]:
    of_member = [m.location_configurations for m in calendar.team_members if m.user_id == staff.assigned_user_id]
    return [*(place for places in of_member for place in places), *calendar.location_configurations]
