"""The two signatures of what is sent: Ed25519 in X-GHL-Signature, RSA with SHA-256 in X-WH-Signature."""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

ED25519, RSA = "X-GHL-Signature", "X-WH-Signature"


class Signer:
    """Signs bodies with both keys, which are given as PEM (PKCS #8)."""

    def __init__(self, ed25519: bytes, rsa: bytes) -> None:
        self.pems = ed25519, rsa
        first, second = (load_pem_private_key(pem, None) for pem in self.pems)
        assert isinstance(first, Ed25519PrivateKey)
        assert isinstance(second, RSAPrivateKey)
        self.ed25519, self.rsa = first, second
        self.padding, self.digest = PKCS1v15(), SHA256()

    def headers(self, body: bytes) -> dict[str, str]:
        """The two signatures of exactly these bytes, in Base64."""
        return {
            ED25519: b64encode(self.ed25519.sign(body)).decode(),
            RSA: b64encode(self.rsa.sign(body, self.padding, self.digest)).decode(),
        }
