"""Which contacts are the same person: the location's settings decide. /contacts/search/duplicate"""

from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import CONTACTS, Contact, full_name
from groundlevel.areas.contacts.identity import normal_phone
from groundlevel.areas.locations import Location, own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Name, Wire

BY_DEFAULT = ("email", "phone")


class DuplicateQuery(Body):
    """Whom to look for; `number` may be in any notation."""

    location_id: str
    number: Name | None = None
    email: Name | None = None


class MaybeContact(Wire, omit_defaults=False):
    """The contact that was found, or null."""

    contact: Contact | None
    trace_id: str


@area.get("/contacts/search/duplicate", scope="contacts.readonly")
def get_duplicate_contact(ctx: Ctx, query: DuplicateQuery) -> MaybeContact:
    """The contact that a new one with this email or number would duplicate, by the location's own rule."""
    if not query.number and not query.email:
        raise BadRequest("Either number or email must be passed")
    location = own_location(ctx)
    phone = normal_phone(query.number, location.country) if query.number else None
    found = same_person(ctx, location, (query.email or "").strip().lower() or None, phone)
    return MaybeContact(contact=found[1] if found else None, trace_id=ctx.trace_id)


def matched_by(location: Location) -> tuple[str, ...]:
    """The fields that make two contacts the same, the first one first."""
    return tuple(location.settings.contact_match) or BY_DEFAULT


def same_person(
    ctx: Ctx, location: Location, email: str | None, phone: str | None, but: str = ""
) -> tuple[str, Contact] | None:
    """(field, contact) of the first match other than the contact `but`, or None."""
    for field in matched_by(location):
        other = _other(ctx, field, email if field == "email" else phone, but)
        if other:
            return field, other
    return None


def taken(ctx: Ctx, location: Location, field: str, contact: Contact, but: str) -> bool:
    """Whether the field makes contacts the same, and one other than `but` has this one's value."""
    return field in matched_by(location) and _other(ctx, field, getattr(contact, field), but) is not None


def _other(ctx: Ctx, field: str, value: str | None, but: str) -> Contact | None:
    if not value:
        return None
    found = ctx.db.find(CONTACTS, Eq(field, value), limit=2) if but else [ctx.db.one(CONTACTS, Eq(field, value))]
    return next((c for c in found if c and c.id != but), None)


def refuse_duplicate(ctx: Ctx, location: Location, contact: Contact, but: str = "") -> None:
    """400 when the location allows no duplicates and this would be one."""
    if location.settings.allow_duplicate_contact:
        return
    found = same_person(ctx, location, contact.email, contact.phone, but)
    if found:
        field, other = found
        raise BadRequest(
            "This location does not allow duplicated contacts.",
            meta={"contactId": other.id, "contactName": full_name(other), "matchingField": field},
        )
