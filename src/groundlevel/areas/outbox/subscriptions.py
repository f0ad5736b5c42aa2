"""Which mail a contact has subscribed to: everybody's one kind, and those that a sub-account defines."""

from typing import Literal

from groundlevel.areas.contacts import ContactDelete
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, shown

Status = Literal["subscribed", "unsubscribed"]
ONE_ON_ONE = "One on One"
"""The kind of mail that is written to one contact; what says nothing else is of this kind."""


class Subtype(Wire, omit_defaults=False):
    """A kind of messages that a sub-account sends."""

    id: str
    name: str
    channel: Literal["email", "sms"]
    language: str
    archived: bool
    date_added: str
    date_updated: str
    description: str | None = None
    resubscription_legal_form_id: str | None = None


class SubscriptionChange(Wire):
    """A change, who made it and why that is lawful."""

    at: str
    by: str
    what: str
    status: Status
    reason: str = ""
    description: str = ""


class Subscriptions(Wire):
    """What a contact has unsubscribed from at one address. kinds: by the id of a kind, or its name (`ONE_ON_ONE`)."""

    id: str
    contact_id: str
    email: str
    kinds: dict[str, Status] = {}
    changes: list[SubscriptionChange] = shown()


SUBTYPES = declare(Table("message_subtypes", Subtype, order="date_added"))
SUBSCRIPTIONS = declare(Table("subscriptions", Subscriptions, index=("contact_id",)))
MOST_CHANGES = 50


def subscriptions_at(ctx: Ctx, contact_id: str, email: str) -> Subscriptions:
    """Those of a contact at an address, which may not have said anything yet."""
    email = email.strip().lower()
    id = f"{contact_id} {email}"
    return ctx.db.get(SUBSCRIPTIONS, id) or Subscriptions(id=id, contact_id=contact_id, email=email)


def has_unsubscribed(ctx: Ctx, contact_id: str, email: str, subtype_id: str) -> bool:
    """Whether nothing of this kind may go to the address."""
    return subscriptions_at(ctx, contact_id, email).kinds.get(subtype_id or ONE_ON_ONE) == "unsubscribed"


@on(ContactDelete)
def forget_subscriptions(ctx: Ctx, gone: ContactDelete) -> None:
    """They go with the contact."""
    for one in ctx.db.each(SUBSCRIPTIONS, Eq("contact_id", gone.id)):
        ctx.db.delete(SUBSCRIPTIONS, one.id)
