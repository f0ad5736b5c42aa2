"""Users who follow a contact: /contacts/{contactId}/followers"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import CONTACTS, Contact, contact_or_400
from groundlevel.areas.contacts.writing import tell_changes
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Body, Name, Wire


class Followers(Body):
    """Users by their ids."""

    followers: Annotated[list[Name], Meta(max_length=500)]


class FollowersAdded(Wire):
    """All followers of a record, and the new ones."""

    followers: list[str]
    followers_added: list[str]


class FollowersRemoved(Wire):
    """The followers that are left, and those that were removed."""

    followers: list[str]
    followers_removed: list[str]


@area.post("/contacts/{contactId}/followers", scope="contacts.write")
def add_followers_contact(ctx: Ctx, contact_id: str, body: Followers) -> FollowersAdded:
    """Let users follow a contact. 400 for one who does not work for this location."""
    contact = contact_or_400(ctx, contact_id)
    added = [u for u in dict.fromkeys(body.followers) if u not in contact.followers]
    for user_id in added:
        check_user(ctx, user_id)
    return FollowersAdded(followers=_set(ctx, contact, [*contact.followers, *added]), followers_added=added)


@area.delete("/contacts/{contactId}/followers", scope="contacts.write")
def remove_followers_contact(ctx: Ctx, contact_id: str, body: Followers) -> FollowersRemoved:
    """Let users no longer follow a contact."""
    contact = contact_or_400(ctx, contact_id)
    removed = [u for u in contact.followers if u in body.followers]
    left = _set(ctx, contact, [u for u in contact.followers if u not in removed])
    return FollowersRemoved(followers=left, followers_removed=removed)


def _set(ctx: Ctx, contact: Contact, followers: list[str]) -> list[str]:
    after = replace(contact, followers=followers, date_updated=ctx.stamp)
    tell_changes(ctx, contact, after)
    ctx.db.put(CONTACTS, after)
    return followers
