"""Signatures by which a receiver knows that a domain stands behind a mail: DKIM (RFC 6376, RFC 8463). Pure.

RSA or Ed25519, both canonicalised `relaxed`. The key's arithmetic is that of `cryptography`.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SIGNED = (
    "from", "to", "cc", "subject", "date", "message-id", "reply-to", "in-reply-to", "references", "mime-version",
    "content-type", "content-transfer-encoding", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted",
)  # fmt: skip
ONCE_MORE = ("from", "to", "cc", "subject", "date", "message-id", "reply-to")
"""Signed as missing a second time, so that nobody adds another one."""
SMALLEST = 1024


class BadKey(Exception):
    """The private key cannot be used; the text says why."""


class Signing(Struct, frozen=True):
    """For which domain, and where receivers find the public key: at `<selector>._domainkey.<domain>`."""

    domain: str
    selector: str
    key: str


def signature(message: bytes, by: Signing, now: datetime) -> bytes:
    """The header to put in front of a mail (with CRLF). BadKey where the key cannot be used."""
    key = read_key(by.key)
    head, _, body = message.partition(b"\r\n\r\n")
    headers = list(_headers(head + b"\r\n"))
    names = [name for name in SIGNED for _ in range(sum(one[0] == name for one in headers) + (name in ONCE_MORE))]
    algorithm = "rsa-sha256" if hasattr(key, "key_size") else "ed25519-sha256"
    fields = {
        "v": "1", "a": algorithm, "c": "relaxed/relaxed", "d": by.domain, "s": by.selector,
        "t": str(int(now.timestamp())), "h": ":".join(names), "bh": b64encode(body_hash(body)).decode(), "b": "",
    }  # fmt: skip
    own = "; ".join(f"{name}={value}" for name, value in fields.items())
    signed = _chosen(headers, names) + f"dkim-signature:{own}".encode()
    return f"DKIM-Signature: {_folded(own + b64encode(_signed(key, signed)).decode())}\r\n".encode()


def body_hash(body: bytes) -> bytes:
    """The hash of a body: space at ends of lines does not count, nor do empty lines at its end."""
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return sha256(b"".join(line + b"\r\n" for line in lines)).digest()


def read_key(pem: str) -> "RSAPrivateKey | Ed25519PrivateKey":
    """A private key in PEM. BadKey for another kind, or one that is too small."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as trouble:
        raise BadKey("the key is no private key in PEM, or has a password") from trouble
    if isinstance(key, RSAPrivateKey) and key.key_size >= SMALLEST:
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise BadKey(f"the key must be of RSA, with {SMALLEST} bits or more, or of Ed25519")


def record_of(pem: str) -> str:
    """What the domain's TXT record is to say, for receivers to find the public key. BadKey as above."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = read_key(pem)
    if isinstance(key, RSAPrivateKey):
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={b64encode(public).decode()}"


def _signed(key: "RSAPrivateKey | Ed25519PrivateKey", data: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    if isinstance(key, Ed25519PrivateKey):
        return key.sign(sha256(data).digest())
    return key.sign(data, PKCS1v15(), SHA256())


def _headers(head: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, canonical form) of each header, from the top."""
    for line in re.findall(rb"[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*", head):
        name, _, value = line.partition(b":")
        plain = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")
        low = name.strip().lower()
        yield low.decode("ascii", "replace"), low + b":" + plain + b"\r\n"


def _chosen(headers: list[tuple[str, bytes]], names: list[str]) -> bytes:
    """The headers that are signed: of equal ones the lowest first; one that is missing is nothing."""
    left = {name: [form for n, form in headers if n == name] for name in names}
    return b"".join(left[name].pop() for name in names if left[name])


def _folded(value: str) -> str:
    """In lines; the space that this adds changes nothing of what is signed but in `b`, where it does not count."""
    fields, lines = value.split("; "), [""]
    for field in fields[:-1]:
        if lines[-1] and len(lines[-1]) + len(field) > 70:
            lines.append("")
        lines[-1] += f"{field}; "
    last = fields[-1]
    lines += [last[at : at + 72] for at in range(0, len(last), 72)]
    return "\r\n\t".join(line.strip() if line.startswith("b=") else line.rstrip() for line in lines)
