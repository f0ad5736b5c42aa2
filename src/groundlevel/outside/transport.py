"""Sending one message to one person, as the rest of the program sees it; and a version that only records.

A gateway of any kind (texts, mail, messengers) is a `Transport`. It says what came of each message in one of four ways,
of which the last is the important one: whoever does not know whether a message has left says so, and it is not sent
again unless the gateway knows messages by their keys.
"""

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

Outcome = Literal["accepted", "refused", "again", "unclear"]


class Item(Struct, frozen=True):
    """What is to leave. key: the same at each attempt, different for every message. to, sender: as the gateway knows
    them (a number, an address, an id of a messenger).

    callback: where the gateway may tell what becomes of it. attachments: addresses of files; names: what those are
    called. at: what it is dated with, if not with the moment it is sent. invitation: an iCalendar file (RFC 6047) that
    goes with mail.
    """

    key: str
    channel: str
    to: str
    sender: str = ""
    text: str = ""
    subject: str = ""
    html: str = ""
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    headers: dict[str, str] = {}
    attachments: tuple[str, ...] = ()
    names: dict[str, str] = {}
    callback: str = ""
    at: datetime | None = None
    invitation: str = ""


class Report(Struct, frozen=True):
    """What came of it.

    accepted: it is the gateway's now, which calls it `ref` (`reason`: what it has left out). refused: it never will
    be, for `reason` (and `code`).
    again: it has certainly not left; try later, after so many seconds at least. unclear: nobody knows.
    """

    outcome: Outcome
    ref: str = ""
    code: str = ""
    reason: str = ""
    after: float = 0.0


class Transport(Protocol):
    """A gateway."""

    @property
    def idempotent(self) -> bool:
        """Whether it sends once what it is given twice under one key."""
        ...

    async def send(self, item: Item) -> Report:
        """Hand a message over. Whatever goes wrong is told in the report."""
        ...

    async def close(self) -> None:
        """Release all connections."""
        ...


class Recorded:
    """For tests and trials: keeps what would go out, and reports as it was told to; then everything is accepted."""

    idempotent = True

    def __init__(self, *reports: Report) -> None:
        self.reports = list(reports)
        self.sent: list[Item] = []

    async def send(self, item: Item) -> Report:
        """See `Transport`."""
        self.sent.append(item)
        return self.reports.pop(0) if self.reports else Report("accepted", f"recorded-{item.key}")

    async def close(self) -> None:
        """Nothing is held."""
