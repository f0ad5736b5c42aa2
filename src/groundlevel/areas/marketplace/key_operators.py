"""An app's clients, as an operator makes them: /operator/apps/{appId}/keys"""

from msgspec.structs import replace

from groundlevel.areas.marketplace.app_operators import AppName, KeySeen, key_seen
from groundlevel.areas.marketplace.apps import APPS, App, ClientKey, app_or_404, new_client_id
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.caller import hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.wire import Body, Wire, new_uuid


class NewKey(Body):
    """What a new client key is for."""

    name: AppName = "Client"


class KeyMade(KeySeen, kw_only=True):
    """A client key with its secret, which is shown only now."""

    client_secret: str


class ManyKeys(Wire):
    """The client keys of an app, without their secrets."""

    client_keys: list[KeySeen]


class KeyGone(Wire):
    """The reply to removing."""

    succeeded: bool


@area.post("/operator/apps/{appId}/keys", scope=OPERATOR)
def create_key(ctx: Ctx, app_id: str, body: NewKey) -> KeyMade:
    """Make a client key. The answer is the only place that ever tells its secret."""
    app = app_or_404(ctx, app_id)
    key = ClientKey(id=new_client_id(app), name=body.name, date_added=ctx.stamp)
    return _with_secret(ctx, replace(app, client_keys=[*app.client_keys, key]), key)


@area.get("/operator/apps/{appId}/keys", scope=OPERATOR)
def list_keys(ctx: Ctx, app_id: str) -> ManyKeys:
    """The client keys of an app, oldest first."""
    return ManyKeys(client_keys=[key_seen(key) for key in app_or_404(ctx, app_id).client_keys])


@area.post("/operator/apps/{appId}/keys/{keyId}/rotate", scope=OPERATOR, status=200)
def rotate_key(ctx: Ctx, app_id: str, key_id: str) -> KeyMade:
    """Give a client key another secret. The old one ends now."""
    app = app_or_404(ctx, app_id)
    return _with_secret(ctx, app, _key_or_404(app, key_id))


@area.delete("/operator/apps/{appId}/keys/{keyId}", scope=OPERATOR)
def delete_key(ctx: Ctx, app_id: str, key_id: str) -> KeyGone:
    """Remove a client key. Nobody signs in or refreshes with it any more."""
    app = app_or_404(ctx, app_id)
    gone = _key_or_404(app, key_id)
    ctx.db.put(APPS, replace(app, client_keys=[key for key in app.client_keys if key.id != gone.id]))
    return KeyGone(succeeded=True)


def _key_or_404(app: App, key_id: str) -> ClientKey:
    for key in app.client_keys:
        if key.id == key_id:
            return key
    raise NotFound(f"Key with id {key_id} not found")


def _with_secret(ctx: Ctx, app: App, key: ClientKey) -> KeyMade:
    secret = new_uuid()
    now = replace(key, secret_hash=hashed(secret), hint=secret[-4:])
    ctx.db.put(APPS, replace(app, client_keys=[now if one.id == key.id else one for one in app.client_keys]))
    return KeyMade(id=now.id, name=now.name, date_added=now.date_added, hint=now.hint, client_secret=secret)
