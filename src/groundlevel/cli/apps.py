"""`groundlevel app …`"""

import msgspec
from msgspec import UNSET, Struct

from groundlevel.areas.marketplace.app_operators import (
    AppChange,
    AppSeen,
    NewApp,
    Redirects,
    create_app,
    delete_app,
    get_app,
    list_apps,
    set_redirects,
    update_app,
)
from groundlevel.areas.marketplace.apps import Distribution, TargetUser
from groundlevel.areas.marketplace.key_operators import KeyMade, NewKey, create_key, delete_key, list_keys, rotate_key
from groundlevel.cli import say
from groundlevel.cli.operate import operating
from groundlevel.cli.tokens import every_scope
from groundlevel.cli.trouble import Trouble


class NewAppWanted(Struct, frozen=True):
    """What `app create` was told."""

    name: str
    distribution: Distribution
    target_user: TargetUser
    bulk: bool
    scopes: list[str]
    redirects: list[str]


def create(database: str, wanted: NewAppWanted, *, as_json: bool) -> None:
    """Register an app with a client key, and show its secret, once."""
    check_scopes(wanted.scopes)
    body = msgspec.convert(
        {
            "name": wanted.name, "distribution": wanted.distribution, "targetUser": wanted.target_user,
            "bulkInstallation": wanted.bulk, "scopes": wanted.scopes, "redirectUris": checked(wanted.redirects),
        },
        NewApp,
    )  # fmt: skip
    with operating(database) as operator:
        app = operator.do(lambda ctx: create_app(ctx, body))
        key = operator.do(lambda ctx: create_key(ctx, app.id, NewKey()))
        app = operator.look(lambda ctx: get_app(ctx, app.id))
    if as_json:
        say.as_json({**msgspec.to_builtins(app), "clientId": key.id, "clientSecret": key.client_secret})
    else:
        _show_secret(key, [("app", app.id), ("asks for", ", ".join(app.scopes) or "nothing")])


def show_all(database: str, *, as_json: bool) -> None:
    """Show the apps there are."""
    with operating(database) as operator:
        found = operator.look(list_apps).apps
    if as_json:
        say.as_json(msgspec.to_builtins(found))
    elif not found:
        say.line("There are no apps yet. Make one with `groundlevel app create`.")
    else:
        rows = [[a.id, a.name, a.distribution, a.versions[-1].semver, str(len(a.scopes))] for a in found]
        say.table(["id", "name", "for", "version", "scopes"], rows)


def show(database: str, app_id: str, *, as_json: bool) -> None:
    """Show one app."""
    with operating(database) as operator:
        _show(operator.look(lambda ctx: get_app(ctx, app_id)), as_json)


class KeyWanted(Struct, frozen=True):
    """What `app keys` was told: nothing, to show the keys; or what to do about one."""

    create: str
    rotate: str
    delete: str


def keys(database: str, app_id: str, wanted: KeyWanted, *, as_json: bool) -> None:
    """Show an app's client keys, or make one, give one another secret, or end one."""
    if sum(map(bool, (wanted.create, wanted.rotate, wanted.delete))) > 1:
        raise Trouble("Say one thing at a time: --create NAME, --rotate ID or --delete ID.")
    made: KeyMade | None = None
    with operating(database) as operator:
        if wanted.create:
            made = operator.do(lambda ctx: create_key(ctx, app_id, NewKey(name=wanted.create)))
        if wanted.rotate:
            made = operator.do(lambda ctx: rotate_key(ctx, app_id, wanted.rotate))
        if wanted.delete:
            operator.do(lambda ctx: delete_key(ctx, app_id, wanted.delete))
        found = operator.look(lambda ctx: list_keys(ctx, app_id)).client_keys
    if as_json:
        say.as_json(msgspec.to_builtins(made or found))
    elif made:
        _show_secret(made, [("app", app_id)])
    else:
        say.table(["client id", "name", "secret ends in"], [[k.id, k.name, f"…{k.hint}"] for k in found])


def scopes(database: str, app_id: str, wanted: list[str], *, as_json: bool) -> None:
    """Show what an app asks for, or let it ask for other scopes: a new version of it."""
    check_scopes(wanted)
    with operating(database) as operator:
        if wanted:
            app = operator.do(lambda ctx: update_app(ctx, app_id, AppChange(scopes=wanted or UNSET)))
        else:
            app = operator.look(lambda ctx: get_app(ctx, app_id))
    if as_json:
        say.as_json({"versionId": app.version_id, "scopes": app.scopes})
    else:
        say.line("\n".join(app.scopes) or "It asks for nothing.")


def redirects(database: str, app_id: str, wanted: list[str], *, as_json: bool) -> None:
    """Show where an app may send people back to, or set all of these addresses."""
    with operating(database) as operator:
        if wanted:
            body = Redirects(redirect_uris=checked(wanted))
            app = operator.do(lambda ctx: set_redirects(ctx, app_id, body))
        else:
            app = operator.look(lambda ctx: get_app(ctx, app_id))
    if as_json:
        say.as_json({"redirectUris": app.redirect_uris})
    else:
        say.line("\n".join(app.redirect_uris) or "There is none yet.")


def delete(database: str, app_id: str, *, as_json: bool) -> None:
    """Remove an app, from wherever it is installed too."""
    with operating(database) as operator:
        gone = operator.do(lambda ctx: delete_app(ctx, app_id))
    if as_json:
        say.as_json(msgspec.to_builtins(gone))
    else:
        say.line(f"App {app_id} is gone; it was installed at {gone.uninstalled} places.")


def checked(addresses: list[str]) -> list[str]:
    """The addresses; Trouble for one that nobody may be sent back to."""
    for address in addresses:
        try:
            msgspec.convert({"redirectUris": [address]}, Redirects)
        except msgspec.ValidationError:
            raise Trouble(f"{address} must be an https address (http: on this machine only), without #.") from None
    return addresses


def check_scopes(wanted: list[str]) -> None:
    """Trouble for scopes that no operation asks for."""
    known = {*every_scope(location=True), *every_scope(location=False)}
    if strange := [scope for scope in wanted if scope not in known]:
        raise Trouble(f"No operation asks for {', '.join(strange)}. There are: {', '.join(sorted(known))}.")


def _show(app: AppSeen, as_json: bool) -> None:
    if as_json:
        say.as_json(msgspec.to_builtins(app))
        return
    rows = [
        ("id", app.id), ("for", f"{app.distribution}, works with {app.target_user}s"),
        ("version", f"{app.versions[-1].semver} ({app.version_id})"), ("asks for", ", ".join(app.scopes) or "nothing"),
        ("sends back to", "\n".join(app.redirect_uris)), ("clients", "\n".join(key.id for key in app.client_keys)),
        ("webhook", app.webhook_url or ""),
    ]  # fmt: skip
    say.panel(app.name, [(name, value) for name, value in rows if value])


def _show_secret(key: KeyMade, rows: list[tuple[str, str]]) -> None:
    shown = [("client id", key.id), ("client secret", key.client_secret), *rows]
    say.panel(f"{key.name}: the secret is shown only now, keep it safe", shown)
