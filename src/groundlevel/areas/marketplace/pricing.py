"""What an app costs where it is installed: /marketplace/app/{appId}/rebilling-config"""

from groundlevel.areas.marketplace.apps import App, Meter, Subscription
from groundlevel.areas.marketplace.area import area
from groundlevel.areas.marketplace.installations import installation_or_404, own_app
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire


class Rebilling(Wire):
    """For how much (USD) an agency sells an app's plans on to its sub-accounts, by plan; its id is the app's."""

    id: str
    amounts: dict[str, float]


class SubscriptionPlan(Wire, omit_defaults=False):
    """A plan: what the agency asks for it, and what the app does, in USD."""

    reselling_amount: float
    base_amount: float
    plan_id: str
    features: list[str]
    payment_type: str
    name: str
    payment_time: str


class UsagePlan(Wire, omit_defaults=False):
    """A meter. Prices in USD a unit; the bounds are those of a dynamic one."""

    product_type: str
    product_name: str
    usage_unit: str
    meter_id: str
    meter_name: str
    fixed_price_per_unit: float
    price_type: str
    min_price_per_unit: str
    max_price_per_unit: str
    execution_limit_per_cycle: int


class Plans(Wire, omit_defaults=False):
    """All that an app costs."""

    subscription: list[SubscriptionPlan]
    usage: list[UsagePlan]


class RebillingConfig(Wire, omit_defaults=False):
    """The reply."""

    plans: Plans


REBILLING = declare(Table("rebilling", Rebilling, owner="company"))


@area.get("/marketplace/app/{appId}/rebilling-config/location/{locationId}", scope="oauth.readonly", tokens="either")
def get_rebilling_config_for_app(ctx: Ctx, app_id: str, location_id: str) -> RebillingConfig:
    """What an app costs a sub-account: its plans, at the agency's price, and its meters. 404 if it is not there."""
    app = own_app(ctx, app_id)
    installation_or_404(ctx, app.id, location_id)
    resold = ctx.db.get(REBILLING, app.id) or Rebilling(id=app.id, amounts={})
    return RebillingConfig(
        plans=Plans(
            subscription=[_plan(plan, resold) for plan in app.plans], usage=[_meter(app, meter) for meter in app.meters]
        )
    )


def _plan(plan: Subscription, resold: Rebilling) -> SubscriptionPlan:
    return SubscriptionPlan(
        reselling_amount=resold.amounts.get(plan.plan_id, plan.amount), base_amount=plan.amount, plan_id=plan.plan_id,
        features=plan.features, payment_type=plan.payment_type, name=plan.name, payment_time=plan.payment_time,
    )  # fmt: skip


def _meter(app: App, meter: Meter) -> UsagePlan:
    fixed = meter.price_type == "fixed"
    return UsagePlan(
        product_type=meter.product_type, product_name=meter.product_name or app.name, usage_unit=meter.usage_unit,
        meter_id=meter.meter_id, meter_name=meter.name, fixed_price_per_unit=meter.price, price_type=meter.price_type,
        min_price_per_unit=str(meter.price if fixed else meter.min_price),
        max_price_per_unit=str(meter.price if fixed else meter.max_price),
        execution_limit_per_cycle=meter.execution_limit,
    )  # fmt: skip
