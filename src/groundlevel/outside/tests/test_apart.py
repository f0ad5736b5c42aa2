"""The process that sends: what it hears when nobody is there any more who asked for it."""

import asyncio
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from groundlevel.outside.apart import Apart, Begin
from groundlevel.outside.notes import Notes
from groundlevel.outside.posting import Answer, Letter


def pems() -> tuple[bytes, bytes]:
    """Keys to sign with."""
    ed25519, rsa = Ed25519PrivateKey.generate(), generate_private_key(public_exponent=65_537, key_size=2_048)
    how = Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    return ed25519.private_bytes(*how), rsa.private_bytes(*how)


def test_answers_are_noted_for_whoever_comes_after(tmp_path: Path) -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b'{"a":1}')
        asked.set()
        await left.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()

    async def story() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        apart = Apart(Begin(*pems(), ["127.0.0.1"], str(tmp_path)))
        apart.send(Letter(f"http://127.0.0.1:{port}/", "d1", b'{"a":1}', b'{"about":"d1"}'), heard.append)
        await asyncio.wait_for(asked.wait(), 20)
        assert apart.portions and apart.portions.transport and apart.process
        apart.portions.transport.abort()  # as if the worker had died
        left.set()
        process = apart.process
        assert await asyncio.get_running_loop().run_in_executor(None, process.wait, 20) == 0
        server.close()

    heard = list[Answer | None]()
    asyncio.run(story())
    (line,) = Notes(tmp_path).left_by_others()
    note, told = json.loads(line)
    assert (note, told["status"], told["body"], heard) == ({"about": "d1"}, 200, "ok", [None])
