"""A contact's tags: /contacts/{contactId}/tags"""

from msgspec.structs import replace

from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import CONTACTS, Contact, contact_or_400
from groundlevel.areas.contacts.writing import Tags, tell_changes
from groundlevel.areas.locations import define_tags
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Body, Wire


class TagNames(Body):
    """Tags by their names, in any case."""

    tags: Tags


class TagsAdded(Wire):
    """All tags of the contact, and those that are new on it."""

    tags: list[str]
    tags_added: list[str]


class TagsRemoved(Wire):
    """The tags that are left on the contact, and those that were taken off."""

    tags: list[str]
    tags_removed: list[str]


@area.post("/contacts/{contactId}/tags", scope="contacts.write")
def add_tags(ctx: Ctx, contact_id: str, body: TagNames) -> TagsAdded:
    """Put tags on a contact; a tag the location does not know is defined there."""
    contact = contact_or_400(ctx, contact_id)
    added = [t for t in define_tags(ctx, body.tags) if t not in contact.tags]
    return TagsAdded(tags=set_tags(ctx, contact, [*contact.tags, *added]), tags_added=added)


@area.delete("/contacts/{contactId}/tags", scope="contacts.write")
def remove_tags(ctx: Ctx, contact_id: str, body: TagNames) -> TagsRemoved:
    """Take tags off a contact; their definitions stay."""
    contact = contact_or_400(ctx, contact_id)
    named = {t.strip().lower() for t in body.tags}
    removed = [t for t in contact.tags if t in named]
    return TagsRemoved(tags=set_tags(ctx, contact, [t for t in contact.tags if t not in named]), tags_removed=removed)


def set_tags(ctx: Ctx, contact: Contact, tags: list[str]) -> list[str]:
    """Store the contact with these tags, and tell it if they changed."""
    if tags != contact.tags:
        after = replace(contact, tags=tags, date_updated=ctx.stamp)
        tell_changes(ctx, contact, after)
        ctx.db.put(CONTACTS, after)
    return tags
