"""Private integration tokens: /operator/tokens. The value is shown once; only its hash is kept."""

from datetime import timedelta

from msgspec.structs import replace

from groundlevel.areas.companies import company_or_400
from groundlevel.areas.private_integrations.area import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.caller import TOKENS, Token, new_token
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM, job
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Exists, Not
from groundlevel.kernel.wire import Body, Name, Wire, iso

BOTH_VALID = timedelta(days=7)
"""How long a rotated token goes on working (source: the service's page on private integrations)."""


class NewToken(Body):
    """A token for a sub-account (`location_id`) or else for an agency (`company_id`)."""

    name: Name
    scopes: list[Name]
    location_id: str | None = None
    company_id: str | None = None


class TokenScopes(Body):
    """The scopes a token shall have from now on."""

    scopes: list[Name]


class Rotation(Body):
    """expire_now: end the old value at once instead of in seven days."""

    expire_now: bool = False


class TokenSeen(Wire):
    """A token as it may be shown: its value only when it was just made; `hint` are its last four characters."""

    id: str
    name: str
    scopes: list[str]
    date_added: str
    hint: str
    company_id: str
    location_id: str | None = None
    expires_at: str | None = None
    token: str | None = None


class OfCompany(Body):
    """Whose tokens."""

    company_id: str


class ManyTokens(Wire):
    """Tokens, newest first."""

    tokens: list[TokenSeen]


class TokenGone(Wire):
    """The reply to revoking."""

    succeeded: bool


@area.post("/operator/tokens", scope=OPERATOR)
def create_token(ctx: Ctx, body: NewToken) -> TokenSeen:
    """Make a private integration token. The answer is the only place that ever tells its value."""
    company_or_400(ctx, ctx.company_id)
    token, value = new_token(body.name, "Location" if body.location_id else "Company", body.scopes, ctx.now)
    token = replace(token, company_id=ctx.company_id, location_id=body.location_id or "")
    return seen(_keep(ctx, token), value)


@area.get("/operator/tokens", scope=OPERATOR)
def list_tokens(ctx: Ctx, query: OfCompany) -> ManyTokens:
    """The tokens of an agency and its sub-accounts, newest first."""
    wanted = Eq("company_id", query.company_id), Not(Exists("app_id"))
    found = ctx.db.elsewhere(SYSTEM).find(TOKENS, *wanted, limit=1_000)
    return ManyTokens(tokens=[seen(t) for t in found])


@area.put("/operator/tokens/{tokenId}", scope=OPERATOR)
def update_token(ctx: Ctx, token_id: str, body: TokenScopes) -> TokenSeen:
    """Change a token's scopes; its value stays."""
    return seen(_keep(ctx, replace(_token_or_400(ctx, token_id), scopes=body.scopes)))


@area.post("/operator/tokens/{tokenId}/rotate", scope=OPERATOR, status=200)
def rotate_token(ctx: Ctx, token_id: str, body: Rotation) -> TokenSeen:
    """A new value with the same rights. The old one works for seven more days, or ends now."""
    old = _token_or_400(ctx, token_id)
    if old.replaced_by:
        raise BadRequest("This token has been rotated already")
    token, value = new_token(old.name, old.token_class, old.scopes, ctx.now)
    token = replace(token, company_id=old.company_id, location_id=old.location_id)
    _keep(ctx, token)
    ends = ctx.now if body.expire_now else ctx.now + BOTH_VALID
    _keep(ctx, replace(old, replaced_by=token.id, expires_at=iso(ends)))
    ctx.later(forget_token, at=ends, token_id=old.id)
    return seen(token, value)


@area.delete("/operator/tokens/{tokenId}", scope=OPERATOR)
def revoke_token(ctx: Ctx, token_id: str) -> TokenGone:
    """End a token; it stops working on every process within one second."""
    _token_or_400(ctx, token_id)
    return TokenGone(succeeded=ctx.db.elsewhere(SYSTEM).delete(TOKENS, token_id))


@job()
def forget_token(ctx: Ctx, token_id: str) -> None:
    """Remove a rotated token once its time is over."""
    ctx.db.elsewhere(SYSTEM).delete(TOKENS, token_id)


def _token_or_400(ctx: Ctx, token_id: str) -> Token:
    token = ctx.db.elsewhere(SYSTEM).get(TOKENS, token_id)
    if token is None or token.token_class == "Operator" or token.app_id:
        raise BadRequest(f"Token with id {token_id} not found")
    return token


def _keep(ctx: Ctx, token: Token) -> Token:
    return ctx.db.elsewhere(SYSTEM).put(TOKENS, token)


def seen(token: Token, value: str | None = None) -> TokenSeen:
    """What may be shown of a token."""
    return TokenSeen(
        id=token.id, name=token.name, scopes=token.scopes, date_added=token.date_added, hint=token.hint,
        company_id=token.company_id, location_id=token.location_id or None, expires_at=token.expires_at, token=value,
    )  # fmt: skip
