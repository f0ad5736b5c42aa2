"""The obvious peer of a worker: signs and posts the same body again and again, and keeps nothing of it.

`python -m benchmarks.bare_sender URL SECONDS` prints how many a second.
"""

import asyncio
import sys
import time

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from groundlevel.outside.aim import LOOPBACK, aim_at
from groundlevel.outside.http import Internet
from groundlevel.outside.posting import Here, Letter
from groundlevel.outside.signing import Signer

AT_ONCE = 64
BODY = b'{"type":"ContactCreate","id":"bare","text":"%s"}' % (b"x" * 600)


async def main(url: str, seconds: float) -> None:
    """Send for so long, many at once."""
    keys = Ed25519PrivateKey.generate(), generate_private_key(public_exponent=65_537, key_size=2_048)
    pems = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for key in keys]
    here, done, until = Here(Internet(aim_at(*LOOPBACK)), Signer(*pems)), 0, time.perf_counter() + seconds

    async def send() -> None:
        nonlocal done
        while time.perf_counter() < until:
            assert (await here.post(Letter(url, "bare", BODY))).status == 200
            done += 1

    await asyncio.gather(*(send() for _ in range(AT_ONCE)))
    await here.close()
    print(done / seconds)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], float(sys.argv[2])))
