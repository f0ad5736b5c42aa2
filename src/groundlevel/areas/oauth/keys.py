"""The keys that tokens are signed with: /operator/keys, and what is published of them: /.well-known/jwks.json

The private part is sealed with the installation's secret (groundlevel/secret.py). Rotating makes a new key and destroys
the old one's private part; its public part is published until the last token that it signed has ended.
"""

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM, job
from groundlevel.kernel.log import log
from groundlevel.kernel.problems import Unavailable
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Sort, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso, new_hex
from groundlevel.secret import SecretTrouble, seal, secret_of, unseal

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

PURPOSE = "signing key"
BITS = 2_048
LONGEST_TOKEN = timedelta(days=366)
"""A refresh token lives a year."""


class SigningKey(Wire):
    """A key, by its `kid`. `sealed` is its private part; a retired one has none. `until`: how long it is published."""

    id: str
    date_added: str
    public: dict[str, Any]
    current: bool = False
    sealed: str = ""
    until: str | None = None


class KeySeen(Wire):
    """A key as it may be shown."""

    kid: str
    date_added: str
    current: bool
    until: str | None = None


class ManyKeys(Wire):
    """Keys, newest first."""

    keys: list[KeySeen]


SIGNING_KEYS = declare(Table("signing_keys", SigningKey, order="date_added", owner="system"))


@area.get("/operator/keys", scope=OPERATOR)
def list_signing_keys(ctx: Ctx) -> ManyKeys:
    """The keys that tokens are or were signed with, newest first."""
    return ManyKeys(keys=[_seen(key) for key in _kept(ctx.db)])


@area.post("/operator/keys/rotate", scope=OPERATOR)
def rotate_signing_keys(ctx: Ctx) -> KeySeen:
    """Sign with a new key from now on. Nobody's session ends: what the old key signed goes on working to its end."""
    ends = ctx.now + LONGEST_TOKEN
    for old in _kept(ctx.db):
        if old.current:
            ctx.db.elsewhere(SYSTEM).put(SIGNING_KEYS, replace(old, current=False, sealed="", until=iso(ends)))
            ctx.later(forget_key, at=ends, kid=old.id)
    return _seen(_new_key(ctx))


@job()
def forget_key(ctx: Ctx, kid: str) -> None:
    """Publish a retired key no more."""
    ctx.db.elsewhere(SYSTEM).delete(SIGNING_KEYS, kid)


def signing_key(ctx: Ctx) -> "RSAKey":
    """The key to sign with now, made if there is none. 503 where it cannot be opened; `doctor` says why."""
    current = next((key for key in _kept(ctx.db) if key.current), None) or _new_key(ctx)
    try:
        return opened(current.id, current.sealed, secret_of(ctx.settings, make=False))
    except SecretTrouble as trouble:
        log.error("the signing key cannot be opened", why=str(trouble))
        raise Unavailable("Tokens cannot be given out now: the signing key cannot be opened") from None


def check_key(db: Unit, settings: Settings) -> None:
    """SecretTrouble where there is a key to sign with that cannot be opened."""
    for key in _kept(db):
        if key.current:
            opened(key.id, key.sealed, secret_of(settings, make=False))


@lru_cache(maxsize=8)
def opened(kid: str, sealed: str, secret: bytes) -> "RSAKey":
    """The private key that was sealed. SecretTrouble under another secret than the installation's."""
    from joserfc.jwk import RSAKey

    return RSAKey.import_key(unseal(secret, PURPOSE, sealed), {"kid": kid, "use": "sig", "alg": "RS256"})


def key_set(db: Unit) -> dict[str, Any]:
    """The public keys, as a JWK set (RFC 7517), newest first."""
    return {"keys": [key.public for key in _kept(db)]}


def ensure_key(ctx: Ctx) -> None:
    """Make the first key, unless there is one. 503 for one that cannot be opened."""
    signing_key(ctx)


def _new_key(ctx: Ctx) -> SigningKey:
    from joserfc.jwk import RSAKey

    made, kid = RSAKey.generate_key(BITS, private=True, auto_kid=False), new_hex()
    key = SigningKey(
        id=kid, date_added=ctx.stamp, current=True, sealed=seal(secret_of(ctx.settings), PURPOSE, made.as_pem(True)),
        public={**made.as_dict(private=False), "kid": kid, "use": "sig", "alg": "RS256"},
    )  # fmt: skip
    return ctx.db.elsewhere(SYSTEM).put(SIGNING_KEYS, key)


def _kept(db: Unit) -> list[SigningKey]:
    return db.elsewhere(SYSTEM).find(SIGNING_KEYS, sort=(Sort("date_added", True),), limit=100)


def _seen(key: SigningKey) -> KeySeen:
    return KeySeen(kid=key.id, date_added=key.date_added, current=key.current, until=key.until)
