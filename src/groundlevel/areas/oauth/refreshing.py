"""Refresh tokens: each for one use, with half a minute's grace for those who ask at the same time.

What came of a use is kept for that time, sealed under the refresh token itself: only who presents it again can be told.
"""

import hmac
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.companies import company_or_400
from groundlevel.areas.marketplace import Installation, installation_of
from groundlevel.areas.oauth.grants import (
    GRANTS,
    REFRESH_TOKENS,
    Grant,
    Pair,
    RefreshToken,
    end_grant,
    issue,
    system,
)
from groundlevel.areas.oauth.problems import TokenProblem, invalid, invalid_grant
from groundlevel.kernel.caller import hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Eq, Owners
from groundlevel.secret import seal, unseal

GRACE = timedelta(seconds=30)
"""How long a second use gets what the first one got (source: the service's note on refreshing from many machines)."""
PURPOSE = "refreshed pair"
ACTIVE = "active_subscription"
"""The status of an agency whose tokens are renewed."""


class Granted(Struct, frozen=True, omit_defaults=True):
    """Everything that is answered of new tokens, in whatever shape."""

    access_token: str
    refresh_token: str
    refresh_id: str
    scope: str
    user_type: str
    company_id: str
    location_id: str
    user_id: str
    plan_id: str
    is_bulk: bool
    install_to_future: bool = False
    approve_all: bool = False
    approved: list[str] = []


def at_company(ctx: Ctx, company_id: str) -> Ctx:
    """The same call, about an agency: a client that asks for tokens has not said yet whose."""
    return Ctx(ctx.caller, ctx.db.elsewhere(Owners(company=company_id, system=True)), ctx.now, ctx.settings, ctx.clock)


def installed(ctx: Ctx, grant: Grant) -> Installation | None:
    """The installation that a grant lives on."""
    return installation_of(at_company(ctx, grant.company_id), grant.app_id, grant.location_id)


def granted(ctx: Ctx, grant: Grant, pair: Pair) -> Granted:
    """What is answered of a pair."""
    found = installed(ctx, grant)
    whole = found if found and not grant.location_id else None
    return Granted(
        access_token=pair.access_token, refresh_token=pair.refresh_token, refresh_id=pair.refresh_id,
        scope=" ".join(pair.scopes), user_type=grant.user_type, company_id=grant.company_id,
        location_id=grant.location_id, user_id=grant.user_id, plan_id=found.plan_id if found else "",
        is_bulk=bool(whole and whole.is_bulk), install_to_future=bool(whole and whole.install_to_future_locations),
        approve_all=bool(whole and whole.approve_all_locations),
        approved=list(whole.approved_locations) if whole else [],
    )  # fmt: skip


def refresh(ctx: Ctx, client_id: str, value: str, scope: str | None, user_type: str | None) -> "Granted | TokenProblem":
    """New tokens for a refresh token, which thereby ends.

    Within 30 s of its use the same tokens once more; after that its whole family ends, for somebody has a copy of it
    (RFC 9700, 4.14.2): that refusal is returned, so that it stays.
    """
    token = system(ctx).one(REFRESH_TOKENS, Eq("hash", hashed(value)))
    grant = system(ctx).get(GRANTS, token.grant_id) if token else None
    if token is None or grant is None or not hmac.compare_digest(grant.client_id, client_id):
        raise invalid_grant("refresh token")
    if token.expires_at <= ctx.stamp:
        raise invalid_grant("refresh token")
    if user_type not in (None, grant.user_type):
        raise invalid("userType")
    if token.used_at:
        if ctx.now < datetime.fromisoformat(token.used_at) + GRACE and token.sealed:
            return msgspec.json.decode(unseal(value.encode(), PURPOSE, token.sealed), type=Granted)
        end_grant(ctx, grant)
        return invalid_grant("refresh token")
    if installed(ctx, grant) is None:
        raise invalid_grant("refresh token")
    check_active(ctx, grant)
    told = granted(ctx, grant, issue(ctx, grant, narrowed(grant.scopes, scope)))
    _use(ctx, token, value, told)
    return told


def _use(ctx: Ctx, token: RefreshToken, value: str, told: Granted) -> None:
    sealed = seal(value.encode(), PURPOSE, msgspec.json.encode(told))
    system(ctx).put(REFRESH_TOKENS, replace(token, used_at=ctx.stamp, sealed=sealed))
    ctx.later(forget_pair, at=ctx.now + GRACE, refresh_id=token.id)


@job()
def forget_pair(ctx: Ctx, refresh_id: str) -> None:
    """Keep nothing of a pair once the time of grace is over."""
    token = system(ctx).get(REFRESH_TOKENS, refresh_id)
    if token:
        system(ctx).put(REFRESH_TOKENS, replace(token, sealed=""))


def narrowed(scopes: list[str], wanted: str | None) -> list[str]:
    """The scopes a client wants of those it has: all, unless it says fewer. More is an `invalid_scope`."""
    asked = (wanted or "").split()
    if set(asked) - set(scopes):
        raise TokenProblem("invalid_scope", "Invalid parameter: scope")
    return [s for s in scopes if s in asked] or scopes


def check_active(ctx: Ctx, grant: Grant) -> None:
    """400 while the agency's subscription is not active; afterwards the same refresh token works again."""
    if company_or_400(ctx, grant.company_id).status != ACTIVE:
        raise TokenProblem("invalid_grant", "Location is not active")
