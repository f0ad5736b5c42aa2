"""Grants: what a person has allowed an app, and every token that came of it."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.oauth.claims import Subject, claims_of, signed
from groundlevel.areas.oauth.keys import signing_key
from groundlevel.kernel.caller import TOKENS, Token, hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM, job
from groundlevel.kernel.store import Eq, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso, new_hex

ACCESS_S = 86_399
"""How long an access token lives (source: the published replies)."""
REFRESH = timedelta(days=365)
"""How long a refresh token may wait for its one use."""


class Grant(Wire):
    """What was allowed: to which client of which app, by whom, where, with which scopes.

    parent: of a sub-account's tokens that were exchanged for an agency's, the agency's grant.
    """

    id: str
    date_added: str
    app_id: str
    client_id: str
    version_id: str
    user_type: str
    company_id: str
    scopes: list[str]
    location_id: str = ""
    user_id: str = ""
    parent: str = ""


class RefreshToken(Wire):
    """A refresh token, by its hash. `sealed`: what came of its use, for those who ask a moment later."""

    id: str
    hash: str
    grant_id: str
    date_added: str
    expires_at: str
    used_at: str | None = None
    sealed: str = ""


class Pair(Struct, frozen=True):
    """New tokens, which only whoever asked for them gets to know."""

    access_token: str
    scopes: list[str]
    refresh_token: str = ""
    refresh_id: str = ""


GRANTS = declare(
    Table("oauth_grants", Grant, sparse=("app_id", "parent"), index=("company_id",), order="date_added", owner="system")
)
REFRESH_TOKENS = declare(
    Table("refresh_tokens", RefreshToken, sparse=("grant_id",), unique=("hash",), order="date_added", owner="system")
)


def system(ctx: Ctx) -> Unit:
    """Grants and tokens are the system's."""
    return ctx.db.elsewhere(SYSTEM)


def new_grant(ctx: Ctx, grant: Grant) -> Grant:
    """Keep a grant, under an id of its own."""
    return system(ctx).put(GRANTS, replace(grant, id=new_hex(), date_added=ctx.stamp))


def issue(ctx: Ctx, grant: Grant, scopes: list[str], *, refreshable: bool = True) -> Pair:
    """New tokens of a grant; scopes: those wanted, which the grant has."""
    key, now = signing_key(ctx), ctx.now
    subject = Subject(
        grant.user_type, grant.company_id, grant.location_id, grant.app_id, grant.client_id, grant.version_id,
        grant.user_id, tuple(scopes),
    )  # fmt: skip

    def value(id: str, ends: datetime) -> str:
        return signed(claims_of(subject, id, int(now.timestamp()), int(ends.timestamp())), key)

    access_id, ends = new_hex(), now + timedelta(seconds=ACCESS_S)
    access = value(access_id, ends)
    kept = Token(
        id=access_id, name="access token", hash=hashed(access), hint=access[-4:], date_added=ctx.stamp,
        token_class="Location" if grant.location_id else "Company", scopes=scopes, company_id=grant.company_id,
        location_id=grant.location_id, expires_at=iso(ends), app_id=grant.app_id, client_key=grant.client_id,
        version_id=grant.version_id, user_id=grant.user_id, grant_id=grant.id,
    )  # fmt: skip
    system(ctx).put(TOKENS, kept)
    ctx.later(forget_access, at=ends, token_id=access_id)
    if not refreshable:
        return Pair(access, scopes)
    refresh_id, ends = new_hex(), now + REFRESH
    refresh = value(refresh_id, ends)
    row = RefreshToken(
        id=refresh_id, hash=hashed(refresh), grant_id=grant.id, date_added=ctx.stamp, expires_at=iso(ends)
    )  # fmt: skip
    system(ctx).put(REFRESH_TOKENS, row)
    ctx.later(forget_refresh, at=ends, refresh_id=refresh_id)
    return Pair(access, scopes, refresh, refresh_id)


@job()
def forget_access(ctx: Ctx, token_id: str) -> None:
    """Remove an access token whose time is over."""
    system(ctx).delete(TOKENS, token_id)


@job()
def forget_refresh(ctx: Ctx, refresh_id: str) -> None:
    """Remove a refresh token whose time is over."""
    system(ctx).delete(REFRESH_TOKENS, refresh_id)


def end_grant(ctx: Ctx, grant: Grant) -> None:
    """End a grant, and every token that came of it; they stop working on every process within one second."""
    db = system(ctx)
    for child in list(db.each(GRANTS, Eq("parent", grant.id))):
        end_grant(ctx, child)
    for token in list(db.each(TOKENS, Eq("grant_id", grant.id))):
        db.delete(TOKENS, token.id)
    for token in list(db.each(REFRESH_TOKENS, Eq("grant_id", grant.id))):
        db.delete(REFRESH_TOKENS, token.id)
    db.delete(GRANTS, grant.id)


def end_grants_at(ctx: Ctx, app_id: str, company_id: str, location_id: str = "") -> None:
    """End an app's grants at a sub-account, or all that it has at an agency."""
    for grant in list(system(ctx).each(GRANTS, Eq("app_id", app_id), Eq("company_id", company_id))):
        if not location_id or grant.location_id == location_id:
            end_grant(ctx, grant)
