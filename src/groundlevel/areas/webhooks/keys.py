"""The keys that webhooks are signed with: /operator/webhooks/keys

Each installation has its own pair of keys, Ed25519 for X-GHL-Signature and RSA for X-WH-Signature; the private parts
are sealed with the installation's secret.
"""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from groundlevel.areas.webhooks.area import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, new_hex
from groundlevel.secret import seal, secret_of, unseal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from groundlevel.outside.signing import Signer

PURPOSE, CURRENT, BITS, KEPT = "webhook key", "current", 2_048, 10


class WebhookKeys(Wire):
    """The keys of an installation: what is published (SPKI, as PEM), and the sealed private parts.

    Of those that have ended the private parts are gone.
    """

    id: str
    date_added: str
    ed25519: str
    rsa: str
    sealed_ed25519: str
    sealed_rsa: str
    ended_at: str = ""


class EarlierKeys(Wire):
    """Keys that nothing is signed with any more, and since when."""

    date_added: str
    ended_at: str
    ed25519: str
    rsa: str


class PublicKeys(Wire):
    """What receivers verify signatures with (SPKI, as PEM): by X-GHL-Signature and by X-WH-Signature.

    earlier: those of before, the latest first, for what was signed with them and is looked at again.
    """

    date_added: str
    ed25519: str
    rsa: str
    earlier: list[EarlierKeys] = []


WEBHOOK_KEYS = declare(Table("webhook_keys", WebhookKeys, order="date_added", owner="system"))


@area.get("/operator/webhooks/keys", scope=OPERATOR)
def get_webhook_keys(ctx: Ctx) -> PublicKeys:
    """The public keys that webhooks are verified with. 404 while there are none: a worker makes them as it begins."""
    found = ctx.db.get(WEBHOOK_KEYS, CURRENT)
    if found is None:
        raise NotFound("There are no keys for webhooks yet")
    earlier = [
        EarlierKeys(date_added=one.date_added, ended_at=one.ended_at, ed25519=one.ed25519, rsa=one.rsa)
        for one in ctx.db.find(WEBHOOK_KEYS, limit=KEPT + 1)
        if one.id != CURRENT
    ]
    return PublicKeys(date_added=found.date_added, ed25519=found.ed25519, rsa=found.rsa, earlier=earlier)


@area.post("/operator/webhooks/keys/rotate", scope=OPERATOR, status=200)
def rotate_webhook_keys(ctx: Ctx) -> PublicKeys:
    """Sign with new keys from now on: workers follow within seconds. The old public keys are still shown.

    Receivers that do not know the new ones refuse what comes; it is tried again, for about a day.
    """
    db = ctx.db.elsewhere(SYSTEM)
    if kept := db.get(WEBHOOK_KEYS, CURRENT):
        db.put(WEBHOOK_KEYS, replace(kept, id=new_hex(), ended_at=ctx.stamp, sealed_ed25519="", sealed_rsa=""))
    _new_keys(ctx)
    ended = sorted((one for one in db.find(WEBHOOK_KEYS, limit=1_000) if one.ended_at), key=lambda one: one.ended_at)
    for one in ended[:-KEPT]:
        db.delete(WEBHOOK_KEYS, one.id)
    return get_webhook_keys(ctx)


def keys_made(db: Unit) -> str:
    """What names the keys that are signed with now; empty where there are none."""
    found = db.get(WEBHOOK_KEYS, CURRENT)
    return found.rsa if found else ""


def signer(ctx: Ctx) -> "Signer":
    """What signs for this installation; its keys are made if there are none. SecretTrouble where they do not open."""
    from groundlevel.outside.signing import Signer  # the library takes a while to load

    kept, secret = ctx.db.elsewhere(SYSTEM).get(WEBHOOK_KEYS, CURRENT) or _new_keys(ctx), secret_of(ctx.settings)
    return Signer(unseal(secret, PURPOSE, kept.sealed_ed25519), unseal(secret, PURPOSE, kept.sealed_rsa))


def _new_keys(ctx: Ctx) -> WebhookKeys:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    ed25519, rsa = Ed25519PrivateKey.generate(), generate_private_key(public_exponent=65_537, key_size=BITS)
    secret = secret_of(ctx.settings)
    kept = WebhookKeys(
        id=CURRENT, date_added=ctx.stamp, ed25519=_public(ed25519), rsa=_public(rsa),
        sealed_ed25519=seal(secret, PURPOSE, _private(ed25519)), sealed_rsa=seal(secret, PURPOSE, _private(rsa)),
    )  # fmt: skip
    return ctx.db.elsewhere(SYSTEM).put(WEBHOOK_KEYS, kept)


def _public(key: "Ed25519PrivateKey | RSAPrivateKey") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _private(key: "Ed25519PrivateKey | RSAPrivateKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
