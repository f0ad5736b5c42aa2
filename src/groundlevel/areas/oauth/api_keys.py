"""API keys of the first version of the API, of sub-accounts and of agencies: /operator/companies/{companyId}/api-keys

A key is an HS256 JWT of 250 characters or more that never ends by itself, but is removed when nobody has used it for 90
days (source: the service's notes on such keys). Only its hash is kept; its signature is never what is believed.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from groundlevel.areas.companies import company_or_400
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.caller import hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM, job
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, iso, new_hex
from groundlevel.secret import derived, secret_of

PURPOSE = "v1 keys"
UNUSED = timedelta(days=90)
NOTED = timedelta(hours=1)
"""How often a use is written down at most."""


class ApiKey(Wire):
    """A key, by its hash: of a sub-account, or of an agency where `location_id` is empty."""

    id: str
    hash: str
    hint: str
    company_id: str
    date_added: str
    location_id: str = ""
    last_used: str | None = None

    @property
    def ends(self) -> datetime:
        """When it is removed, if nobody uses it until then."""
        return datetime.fromisoformat(self.last_used or self.date_added) + UNUSED


class NewApiKey(Body):
    """For a sub-account of the agency, or without `location_id` for the agency itself."""

    location_id: Name | None = None


class ApiKeySeen(Wire):
    """A key as it may be shown: its value only when it was just made; `hint` are its last four characters."""

    id: str
    hint: str
    company_id: str
    date_added: str
    ends: str
    location_id: str | None = None
    last_used: str | None = None
    key: str | None = None


class ManyApiKeys(Wire):
    """Keys, newest first."""

    keys: list[ApiKeySeen]


class ApiKeyGone(Wire):
    """The reply to revoking."""

    succeeded: bool


API_KEYS = declare(
    Table("api_keys", ApiKey, index=("company_id",), unique=("hash",), order="date_added", owner="system")
)


@area.post("/operator/companies/{companyId}/api-keys", scope=OPERATOR)
def create_api_key(ctx: Ctx, company_id: str, body: NewApiKey) -> ApiKeySeen:
    """Make a key for a sub-account or for the agency itself. The answer is the only place that ever tells its value.

    400 for an unknown agency, and for a sub-account of another one.
    """
    company_or_400(ctx, company_id)
    if ctx.company_id != company_id:
        raise BadRequest(f"Location with id {body.location_id} not found")
    return _new(ctx, company_id, body.location_id or "")


@area.get("/operator/companies/{companyId}/api-keys", scope=OPERATOR)
def list_api_keys(ctx: Ctx, company_id: str) -> ManyApiKeys:
    """The keys of an agency and of all its sub-accounts, newest first; at most 10,000."""
    return ManyApiKeys(keys=[_seen(k) for k in _system(ctx).find(API_KEYS, Eq("company_id", company_id), limit=10_000)])


@area.post("/operator/companies/{companyId}/api-keys/{apiKeyId}/rotate", scope=OPERATOR, status=200)
def rotate_api_key(ctx: Ctx, company_id: str, api_key_id: str) -> ApiKeySeen:
    """A new key in place of one, which ends at once. 400 for an unknown one."""
    old = _key_or_400(ctx, company_id, api_key_id)
    _system(ctx).delete(API_KEYS, old.id)
    return _new(ctx, old.company_id, old.location_id)


@area.delete("/operator/companies/{companyId}/api-keys/{apiKeyId}", scope=OPERATOR)
def revoke_api_key(ctx: Ctx, company_id: str, api_key_id: str) -> ApiKeyGone:
    """End a key. 400 for an unknown one."""
    return ApiKeyGone(succeeded=_system(ctx).delete(API_KEYS, _key_or_400(ctx, company_id, api_key_id).id))


@job()
def expire_api_key(ctx: Ctx, api_key_id: str) -> None:
    """Remove a key that nobody has used for 90 days; look again later at one that somebody has."""
    key = _system(ctx).get(API_KEYS, api_key_id)
    if key and key.ends <= ctx.now:
        _system(ctx).delete(API_KEYS, key.id)
    elif key:
        ctx.later(expire_api_key, at=key.ends, api_key_id=key.id)


def key_of(ctx: Ctx, value: str) -> ApiKey | None:
    """The key with this value, if it is one that is still good."""
    key = _system(ctx).one(API_KEYS, Eq("hash", hashed(value)))
    return key if key and key.ends > ctx.now else None


def is_noted(ctx: Ctx, key: ApiKey) -> bool:
    """Whether a use of the key was written down within the hour, so that this one need not be."""
    return key.last_used is not None and key.last_used > iso(ctx.now - NOTED)


def note_use(ctx: Ctx, key_id: str) -> None:
    """Write down that a key is used now, at most once an hour."""
    key = _system(ctx).get(API_KEYS, key_id)
    if key and not is_noted(ctx, key):
        _system(ctx).put(API_KEYS, replace(key, last_used=ctx.stamp))


def _new(ctx: Ctx, company_id: str, location_id: str) -> ApiKeySeen:
    from joserfc import jwt
    from joserfc.jwk import OctKey

    id = new_hex()
    claims: dict[str, Any] = {"location_id": location_id} if location_id else {}
    claims |= {
        "company_id": company_id,
        "version": 1,
        "iat": round(ctx.now.timestamp() * 1000),
        "sub": id,
        "jti": new_hex(),
    }
    secret = OctKey.import_key(derived(secret_of(ctx.settings), PURPOSE))
    value = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, secret, algorithms=["HS256"])
    key = ApiKey(
        id=id, hash=hashed(value), hint=value[-4:], company_id=company_id, location_id=location_id, date_added=ctx.stamp
    )  # fmt: skip
    ctx.later(expire_api_key, at=key.ends, api_key_id=id)
    return _seen(_system(ctx).put(API_KEYS, key), value)


def _key_or_400(ctx: Ctx, company_id: str, id: str) -> ApiKey:
    key = _system(ctx).get(API_KEYS, id)
    if key is None or key.company_id != company_id:
        raise BadRequest(f"API key with id {id} not found")
    return key


def _seen(key: ApiKey, value: str | None = None) -> ApiKeySeen:
    return ApiKeySeen(
        id=key.id, hint=key.hint, company_id=key.company_id, location_id=key.location_id or None, ends=iso(key.ends),
        date_added=key.date_added, last_used=key.last_used, key=value,
    )  # fmt: skip


def _system(ctx: Ctx) -> Unit:
    return ctx.db.elsewhere(SYSTEM)
