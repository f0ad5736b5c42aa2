"""What a caller says of a contact, and what is kept of it."""

from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.contacts.contact import Contact, DndSettings, InboundDndSettings
from groundlevel.areas.contacts.events import (
    ContactChanged,
    ContactDndUpdate,
    ContactTagUpdate,
    ContactUpdate,
    told,
    told_dnd,
)
from groundlevel.areas.contacts.identity import names, normal_phone
from groundlevel.areas.custom_fields import FieldValueInput, written
from groundlevel.areas.locations import Location, define_tags
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.wire import Body, Name, moment, sent

Email = Annotated[
    str,
    Meta(pattern=r"^([^@\s]+@[^@\s.]+(\.[^@\s.]+)+)?$(?!\n)", max_length=320, extra={"explain": "must be an email"}),
]
Tag = Annotated[str, Meta(max_length=200)]
Tags = Annotated[list[Tag], Meta(max_length=500)]
FieldValues = Annotated[list[FieldValueInput], Meta(max_length=500)]
EARLIEST_MS, LATEST_MS = -62_135_596_800_000, 253_402_300_799_999


class ContactChange(Body):
    """What can be said of a contact; what is not sent stays as it is, null and empty text clear."""

    first_name: Name | None | UnsetType = UNSET
    last_name: Name | None | UnsetType = UNSET
    name: Name | None | UnsetType = UNSET
    email: Email | None | UnsetType = UNSET
    phone: Name | None | UnsetType = UNSET
    address1: Name | None | UnsetType = UNSET
    city: Name | None | UnsetType = UNSET
    state: Name | None | UnsetType = UNSET
    country: Name | None | UnsetType = UNSET
    postal_code: Name | None | UnsetType = UNSET
    website: Name | None | UnsetType = UNSET
    timezone: Name | None | UnsetType = UNSET
    company_name: Name | None | UnsetType = UNSET
    gender: Name | None | UnsetType = UNSET
    source: Name | None | UnsetType = UNSET
    assigned_to: Name | None | UnsetType = UNSET
    date_of_birth: Name | int | float | None | UnsetType = UNSET
    dnd: bool | UnsetType = UNSET
    dnd_settings: DndSettings | UnsetType = UNSET
    inbound_dnd_settings: InboundDndSettings | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    custom_fields: FieldValues | UnsetType = UNSET


class NewContact(ContactChange, kw_only=True):
    """A contact to add."""

    location_id: str


class UpsertedContact(NewContact, kw_only=True):
    """A contact to add or change; the flag adds a second one where the location allows that."""

    create_new_if_duplicate_allowed: bool = False


def changed(ctx: Ctx, location: Location, kept: Contact, body: ContactChange) -> Contact:
    """The contact after the change. 422 with every fault of its values; 400 for a closed channel or unknown user."""
    said = sent(body)
    for name in ("location_id", "create_new_if_duplicate_allowed"):
        said.pop(name, None)
    new = {k: (v or None) if isinstance(v, str) else v for k, v in said.items()}
    wrong: list[str] = []
    if said.keys() & {"name", "first_name", "last_name"}:
        new |= names(said, kept.first_name, kept.last_name)
    if "email" in said:
        new["email"] = new["email_lower_case"] = (said["email"] or "").strip().lower() or None
    if said.get("phone"):
        new["phone"] = normal_phone(said["phone"], location.country)
        if new["phone"] is None:
            wrong.append("phone must be a valid phone number")
    if "source" in said:
        new["source"] = new["source"] or kept.source
    if "date_of_birth" in said:
        new["date_of_birth"] = birthday(said["date_of_birth"], wrong)
    if "custom_fields" in said:
        new["custom_fields"] = _values(ctx, kept, said["custom_fields"], wrong)
    if wrong:
        raise Unprocessable(*wrong)
    if "tags" in said:
        new["tags"] = define_tags(ctx, said["tags"])
    if "dnd_settings" in said:
        new["dnd_settings"] = merged_dnd(kept.dnd_settings, said["dnd_settings"])
    check_user(ctx, new.get("assigned_to"))
    return replace(kept, **new, date_updated=ctx.stamp)


def _values(ctx: Ctx, kept: Contact, given: list[FieldValueInput], wrong: list[str]) -> Any:
    try:
        return written(ctx, "contact", kept.custom_fields, given)
    except Unprocessable as problem:
        wrong += problem.messages
        return []


def birthday(value: str | float | None, wrong: list[str]) -> str | None:
    """`YYYY-MM-DD` of a date, a moment or milliseconds since 1970; a text or number that is none is a fault."""
    if value in (None, ""):
        return None
    try:
        if isinstance(value, str):
            return moment(value, "dateOfBirth").date().isoformat()
        if EARLIEST_MS <= (value or 0) <= LATEST_MS:
            return datetime.fromtimestamp((value or 0) / 1000, UTC).date().isoformat()
    except Unprocessable:
        pass
    wrong.append("dateOfBirth must be a valid date")
    return None


CHANNELS = {
    "call": "Call",
    "email": "Email",
    "sms": "SMS",
    "whats_app": "WhatsApp",
    "gmb": "GMB",
    "fb": "FB",
    "rcs": "RCS",
}


def merged_dnd(kept: DndSettings | None, said: DndSettings) -> DndSettings:
    """The channels after a change; those not named stay. 400 for one that the contact itself has closed for good."""
    kept = kept or DndSettings()
    new: dict[str, Any] = {}
    for channel, shown in CHANNELS.items():
        before, after = getattr(kept, channel), getattr(said, channel)
        if after is None:
            continue
        if before is not None and before.status == "permanent" and after.status != "permanent":
            raise BadRequest(f"Not authorized to update permanent dnd setting for {shown}")
        new[channel] = after
    return replace(kept, **new)


_OWN_EVENTS = frozenset(("tags", "dnd", "dnd_settings", "date_updated"))


def tell_changes(ctx: Ctx, before: Contact, after: Contact) -> None:
    """The events of a change: one for the data, one for the tags, one for do-not-disturb, each if it changed."""
    fields = [f for f in Contact.__struct_fields__ if f not in _OWN_EVENTS]
    if any(getattr(before, f) != getattr(after, f) for f in fields):
        ctx.emit(ContactUpdate(**told(after)))
    if before.tags != after.tags:
        ctx.emit(ContactTagUpdate(**told(after)))
    if (before.dnd, before.dnd_settings) != (after.dnd, after.dnd_settings):
        ctx.emit(ContactDndUpdate(**told(after), dnd_settings=told_dnd(ctx, after.dnd_settings)))
    ctx.emit(ContactChanged(contact=after))
