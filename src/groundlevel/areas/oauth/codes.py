"""Authorisation codes: what a person's consent becomes, for the app to exchange once, within ten minutes."""

import hmac
import os
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.oauth.grants import GRANTS, Grant, end_grant, issue, new_grant, system
from groundlevel.areas.oauth.problems import TokenProblem, invalid, invalid_grant, missing
from groundlevel.areas.oauth.refreshing import Granted, granted, installed
from groundlevel.kernel.caller import hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso, new_hex

GOOD_FOR = timedelta(minutes=10)
"""The longest that RFC 6749 recommends."""
KEPT_FOR = timedelta(days=1)
"""How long a used code is remembered, so that its replay ends what came of it."""


class Code(Wire):
    """A code, by its hash, and what it must be exchanged with. `challenge`: of PKCE (RFC 7636), if the app sent one."""

    id: str
    hash: str
    grant_id: str
    client_id: str
    redirect_uri: str
    date_added: str
    expires_at: str
    challenge: str = ""
    challenge_method: str = ""
    used_at: str | None = None


CODES = declare(Table("oauth_codes", Code, unique=("hash",), order="date_added", owner="system"))


def new_code(ctx: Ctx, grant: Grant, redirect_uri: str, challenge: str = "", method: str = "") -> str:
    """A code for a grant: 40 hexadecimal digits, which only the redirect tells."""
    value = os.urandom(20).hex()
    code = Code(
        id=new_hex(), hash=hashed(value), grant_id=grant.id, client_id=grant.client_id, redirect_uri=redirect_uri,
        date_added=ctx.stamp, expires_at=iso(ctx.now + GOOD_FOR), challenge=challenge, challenge_method=method,
    )  # fmt: skip
    system(ctx).put(CODES, code)
    ctx.later(forget_code, at=ctx.now + KEPT_FOR, code_id=code.id)
    return value


@job()
def forget_code(ctx: Ctx, code_id: str) -> None:
    """Remove a code that nobody can use any more; a grant that nobody fetched goes with it."""
    code = system(ctx).get(CODES, code_id)
    if code is None:
        return
    grant = system(ctx).get(GRANTS, code.grant_id)
    if grant and not code.used_at:
        end_grant(ctx, grant)
    system(ctx).delete(CODES, code_id)


class Presented(Struct, frozen=True):
    """A code, and what its client says along with it."""

    client_id: str
    code: str
    redirect_uri: str | None = None
    verifier: str | None = None
    user_type: str | None = None


def redeem(ctx: Ctx, presented: Presented) -> "Granted | TokenProblem":
    """The tokens for a code. A second time, what came of the first is ended: the refusal is returned, so that it stays.

    A `redirect_uri` that is sent must be the one of the consent; clients of the service often send none.
    """
    code = system(ctx).one(CODES, Eq("hash", hashed(presented.code)))
    if code is None or not hmac.compare_digest(code.client_id, presented.client_id):
        raise invalid_grant("authorization code")
    grant = system(ctx).get(GRANTS, code.grant_id)
    if code.used_at:
        if grant:
            end_grant(ctx, grant)
        return invalid_grant("authorization code")
    if grant is None or code.expires_at <= ctx.stamp:
        raise invalid_grant("authorization code")
    if presented.redirect_uri not in (None, code.redirect_uri):
        raise invalid("redirectUri", "invalid_grant")
    if code.challenge and presented.verifier is None:
        raise missing("codeVerifier")
    if not answers(code.challenge, code.challenge_method, presented.verifier):
        raise invalid_grant("code verifier")
    system(ctx).put(CODES, replace(code, used_at=ctx.stamp))
    wanted = of_class(ctx, grant, presented.user_type)
    return granted(ctx, wanted, issue(ctx, wanted, grant.scopes))


def of_class(ctx: Ctx, grant: Grant, user_type: str | None) -> Grant:
    """The grant, or the one of the only sub-account that an agency chose, where the client asks for a sub-account's."""
    if user_type in (None, grant.user_type):
        return grant
    found = installed(ctx, grant)
    chosen = found.approved_locations if found and not found.approve_all_locations else []
    if user_type != "Location" or len(chosen) != 1:
        raise invalid("userType")
    return new_grant(ctx, replace(grant, user_type="Location", location_id=chosen[0], parent=grant.id))


def answers(challenge: str, method: str, verifier: str | None) -> bool:
    """Whether a PKCE verifier is the challenge's; none is right where there was no challenge, and only there."""
    if verifier is None or not challenge:
        return verifier is None and not challenge
    made = verifier
    if method == "S256":
        made = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(made.encode(), challenge.encode())
