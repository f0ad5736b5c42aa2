"""Accounts of other services that apps are connected to at a sub-account: /marketplace/external-auth/migration"""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.marketplace.apps import App
from groundlevel.areas.marketplace.area import area
from groundlevel.areas.marketplace.events import Uninstalled
from groundlevel.areas.marketplace.installations import installation_of, own_app
from groundlevel.areas.operator import area as operator
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq, Owners, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_hex, shown
from groundlevel.secret import seal, secret_of, unseal

SEALED = "external credentials"
Secret = Annotated[str, Meta(min_length=1, max_length=10_000)]
Milliseconds = Annotated[float, Meta(ge=0, le=4e12)]


class Credentials(Wire):
    """What opens an account. It leaves this process only towards the service it is of."""

    api_key: str | None = None
    basic: dict[str, str] | None = None
    access_token: str | None = None
    refresh_token: str | None = None


class Migration(Body):
    """A connection that an app already has. `expiry_in`: milliseconds from now; `expiry_at`: since 1970."""

    type: Literal["oauth2", "basic"]
    location_id: Name
    app_id: Name
    app_version_id: Name
    account_id: Annotated[str, Meta(min_length=1, max_length=320)]
    api_key: Secret | None = None
    basic_credentials: dict[str, Secret] | None = None
    access_token: Secret | None = None
    refresh_token: Secret | None = None
    expiry_in: Milliseconds | None = None
    expiry_at: Milliseconds | None = None
    scopes: Annotated[list[Name], Meta(max_length=1_000)] = []
    display_name: Name | None = None
    is_default: bool = False


class Connection(Wire):
    """A connection as it is kept: its credentials sealed. `account`: the app's account, once at a sub-account."""

    id: str
    account: str
    app_id: str
    app_version_id: str
    account_id: str
    type: Literal["oauth2", "basic"]
    display_name: str
    date_added: str
    date_updated: str
    sealed: str
    scopes: list[str] = shown()
    is_default: bool = False
    expires_at: float | None = None


class ConnectionSeen(Wire):
    """A connection, without what opens it. `expires_at`: milliseconds since 1970."""

    id: str
    app_id: str
    app_version_id: str
    account_id: str
    type: str
    display_name: str
    date_added: str
    date_updated: str
    scopes: list[str]
    is_default: bool
    expires_at: float | None = None


class ManyConnections(Wire):
    """Connections, the latest first."""

    connections: list[ConnectionSeen]


class Migrated(Wire):
    """The reply to taking over a connection."""

    success: bool
    identifier: str
    message: str


CONNECTIONS = declare(
    Table("external_connections", Connection, index=("app_id",), unique=("account",), order="date_added")
)


@area.post("/marketplace/external-auth/migration", scope="marketplace-external-auth-migration.write", tokens="either")
def migrate_connection(ctx: Ctx, body: Migration) -> Migrated:
    """Take over a connection that an app already has to an account of another service. Again: with new credentials.

    404 for an unknown app, 400 for an unknown version of it, for credentials under other names than the app's, and
    where it is not installed; 422 without the credentials that the type needs.
    """
    app = own_app(ctx, body.app_id)
    if all(version.id != body.app_version_id for version in app.versions):
        raise BadRequest(f"App version with id {body.app_version_id} not found")
    check_credentials(app, body)
    if installation_of(ctx, app.id, ctx.location_id) is None:
        raise BadRequest(f"App with id {app.id} is not installed at location {ctx.location_id}")
    before = ctx.db.one(CONNECTIONS, Eq("account", _account(body)))
    now = ctx.db.put(CONNECTIONS, _connection(ctx, body, before))
    if now.is_default:
        for other in list(ctx.db.each(CONNECTIONS, Eq("app_id", app.id))):
            if other.is_default and other.id != now.id:
                ctx.db.put(CONNECTIONS, replace(other, is_default=False))
    return Migrated(success=True, identifier=now.id, message="Connection migrated successfully")


@operator.get("/operator/locations/{locationId}/connections", scope=OPERATOR)
def list_connections(ctx: Ctx, location_id: str) -> ManyConnections:
    """The accounts of other services that apps are connected to, without credentials; at most 1,000."""
    found = ctx.db.find(CONNECTIONS, limit=1_000)
    return ManyConnections(connections=[msgspec.convert(c, ConnectionSeen, from_attributes=True) for c in found])


def check_credentials(app: App, body: Migration) -> None:
    """422 where the type's credentials are missing; 400 for names that the app does not ask for."""
    if body.type == "oauth2":
        wanted = {"accessToken": body.access_token, "refreshToken": body.refresh_token}
        if missing := [name for name, value in wanted.items() if not value]:
            raise Unprocessable(*(f"{name} must be a string" for name in missing))
        return
    if not body.api_key and not body.basic_credentials:
        raise Unprocessable("apiKey must be a string")
    known = {field.key for field in app.external_auth.fields} if app.external_auth else set[str]()
    if known and (strange := sorted(set(body.basic_credentials or {}) - known)):
        raise BadRequest(f"{app.name} does not ask for {', '.join(strange)}")


def credentials_of(ctx: Ctx, connection: Connection) -> Credentials:
    """What opens the account, for a job that speaks to its service."""
    return msgspec.json.decode(unseal(secret_of(ctx.settings), SEALED, connection.sealed), type=Credentials)


def _account(body: Migration) -> str:
    return f"{body.app_id}:{body.account_id}"


def _connection(ctx: Ctx, body: Migration, before: Connection | None) -> Connection:
    opens = Credentials(
        api_key=body.api_key, basic=body.basic_credentials, access_token=body.access_token,
        refresh_token=body.refresh_token,
    )  # fmt: skip
    ends = body.expiry_at
    if ends is None and body.expiry_in is not None:
        ends = (ctx.now + timedelta(milliseconds=body.expiry_in)).timestamp() * 1000
    return Connection(
        id=before.id if before else new_hex(), account=_account(body), app_id=body.app_id,
        app_version_id=body.app_version_id, account_id=body.account_id, type=body.type,
        display_name=body.display_name or body.account_id, date_added=before.date_added if before else ctx.stamp,
        date_updated=ctx.stamp, sealed=seal(secret_of(ctx.settings), SEALED, msgspec.json.encode(opens)),
        scopes=body.scopes, is_default=body.is_default, expires_at=ends,
    )  # fmt: skip


@on(Uninstalled)
def forget_connections(ctx: Ctx, gone: Uninstalled) -> None:
    """What an app was connected to at a sub-account goes with it."""
    for location_id in gone.location_ids:
        there = ctx.db.elsewhere(Owners(location_id, gone.company_id))
        for one in list(there.each(CONNECTIONS, Eq("app_id", gone.app_id))):
            there.delete(CONNECTIONS, one.id)
