"""Apps, as an operator registers them: /operator/apps"""

import re
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.marketplace.apps import (
    APPS,
    SSO_KEY,
    App,
    AppVersion,
    ClientKey,
    Distribution,
    ExternalAuth,
    ExternalBilling,
    Meter,
    Subscription,
    TargetUser,
    Visibility,
    WebhookEvent,
    app_or_404,
)
from groundlevel.areas.marketplace.events import UPDATE, AppRemoved
from groundlevel.areas.marketplace.installations import uninstall_everywhere
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_hex, new_uuid, sent
from groundlevel.secret import seal, secret_of

HTTPS = r"^(https://[^\s/?#@]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)([/?][^\s#]*)?$(?!\n)"
Address = Annotated[
    str,
    Meta(pattern=HTTPS, max_length=2_000, extra={"explain": "must be an https address (http: on this machine only)"}),
]
"""Where a browser or a webhook is sent: by https, and without a fragment; a machine's own may do without."""
Addresses = Annotated[list[Address], Meta(max_length=100)]
Scope = Annotated[str, Meta(pattern=r"^[\w./-]+$(?!\n)", max_length=200, extra={"explain": "must be a scope"})]
Scopes = Annotated[list[Scope], Meta(max_length=1_000)]
AppName = Annotated[str, Meta(min_length=1, max_length=200)]


class NewApp(Body):
    """What an operator says of a new app."""

    name: AppName
    distribution: Distribution = "both"
    target_user: TargetUser = "Sub-account"
    bulk_installation: bool = False
    visibility: Visibility = "private"
    scopes: Scopes = []
    redirect_uris: Addresses = []
    tagline: Name | None = None
    description: Prose | None = None
    category: Name | None = None
    logo: Name | None = None
    website: Name | None = None
    support_email: Name | None = None
    support_phone: Name | None = None


class AppChange(Body):
    """What to change about an app. Other scopes make a new version of it."""

    name: AppName | UnsetType = UNSET
    distribution: Distribution | UnsetType = UNSET
    target_user: TargetUser | UnsetType = UNSET
    bulk_installation: bool | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    scopes: Scopes | UnsetType = UNSET
    tagline: Name | None | UnsetType = UNSET
    description: Prose | None | UnsetType = UNSET
    category: Name | None | UnsetType = UNSET
    logo: Name | None | UnsetType = UNSET
    website: Name | None | UnsetType = UNSET
    support_email: Name | None | UnsetType = UNSET
    support_phone: Name | None | UnsetType = UNSET
    external_billing: ExternalBilling | None | UnsetType = UNSET
    external_auth: ExternalAuth | None | UnsetType = UNSET


class Redirects(Body):
    """All addresses that people may be sent back to."""

    redirect_uris: Addresses


class WebhookChange(Body):
    """Where an app is told of events, and of which. An event that is not named is not told."""

    url: Address | None | UnsetType = UNSET
    events: dict[Name, WebhookEvent] | UnsetType = UNSET


class KeySeen(Wire):
    """A client key, without its secret."""

    id: str
    name: str
    date_added: str
    hint: str


class AppSeen(Wire):
    """An app as it may be shown: nothing of it is secret."""

    id: str
    name: str
    date_added: str
    distribution: str
    target_user: str
    bulk_installation: bool
    visibility: str
    version_id: str
    scopes: list[str]
    versions: list[AppVersion]
    redirect_uris: list[str]
    client_keys: list[KeySeen]
    plans: list[Subscription]
    meters: list[Meter]
    has_sso_key: bool
    webhook_events: dict[str, WebhookEvent]
    webhook_url: str | None = None
    tagline: str | None = None
    description: str | None = None
    category: str | None = None
    logo: str | None = None
    website: str | None = None
    support_email: str | None = None
    support_phone: str | None = None
    external_billing: ExternalBilling | None = None
    external_auth: ExternalAuth | None = None


class ManyApps(Wire):
    """Apps, the newest first."""

    apps: list[AppSeen]


class SsoKey(Wire):
    """A new key, shown only now."""

    sso_key: str


class AppGone(Wire):
    """The reply to removing. `uninstalled`: from how many agencies and sub-accounts."""

    succeeded: bool
    uninstalled: int


@area.post("/operator/apps", scope=OPERATOR)
def create_app(ctx: Ctx, body: NewApp) -> AppSeen:
    """Register an app. It has no client key yet."""
    fields = sent(body)
    first = AppVersion(
        id=new_hex(), semver="1.0.0", status="live", scopes=_once(fields.pop("scopes")), date_added=ctx.stamp
    )
    fields["redirect_uris"] = _once(body.redirect_uris)
    return seen(ctx.db.put(APPS, App(**fields, id=new_hex(), date_added=ctx.stamp, versions=[first])))


@area.get("/operator/apps", scope=OPERATOR)
def list_apps(ctx: Ctx) -> ManyApps:
    """The apps of this installation, newest first; at most 1,000."""
    return ManyApps(apps=[seen(app) for app in ctx.db.find(APPS, limit=1_000)])


@area.get("/operator/apps/{appId}", scope=OPERATOR)
def get_app(ctx: Ctx, app_id: str) -> AppSeen:
    """One app."""
    return seen(app_or_404(ctx, app_id))


@area.put("/operator/apps/{appId}", scope=OPERATOR)
def update_app(ctx: Ctx, app_id: str, body: AppChange) -> AppSeen:
    """Change an app; what is not sent stays. Other scopes are a new version, of which the app is told.

    Where it is installed, the earlier version goes on with its own scopes until the app is installed again.
    """
    app, fields = app_or_404(ctx, app_id), sent(body)
    scopes = fields.pop("scopes", None)
    changed = replace(app, **fields)
    if scopes is not None and set(scopes) != set(app.scopes):
        changed = replace(changed, versions=versions_after(app.versions, _once(scopes), new_hex(), ctx.stamp))
        ctx.emit(UPDATE(app_id=app.id, version_id=changed.version.id, previous_version_id=app.version.id))
    return seen(ctx.db.put(APPS, changed))


@area.put("/operator/apps/{appId}/redirects", scope=OPERATOR)
def set_redirects(ctx: Ctx, app_id: str, body: Redirects) -> AppSeen:
    """Set the addresses that people may be sent back to, all of them."""
    return seen(ctx.db.put(APPS, replace(app_or_404(ctx, app_id), redirect_uris=_once(body.redirect_uris))))


@area.put("/operator/apps/{appId}/webhook", scope=OPERATOR)
def set_webhook(ctx: Ctx, app_id: str, body: WebhookChange) -> AppSeen:
    """Set where an app is told of events, and of which; what is not sent stays."""
    fields = {f"webhook_{name}": value for name, value in sent(body).items()}
    return seen(ctx.db.put(APPS, replace(app_or_404(ctx, app_id), **fields)))


@area.post("/operator/apps/{appId}/sso-key", scope=OPERATOR)
def create_sso_key(ctx: Ctx, app_id: str) -> SsoKey:
    """Make a new key for what an app's pages are told of the signed-in user. The answer alone tells it."""
    app, key = app_or_404(ctx, app_id), new_uuid()
    ctx.db.put(APPS, replace(app, sso_key=seal(secret_of(ctx.settings), SSO_KEY, key.encode())))
    return SsoKey(sso_key=key)


@area.delete("/operator/apps/{appId}", scope=OPERATOR)
def delete_app(ctx: Ctx, app_id: str) -> AppGone:
    """Remove an app, from wherever it is installed too. Its tokens end."""
    app = app_or_404(ctx, app_id)
    gone = uninstall_everywhere(ctx, app)
    ctx.emit(AppRemoved(app_id=app.id))
    return AppGone(succeeded=ctx.db.delete(APPS, app.id), uninstalled=gone)


def versions_after(versions: list[AppVersion], scopes: list[str], id: str, now: str) -> list[AppVersion]:
    """The versions when other scopes are asked for: a new major one, which is live in place of the earlier ones."""
    major = max(int(re.split(r"\D", version.semver)[0]) for version in versions) + 1
    new = AppVersion(id=id, semver=f"{major}.0.0", status="live", scopes=scopes, date_added=now)
    return [*(replace(v, status="deprecated") if v.status == "live" else v for v in versions), new]


def key_seen(key: ClientKey) -> KeySeen:
    """What may be shown of a client key."""
    return KeySeen(id=key.id, name=key.name, date_added=key.date_added, hint=key.hint)


def seen(app: App) -> AppSeen:
    """What may be shown of an app."""
    fields: dict[str, Any] = {f: getattr(app, f) for f in AppSeen.__struct_fields__ if f in App.__struct_fields__}
    fields["client_keys"] = [key_seen(key) for key in app.client_keys]
    return AppSeen(**fields, version_id=app.version.id, scopes=app.scopes, has_sso_key=bool(app.sso_key))


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))
