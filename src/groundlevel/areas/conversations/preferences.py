"""Kinds of mail, and who has unsubscribed from which: /conversations/preferences"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field
from msgspec.structs import replace

from groundlevel.areas.contacts import contact_or_400
from groundlevel.areas.conversations.area import area
from groundlevel.areas.outbox import (
    ONE_ON_ONE,
    SUBSCRIPTIONS,
    SUBTYPES,
    SubscriptionChange,
    Subscriptions,
    Subtype,
    subscriptions_at,
)
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.versions import V2
from groundlevel.kernel.wire import Body, Name, Wire, new_hex, sent

Short = Annotated[str, Meta(min_length=1, max_length=100)]
Status = Literal["subscribed", "unsubscribed"]
MOST, MOST_CHANGES = 1_000, 50


class OfLocation(Body):
    """Of which sub-account."""

    location_id: str


class NewSubtype(Body):
    """A kind of messages to define. language: a code, as `en`."""

    name: Short
    channel: Literal["email", "sms"]
    language: Annotated[str, Meta(min_length=2, max_length=20)]
    description: Annotated[str, Meta(max_length=100)] | None = None


class SubtypeChange(Body):
    """What to change about a kind; what is not sent stays."""

    name: Short | UnsetType = UNSET
    description: Annotated[str, Meta(max_length=100)] | None | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    resubscription_legal_form_id: Name | None | UnsetType = field(name="resubscription_legal_form_id", default=UNSET)


class ManySubtypes(Wire):
    """The kinds of a sub-account, newest first."""

    subtypes: list[Subtype]


class OneSubtype(Wire):
    """One kind."""

    subtype: Subtype


class StatusWanted(OfLocation, kw_only=True):
    """Of which contact, and of which of its addresses, if not of all."""

    contact_id: Name
    email: Annotated[str, Meta(max_length=320)] | None = None


class KindStatus(Wire, omit_defaults=False):
    """A kind of mail, and whether an address gets it."""

    subtype_id: str | None
    subtype_name: str
    status: Status


class AddressStatus(Wire):
    """What an address gets."""

    email: str
    subscriptions: list[KindStatus]
    changes: list[SubscriptionChange]


class ContactStatus(Wire):
    """What a contact's addresses get."""

    contact_id: str
    emails: list[AddressStatus]


class Action(Body, rename=None):
    """What is to change: the usual kind (`default`), one that is defined (`custom`), or all again (`resub_all`)."""

    type: Literal["default", "custom", "resub_all"]
    subtype_status: Status
    subtype_name: Literal["One on One"] | None = None
    subtype_id: Name | None = None


class Change(Body):
    """A change that a user makes for a contact. legal_reason: why it may be subscribed again, which must be said."""

    location_id: str
    contact_id: Name
    email: Annotated[str, Meta(max_length=320)]
    subscription_action: Action = field(name="subscription_action")
    legal_reason: Annotated[str, Meta(max_length=1_000)] | None = field(name="legal_reason", default=None)
    legal_description: Annotated[str, Meta(max_length=5_000)] | None = field(name="legal_description", default=None)


@area.get("/conversations/preferences/custom-subtypes", scope="conversations.readonly", only=V2)
def get_all_custom_subtypes(ctx: Ctx, query: OfLocation) -> ManySubtypes:
    """The kinds of messages that the sub-account has defined, archived ones too, newest first; at most 1,000."""
    return ManySubtypes(subtypes=ctx.db.find(SUBTYPES, limit=MOST))


@area.post("/conversations/preferences/custom-subtypes", scope="conversations.write", only=V2, status=200)
def create_custom_subtype(ctx: Ctx, query: OfLocation, body: NewSubtype) -> OneSubtype:
    """Define a kind of messages, from which contacts can unsubscribe by itself. 400 past 1,000 of them."""
    if ctx.db.count(SUBTYPES, up_to=MOST) >= MOST:
        raise BadRequest(f"A sub-account has at most {MOST} kinds")
    made = Subtype(
        id=new_hex(), name=body.name, channel=body.channel, language=body.language, archived=False,
        date_added=ctx.stamp, date_updated=ctx.stamp, description=body.description,
    )  # fmt: skip
    return OneSubtype(subtype=ctx.db.put(SUBTYPES, made))


@area.put("/conversations/preferences/custom-subtypes/{id}", scope="conversations.write", only=V2)
def update_custom_subtype(ctx: Ctx, id: str, query: OfLocation, body: SubtypeChange) -> OneSubtype:
    """Rename a kind of messages, or put it away. 400 for an unknown one."""
    changed = replace(_subtype_or_400(ctx, id), **sent(body), date_updated=ctx.stamp)
    return OneSubtype(subtype=ctx.db.put(SUBTYPES, changed))


@area.get("/conversations/preferences/unsubscriptions/status", scope="conversations.readonly", only=V2)
def get_contact_unsubscription_status(ctx: Ctx, query: StatusWanted) -> ContactStatus:
    """What a contact gets at each of its addresses, or at one; and who changed that, and why.

    400 for an unknown contact.
    """
    contact = contact_or_400(ctx, query.contact_id)
    known = [one.email for one in ctx.db.find(SUBSCRIPTIONS, Eq("contact_id", contact.id))]
    own = [query.email] if query.email else [contact.email or "", *contact.additional_emails, *known]
    emails = dict.fromkeys(email.strip().lower() for email in own if email.strip())
    kinds = ctx.db.find(SUBTYPES, Eq("channel", "email"), limit=MOST)
    told = [_told(subscriptions_at(ctx, contact.id, email), kinds) for email in emails]
    return ContactStatus(contact_id=contact.id, emails=told)


@area.post("/conversations/preferences/unsubscriptions/user-change", scope="conversations.write", only=V2, status=200)
def user_subscription_change(ctx: Ctx, body: Change) -> AddressStatus:
    """Unsubscribe an address of a contact's from a kind of mail, or subscribe it again, which needs a `legal_reason`.

    Mail of a kind that was unsubscribed from is refused. 400 for an unknown contact or kind; 422 for a change that does
    not say which kind.
    """
    contact, said = contact_or_400(ctx, body.contact_id), body.subscription_action
    if said.type == "custom" and not said.subtype_id:
        raise Unprocessable("subscription_action.subtype_id should not be empty")
    before = subscriptions_at(ctx, contact.id, body.email)
    what = _subtype_or_400(ctx, said.subtype_id or "").id if said.type == "custom" else ONE_ON_ONE
    again = said.subtype_status == "subscribed" and before.kinds.get(what) == "unsubscribed"
    if (again or said.type == "resub_all") and not (body.legal_reason or "").strip():
        raise Unprocessable("legal_reason should not be empty")
    status: Status = "subscribed" if said.type == "resub_all" else said.subtype_status
    kinds = dict.fromkeys(before.kinds, status) if said.type == "resub_all" else before.kinds | {what: status}
    change = SubscriptionChange(
        at=ctx.stamp, by=ctx.caller.user_id or ctx.caller.token_id, what="all" if said.type == "resub_all" else what,
        status=status, reason=body.legal_reason or "", description=body.legal_description or "",
    )  # fmt: skip
    after = replace(before, kinds=kinds, changes=[*before.changes, change][-MOST_CHANGES:])
    return _told(ctx.db.put(SUBSCRIPTIONS, after), ctx.db.find(SUBTYPES, Eq("channel", "email"), limit=MOST))


def _told(one: Subscriptions, kinds: list[Subtype]) -> AddressStatus:
    every = [(None, ONE_ON_ONE), *((kind.id, kind.name) for kind in kinds)]
    found = [
        KindStatus(subtype_id=id, subtype_name=name, status=one.kinds.get(id or name, "subscribed"))
        for id, name in every
    ]
    return AddressStatus(email=one.email, subscriptions=found, changes=one.changes)


def _subtype_or_400(ctx: Ctx, id: str) -> Subtype:
    found = ctx.db.get(SUBTYPES, id)
    if found is None:
        raise BadRequest(f"Custom subtype with id {id} not found")
    return found
