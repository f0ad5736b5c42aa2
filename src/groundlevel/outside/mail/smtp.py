"""Mail by a server that speaks SMTP: over TLS, with a login, connections kept, and an honest report of each attempt.

SMTP has one moment at which nobody knows: the mail is written, and the connection ends before the server says whether
it has taken it. Then the report is `unclear`, and the mail is not sent again by itself. Everything before that moment
is certain: the server has not taken it.
"""

import asyncio
import re
import socket
import ssl
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from groundlevel.outside.aim import Aim, BadAim
from groundlevel.outside.http import NoConnection, look_up
from groundlevel.outside.mail.composing import (
    Attached,
    Letter,
    Uncomposable,
    address_in,
    ascii_domain,
    composed,
    message_id,
)
from groundlevel.outside.mail.dkim import BadKey, Signing, signature
from groundlevel.outside.transport import Item, Report

if TYPE_CHECKING:
    from aiosmtplib import SMTP

CONNECT_S, REPLY_S, DATA_S = 10.0, 20.0, 45.0
"""How long to wait for a connection, for an answer, and for the answer to a mail. Together under the outbox's lease."""
IDLE_S, ON_ONE = 20.0, 100
"""How long a connection waits for the next mail, and how many go over one."""
MOST_BYTES, ADDRESSES = 25_000_000, 3
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")

Security = Literal["tls", "starttls", "none"]
Fetch = Callable[[str, str], Awaitable[Attached]]
"""Gets what is attached from its address, with what it is called (if that is known). NotThere where that fails."""


class NotThere(Exception):
    """A file cannot be had. final: nor ever will."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class Server(Struct, frozen=True):
    """A server that takes mail. security: TLS from the first byte, by STARTTLS (which it must offer), or none.

    Without any, the operator must have named the host as one that is reached without TLS. No user: no login.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = ""


class Line(Struct):
    """A connection, how many mails went over it, when the last did, and which further recipients it did not go to."""

    client: "SMTP"
    sent: int = 0
    used: float = 0.0
    without: str = ""


class Smtp:
    """See `Transport`. Servers know no keys: what they are given twice is sent twice."""

    idempotent = False

    def __init__(self, server: Server, aim: Aim, fetch: Fetch, signing: Signing | None = None) -> None:
        self.server, self.aim, self.fetch, self.signing = server, aim, fetch, signing
        self.idle: deque[Line] = deque()
        self.looking: asyncio.TimerHandle | None = None

    @cached_property
    def context(self) -> ssl.SSLContext:
        """How certificates are checked: as this machine does."""
        return ssl.create_default_context()

    async def send(self, item: Item) -> Report:
        """See `Transport`. ref: the Message-ID."""
        try:
            attached = tuple([await self.fetch(url, item.names.get(url, "")) for url in item.attachments])
            if sum(len(one.content) for one in attached) > MOST_BYTES:
                return Report("refused", code="5.3.4", reason=f"its files are over the limit of {MOST_BYTES} bytes")
            letter = letter_of(item, attached, item.at or datetime.now(UTC))
            written = await asyncio.to_thread(written_of, letter, self.signing)
            everybody = [address_in(one) for one in (item.to, *item.cc, *item.bcc)]
        except Uncomposable as wrong:
            return Report("refused", code="5.1.3", reason=str(wrong))
        except BadKey as wrong:
            return Report("again", reason=f"DKIM: {wrong}")
        except NotThere as trouble:
            return Report("refused" if trouble.final else "again", reason=str(trouble))
        return await self._send(letter, written, everybody)

    async def _send(self, letter: Letter, written: bytes, everybody: list[str]) -> Report:
        """Over a connection that is there, or else a new one."""
        from aiosmtplib import SMTPException, SMTPServerDisconnected, SMTPTimeoutError

        while True:
            kept = self._kept()
            try:
                line = kept or await self._connected()
                refused = await self._named(line, address_in(letter.sender), everybody)
            except (SMTPServerDisconnected, SMTPTimeoutError) as trouble:
                if kept:  # it was closed while it waited
                    kept.client.close()
                    continue
                return Report("again", reason=_why(trouble))
            except (SMTPException, OSError, BadAim, NoConnection, ValueError) as trouble:
                if kept:
                    kept.client.close()
                return Report("again", reason=_why(trouble))
            if refused:
                await self._release(line, fresh=False)
                return refused
            return await self._data(line, written, letter.id)

    async def _named(self, line: Line, sender: str, everybody: list[str]) -> Report | None:
        """Say from whom and to whom. What comes of it, unless the server now waits for the mail.

        Nobody gets it if the first one is refused, or if somebody is refused for now.
        """
        from aiosmtplib import SMTPResponseException

        whose, line.without = sender, ""
        try:
            await line.client.mail(sender)
            for whose in everybody:
                try:
                    await line.client.rcpt(whose)
                except SMTPResponseException as no:
                    if whose == everybody[0] or no.code < 500:
                        return said(no.code, f"{whose}: {no.message}")
                    line.without += f"not to {whose}: {no.code} {no.message}; "
        except SMTPResponseException as no:
            return said(no.code, f"{whose}: {no.message}")
        return None

    async def _data(self, line: Line, written: bytes, id: str) -> Report:
        """The mail itself. From here on, no answer means that nobody knows."""
        from aiosmtplib import SMTPException, SMTPResponseException

        try:
            await line.client.data(written, timeout=DATA_S)
        except SMTPResponseException as no:
            await self._release(line, fresh=False)
            return said(no.code, no.message)
        except (SMTPException, OSError) as trouble:
            line.client.close()
            return Report("unclear", ref=id, reason=_why(trouble))
        except asyncio.CancelledError:
            line.client.close()
            raise
        await self._release(line, fresh=True)
        return Report("accepted", id, reason=line.without)

    def _kept(self) -> Line | None:
        """A connection that is free: the one that was last used."""
        while self.idle:
            line = self.idle.pop()
            if line.client.is_connected and time.monotonic() - line.used < IDLE_S:
                return line
            line.client.close()
        return None

    async def _connected(self) -> Line:
        """A connection to an address of the host that was looked up once and checked, greeted and logged in."""
        from aiosmtplib import SMTP, SMTPException

        server = self.server
        if server.security == "none" and not self.aim.allows(server.host):
            raise BadAim(f"{server.host} would be sent mail without TLS; --allow-webhooks-to {server.host} allows it")
        host = ascii_domain(server.host) if not self.aim.allows(server.host) else server.host
        found = self.aim.reachable(server.host, await look_up(host, server.port, CONNECT_S))[:ADDRESSES]
        sock = await _first(found, server.port)
        client = SMTP(
            hostname=host, sock=sock, use_tls=server.security == "tls", start_tls=server.security == "starttls",
            tls_context=self.context, timeout=REPLY_S, local_hostname=socket.gethostname().encode("idna").decode(),
        )  # fmt: skip
        try:
            await client.connect()
            if server.user:
                await client.login(server.user, server.password)
        except (SMTPException, OSError, ValueError):
            client.close()
            sock.close()
            raise
        return Line(client)

    async def _release(self, line: Line, *, fresh: bool) -> None:
        """Keep a connection for the next mail. fresh: whether the server expects nothing more of the last one."""
        from aiosmtplib import SMTPException

        line.sent, line.used = line.sent + 1, time.monotonic()
        if not fresh:
            with suppress(SMTPException, OSError):
                await line.client.rset()
        if not line.client.is_connected:
            return
        if line.sent >= ON_ONE:
            await _quit(line)
            return
        self.idle.append(line)
        if self.looking is None:
            self.looking = asyncio.get_running_loop().call_later(IDLE_S, self._look)

    def _look(self) -> None:
        """End what has waited for too long; again, while there is something."""
        now, self.looking = time.monotonic(), None
        while self.idle and now - self.idle[0].used >= IDLE_S:
            self.idle.popleft().client.close()
        if self.idle:
            self.looking = asyncio.get_running_loop().call_later(IDLE_S, self._look)

    async def close(self) -> None:
        """See `Transport`."""
        if self.looking:
            self.looking.cancel()
            self.looking = None
        while self.idle:
            await _quit(self.idle.pop())


def letter_of(item: Item, attached: tuple[Attached, ...], now: datetime) -> Letter:
    """What is written of a message. Its Message-ID was given to it, or is made of its key and its sender's domain.

    Uncomposable for a sender that has no address.
    """
    domain = address_in(item.sender).rpartition("@")[2]
    given = item.headers.get("Message-ID", "").strip("<> ")
    return Letter(
        id=given or message_id(item.key, domain), date=now, sender=item.sender, to=(item.to,), cc=item.cc,
        subject=item.subject, text=item.text, html=item.html, headers=item.headers, attachments=attached,
        invitation=item.invitation,
    )  # fmt: skip


def written_of(letter: Letter, signing: Signing | None) -> bytes:
    """The bytes that a server is given. Uncomposable, BadKey where there are none."""
    written = composed(letter)
    return (signature(written, signing, letter.date) if signing else b"") + written


def said(code: int, message: str) -> Report:
    """What an answer of the server means, which is none of success."""
    told = " ".join(message.split())[:500]
    status = _STATUS.search(told)
    shown = status[1] if status else str(code)
    return Report("refused" if code >= 500 else "again", code=shown, reason=f"{code} {told}")


async def _first(addresses: list[str], port: int) -> socket.socket:
    """A connection to the first address that takes one. NoConnection where none does."""
    loop = asyncio.get_running_loop()
    for address in addresses:
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            async with asyncio.timeout(CONNECT_S / len(addresses)):
                await loop.sock_connect(sock, (address, port))
            return sock
        except (OSError, TimeoutError) as trouble:
            sock.close()
            if address == addresses[-1]:
                raise NoConnection(f"({trouble or 'not in time'})") from None
    raise NoConnection("(it has no address)")


async def _quit(line: Line) -> None:
    from aiosmtplib import SMTPException

    with suppress(SMTPException, OSError):
        await line.client.quit(timeout=2)
    line.client.close()


def _why(trouble: Exception) -> str:
    code = getattr(trouble, "code", None)
    prefix = f"{code} " if code else "no connection " if isinstance(trouble, NoConnection) else ""
    return f"{prefix}{trouble or type(trouble).__name__}"[:300]
