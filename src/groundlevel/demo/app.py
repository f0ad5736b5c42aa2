"""The demo's app: installed, with providers of its own, something to charge for and money to charge."""

from msgspec.structs import replace

from groundlevel.areas.marketplace import ClientKey, InstallWanted, app_or_404, install, put_app
from groundlevel.areas.marketplace.app_operators import NewApp, create_app
from groundlevel.areas.marketplace.apps import new_client_id
from groundlevel.areas.marketplace.pricing_operators import NewMeter, create_meter
from groundlevel.areas.marketplace.wallet_operators import TopUp, top_up_wallet
from groundlevel.areas.outbox.app_providers import NewAppProvider, add_app_provider
from groundlevel.areas.outbox.providers import ProviderType
from groundlevel.kernel.ctx import Ctx
from groundlevel.main import all_areas

NAME = "Groundlevel Demo App"
REDIRECT = "http://localhost:3000/callback"
FUNDS = 100.0
PROVIDERS: tuple[tuple[str, ProviderType], ...] = (("Harbor Messenger", "SMS"), ("Harbor Phone", "Call"))
"""What the app carries. It fetches what is sent by these, since it says no address."""


def add_app(ctx: Ctx, location_id: str, user_id: str) -> dict[str, str]:
    """An app with every scope, at the agency the call is about and at a sub-account; the ids to know.

    Its client key has no secret yet: what is sown is the same everywhere.
    """
    every = sorted({op.scope for area in all_areas() for op in area.operations if not op.scope.startswith("(")})
    made = create_app(
        ctx, NewApp(name=NAME, scopes=every, redirect_uris=[REDIRECT], bulk_installation=True, tagline="To try things")
    )
    meter = create_meter(ctx, made.id, NewMeter(name="Messages", price=0.01, usage_unit="message"))
    app = app_or_404(ctx, made.id)
    key = ClientKey(id=new_client_id(app), name="Demo", date_added=ctx.stamp)
    app = put_app(ctx, replace(app, client_keys=[key]))
    texts, calls = (add_app_provider(ctx, app.id, NewAppProvider(name=n, type=type)) for n, type in PROVIDERS)
    install(ctx, app, InstallWanted(ctx.company_id, user_id=user_id, approved_locations=(location_id,)))
    top_up_wallet(ctx, TopUp(company_id=ctx.company_id, amount=FUNDS, note="To try things"))
    return {
        "appId": app.id, "appVersionId": app.version.id, "meterId": meter.meter_id, "clientId": key.id,
        "conversationProviderId": texts.id, "callProviderId": calls.id,
    }  # fmt: skip
