"""What an app costs, as an operator says it: /operator/apps/{appId}/plans, …/meters, …/rebilling"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.companies import company_or_400
from groundlevel.areas.marketplace.app_operators import AppName, AppSeen, seen
from groundlevel.areas.marketplace.apps import (
    APPS,
    Meter,
    PaymentTime,
    PaymentType,
    PriceType,
    Subscription,
    app_or_404,
    plan_of,
)
from groundlevel.areas.marketplace.charges import Price
from groundlevel.areas.marketplace.pricing import REBILLING, Rebilling
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import NotFound, Unprocessable
from groundlevel.kernel.wire import Body, Name, new_hex, sent

Amount = Annotated[float, Meta(ge=0, le=1_000_000)]


class NewPlan(Body):
    """A pricing plan: `amount` in USD."""

    name: AppName
    amount: Amount = 0.0
    payment_type: PaymentType = "recurring"
    payment_time: PaymentTime = "month"
    trial_days: Annotated[int, Meta(ge=0, le=1_000)] = 0
    features: Annotated[list[Name], Meta(max_length=100)] = []


class NewMeter(Body):
    """What is charged for by use: `price` in USD a unit; a dynamic one has bounds."""

    name: AppName
    price: Price = 0.0
    price_type: PriceType = "fixed"
    min_price: Price = 0.0
    max_price: Price = 0.0
    usage_unit: Name = "unit"
    product_type: Name = "workflow_action"
    product_name: Name = ""
    execution_limit: Annotated[int, Meta(ge=0, le=2**53)] = 0


class Resale(Body):
    """For how much (USD) an agency sells plans on, by plan; others at the app's own price."""

    company_id: Name
    amounts: dict[Name, Amount] = {}


@area.post("/operator/apps/{appId}/plans", scope=OPERATOR)
def create_plan(ctx: Ctx, app_id: str, body: NewPlan) -> Subscription:
    """Add a pricing plan to an app."""
    app, plan = app_or_404(ctx, app_id), Subscription(**sent(body), plan_id=new_hex())
    ctx.db.put(APPS, replace(app, plans=[*app.plans, plan]))
    return plan


@area.delete("/operator/apps/{appId}/plans/{planId}", scope=OPERATOR)
def delete_plan(ctx: Ctx, app_id: str, plan_id: str) -> AppSeen:
    """Offer a pricing plan no longer. Who has chosen it keeps it."""
    app = app_or_404(ctx, app_id)
    left = [plan for plan in app.plans if plan.plan_id != plan_id]
    if len(left) == len(app.plans):
        raise NotFound(f"Plan with id {plan_id} not found")
    return seen(ctx.db.put(APPS, replace(app, plans=left)))


@area.post("/operator/apps/{appId}/meters", scope=OPERATOR)
def create_meter(ctx: Ctx, app_id: str, body: NewMeter) -> Meter:
    """Let an app charge for something by use."""
    if body.price_type == "dynamic" and body.min_price > body.max_price:
        raise Unprocessable("maxPrice must not be less than minPrice")
    app, meter = app_or_404(ctx, app_id), Meter(**sent(body), meter_id=new_hex())
    ctx.db.put(APPS, replace(app, meters=[*app.meters, meter]))
    return meter


@area.delete("/operator/apps/{appId}/meters/{meterId}", scope=OPERATOR)
def delete_meter(ctx: Ctx, app_id: str, meter_id: str) -> AppSeen:
    """Let an app charge for something no longer. What was charged stays."""
    app = app_or_404(ctx, app_id)
    left = [meter for meter in app.meters if meter.meter_id != meter_id]
    if len(left) == len(app.meters):
        raise NotFound(f"Meter with id {meter_id} not found")
    return seen(ctx.db.put(APPS, replace(app, meters=left)))


@area.put("/operator/apps/{appId}/rebilling", scope=OPERATOR)
def set_rebilling(ctx: Ctx, app_id: str, body: Resale) -> Rebilling:
    """Set for how much an agency sells an app's plans on to its sub-accounts. 400 for an unknown agency or plan."""
    app = app_or_404(ctx, app_id)
    company_or_400(ctx, body.company_id)
    for plan_id in body.amounts:
        plan_of(app, plan_id)
    return ctx.db.put(REBILLING, Rebilling(id=app.id, amounts=body.amounts))
