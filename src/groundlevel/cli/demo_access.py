"""What `init --demo` tells of the demo's person and app: a password, and an app's tokens."""

from secrets import token_urlsafe

from msgspec import Struct

from groundlevel.areas.marketplace import app_or_404
from groundlevel.areas.oauth import Grant, end_grants_at, ensure_key, issue, new_grant
from groundlevel.areas.people import NewPassword, set_password
from groundlevel.areas.users import USERS
from groundlevel.kernel.ctx import Ctx

FOR_PROGRAMS = ("appToken", "refreshToken", "grantType")
"""What people are not shown: it is long, and they will rather install an app themselves."""


class DemoAccess(Struct, frozen=True):
    """Values that are told now and never again: `first` beside the other tokens, `rest` among the ids."""

    first: dict[str, str]
    rest: dict[str, str]


def demo_access(ctx: Ctx, ids: dict[str, str]) -> DemoAccess:
    """New ones in place of earlier ones, about the demo's agency."""
    ensure_key(ctx)
    first = _person(ctx, ids)
    if "clientId" not in ids:  # a demo of before there were apps
        return DemoAccess(first, {})
    tokens, rest = _app(ctx, ids)
    return DemoAccess({**first, **tokens}, rest)


def _person(ctx: Ctx, ids: dict[str, str]) -> dict[str, str]:
    user, password = ctx.db.get(USERS, ids["userId"]), token_urlsafe(12)
    if user is None:
        return {}
    set_password(ctx, ids["companyId"], user.id, NewPassword(password=password))
    return {"userEmail": user.email, "userPassword": password}


def _app(ctx: Ctx, ids: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    app = app_or_404(ctx, ids["appId"])
    end_grants_at(ctx, app.id, ids["companyId"])
    grant = Grant(
        id="", date_added="", app_id=app.id, client_id=ids["clientId"], version_id=app.version.id, user_type="Company",
        company_id=ids["companyId"], user_id=ids["userId"], scopes=app.scopes,
    )  # fmt: skip
    grant = new_grant(ctx, grant)
    pair = issue(ctx, grant, grant.scopes)
    rest = {"refreshToken": pair.refresh_token, "grantType": "refresh_token"}
    return {"appToken": pair.access_token}, rest
