"""What a webhook has to be to be believed, and who is told of it."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from groundlevel.client.webhooks.seen import MemorySeen, Seen

if TYPE_CHECKING:
    from groundlevel.kernel.events import Event

BY_ED25519, BY_RSA = "x-ghl-signature", "x-wh-signature"
OLDEST, AHEAD = timedelta(days=4), timedelta(minutes=5)
"""How old what a webhook tells may be (what is tried again may come three days later), and how far ahead its clock."""
Keys = str | Sequence[str]
Handler = Callable[["Told"], object]


class Refused(Exception):
    """A webhook that is not believed or not taken now. `status`: what its sender is to be answered."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Told(msgspec.Struct, rename="camel", dict=True):
    """A webhook that can be believed. `said`: its whole body."""

    type: str
    webhook_id: str
    timestamp: str
    location_id: str = ""
    company_id: str = ""
    app_id: str = ""
    version_id: str = ""
    said: dict[str, Any] = {}

    @cached_property
    def event(self) -> "Event | None":
        """What has happened, as its struct (`ContactCreate` …); None for a kind that is not known here.

        The first time, this loads the areas that the structs are of. msgspec.ValidationError for what does not fit.
        """
        kind = _kinds().get(self.type)
        return msgspec.convert(self.said, kind) if kind else None


class Receiver:
    """Checks webhooks and calls who wants them.

    ed25519, rsa: the installation's public keys (`groundlevel keys webhooks`), as PEM or the Base64 within; several
    while keys are changed. Each that is given must have signed. seen: where it is remembered what was taken already.
    oldest: how old what is told may be.
    """

    def __init__(
        self, *, ed25519: Keys = (), rsa: Keys = (), seen: Seen | None = None, oldest: timedelta = OLDEST,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self.ed25519 = [key for key in _loaded(ed25519) if isinstance(key, Ed25519PublicKey)]
        self.rsa = [key for key in _loaded(rsa) if isinstance(key, RSAPublicKey)]
        if not (self.ed25519 or self.rsa):
            raise ValueError("a receiver needs a public key: ed25519, rsa, or both")
        self.seen: Seen = MemorySeen() if seen is None else seen
        self.oldest, self.now = oldest, now
        self.handlers: list[tuple[str, Handler]] = []

    def on(self, *kinds: "str | type[Event]") -> Callable[[Handler], Handler]:
        """Have a function called for these kinds of events (names or structs), or for every kind."""

        def register(handler: Handler) -> Handler:
            names = [kind if isinstance(kind, str) else kind.__name__ for kind in kinds] or [""]
            self.handlers += [(name, handler) for name in names]
            return handler

        return register

    def check(self, headers: Mapping[str, str], raw: bytes) -> None:
        """Whether the installation has signed these bytes; all that can be asked of what is for conversation providers,
        which bears neither type nor moment. Refused: 401 where a signature is missing or wrong."""
        given = {name.lower(): value for name, value in headers.items()}
        if self.ed25519 and not any(_by_ed25519(key, given.get(BY_ED25519, ""), raw) for key in self.ed25519):
            raise Refused(401, "X-GHL-Signature is not that of the installation")
        if self.rsa and not any(_by_rsa(key, given.get(BY_RSA, ""), raw) for key in self.rsa):
            raise Refused(401, "X-WH-Signature is not that of the installation")

    def believed(self, headers: Mapping[str, str], raw: bytes) -> Told:
        """What these bytes tell. Refused: 401 where a signature is missing or wrong or it is old; 400."""
        self.check(headers, raw)
        try:
            said: dict[str, Any] = msgspec.json.decode(raw, type=dict[str, Any])
            told = msgspec.convert(said, Told)
            at = datetime.fromisoformat(told.timestamp)
            age = self.now() - (at if at.tzinfo else at.replace(tzinfo=UTC))
        except (msgspec.DecodeError, ValueError):
            raise Refused(400, "The body is no webhook") from None
        if not -AHEAD <= age <= self.oldest:
            raise Refused(401, f"It is of {told.timestamp}, which is too {'old' if age > self.oldest else 'far ahead'}")
        told.said = said
        return told

    def take(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """Call whoever wants it; False where that was done already. Refused where it is not believed.

        409 while another process is at it. What a handler raises is raised, and then it may come again.
        """
        told = self.believed(headers, raw)
        state = self.seen.begin(told.webhook_id)
        if state == "busy":
            raise Refused(409, "It is being handled")
        if state == "done":
            return False
        try:
            for kind, handler in self.handlers:
                if kind in ("", told.type):
                    handler(told)
        except BaseException:
            self.seen.forget(told.webhook_id)
            raise
        self.seen.done(told.webhook_id)
        return True


def _loaded(keys: Keys) -> list[Any]:
    return [
        load_pem_public_key(key.encode()) if "-----BEGIN" in key else load_der_public_key(b64decode(key))
        for key in ([keys] if isinstance(keys, str) else keys)
    ]


def _by_ed25519(key: Ed25519PublicKey, signature: str, raw: bytes) -> bool:
    try:
        key.verify(b64decode(signature), raw)
    except (InvalidSignature, NotBase64, ValueError):
        return False
    return True


def _by_rsa(key: RSAPublicKey, signature: str, raw: bytes) -> bool:
    try:
        key.verify(b64decode(signature), raw, PKCS1v15(), SHA256())
    except (InvalidSignature, NotBase64, ValueError):
        return False
    return True


@cache
def _kinds() -> dict[str, "type[Event]"]:
    """The structs of all events that are told, by name."""
    from groundlevel.kernel.area import discover
    from groundlevel.kernel.events import Event

    discover("groundlevel.areas")

    def below(kind: type[Event]) -> list[type[Event]]:
        return [one for child in kind.__subclasses__() for one in (child, *below(child))]

    return {kind.__name__: kind for kind in below(Event) if kind.logged}
