"""Buying a number: /phone-system/numbers/location/{locationId}/purchase

The steps, and what makes them safe, are told in `claims.py`.
"""

from typing import Annotated, Literal

import phonenumbers
from msgspec import Meta, field
from msgspec.structs import asdict, replace

from groundlevel.areas.contacts import normal_phone
from groundlevel.areas.phone_system.area import area
from groundlevel.areas.phone_system.claims import CLAIMS, TAKEN, Claim, claim_or_400, claims, free, hold
from groundlevel.areas.phone_system.numbers import NUMBERS, number_from
from groundlevel.areas.phone_system.settling import give_back, look_after
from groundlevel.areas.phone_system.ways import Way, asked, in_unit, way_of
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Problem, Unavailable, Unprocessable
from groundlevel.kernel.request import Request
from groundlevel.kernel.store import Sort
from groundlevel.kernel.versions import V2, V3, Since
from groundlevel.kernel.wire import Body, Name, Wire
from groundlevel.outside.numbers import Bought, Purchase, Seller

NOT_KNOWN = "It is not known whether the gateway has sold the number; that is asked again in two minutes"
MOST_TOLD = 1_000


class NewNumber(Body):
    """The number to buy. country_code: how it is read, if it is not in E.164. address_sid, bundle_sid: what the gateway
    knows of who buys, where a country asks for that. fingerprint_id: of the search; with the same one, a number that
    was bought already is told again. The rest has no effect.
    """

    phone_number: Annotated[str, Meta(min_length=1, max_length=50)]
    country_code: Annotated[str, Meta(max_length=2)] | None = None
    number_type: Literal["local", "tollFree", "mobile"] | None = None
    address_sid: Name | None = None
    bundle_sid: Name | None = None
    locality: Name | None = None
    region: Name | None = None
    fingerprint_id: Name | None = None
    skip_location_kyc: bool | None = field(default=None, name="skipLocationKYC")
    payment_intent_id: Annotated[Name | None, Since(V3)] = None
    stripe_account_id: Annotated[Name | None, Since(V3)] = None
    payment_method_id: Annotated[Name | None, Since(V3)] = None


class Answered(NewNumber, kw_only=True):
    """The same with what the gateway said. bought None: it was not asked, as the number is bought already."""

    way: Way
    bought: Bought | None


class NumberAccount(Wire, omit_defaults=False, rename=None):
    """The sub-account's account, and what it has: for each number what it is for, its name, and whose it is."""

    id: str
    account_sid: str
    under_ghl_account: bool
    validate_sms: bool
    location_id: str
    numbers: dict[str, str]
    number_name: dict[str, str]
    assigned_to_numbers: dict[str, str]
    migration_status: str | None = None
    migration_numbers: list[str] = []
    new_account_sid: str = ""


class Bought3(Wire):
    """What was bought, and at which account."""

    number: str
    location_id: str
    id: str
    under_lc_account: bool


class BoughtNow(Wire):
    """The reply under v3."""

    status: Literal["success"]
    data: Bought3
    message: str
    status_code: int


async def buy(app: App, request: Request) -> None:
    """Claim the number, and ask the gateway for it, before the unit of work."""
    body: NewNumber = request.arguments["body"]

    def claim(ctx: Ctx) -> tuple[Way, bool]:
        way, number = way_of(ctx), _number(body)
        body.phone_number = number
        before = ctx.db.get(NUMBERS, number)
        if before and body.fingerprint_id and before.fingerprint_id == body.fingerprint_id:
            return way, False
        new = Claim(id=number, location_id=ctx.location_id, date_added=ctx.stamp, state="asked")
        new = claim_or_400(ctx, replace(new, gateway_id=way.gateway_id, fingerprint_id=body.fingerprint_id or ""))
        claims(ctx).put(CLAIMS, replace(new, job_id=look_after(ctx, way, number).id))
        return way, True

    way, is_new = await in_unit(app, request, claim, write=True)
    wanted = Purchase(
        number=body.phone_number, inbound=way.inbound, address=body.address_sid or "", bundle=body.bundle_sid or ""
    )

    async def ask(seller: Seller) -> Bought:
        return await seller.buy(wanted)

    bought = await asked(app, way, ask) if is_new else None
    request.arguments["body"] = Answered(**asdict(body), way=way, bought=bought)


@area.post("/phone-system/numbers/location/{locationId}/purchase", scope="phonenumbers.write", steps=(buy,), only=V2)
def purchase_phone_number(ctx: Ctx, location_id: str, body: NewNumber) -> NumberAccount | Problem:
    """Buy a number from the sub-account's gateway. It is the sub-account's at once, and texts can come from it.

    The first number becomes the default one, unless the gateway's texts come from another. 400 without a gateway for
    texts, for a number that somebody has, wants, or the gateway does not sell; 422 for what is no number. 503 where the
    gateway's answer was lost: then it is asked again in two minutes, and the number comes or is free again.
    """
    if problem := _settle(ctx, body):
        return problem
    assert isinstance(body, Answered)
    return account(ctx, body.way)


@area.post("/phone-system/numbers/location/{locationId}/purchase", scope="phonenumbers.write", steps=(buy,), only=V3)
def purchase_number_for_location(ctx: Ctx, location_id: str, body: NewNumber) -> BoughtNow | Problem:
    """Buy a number from the sub-account's gateway. It is the sub-account's at once, and texts can come from it.

    The first number becomes the default one, unless the gateway's texts come from another. 400 without a gateway for
    texts, for a number that somebody has, wants, or the gateway does not sell; 422 for what is no number. 503 where the
    gateway's answer was lost: then it is asked again in two minutes, and the number comes or is free again.
    """
    if problem := _settle(ctx, body):
        return problem
    assert isinstance(body, Answered)
    told = account(ctx, body.way)
    data = Bought3(
        number=body.phone_number, location_id=ctx.location_id, id=told.id, under_lc_account=told.under_ghl_account
    )
    return BoughtNow(status="success", data=data, message="Number purchased", status_code=201)


def account(ctx: Ctx, way: Way) -> NumberAccount:
    """The sub-account's account and its numbers."""
    held = ctx.db.find(NUMBERS, sort=(Sort("date_added"), Sort("id")), limit=MOST_TOLD)
    return NumberAccount(
        id=way.gateway_id or ctx.location_id, account_sid=way.account.sid, under_ghl_account=way.gateway is None,
        validate_sms=True, location_id=ctx.location_id, numbers={one.id: "conversation" for one in held},
        number_name={one.id: one.friendly_name or one.id for one in held},
        assigned_to_numbers={one.id: one.linked_user for one in held if one.linked_user},
    )  # fmt: skip


def _settle(ctx: Ctx, body: NewNumber) -> Problem | None:
    """What came of the purchase is kept, whatever it was; the refusal, if it is one."""
    assert isinstance(body, Answered)
    bought, number = body.bought, body.phone_number
    if bought is None:
        return None
    if bought.outcome == "unclear":
        return Unavailable(f"{NOT_KNOWN} ({bought.reason})")
    if bought.owned is None:
        free(ctx, number)
        return BadRequest(f"{TAKEN}: {bought.reason}")
    claim = claims(ctx).get(CLAIMS, number)
    if claim is None or claim.location_id != ctx.location_id:  # the sub-account was removed meanwhile
        give_back(ctx, body.way, number, bought.owned.sid)
        return BadRequest(f"{TAKEN}: it is given back")
    kept = number_from(ctx, bought.owned, body.way.gateway_id, "twilio")
    hold(ctx, replace(kept, fingerprint_id=body.fingerprint_id or ""), body.way.sender)
    return None


def _number(body: NewNumber) -> str:
    number = normal_phone(body.phone_number, (body.country_code or "US").upper())
    if number is None or not phonenumbers.is_possible_number(phonenumbers.parse(number)):
        raise Unprocessable("phoneNumber must be a valid phone number")
    return number
