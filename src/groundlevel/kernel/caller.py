"""Who calls: tokens, what they are of, and what they may do."""

import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from groundlevel.kernel.problems import Unauthorized
from groundlevel.kernel.store import Eq, Owners, Store, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso, new_hex, new_uuid

TokenClass = Literal["Location", "Company", "Operator", "Nobody"]

REMEMBERED_S = 0.9
"""How long a verified token is believed without asking the store: a revocation shows within one second."""


class Token(Wire):
    """A private integration token (or the operator's key), as it is kept: the value itself is not."""

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


TOKENS = declare(
    Table("tokens", Token, index=("company_id", "hash"), unique=("hash",), order="date_added", owner="system")
)


class Caller(Struct, frozen=True):
    """What a verified token says: its class, whose it is, its scopes. `budget`: the key of its limits, or none."""

    token_id: str
    token_class: TokenClass
    scopes: frozenset[str]
    company_id: str = ""
    location_id: str = ""
    budget: str = ""


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


class Callers:
    """Verifies tokens against the store, remembering each for less than a second."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store, self.now = store, now
        self.known: dict[bytes, tuple[float, Caller]] = {}

    def verify(self, authorization: bytes) -> Caller:
        """The caller of an `Authorization` header. 401 in the words of the token's kind."""
        value = authorization.removeprefix(b"Bearer ").removeprefix(b"bearer ").strip()
        key = hashlib.sha256(value).digest()
        known = self.known.get(key)
        at = time.monotonic()
        if known and known[0] > at:
            return known[1]
        caller = self._look_up(value, key.hex())
        if len(self.known) > 10_000:
            self.known.clear()
        self.known[key] = at + REMEMBERED_S, caller
        return caller

    def _look_up(self, value: bytes, digest: str) -> Caller:
        token = self.store.read(Owners(system=True)).one(TOKENS, Eq("hash", digest))
        good = token is not None and hmac.compare_digest(token.hash, digest)
        if token is None or not good or (token.expires_at is not None and token.expires_at <= iso(self.now())):
            raise Unauthorized("Invalid Private Integration token" if value.startswith(b"pit-") else "Invalid JWT")
        resource = token.location_id or token.company_id
        return Caller(
            token_id=token.id,
            token_class=token.token_class,
            scopes=frozenset(token.scopes),
            company_id=token.company_id,
            location_id=token.location_id,
            budget=f"{token.id}:{resource}" if resource else "",
        )
