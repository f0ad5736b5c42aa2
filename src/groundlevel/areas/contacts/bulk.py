"""Many contacts at once: /contacts/bulk/tags/update/{type}, /contacts/bulk/business"""

import re
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.businesses import business_or_400
from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import CONTACTS
from groundlevel.areas.contacts.tags import set_tags
from groundlevel.areas.contacts.writing import Tags, tell_changes
from groundlevel.areas.locations import define_tags
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.versions import V3, Since
from groundlevel.kernel.wire import Body, Name, Wire

_ID = re.compile("[A-Za-z0-9]{20}")


class BulkTags(Body):
    """Which contacts, and which tags; `remove_all_tags` takes all others off first."""

    contacts: Annotated[list[Name], Meta(max_length=500)]
    tags: Tags
    location_id: str
    remove_all_tags: bool = False


class TagResult(Wire):
    """What became of one contact: `type` success or error."""

    contact_id: str
    message: str
    type: str
    old_tags: list[str] | None = None
    tags_added: list[str] | None = None
    tags_removed: list[str] | None = None


class BulkTagged(Wire, omit_defaults=False):
    """One result for each contact, in their order."""

    error_count: int
    responses: list[TagResult]
    succeeded: Annotated[bool, Since(V3)] = True
    succeded: bool = True


class BulkBusiness(Body):
    """Which contacts belong to the business from now on; null takes them out of theirs."""

    location_id: str
    ids: Annotated[list[Name], Meta(max_length=50)]
    business_id: str | None


class BulkMoved(Wire, omit_defaults=False):
    """The contacts that were changed."""

    ids: list[str]
    success: bool = True


@area.post("/contacts/bulk/tags/update/{type}", scope="contacts.write")
def create_association(ctx: Ctx, type: str, body: BulkTags) -> BulkTagged:
    """Add tags to many contacts, or remove them. Contacts that are not of this location are told as errors."""
    if type not in ("add", "remove"):
        raise Unprocessable("type must be one of the following values: add, remove")
    named = define_tags(ctx, body.tags) if type == "add" else [t.strip().lower() for t in body.tags]
    results = [_tagged(ctx, contact_id, type, named, body.remove_all_tags) for contact_id in body.contacts]
    return BulkTagged(error_count=sum(r.type == "error" for r in results), responses=results)


def _tagged(ctx: Ctx, contact_id: str, type: str, named: list[str], remove_all: bool) -> TagResult:
    if not _ID.fullmatch(contact_id):
        return TagResult(contact_id=contact_id, message="contact id is not a valid firebase id", type="error")
    contact = ctx.db.get(CONTACTS, contact_id)
    if contact is None:
        return TagResult(contact_id=contact_id, message="contact does not belong to location", type="error")
    left = [] if remove_all else contact.tags
    tags = list(dict.fromkeys([*left, *named])) if type == "add" else [t for t in left if t not in named]
    set_tags(ctx, contact, tags)
    return TagResult(
        contact_id=contact_id,
        message="Tags updated",
        type="success",
        old_tags=contact.tags,
        tags_added=[t for t in tags if t not in contact.tags],
        tags_removed=[t for t in contact.tags if t not in tags],
    )


@area.post("/contacts/bulk/business", scope="contacts.write", status=200)
def add_remove_contact_from_business(ctx: Ctx, body: BulkBusiness) -> BulkMoved:
    """Put contacts into a business, or take them out of theirs. Unknown contacts are left out of the reply."""
    business_id = business_or_400(ctx, body.business_id).id if body.business_id else None
    moved: list[str] = []
    for contact_id in dict.fromkeys(body.ids):
        before = ctx.db.get(CONTACTS, contact_id)
        if before is not None:
            after = replace(before, business_id=business_id, date_updated=ctx.stamp)
            tell_changes(ctx, before, after)
            ctx.db.put(CONTACTS, after)
            moved.append(contact_id)
    return BulkMoved(ids=moved)
