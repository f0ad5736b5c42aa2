"""Where a contact is reached on a channel: its phone, its mail, or what a messenger calls it."""

from groundlevel.areas.contacts import Contact, ContactDelete
from groundlevel.areas.outbox import Channel
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

BY_PHONE = frozenset(("SMS", "RCS", "WhatsApp", "Call"))


class ChannelAddress(Wire):
    """What a messenger calls a contact. The id is the channel and that, so each is one contact's."""

    id: str
    contact_id: str
    channel: str
    address: str


ADDRESSES = declare(Table("channel_addresses", ChannelAddress, index=("contact_id",)))


def address_of(ctx: Ctx, contact: Contact, channel: Channel, *, known_only: bool) -> str:
    """Where the contact is reached. 400 in the hosted service's words where it is not.

    known_only: a messenger's contact must have written before; else, where nothing is really sent, the contact's own
    id will do.
    """
    if channel in BY_PHONE:
        if not contact.phone:
            raise BadRequest("Missing phone number")
        return contact.phone
    if channel == "Email":
        if not contact.email:
            raise BadRequest("Unable to send e-mail, contact's e-mail is invalid")
        return contact.email
    if channel == "Custom":
        return contact.phone or contact.email or contact.id
    found = next((a for a in ctx.db.find(ADDRESSES, Eq("contact_id", contact.id)) if a.channel == channel), None)
    if found is None and known_only:
        raise BadRequest(f"The contact has not written on {channel} yet")
    return found.address if found else contact.id


def known_addresses(ctx: Ctx, contact_id: str) -> set[str]:
    """The messengers by which a contact has written."""
    return {one.channel for one in ctx.db.find(ADDRESSES, Eq("contact_id", contact_id))}


def contact_at(ctx: Ctx, channel: str, address: str) -> str | None:
    """The id of the contact that a messenger calls so."""
    found = ctx.db.get(ADDRESSES, f"{channel}:{address}")
    return found.contact_id if found else None


def note_address(ctx: Ctx, contact_id: str, channel: str, address: str) -> None:
    """Remember what a messenger calls a contact."""
    id = f"{channel}:{address}"
    ctx.db.put(ADDRESSES, ChannelAddress(id=id, contact_id=contact_id, channel=channel, address=address))


@on(ContactDelete)
def forget_addresses(ctx: Ctx, gone: ContactDelete) -> None:
    """They go with the contact."""
    for one in ctx.db.find(ADDRESSES, Eq("contact_id", gone.id)):
        ctx.db.delete(ADDRESSES, one.id)
