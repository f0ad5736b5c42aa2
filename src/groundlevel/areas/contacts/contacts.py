"""Contacts: /contacts/{contactId}"""

from typing import Annotated

from msgspec.structs import replace

from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import (
    CONTACTS,
    Attribution,
    Contact,
    OneContact,
    contact_or_400,
)
from groundlevel.areas.contacts.duplicates import refuse_duplicate, same_person, taken
from groundlevel.areas.contacts.events import ContactCreate, ContactDelete, told
from groundlevel.areas.contacts.identity import normal_phone
from groundlevel.areas.contacts.replies import Traced
from groundlevel.areas.contacts.writing import (
    ContactChange,
    NewContact,
    UpsertedContact,
    changed,
    tell_changes,
)
from groundlevel.areas.locations import Location, own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.versions import Was
from groundlevel.kernel.wire import Wire, new_id


class ChangedContact(Wire, omit_defaults=False):
    """The reply to a change."""

    contact: Contact
    succeeded: Annotated[bool, Was("succeded")] = True


class Upserted(Wire, omit_defaults=False):
    """The reply to an upsert; `new` tells which it was."""

    new: bool
    contact: Contact
    trace_id: str


@area.post("/contacts/", scope="contacts.write")
def create_contact(ctx: Ctx, body: NewContact) -> OneContact:
    """Add a contact.

    Its phone is kept in E.164, read as a number of the location's country; its email and tags in lower case.
    400 when the location allows no duplicates and has a contact with this email or phone: `meta` tells which.
    """
    location = own_location(ctx)
    contact = _new(ctx, location, body)
    refuse_duplicate(ctx, location, contact)
    return OneContact(contact=_added(ctx, contact))


@area.get("/contacts/{contactId}", scope="contacts.readonly")
def get_contact(ctx: Ctx, contact_id: str) -> OneContact:
    """One contact, with its tags and custom fields."""
    return OneContact(contact=contact_or_400(ctx, contact_id))


@area.put("/contacts/{contactId}", scope="contacts.write")
def update_contact(ctx: Ctx, contact_id: str, body: ContactChange) -> ChangedContact:
    """Change a contact; what is not sent stays as it is.

    `tags` replaces all of its tags. 400 when it would become a duplicate, or over a channel closed for good.
    """
    location, before = own_location(ctx), contact_or_400(ctx, contact_id)
    after = changed(ctx, location, before, body)
    if (after.email, after.phone) != (before.email, before.phone):
        refuse_duplicate(ctx, location, after, but=before.id)
    return ChangedContact(contact=_kept(ctx, before, after))


@area.delete("/contacts/{contactId}", scope="contacts.write")
def delete_contact(ctx: Ctx, contact_id: str) -> Traced:
    """Remove a contact and everything that hangs on it."""
    contact = contact_or_400(ctx, contact_id)
    ctx.db.delete(CONTACTS, contact.id)
    ctx.emit(ContactDelete(**told(contact)))
    return Traced(trace_id=ctx.trace_id)


@area.post("/contacts/upsert", scope="contacts.write", status=200)
def upsert_contact(ctx: Ctx, body: UpsertedContact) -> Upserted:
    """Change the contact with this email or phone, or add one.

    The location's rule says which of the two is looked for first. When they belong to different contacts, the
    first match is changed and the other's value is left out.
    """
    location = own_location(ctx)
    adding = location.settings.allow_duplicate_contact and body.create_new_if_duplicate_allowed
    found = None if adding else alike(ctx, location, body)
    contact = upserted(ctx, location, body, found)
    return Upserted(new=found is None, contact=contact, trace_id=ctx.trace_id)


def alike(ctx: Ctx, location: Location, body: ContactChange) -> tuple[str, Contact] | None:
    """(field, contact) of the contact that upserting this would change, by the location's rule; None adds one."""
    return same_person(ctx, location, *reached_at(body, location))


def upserted(ctx: Ctx, location: Location, body: ContactChange, found: tuple[str, Contact] | None) -> Contact:
    """The contact that was found, changed; or a new one."""
    if found is None:
        return _added(ctx, _new(ctx, location, body))
    field, before = found
    after = changed(ctx, location, before, body)
    other = "phone" if field == "email" else "email"
    if not location.settings.allow_duplicate_contact and taken(ctx, location, other, after, but=before.id):
        after = _with(after, before, other)
    return _kept(ctx, before, after)


def reached_at(body: ContactChange, location: Location) -> tuple[str | None, str | None]:
    """The email and the phone that a contact would have, as they are compared."""
    email = body.email if isinstance(body.email, str) else ""
    phone = body.phone if isinstance(body.phone, str) else ""
    return email.strip().lower() or None, normal_phone(phone, location.country) if phone else None


def _with(after: Contact, before: Contact, field: str) -> Contact:
    """The changed contact, but with its former email or phone."""
    if field == "email":
        return replace(after, email=before.email, email_lower_case=before.email_lower_case)
    return replace(after, phone=before.phone)


def _new(ctx: Ctx, location: Location, body: ContactChange) -> Contact:
    came = Attribution(url="", session_source="Public API", medium="public_api", medium_id=ctx.caller.token_id)
    blank = Contact(
        id=new_id(), location_id=location.id, date_added=ctx.stamp, date_updated=ctx.stamp, type="lead",
        source="public api", dnd=False, attribution_source=came,
    )  # fmt: skip
    contact = changed(ctx, location, blank, body)
    if not (contact.name or contact.email or contact.phone or contact.company_name):
        raise BadRequest("Pass at least one of email, phone, name, firstName, lastName and companyName", statusCode=422)
    return contact


def _added(ctx: Ctx, contact: Contact) -> Contact:
    ctx.emit(ContactCreate(**told(contact)))
    return ctx.db.put(CONTACTS, contact)


def _kept(ctx: Ctx, before: Contact, after: Contact) -> Contact:
    tell_changes(ctx, before, after)
    return ctx.db.put(CONTACTS, after)
