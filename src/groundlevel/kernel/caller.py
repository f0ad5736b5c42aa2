"""Who calls: tokens, what they are of, and what they may do."""

import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import Struct

from groundlevel.kernel.limits import Budget
from groundlevel.kernel.problems import Unauthorized
from groundlevel.kernel.store import Eq, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso, new_hex, new_uuid

TokenClass = Literal["Location", "Company", "Operator", "Nobody"]

REMEMBERED_S = 0.9
"""How long a verified token is believed without asking the store: a revocation shows within one second."""


class Token(Wire):
    """A private integration token, an app's access token or the operator's key, as it is kept: not the value itself.

    Of an app's: app_id, client_key, version_id, user_id say whose; grant_id, with which others it ends.
    """

    id: str
    name: str
    hash: str
    token_class: TokenClass
    scopes: list[str]
    date_added: str
    hint: str = ""
    company_id: str = ""
    location_id: str = ""
    expires_at: str | None = None
    replaced_by: str | None = None
    app_id: str = ""
    client_key: str = ""
    version_id: str = ""
    user_id: str = ""
    grant_id: str = ""


TOKENS = declare(
    Table(
        "tokens", Token, index=("company_id", "hash"), sparse=("app_id", "grant_id"), unique=("hash",),
        order="date_added", owner="system",
    )
)  # fmt: skip


class Terms(NamedTuple):
    """What an agency's plan lets its callers do: use agency tokens and apps (`advanced`), and how often, if limited."""

    advanced: bool = True
    limits: Budget | None = None


TermsOf = Callable[[Unit, str], Terms]
"""The terms of a company: told by the area that owns companies."""

NOT_IN_PLAN = "The agency's plan does not include access with agency tokens or apps."


class Caller(Struct, frozen=True):
    """What a verified token says: its class, whose it is, its scopes. `budget`: the key of its limits, or none.

    `limits`: if smaller than usual. `barred`: the agency's plan does not include such tokens.
    An app's token names the app, the client key and version it was given to, the user who allowed it, and the grant.
    """

    token_id: str
    token_class: TokenClass
    scopes: frozenset[str]
    company_id: str = ""
    location_id: str = ""
    budget: str = ""
    limits: Budget | None = None
    barred: bool = False
    app_id: str = ""
    client_key: str = ""
    version_id: str = ""
    user_id: str = ""
    grant_id: str = ""


OPERATOR = Caller("operator", "Operator", frozenset())
"""The caller in whose name the command line and the worker act."""

NOBODY = Caller("", "Nobody", frozenset())
"""Who calls a public operation without a token."""


def hashed(value: str) -> str:
    """What is kept of a token. Values are 122 random bits, so a fast hash is enough."""
    return hashlib.sha256(value.encode()).hexdigest()


def new_token(name: str, token_class: TokenClass, scopes: list[str], now: datetime) -> tuple[Token, str]:
    """A token and its value, which can be told only now: `pit-` and a UUID."""
    value = f"{'opk' if token_class == 'Operator' else 'pit'}-{new_uuid()}"
    token = Token(
        id=new_hex(), name=name, hash=hashed(value), token_class=token_class, scopes=scopes,
        date_added=iso(now), hint=value[-4:],
    )  # fmt: skip
    return token, value


def _everything(_: Unit, __: str) -> Terms:
    return Terms()


class Callers:
    """Verifies tokens, remembering each for less than a second."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.terms_of: TermsOf = _everything
        self.remembered: dict[bytes, tuple[float, Caller]] = {}

    def known(self, authorization: bytes) -> Caller | None:
        """The caller of an `Authorization` header that was verified a moment ago."""
        found = self.remembered.get(_digest(authorization))
        return found[1] if found and found[0] > time.monotonic() else None

    def verify(self, db: Unit, authorization: bytes) -> Caller:
        """The caller of an `Authorization` header, by the store. 401 in the words of the token's kind."""
        at, key = time.monotonic(), _digest(authorization)
        caller = self._look_up(db, authorization, key.hex())
        if len(self.remembered) > 10_000:
            self.remembered.clear()
        self.remembered[key] = at + REMEMBERED_S, caller
        return caller

    def _look_up(self, db: Unit, authorization: bytes, digest: str) -> Caller:
        token = db.one(TOKENS, Eq("hash", digest))
        good = token is not None and hmac.compare_digest(token.hash, digest)
        if token is None or not good or (token.expires_at is not None and token.expires_at <= iso(self.now())):
            private = _value(authorization).startswith(b"pit-")
            raise Unauthorized("Invalid Private Integration token" if private else "Invalid JWT")
        resource = token.location_id or token.company_id
        terms = self.terms_of(db, token.company_id)
        return Caller(
            token_id=token.id,
            token_class=token.token_class,
            scopes=frozenset(token.scopes),
            company_id=token.company_id,
            location_id=token.location_id,
            budget=f"{token.app_id or token.id}:{resource}" if resource else "",
            limits=terms.limits,
            barred=not terms.advanced and (token.token_class == "Company" or bool(token.app_id)),
            app_id=token.app_id,
            client_key=token.client_key,
            version_id=token.version_id,
            user_id=token.user_id,
            grant_id=token.grant_id,
        )


def _value(authorization: bytes) -> bytes:
    return authorization.removeprefix(b"Bearer ").removeprefix(b"bearer ").strip()


def _digest(authorization: bytes) -> bytes:
    return hashlib.sha256(_value(authorization)).digest()
