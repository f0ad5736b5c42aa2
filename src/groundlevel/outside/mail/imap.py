"""A mailbox at a server that speaks IMAP: what is new in it, and the marking of what has been kept as seen."""

import imaplib
import re
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

from msgspec import Struct

from groundlevel.outside.aim import Aim, BadAim
from groundlevel.outside.mail.smtp import Security

WITHIN_S, MOST_AT_ONCE, MOST_BYTES = 30.0, 200, 40_000_000
Trouble = (OSError, imaplib.IMAP4.error, ValueError, BadAim)
"""What reading a mailbox may raise."""


class Box(Struct, frozen=True):
    """A mailbox, and what opens it. security: as of servers that take mail."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    folder: str = "INBOX"


class Mailbox:
    """An open mailbox."""

    def __init__(self, line: imaplib.IMAP4, validity: int) -> None:
        self.line, self.validity = line, validity

    def new(self, validity: int, after: int) -> list[int]:
        """The numbers of some mails that have come after this one, ascending.

        Of a mailbox that is new to us (`validity` says which life of it is known), of those that nobody has seen.
        """
        known = validity == self.validity
        found = self._told("SEARCH", f"UID {after + 1}:*" if known else "UNSEEN")
        numbers = sorted({int(one) for part in found for one in part.split()})
        return [one for one in numbers if one > after][:MOST_AT_ONCE] if known else numbers[-MOST_AT_ONCE:]

    def mark(self, numbers: list[int]) -> None:
        """Let these be seen."""
        if numbers:
            self._told("STORE", ",".join(map(str, numbers)), "+FLAGS.SILENT", r"(\Seen)")

    def mail(self, number: int) -> bytes:
        """A mail, without its being seen by that; empty where it is gone or too large."""
        size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(self._told("FETCH", str(number), "(RFC822.SIZE)")))
        if size is None or int(size[1]) > MOST_BYTES:
            return b""
        status, parts = self.line.uid("FETCH", str(number), "(BODY.PEEK[])")
        found: list[Any] = parts if status == "OK" else []
        return next((bytes(one[1]) for one in found if not isinstance(one, bytes)), b"")

    def _told(self, command: str, *arguments: str) -> list[bytes]:
        status, parts = self.line.uid(command, *arguments)
        if status != "OK":
            raise imaplib.IMAP4.error(f"{command}: {parts!r}"[:300])
        found: list[Any] = parts
        return [one for one in found if isinstance(one, bytes)]


@contextmanager
def opened(box: Box, aim: Aim) -> Generator[Mailbox]:
    """The mailbox, as long as it is needed. Raises some of `Trouble`."""
    line = _connected(box, aim)
    try:
        line.login(box.user, box.password)
        status, _ = line.select(_quoted(box.folder))
        if status != "OK":
            raise imaplib.IMAP4.error(f"there is no folder {box.folder}")
        validity: Any = line.response("UIDVALIDITY")[1]
        yield Mailbox(line, int(validity[0]) if validity and validity[0] else 0)
    finally:
        with suppress(*Trouble):
            line.logout()


def _connected(box: Box, aim: Aim) -> imaplib.IMAP4:
    if box.security == "none" and not aim.allows(box.host):
        raise BadAim(f"{box.host} would be asked without TLS; --allow-webhooks-to {box.host} allows it")
    found = socket.getaddrinfo(box.host, box.port, type=socket.SOCK_STREAM)
    address = aim.reachable(box.host, list(dict.fromkeys(str(one[4][0]) for one in found)))[0]
    sock = socket.create_connection((address, box.port), WITHIN_S)
    context = ssl.create_default_context()
    try:
        line = _Line(context.wrap_socket(sock, server_hostname=box.host) if box.security == "tls" else sock)
    except Trouble:
        sock.close()
        raise
    if box.security == "starttls":
        line.host = box.host  # whom TLS asks for
        line.starttls(context)
    return line


class _Line(imaplib.IMAP4):
    """A connection to an address that was checked, which the library would look up again."""

    def __init__(self, sock: socket.socket) -> None:
        self.given = sock
        super().__init__(timeout=WITHIN_S)

    def _create_socket(self, timeout: float | None) -> socket.socket:  # noqa: ARG002
        return self.given


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
