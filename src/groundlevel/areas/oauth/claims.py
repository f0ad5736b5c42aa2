"""What a token says, and its signature: values only.

The claims are those seen in the hosted service's tokens; `kid` in the header names the published key.
"""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

ALGORITHM = "RS256"


class Subject(Struct, frozen=True):
    """Whom a token is of: an app, by a client key, at an agency or a sub-account."""

    user_type: str
    company_id: str
    location_id: str
    app_id: str
    client_id: str
    version_id: str
    user_id: str
    scopes: tuple[str, ...]

    @property
    def resource(self) -> str:
        """The id of the sub-account or agency."""
        return self.location_id or self.company_id


def claims_of(subject: Subject, token_id: str, issued: int, expires: int) -> dict[str, Any]:
    """The claims, in the service's order; moments in seconds."""
    return {
        "jti": token_id,
        "authClass": subject.user_type,
        "authClassId": subject.resource,
        "source": "INTEGRATION",
        "sourceId": subject.client_id,
        "channel": "OAUTH",
        "primaryAuthClassId": subject.resource,
        "oauthMeta": {
            "scopes": list(subject.scopes),
            "client": subject.app_id,
            "clientKey": subject.client_id,
            "versionId": subject.version_id,
            "userType": subject.user_type,
        },
        "iat": issued,
        "exp": expires,
    }


def signed(claims: dict[str, Any], key: "RSAKey") -> str:
    """The claims as a JWT."""
    from joserfc import jwt  # 10 MB that a process may never need

    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


def verified(token: str, keys: dict[str, Any], now: int) -> dict[str, Any] | None:
    """The claims of a token that one of these public keys has signed and that has not ended, or None.

    Anybody can do the same with what is published. Only RS256 counts, whatever the header says, and only a key of the
    set, whatever else it names. The pipeline does not need it: there a token that is not kept is no token.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    key_set = KeySet.import_key_set(keys)  # pyright: ignore[reportArgumentType]  (a JWK set, as it is published)
    try:
        claims = jwt.decode(token, key_set, algorithms=[ALGORITHM]).claims
        jwt.JWTClaimsRegistry(now=now, exp={"essential": True}).validate(claims)
    except (JoseError, ValueError):
        return None
    return claims
