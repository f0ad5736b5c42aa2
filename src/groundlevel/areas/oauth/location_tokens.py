"""A sub-account's token for an agency's: POST /oauth/location-token, before v3 POST /oauth/locationToken"""

from typing import Any

import msgspec
from msgspec.structs import replace

from groundlevel.areas.locations import location_or_400
from groundlevel.areas.marketplace import Installation, installation_of
from groundlevel.areas.oauth.area import area
from groundlevel.areas.oauth.grants import ACCESS_S, GRANTS, Pair, issue, new_grant, system
from groundlevel.kernel.app import NOT_ITS_COMPANY, NOT_ITS_LOCATION
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Forbidden, Unauthorized, Unprocessable
from groundlevel.kernel.versions import V2, V3
from groundlevel.kernel.wire import Body, Name, Wire

FOR_APPS = "The token is not authorized for this scope."
"""What a token that is of no app hears on the routes that are for apps alone."""


def _older(name: str) -> Any:
    return msgspec.field(default=None, name=name)


class LocationTokenWanted(Body):
    """For which sub-account of which agency. Both spellings, for official clients mix them."""

    company_id: Name | None = None
    location_id: Name | None = None
    snake_company_id: Name | None = _older("company_id")
    snake_location_id: Name | None = _older("location_id")


class TokenOfLocation(Wire):
    """A sub-account's tokens. expires_in: seconds."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    user_type: str
    company_id: str
    location_id: str
    user_id: str
    app_id: str
    version_id: str
    refresh_token: str
    trace_id: str
    plan_id: str | None = None


class OlderTokenOfLocation(TokenOfLocation):
    """The same in the mixed spelling of the older version."""

    access_token: str = msgspec.field(name="access_token")
    token_type: str = msgspec.field(name="token_type")
    expires_in: int = msgspec.field(name="expires_in")
    refresh_token: str = msgspec.field(name="refresh_token")


@area.post("/oauth/location-token", scope="oauth.write", tokens="agency", only=V3, status=200)
def get_location_access_token(ctx: Ctx, body: LocationTokenWanted) -> TokenOfLocation:
    """A sub-account's tokens for an app that its agency has installed there. Form or JSON.

    422 without companyId and locationId, 403 for another agency's, 400 where the app is not installed.
    """
    return TokenOfLocation(**_exchanged(ctx, body))


@area.post("/oauth/locationToken", scope="oauth.write", tokens="agency", only=V2, status=200)
def get_location_access_token_before_v3(ctx: Ctx, body: LocationTokenWanted) -> OlderTokenOfLocation:
    """A sub-account's tokens for an app that its agency has installed there. Form or JSON.

    422 without companyId and locationId, 403 for another agency's, 400 where the app is not installed.
    """
    return OlderTokenOfLocation(**_exchanged(ctx, body))


def _exchanged(ctx: Ctx, body: LocationTokenWanted) -> dict[str, Any]:
    company_id, location_id = _place(ctx, body)
    caller = ctx.caller
    if not caller.app_id:
        raise Unauthorized(FOR_APPS)
    place = installation_of(ctx, caller.app_id, location_id)
    parent = system(ctx).get(GRANTS, caller.grant_id)
    if place is None or parent is None:
        raise BadRequest(f"The app is not installed at the location with id {location_id}")
    grant = replace(
        parent, user_type="Location", location_id=location_id, parent=parent.id, version_id=place.version_id,
        scopes=[s for s in parent.scopes if s in caller.scopes],
    )  # fmt: skip
    grant = new_grant(ctx, grant)
    return _members(ctx, issue(ctx, grant, grant.scopes), place, company_id)


def _members(ctx: Ctx, pair: Pair, place: Installation, company_id: str) -> dict[str, Any]:
    return {
        "access_token": pair.access_token, "token_type": "Bearer", "expires_in": ACCESS_S,
        "scope": " ".join(pair.scopes), "user_type": "Location", "company_id": company_id,
        "location_id": place.location_id, "user_id": place.user_id, "app_id": place.app_id,
        "version_id": place.version_id, "refresh_token": pair.refresh_token, "trace_id": ctx.trace_id,
        "plan_id": place.plan_id or None,
    }  # fmt: skip


def _place(ctx: Ctx, body: LocationTokenWanted) -> tuple[str, str]:
    """The agency and the sub-account, of the caller's own. Every fault is named."""
    company_id, location_id = body.company_id or body.snake_company_id, body.location_id or body.snake_location_id
    if not company_id or not location_id:
        told = {"companyId": company_id, "locationId": location_id}
        raise Unprocessable(*(f"{name} must be a string" for name, value in told.items() if not value))
    if company_id != ctx.caller.company_id:
        raise Forbidden(NOT_ITS_COMPANY)
    if location_id != ctx.location_id:
        _check_own(ctx, location_id)
    return company_id, location_id


def _check_own(ctx: Ctx, location_id: str) -> None:
    """The pipeline looks at `locationId`; the other spelling is looked at here."""
    try:
        location_or_400(ctx, location_id)
    except BadRequest:
        raise Forbidden(NOT_ITS_LOCATION) from None
