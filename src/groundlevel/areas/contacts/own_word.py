"""What a contact itself says of being written to: only it can take that back."""

from typing import Literal

from msgspec.structs import replace

from groundlevel.areas.contacts.contact import CONTACTS, Channel, Contact, DndSettings
from groundlevel.areas.contacts.writing import tell_changes
from groundlevel.kernel.ctx import Ctx

OwnChannel = Literal["sms", "email", "whats_app", "rcs"]
"""The channels of do-not-disturb on which a contact can say so."""


def close_channel(ctx: Ctx, contact: Contact, channel: OwnChannel, message: str) -> Contact:
    """The contact wants nothing on this channel any more. `message`: how it said so."""
    return _set(ctx, contact, channel, Channel(status="permanent", message=message))


def open_channel(ctx: Ctx, contact: Contact, channel: OwnChannel, message: str) -> Contact:
    """The contact takes back that it wants nothing; what others have closed stays closed."""
    before = getattr(contact.dnd_settings or DndSettings(), channel)
    if before is None or before.status != "permanent":
        return contact
    return _set(ctx, contact, channel, Channel(status="inactive", message=message))


def _set(ctx: Ctx, before: Contact, channel: OwnChannel, to: Channel) -> Contact:
    settings = replace(before.dnd_settings or DndSettings(), **{channel: to})
    if settings == before.dnd_settings:
        return before
    after = replace(before, dnd_settings=settings, date_updated=ctx.stamp)
    tell_changes(ctx, before, after)
    return ctx.db.put(CONTACTS, after)
