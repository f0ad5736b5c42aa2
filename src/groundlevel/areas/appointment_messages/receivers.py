"""Who a notification goes to, and where they are reached."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from groundlevel.areas.calendars import ADMIN, Appointment, Notification
from groundlevel.areas.contacts import CONTACTS, Contact, normal_phone
from groundlevel.areas.locations import own_location
from groundlevel.areas.outbox import Channel
from groundlevel.areas.users import USERS, User, user_of_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Has
from groundlevel.outside.mail.composing import Uncomposable, address_in

CHANNELS: dict[str, Channel] = {"email": "Email", "sms": "SMS", "whatsapp": "WhatsApp"}
MOST_USERS = 1_000


class Receiver(Struct, frozen=True):
    """Somebody to write to, as people call it. contact: the appointment's own; else `to` is where, if that is known.

    user_id: of somebody who works here.
    """

    called: str
    to: str = ""
    contact: Contact | None = None
    user_id: str = ""

    @property
    def key(self) -> str:
        """The same for whoever is the same."""
        return self.contact.id if self.contact else self.to.lower() or self.user_id


def receivers(ctx: Ctx, one: Appointment, by: Notification) -> list[Receiver]:
    """Everybody whom a notification is for, nobody twice.

    An appointment has no guests besides its contact, so what is for `guest` goes to those it names itself.
    """
    found: dict[str, Receiver] = {}
    for each in (*_by_type(ctx, one, by), *_named(by)):
        found.setdefault(each.user_id if by.channel == "inApp" else each.key, each)
    return list(found.values())


def reached_at(ctx: Ctx, channel: Channel, said: str) -> str:
    """Where somebody is reached; empty for what is no address or number."""
    if channel != "Email":
        return normal_phone(said, own_location(ctx).country) or "" if said else ""
    try:
        address_in(said)
    except Uncomposable:
        return ""
    return said.strip()


def _by_type(ctx: Ctx, one: Appointment, by: Notification) -> Iterator[Receiver]:
    if by.receiver_type == "contact":
        contact = ctx.db.get(CONTACTS, one.contact_id)
        if contact:
            yield Receiver(contact.name or "the contact", contact=contact)
    elif by.receiver_type == "assignedUser":
        taking = [one.assigned_user_id, *one.users]
        yield from _users(ctx, by, [*(id for id in taking if id), *by.selected_users])
    elif by.receiver_type == "business":
        location = own_location(ctx)
        if by.channel != "inApp":
            yield Receiver(location.name, (location.email if by.channel == "email" else location.phone) or "")
        yield from _users(ctx, by, by.selected_users)
    else:
        yield from _users(ctx, by, by.selected_users)


def _users(ctx: Ctx, by: Notification, ids: Iterable[str]) -> Iterator[Receiver]:
    for id in ids:
        for user in _administrators(ctx) if id == ADMIN else [user_of_location(ctx, id)]:
            if user:
                to = user.email if by.channel == "email" else user.phone
                yield Receiver(user.name, to or "", user_id=user.id)


def _administrators(ctx: Ctx) -> list[User]:
    found = ctx.db.find(USERS, Has("works_at", ctx.location_id), limit=MOST_USERS)
    return [user for user in found if user.roles.role == "admin" and user.roles.type == "account"]


def _named(by: Notification) -> Iterator[Receiver]:
    numbers = {"sms": by.additional_phone_numbers, "whatsapp": by.additional_whatsapp_numbers}
    said = {"email": by.additional_email_ids} | numbers
    for address in said.get(by.channel, []):
        yield Receiver(address, address)
