"""Apps: what a developer registers once, for every agency of the installation."""

import hmac
from typing import Annotated, Literal

from msgspec import Meta

from groundlevel.kernel.caller import hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import BadRequest, NotFound
from groundlevel.kernel.store import Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_id, shown

Distribution = Literal["agency", "sub-account", "both"]
"""Who may install an app."""
TargetUser = Literal["Agency", "Sub-account"]
"""Whose data it works with."""
Visibility = Literal["private", "public"]
PriceType = Literal["fixed", "dynamic"]
PaymentType = Literal["recurring", "one_time"]
PaymentTime = Literal["month", "year", "once"]

SSO_KEY = "app sso key"
"""What the single sign-on keys of apps are sealed for."""


class ClientKey(Wire):
    """A client of an app: its id is the `client_id`. Of the secret only a hash is kept, and its last four letters."""

    id: str
    name: str
    date_added: str
    secret_hash: str = ""
    hint: str = ""


class AppVersion(Wire):
    """A version of an app. Exactly one is live; what was installed before a change stays at the one it was."""

    id: str
    semver: str
    status: Literal["draft", "live", "deprecated"]
    scopes: list[str]
    date_added: str


class Subscription(Wire, omit_defaults=False):
    """A pricing plan of an app. `amount` in USD, each month, each year or once; `trial_days`: free at first."""

    plan_id: str
    name: str
    amount: float
    payment_type: PaymentType = "recurring"
    payment_time: PaymentTime = "month"
    trial_days: int = 0
    features: list[str] = []


class Meter(Wire, omit_defaults=False):
    """What an app charges for by use. `price` in USD a unit; a dynamic one is told with each charge, within bounds."""

    meter_id: str
    name: str
    price: float
    price_type: PriceType = "fixed"
    min_price: float = 0.0
    max_price: float = 0.0
    usage_unit: str = "unit"
    product_type: str = "workflow_action"
    product_name: str = ""
    execution_limit: int = 0


class WebhookEvent(Body, omit_defaults=False):
    """Whether an app is told of a kind of event, and where, if not at its own address."""

    on: bool = True
    url: Annotated[str, Meta(max_length=2_000)] | None = None


class ExternalBilling(Body):
    """Where an app that bills by itself sends those who install it."""

    url: Annotated[str, Meta(max_length=2_000)]
    payment_type: PaymentType = "recurring"
    amount: Annotated[float, Meta(ge=0, le=1_000_000)] = 0.0


class AuthField(Body):
    """One of the values that a person gives to connect an account of another service."""

    key: Name
    label: Name = ""


class ExternalAuth(Body):
    """How an app connects to accounts of another service: by what kind of credentials, and by which fields."""

    type: Literal["oauth2", "basic"]
    fields: Annotated[list[AuthField], Meta(max_length=10)] = []


class App(Wire):
    """An app, as it is kept."""

    id: str
    name: str
    date_added: str
    distribution: Distribution
    target_user: TargetUser
    versions: list[AppVersion]
    redirect_uris: list[str] = shown()
    client_keys: list[ClientKey] = shown()
    plans: list[Subscription] = shown()
    meters: list[Meter] = shown()
    bulk_installation: bool = False
    visibility: Visibility = "private"
    tagline: str | None = None
    description: str | None = None
    category: str | None = None
    logo: str | None = None
    website: str | None = None
    support_email: str | None = None
    support_phone: str | None = None
    sso_key: str | None = None
    webhook_url: str | None = None
    webhook_events: dict[str, WebhookEvent] = {}
    external_billing: ExternalBilling | None = None
    external_auth: ExternalAuth | None = None

    @property
    def version(self) -> AppVersion:
        """The version that is installed now: the live one, or the newest where none is live."""
        return next((v for v in reversed(self.versions) if v.status == "live"), self.versions[-1])

    @property
    def scopes(self) -> list[str]:
        """What the app asks for when it is installed now."""
        return self.version.scopes


APPS = declare(Table("apps", App, index=("name",), order="date_added", owner="system"))


def app_by_client(db_system: Unit, client_id: str) -> App | None:
    """The app that a `client_id` belongs to, or None; for a unit of work that sees the system's rows."""
    app = db_system.get(APPS, client_id.partition("-")[0])
    return app if app and any(key.id == client_id for key in app.client_keys) else None


def secret_fits(app: App, client_id: str, secret: str) -> bool:
    """Whether it is the secret of this client of the app. Takes as long for a wrong one."""
    kept = next((key.secret_hash for key in app.client_keys if key.id == client_id), "")
    return hmac.compare_digest(kept, hashed(secret)) and bool(kept)


def redirect_fits(app: App, uri: str) -> bool:
    """Whether the address is one of those registered, to the letter."""
    return uri in app.redirect_uris


def app_or_404(ctx: Ctx, app_id: str) -> App:
    """The app with this id; 404 where there is none."""
    app = ctx.db.elsewhere(SYSTEM).get(APPS, app_id)
    if app is None:
        raise NotFound(f"App with id {app_id} not found")
    return app


def put_app(ctx: Ctx, app: App) -> App:
    """Keep an app: apps are the system's."""
    return ctx.db.elsewhere(SYSTEM).put(APPS, app)


def new_client_id(app: App) -> str:
    """`<the app's id>-<8 letters and digits>`: the form of the service's."""
    return f"{app.id}-{new_id().lower()[:8]}"


def check_offered(app: App, location_id: str) -> None:
    """400 where an app is not made to be installed there: at an agency itself, or at one of its sub-accounts."""
    if app.distribution == ("agency" if location_id else "sub-account"):
        raise BadRequest(f"{app.name} cannot be installed by {'a sub-account' if location_id else 'an agency'}")


def plan_of(app: App, plan_id: str) -> Subscription | None:
    """The pricing plan with this id, or None for no id. 400 for an unknown one."""
    found = next((plan for plan in app.plans if plan.plan_id == plan_id), None)
    if plan_id and found is None:
        raise BadRequest(f"Plan with id {plan_id} not found")
    return found
