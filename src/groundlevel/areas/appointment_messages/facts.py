"""What texts may say of an appointment (`{{ appointment.start_time }}`) on the receiver's clock; its invitation."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.calendars import CALENDARS, Appointment, Who, entry_of, invitation, links_of
from groundlevel.areas.conversations import own_mail
from groundlevel.areas.locations import own_location
from groundlevel.areas.users import user_of_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.outside.mail.composing import Uncomposable, address_in

OF_USER = ("id", "name", "first_name", "last_name", "email", "phone", "extension")


class Occasion(Struct, frozen=True):
    """The time of an appointment that is told of: of a series one of many. start: in seconds since 1970."""

    one: Appointment
    start: int

    @property
    def end(self) -> int:
        """When it ends."""
        return self.start + self.one.end - self.one.start


def facts_of(ctx: Ctx, of: Occasion, zone: ZoneInfo) -> dict[str, Any]:
    """The values of `appointment`, `calendar` and `user`, who takes it, for merge tags."""
    one, links = of.one, links_of(ctx, of.one)
    calendar = ctx.db.get(CALENDARS, one.calendar_id)
    user = user_of_location(ctx, one.assigned_user_id) if one.assigned_user_id else None
    start, end = (datetime.fromtimestamp(at, UTC).astimezone(zone) for at in (of.start, of.end))
    appointment = {
        "id": one.id, "title": one.title, "status": one.appointment_status, "notes": one.notes or "",
        "start_time": f"{_day(start)} at {_time(start)}", "end_time": f"{_day(end)} at {_time(end)}",
        "only_start_date": _day(start), "only_start_time": _time(start), "only_end_date": _day(end),
        "only_end_time": _time(end), "day_of_week": f"{start:%A}", "month": f"{start:%B}", "timezone": zone.key,
        "meeting_location": one.address or "", "address": one.address or "", "page_link": links.page,
        "reschedule_link": links.move, "cancellation_link": links.cancel, "calendar_file_link": links.file,
    }  # fmt: skip
    told = {name: getattr(user, name) for name in OF_USER if getattr(user, name)} if user else {}
    about = {"id": one.calendar_id, "name": calendar.name if calendar else one.title}
    known = {name: value for name, value in appointment.items() if value}  # what is empty is true to Liquid
    return {"appointment": known | {"user": told}, "calendar": about, "user": told}


class Invited(Struct, frozen=True):
    """How somebody is invited. sequence: how much was said of the appointment before. gone: that it is no more.

    inside: for people who work here, who read what it is called here; others read where it is.
    """

    who: Who
    sequence: int
    gone: bool
    inside: bool


def invitation_to(ctx: Ctx, of: Occasion, to: Invited) -> str:
    """What mail invites by, or takes the invitation back; nothing where the sub-account has no address."""
    try:
        address = address_in(own_mail(ctx))
    except Uncomposable:
        return ""
    one, location = of.one, own_location(ctx)
    calendar = ctx.db.get(CALENDARS, one.calendar_id)
    entry = entry_of(one, ctx.settings)
    if not to.inside:
        entry = replace(entry, title=f"{calendar.name if calendar else one.title}, {location.name}", description="")
    organizer = Who(address, location.name)
    return invitation("CANCEL" if to.gone else "REQUEST", entry, organizer, [to.who], to.sequence).decode()


def zone_named(*names: str | None) -> ZoneInfo:
    """The first of these that is the name of a zone; UTC where none is."""
    for name in names:
        try:
            if name:
                return ZoneInfo(name)
        except (ValueError, OSError):  # a contact's zone is whatever was said of it
            continue
    return ZoneInfo("UTC")


def _day(at: datetime) -> str:
    return f"{at:%A}, {at:%B} {at.day}, {at.year}"


def _time(at: datetime) -> str:
    return f"{at:%I:%M %p}".lstrip("0")
