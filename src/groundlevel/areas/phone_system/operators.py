"""What operators do with numbers of sub-accounts: /operator/locations/{locationId}/phone-numbers"""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict, replace

from groundlevel.areas.contacts import normal_phone
from groundlevel.areas.locations import own_location
from groundlevel.areas.operator import area
from groundlevel.areas.phone_system.claims import CLAIMS, Claim, claim_or_400, claims, free, hold
from groundlevel.areas.phone_system.numbers import (
    NUMBERS,
    ActiveNumber,
    CallService,
    Number,
    default_number,
    number_from,
    number_or_400,
    seen,
)
from groundlevel.areas.phone_system.settling import give_back
from groundlevel.areas.phone_system.simulated import account_of
from groundlevel.areas.phone_system.ways import Way, asked, in_unit, way_of
from groundlevel.areas.users import check_user
from groundlevel.kernel.app import App
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.request import Request
from groundlevel.kernel.wire import Body, Name, Wire, sent
from groundlevel.outside.numbers import Owned, Seller


class OwnNumber(Body):
    """A number that the gateway's account owns already, in E.164 or as it is written in the sub-account's country."""

    phone_number: Annotated[str, Meta(min_length=1, max_length=50)]


class Looked(OwnNumber, kw_only=True):
    """The same with what the gateway says of it."""

    owned: Owned
    gateway_id: str
    sender: str


class NumberChange(Body):
    """What to change about a number; what is not sent stays. is_default_number: texts come from it; no other one's."""

    friendly_name: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    is_default_number: bool | UnsetType = UNSET
    linked_user: Name | None | UnsetType = UNSET
    linked_ring_all_users: Annotated[list[Name], Meta(max_length=100)] | UnsetType = UNSET
    forwarding_number: Name | None | UnsetType = UNSET
    inbound_call_service: CallService | None | UnsetType = UNSET


class Leaving(Body):
    """keep: whether the gateway's account goes on owning the number."""

    keep: bool = False


class NumberGone(Wire):
    """The reply to releasing. given_back: whether the gateway is told so, too."""

    succeeded: bool
    given_back: bool


async def look_up(app: App, request: Request) -> None:
    """Ask the gateway whether its account owns the number, before the unit of work."""
    body: OwnNumber = request.arguments["body"]
    country = await in_unit(app, request, lambda ctx: own_location(ctx).country, write=False)
    number = normal_phone(body.phone_number, country)
    if number is None:
        raise Unprocessable("phoneNumber must be a valid phone number")
    way = await in_unit(app, request, way_of, write=False)

    async def ask(seller: Seller) -> Owned | None:
        return await seller.owned(number)

    owned = await asked(app, way, ask)
    if owned is None:
        raise BadRequest(f"The gateway's account does not own {number}")
    request.arguments["body"] = Looked(**asdict(body), owned=owned, gateway_id=way.gateway_id, sender=way.sender)


@area.post("/operator/locations/{locationId}/phone-numbers", scope=OPERATOR, steps=(look_up,))
def add_phone_number(ctx: Ctx, location_id: str, body: OwnNumber) -> ActiveNumber:
    """Give a sub-account a number that its gateway's account owns already.

    The gateway is asked what it can do; where its texts are sent stays as it is there. 400 for a number that it does
    not own, one that a sub-account has already, and without a gateway; 503 where the gateway does not answer.
    """
    assert isinstance(body, Looked)
    number = number_from(ctx, body.owned, body.gateway_id, "hosted")
    claim_or_400(ctx, Claim(id=number.id, location_id=ctx.location_id, date_added=ctx.stamp, state="held"))
    return seen(hold(ctx, number, body.sender))


@area.put("/operator/locations/{locationId}/phone-numbers/{number}", scope=OPERATOR)
def change_phone_number(ctx: Ctx, location_id: str, number: str, body: NumberChange) -> ActiveNumber:
    """Name a number, make it the one that texts come from, or say whose it is.

    400 for an unknown one, for unknown users, and where texts are to come from one that takes none.
    """
    kept, said = number_or_400(ctx, number), sent(body)
    for user in [said.get("linked_user"), *said.get("linked_ring_all_users", ())]:
        check_user(ctx, user)
    before = default_number(ctx)
    if said.get("is_default_number") and not kept.capabilities.sms:
        raise BadRequest(f"{number} cannot send texts")
    if said.get("is_default_number") and before and before.id != kept.id:
        ctx.db.put(NUMBERS, replace(before, is_default_number=False, date_updated=ctx.stamp))
    return seen(ctx.db.put(NUMBERS, replace(kept, **said, date_updated=ctx.stamp)))


@area.delete("/operator/locations/{locationId}/phone-numbers/{number}", scope=OPERATOR)
def release_phone_number(ctx: Ctx, location_id: str, number: str, query: Leaving) -> NumberGone:
    """Take a number away from a sub-account; it is given back to the gateway soon after, unless `keep` is true.

    Messages from it stay. One whose gateway is disconnected is only taken away. 400 for an unknown one.
    """
    kept = number_or_400(ctx, number)
    ctx.db.delete(NUMBERS, kept.id)
    way, claim = None if query.keep else _way(ctx, kept), claims(ctx).get(CLAIMS, kept.id)
    if way is None or claim is None:
        free(ctx, kept.id)
        return NumberGone(succeeded=True, given_back=False)
    job = give_back(ctx, way, kept.id, kept.sid)
    claims(ctx).put(CLAIMS, replace(claim, state="leaving", job_id=job.id))
    return NumberGone(succeeded=True, given_back=True)


def _way(ctx: Ctx, number: Number) -> Way | None:
    """The way back; None where its gateway is disconnected."""
    try:
        return way_of(ctx, number.gateway_id) if number.gateway_id else Way(account_of(ctx.location_id))
    except BadRequest:
        return None
