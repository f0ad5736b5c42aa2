"""A small server that takes mail in by SMTP, for addresses of this installation and for no others: it relays nothing.

It says that it has taken a mail when that is kept, and not before; whatever goes wrong, the sender tries again.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from groundlevel.kernel.log import log

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_BYTES, MOST_RECIPIENTS, MOST_LINES, IDLE_S = 26_000_000, 100, 20, 60.0
"""Bytes of a mail, recipients of one, connections at once, and how long one may say nothing."""
TAKEN, NOBODY, LATER = "250 2.0.0 Taken", "550 5.1.1 There is no such address here", "451 4.3.0 Try again later"


class NotKept(Exception):
    """A mail that will not be kept at a later attempt either; the text says why."""


class Keeper(Protocol):
    """Who keeps what comes in. Both may take a while, and are called on threads."""

    def whose(self, address: str) -> str | None:
        """Whose an address is: any name for that; None for nobody's."""
        ...

    def keep(self, whose: str, content: bytes, envelope: list[str]) -> None:
        """Keep a mail that goes to these addresses of theirs. Whatever is raised: it is not kept; NotKept: for good."""
        ...


class Taking:
    """What the server does with each mail."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper

    async def handle_RCPT(
        self, _server: "SMTP", _session: "Session", envelope: "Envelope", address: str, options: list[str]
    ) -> str:
        """Only for addresses of this installation."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            whose = await asyncio.to_thread(self.keeper.whose, address)
        except Exception:
            log.exception("it could not be seen whose mail this is")
            return LATER
        if whose is None:
            return NOBODY
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: "SMTP", _session: "Session", envelope: "Envelope") -> str:
        """Keep it for everybody it goes to, then say so."""
        content: Any = envelope.content
        try:
            await asyncio.to_thread(self._keep, bytes(content), list(envelope.rcpt_tos))
        except NotKept as why:
            log.warning("a mail was not kept", why=str(why))
            return "554 5.6.0 It cannot be kept"
        except Exception:  # the store is busy or away, or the disk is full
            log.exception("a mail could not be kept")
            return LATER
        return TAKEN

    def _keep(self, content: bytes, addresses: list[str]) -> None:
        theirs: dict[str, list[str]] = {}
        for address in addresses:
            if whose := self.keeper.whose(address):
                theirs.setdefault(whose, []).append(address)
        for whose, envelope in theirs.items():
            self.keeper.keep(whose, content, envelope)


class Place(Struct, frozen=True):
    """Where it listens, and what it calls itself."""

    host: str
    port: int
    name: str = "groundlevel"


def place_of(text: str, name: str = "groundlevel") -> Place:
    """`host:port`, or a port of this machine only. ValueError for anything else."""
    host, _, port = text.rpartition(":")
    return Place(host.strip("[]") or "127.0.0.1", int(port), name)


async def receive(place: Place, keeper: Keeper, wanted: Callable[[], bool]) -> None:
    """Listen until it is not wanted any more."""
    server = await listen(place, keeper)
    async with server:
        while wanted():
            await asyncio.sleep(0.2)


async def listen(place: Place, keeper: Keeper) -> asyncio.Server:
    """The server, open."""
    from aiosmtpd.smtp import SMTP

    lines: set[object] = set()

    class Line(SMTP):
        """A connection; one too many is not spoken with."""

        def connection_made(self, transport: Any) -> None:
            """Somebody has come."""
            if len(lines) >= MOST_LINES:
                transport.write(b"421 4.3.2 Too many connections\r\n")
                transport.close()
                return
            lines.add(self)
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            """And is gone."""
            if self in lines:
                lines.discard(self)
                super().connection_lost(error)

    def line() -> SMTP:
        return Line(
            Taking(keeper), data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, hostname=place.name, ident="Groundlevel",
            timeout=IDLE_S,
        )  # fmt: skip

    return await asyncio.get_running_loop().create_server(line, place.host, place.port)
