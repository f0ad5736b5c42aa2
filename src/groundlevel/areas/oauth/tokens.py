"""Tokens for apps: POST /oauth/token, in the shapes of both versions."""

from typing import Annotated, Any

import msgspec

from groundlevel.areas.marketplace import App, app_by_client, secret_fits
from groundlevel.areas.oauth.area import area
from groundlevel.areas.oauth.clients import for_itself
from groundlevel.areas.oauth.codes import Presented, redeem
from groundlevel.areas.oauth.grants import ACCESS_S, system
from groundlevel.areas.oauth.problems import TokenProblem, invalid, invalid_client, missing
from groundlevel.areas.oauth.refreshing import Granted, refresh
from groundlevel.kernel.area import PUBLIC
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Problem
from groundlevel.kernel.versions import V2, V3
from groundlevel.kernel.wire import Wire

Value = Annotated[str, msgspec.Meta(max_length=10_000)] | None


def _older(name: str) -> Any:
    return msgspec.field(default=None, name=name)


class TokenWanted(Wire):
    """What a client asks with: every parameter in either spelling, for official clients mix them.

    Unknown ones are ignored, as RFC 6749 (3.2) asks. user_type: Company or Location.
    """

    client_id: Value = None
    client_secret: Value = None
    grant_type: Value = None
    code: Value = None
    refresh_token: Value = None
    user_type: Value = None
    redirect_uri: Value = None
    code_verifier: Value = None
    scope: Value = None
    snake_client_id: Value = _older("client_id")
    snake_client_secret: Value = _older("client_secret")
    snake_grant_type: Value = _older("grant_type")
    snake_refresh_token: Value = _older("refresh_token")
    snake_user_type: Value = _older("user_type")
    snake_redirect_uri: Value = _older("redirect_uri")
    snake_code_verifier: Value = _older("code_verifier")

    def said(self, name: str) -> str | None:
        """A parameter, in whichever spelling it was sent; None if it was not, or is empty."""
        return getattr(self, name) or getattr(self, f"snake_{name}", None) or None

    def needed(self, name: str, called: str) -> str:
        """The same for one that must be there."""
        value = self.said(name)
        if value is None:
            raise missing(called)
        return value


class TokensOfApp(Wire):
    """New tokens. expires_in: seconds. Of an agency: which sub-accounts, and whether all, and future ones."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    user_type: str
    company_id: str
    is_bulk_installation: bool
    user_id: str
    refresh_token: str | None = None
    location_id: str | None = None
    plan_id: str | None = None
    approved_locations: list[str] | None = None
    install_to_future_locations: bool | None = None
    approve_all_locations: bool | None = None


class OlderTokens(Wire):
    """New tokens, in the mixed spelling of the older version."""

    access_token: str = msgspec.field(name="access_token")
    token_type: str = msgspec.field(name="token_type")
    expires_in: int = msgspec.field(name="expires_in")
    scope: str
    user_type: str
    company_id: str
    is_bulk_installation: bool
    user_id: str
    refresh_token: str | None = msgspec.field(default=None, name="refresh_token")
    refresh_token_id: str | None = None
    location_id: str | None = None
    plan_id: str | None = None
    approved_locations: list[str] | None = None
    install_to_future_locations: bool | None = None
    approve_all_locations: bool | None = None


@area.post("/oauth/token", scope=PUBLIC, only=V3, status=200)
def get_access_token(ctx: Ctx, body: TokenWanted) -> TokensOfApp | Problem:
    """Tokens for an app: for an authorisation code, for a refresh token, or for itself.

    Form or JSON, in either spelling. A refresh token is good for one use; within 30 s of it the same client gets the
    same tokens again, and later its whole family ends. 400 in the service's words, 401 for a wrong client or secret.
    """
    told = tokens_for(ctx, body)
    return told if isinstance(told, Problem) else TokensOfApp(**_members(told))


@area.post("/oauth/token", scope=PUBLIC, only=V2, status=200, unsaid=V2)
def get_access_token_before_v3(ctx: Ctx, body: TokenWanted) -> OlderTokens | Problem:
    """Tokens for an app: for an authorisation code, for a refresh token, or for itself. Needs no `Version`.

    Form or JSON, in either spelling. A refresh token is good for one use; within 30 s of it the same client gets the
    same tokens again, and later its whole family ends. Refusals are those of RFC 6749: `error` and `error_description`.
    """
    try:
        told = tokens_for(ctx, body)
    except TokenProblem as refusal:
        raise refusal.as_before_v3() from None
    if isinstance(told, TokenProblem):
        return told.as_before_v3()
    return OlderTokens(**_members(told), refresh_token_id=told.refresh_id or None)


def _members(told: Granted) -> dict[str, Any]:
    ofcompany = not told.location_id
    return {
        "access_token": told.access_token, "token_type": "Bearer", "expires_in": ACCESS_S, "scope": told.scope,
        "user_type": told.user_type, "company_id": told.company_id, "is_bulk_installation": told.is_bulk,
        "user_id": told.user_id, "refresh_token": told.refresh_token or None, "location_id": told.location_id or None,
        "plan_id": told.plan_id or None, "approved_locations": told.approved if ofcompany else None,
        "install_to_future_locations": told.install_to_future if ofcompany else None,
        "approve_all_locations": told.approve_all if ofcompany else None,
    }  # fmt: skip


def tokens_for(ctx: Ctx, wanted: TokenWanted) -> Granted | TokenProblem:
    """The tokens a client asks for. TokenProblem, raised or (where something is to stay done) returned."""
    client_id, secret = wanted.needed("client_id", "clientId"), wanted.needed("client_secret", "clientSecret")
    grant_type = wanted.needed("grant_type", "grantType")
    if grant_type not in ("authorization_code", "refresh_token", "client_credentials"):
        raise invalid("grantType", "unsupported_grant_type")
    app, user_type = client(ctx, client_id, secret), wanted.said("user_type")
    if user_type not in (None, "Company", "Location"):
        raise invalid("userType")
    if grant_type == "authorization_code":
        code, verifier = wanted.needed("code", "code"), wanted.said("code_verifier")
        return redeem(ctx, Presented(client_id, code, wanted.said("redirect_uri"), verifier, user_type))
    if grant_type == "refresh_token":
        value = wanted.needed("refresh_token", "refreshToken")
        return refresh(ctx, client_id, value, wanted.said("scope"), user_type)
    return for_itself(ctx, app, client_id, user_type, wanted.said("scope"))


def client(ctx: Ctx, client_id: str, secret: str) -> App:
    """The app whose client this is. 401 for an unknown one and for a wrong secret."""
    app = app_by_client(system(ctx), client_id)
    if app is None or not secret_fits(app, client_id, secret):
        raise invalid_client()
    return app
