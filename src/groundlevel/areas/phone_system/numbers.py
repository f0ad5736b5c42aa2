"""The numbers that a sub-account has, and from which of them it writes."""

from typing import Literal

import phonenumbers
from msgspec.structs import fields
from phonenumbers import PhoneNumberType

from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, shown
from groundlevel.outside.numbers import Able, Owned

Type = Literal["local", "toll-free", "mobile", "national"]
Origin = Literal["twilio", "hosted", "ported"]
TYPES: dict[int, Type] = {
    PhoneNumberType.FIXED_LINE: "local", PhoneNumberType.FIXED_LINE_OR_MOBILE: "local",
    PhoneNumberType.MOBILE: "mobile", PhoneNumberType.TOLL_FREE: "toll-free",
}  # fmt: skip


class Capabilities(Wire):
    """What a number can do."""

    voice: bool
    sms: bool
    mms: bool
    fax: bool


class CallService(Wire):
    """Who takes calls: an assistant, a menu, or another number; `value`: which."""

    type: Literal["voice_ai", "ivr", "forward"]
    value: str


class ActiveNumber(Wire):
    """A number as it is told. sid: what the gateway calls it. is_default_number: texts come from it unless they say
    otherwise. is_group_conversation_enabled: where pictures can be sent in North America. linked_ring_all_users: who is
    rung by calls.
    """

    phone_number: str
    sid: str
    country_code: str
    capabilities: Capabilities
    type: Type
    is_default_number: bool
    is_group_conversation_enabled: bool
    date_added: str
    date_updated: str
    friendly_name: str | None = None
    linked_user: str | None = None
    linked_ring_all_users: list[str] = shown()
    inbound_call_service: CallService | None = None
    forwarding_number: str | None = None
    address_sid: str | None = None
    bundle_sid: str | None = None
    origin: Origin | None = None


class Number(ActiveNumber, kw_only=True):
    """The same as it is kept: its id is the number. gateway_id: by which gateway; "": the simulated one's.

    fingerprint_id: of the purchase. pool_id: the pool it is in.
    """

    id: str
    gateway_id: str = ""
    fingerprint_id: str = ""
    pool_id: str | None = None


NUMBERS = declare(
    Table("phone_numbers", Number, index=("is_default_number",), sparse=("pool_id", "gateway_id"), order="date_added")
)


def number_from(ctx: Ctx, owned: Owned, gateway_id: str, origin: Origin) -> Number:
    """A number that the gateway's account owns, as a row."""
    number = phonenumbers.parse(owned.number)
    country = phonenumbers.region_code_for_number(number) or ""
    return Number(
        id=owned.number, phone_number=owned.number, sid=owned.sid, country_code=country,
        capabilities=capabilities_of(owned.able), type=TYPES.get(phonenumbers.number_type(number), "national"),
        is_default_number=False, is_group_conversation_enabled=number.country_code == 1 and owned.able.mms,
        date_added=ctx.stamp, date_updated=ctx.stamp, friendly_name=owned.name or None, address_sid=owned.address,
        bundle_sid=owned.bundle, origin=origin, gateway_id=gateway_id,
    )  # fmt: skip


def capabilities_of(able: Able) -> Capabilities:
    """The same as it is told."""
    return Capabilities(voice=able.voice, sms=able.sms, mms=able.mms, fax=able.fax)


def seen(number: Number) -> ActiveNumber:
    """A number as it is told."""
    return ActiveNumber(**{f.name: getattr(number, f.name) for f in fields(ActiveNumber)})


def number_or_400(ctx: Ctx, number: str) -> Number:
    """The sub-account's number; 400 for one that is not its own."""
    found = ctx.db.get(NUMBERS, number)
    if found is None:
        raise BadRequest(f"Phone number with id {number} not found")
    return found


def default_number(ctx: Ctx) -> Number | None:
    """The number that texts come from unless they say otherwise."""
    return ctx.db.one(NUMBERS, Eq("is_default_number", True))


def sending_number(ctx: Ctx, named: str) -> Number | None:
    """The number that a text comes from: the one that is named, or the default one, if it takes texts.

    None where the sub-account has none, so that the gateway's own sender says. 400 for a named one that is not its own,
    where it has some, and for one without texts.
    """
    found = ctx.db.get(NUMBERS, named) if named else default_number(ctx)
    if found and found.capabilities.sms:
        return found
    if named and (found or ctx.db.count(NUMBERS, up_to=1)):
        raise BadRequest(f"{named} cannot send texts" if found else f"{named} is not a number of this sub-account")
    return None
