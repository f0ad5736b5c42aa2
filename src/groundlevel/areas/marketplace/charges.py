"""What apps charge for by use: /marketplace/billing/charges"""

from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.marketplace.apps import Meter
from groundlevel.areas.marketplace.area import area
from groundlevel.areas.marketplace.installations import installation_of, own_app
from groundlevel.areas.marketplace.wallets import NO_FUNDS, book, micros, movement, paying_wallet, times, usd, wallet_of
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, NotFound
from groundlevel.kernel.store import Condition, Eq, Range, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V3
from groundlevel.kernel.wire import Body, Name, When, Wire, iso, moment, new_hex

Units = Annotated[float, Meta(gt=0, le=1_000_000)]
Price = Annotated[float, Meta(ge=0, le=10_000)]
Reference = Annotated[str, Meta(min_length=1, max_length=200)]
"""What an app calls something of its own."""


class NewCharge(Body):
    """So many units of a meter. `price` in USD a unit: for a dynamic meter. `event_id` is the caller's own."""

    app_id: Name
    meter_id: Name
    event_id: Reference
    location_id: Name
    company_id: Name
    description: Name
    units: Units
    price: Price | None = None
    user_id: Reference | None = None
    event_time: When | None = None


class ChargeMeta(Wire):
    """What the app said of a charge."""

    event_id: str
    description: str
    event_time: str
    user_id: str | None = None


class Charge(Wire):
    """A charge or a refund, as it is kept: money in millionths of a dollar. `event`: what makes it that one charge."""

    id: str
    event: str
    app_id: str
    meter_id: str
    location_id: str
    wallet_id: str
    transaction_type: Literal["charge", "refund"]
    amount: int
    price: int
    units: float
    event_id: str
    meta: ChargeMeta
    created_at: str
    updated_at: str
    user_id: str | None = None
    refunded: bool = False


class ChargeSeen(Wire, omit_defaults=False):
    """A charge or a refund; money in USD."""

    charge_id: str
    transaction_type: str
    refunded: bool
    app_id: str
    meter_id: str
    entity_id: str
    amount_charged: float
    price_per_unit: float
    units: float
    meta: ChargeMeta
    created_at: str
    updated_at: str
    currency: str = "USD"
    entity_type: str = "location"


class ChargesWanted(Body):
    """Which charges. From `start_date` on, before `end_date`."""

    meter_id: Name | None = None
    event_id: Name | None = None
    user_id: Name | None = None
    start_date: When | None = None
    end_date: When | None = None
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=100)] = 10


class Stretch(Wire, omit_defaults=False):
    """Which part of how many."""

    total: int
    skip: int
    limit: int


class ManyCharges(Wire, omit_defaults=False):
    """Charges and refunds, the latest first. `count` is the older name of the total."""

    charges: list[ChargeSeen]
    count: int
    pagination: Stretch


class ChargeMade(Wire, omit_defaults=False):
    """The reply to charging."""

    success: bool
    charge_id: str


class ChargeGone(Wire):
    """The reply to refunding."""

    success: bool


class Funds(Wire, omit_defaults=False):
    """Whether there is money to charge."""

    has_funds: bool


CHARGES = declare(
    Table(
        "app_charges", Charge, index=("location_id", "app_id"), sparse=("meter_id", "event_id", "user_id"),
        unique=("event",), order="created_at", owner="company",
    )
)  # fmt: skip


@area.post("/marketplace/billing/charges", scope="charges.write", tokens="either", unsaid=V3)
def charge(ctx: Ctx, body: NewCharge) -> ChargeMade:
    """Charge a sub-account's wallet, or the agency's where it has none, for units of a meter.

    The same `eventId` again is the same charge and costs nothing. 400 for an unknown meter, a price outside the
    meter's, an app that is not installed there, and a wallet with too little in it; nothing is charged then.
    """
    app = own_app(ctx, body.app_id)
    if installation_of(ctx, app.id, ctx.location_id) is None:
        raise BadRequest(f"App with id {app.id} is not installed at location {ctx.location_id}")
    meter = next((m for m in app.meters if m.meter_id == body.meter_id), None)
    if meter is None:
        raise BadRequest(f"Meter with id {body.meter_id} not found")
    price = price_of(meter, body.price)
    new = _new(ctx, body, price)
    before = ctx.db.one(CHARGES, Eq("event", new.event))
    if before:
        return ChargeMade(success=True, charge_id=_the_same(before, new).id)
    wallet = paying_wallet(ctx, ctx.location_id)
    if wallet is None:
        raise BadRequest(NO_FUNDS)
    book(ctx, wallet, movement(ctx, wallet, "charge", -new.amount, new.id))
    return ChargeMade(success=True, charge_id=ctx.db.put(CHARGES, replace(new, wallet_id=wallet.id)).id)


@area.get("/marketplace/billing/charges", scope="charges.readonly", tokens="either", unsaid=V3)
def get_charges(ctx: Ctx, query: ChargesWanted) -> ManyCharges:
    """Charges and refunds of the sub-account, or of all of the agency; an app sees its own."""
    where = _wanted(ctx, query)
    total = ctx.db.count(CHARGES, *where)
    found = ctx.db.find(CHARGES, *where, limit=query.limit, skip=query.skip)
    return ManyCharges(
        charges=[seen(one) for one in found],
        count=total,
        pagination=Stretch(total=total, skip=query.skip, limit=query.limit),
    )


@area.get("/marketplace/billing/charges/has-funds", scope="charges.readonly", tokens="either", unsaid=V3)
def has_funds(ctx: Ctx) -> Funds:
    """Whether there is money in the wallet that pays for the sub-account, or in the agency's."""
    wallet = paying_wallet(ctx, ctx.location_id)
    return Funds(has_funds=wallet is not None and wallet.balance > 0)


@area.get("/marketplace/billing/charges/{chargeId}", scope="charges.readonly", tokens="either", unsaid=V3)
def get_specific_charge(ctx: Ctx, charge_id: str) -> ChargeSeen:
    """One charge. 404 for an unknown one, and for one that was deleted: it is listed with its refund."""
    return seen(_charge_or_404(ctx, charge_id))


@area.delete("/marketplace/billing/charges/{chargeId}", scope="charges.write", tokens="either", unsaid=V3)
def delete_charge(ctx: Ctx, charge_id: str) -> ChargeGone:
    """Refund a charge, whole, to the wallet that paid. 404 for one that is not there any more."""
    charged = _charge_or_404(ctx, charge_id)
    if charged.transaction_type == "refund":
        raise BadRequest("A refund cannot be refunded")
    wallet = wallet_of(ctx, charged.wallet_id)
    assert wallet, "wallets are never removed"
    back = replace(
        charged, id=new_hex(), event=f"refund:{charged.id}", transaction_type="refund", created_at=ctx.stamp,
        updated_at=ctx.stamp,
    )  # fmt: skip
    ctx.db.put(CHARGES, replace(charged, refunded=True, updated_at=ctx.stamp))
    ctx.db.put(CHARGES, back)
    book(ctx, wallet, movement(ctx, wallet, "refund", charged.amount, charged.id))
    return ChargeGone(success=True)


def price_of(meter: Meter, told: float | None) -> int:
    """What a unit costs, in millionths: the meter's price, or the one told within its bounds. 400 for any other."""
    if meter.price_type == "fixed":
        if told is not None and micros(told) != micros(meter.price):
            raise BadRequest(f"The price of this meter is fixed at {meter.price}")
        return micros(meter.price)
    if told is None or not meter.min_price <= told <= meter.max_price:
        raise BadRequest(f"The price must be between {meter.min_price} and {meter.max_price}")
    return micros(told)


def _new(ctx: Ctx, body: NewCharge, price: int) -> Charge:
    when = iso(moment(body.event_time, "eventTime")) if body.event_time else ctx.stamp
    meta = ChargeMeta(
        event_id=body.event_id, description=body.description, event_time=when, user_id=body.user_id
    )  # fmt: skip
    return Charge(
        id=new_hex(), event=f"charge:{body.app_id}:{ctx.location_id}:{body.event_id}", app_id=body.app_id,
        meter_id=body.meter_id, location_id=ctx.location_id, wallet_id="", transaction_type="charge",
        amount=times(price, body.units), price=price, units=body.units, event_id=body.event_id, meta=meta,
        created_at=ctx.stamp, updated_at=ctx.stamp, user_id=body.user_id,
    )  # fmt: skip


def _the_same(before: Charge, new: Charge) -> Charge:
    if before.refunded:
        raise BadRequest(f"The charge for event {new.event_id} has been refunded")
    if (before.meter_id, before.amount, before.units) != (new.meter_id, new.amount, new.units):
        raise BadRequest(f"Event {new.event_id} has been charged for already, and otherwise")
    return before


def _wanted(ctx: Ctx, query: ChargesWanted) -> list[Condition]:
    named = {
        "location_id": ctx.location_id, "app_id": ctx.caller.app_id, "meter_id": query.meter_id,
        "event_id": query.event_id, "user_id": query.user_id,
    }  # fmt: skip
    where: list[Condition] = [Eq(field, value) for field, value in named.items() if value]
    if query.start_date:
        where.append(Range("created_at", ">=", iso(moment(query.start_date, "startDate"))))
    if query.end_date:
        where.append(Range("created_at", "<", iso(moment(query.end_date, "endDate"))))
    return where


def _charge_or_404(ctx: Ctx, charge_id: str) -> Charge:
    found = ctx.db.get(CHARGES, charge_id)
    elsewhere = found and ctx.location_id and found.location_id != ctx.location_id
    anothers = found and ctx.caller.app_id and found.app_id != ctx.caller.app_id
    if found is None or elsewhere or anothers or found.refunded:
        raise NotFound(f"Charge with id {charge_id} not found")
    return found


def seen(charge: Charge) -> ChargeSeen:
    """A charge as callers see it."""
    return ChargeSeen(
        charge_id=charge.id, transaction_type=charge.transaction_type, refunded=charge.refunded, app_id=charge.app_id,
        meter_id=charge.meter_id, entity_id=charge.location_id, amount_charged=usd(charge.amount),
        price_per_unit=usd(charge.price), units=charge.units, meta=charge.meta, created_at=charge.created_at,
        updated_at=charge.updated_at,
    )  # fmt: skip
