"""From what is to be said to the bytes of a mail: RFC 5322, MIME, and one-click unsubscribing (RFC 8058). Pure.

Headers are written here and not by the `email` package, which turns long message ids and addresses of pages into
encoded words that no receiver understands; the parts are written by it.
"""

import re
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from msgspec import Struct

from groundlevel.outside.mail.decoding import clean

LINE, LONGEST_TOKEN, MOST_REFERENCES = 76, 900, 20
"""Letters of a line where it can be folded, of something that cannot, and how many earlier mails are named."""
POLICY = SMTP.clone(cte_type="7bit")
OWN = frozenset(
    ("from", "to", "cc", "bcc", "sender", "date", "message-id", "subject", "mime-version", "return-path", "received")
)
FOREIGN = ("content-", "resent-", "arc-", "dkim-")
"""Headers that nobody else sets, and how others begin that nobody does."""
_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
_ADDRESS = re.compile(r"\s*(?:(.*?)\s*<([^<>]*)>|([^<>]*))\s*", re.DOTALL)
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")


class Uncomposable(Exception):
    """It cannot be written as a mail; the text says why."""


class Attached(Struct, frozen=True):
    """A file that goes with a mail."""

    name: str
    content_type: str
    content: bytes


class Letter(Struct, frozen=True, kw_only=True):
    """What is to be said to whom. id: of the message, without angle brackets (see `message_id`). invitation: an
    iCalendar file, which mail programs show as such (RFC 6047) and others as a file.

    Addresses are `name@host` or `Name <name@host>`. headers: others, as `Reply-To`; those of `OWN` are left out.
    """

    id: str
    date: datetime
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    headers: dict[str, str] = {}
    attachments: tuple[Attached, ...] = ()
    invitation: str = ""


def message_id(key: str, domain: str) -> str:
    """The Message-ID of what has this key: the same at each attempt, so that receivers know a repeated one."""
    return f"{key}@{ascii_domain(domain)}"


def composed(letter: Letter) -> bytes:
    """The bytes of a mail, with CRLF and no byte above 127. Uncomposable where an address is none."""
    lines = [
        _structured("Message-ID", f"<{letter.id}>"),
        _structured("Date", format_datetime(letter.date)),
        _structured("From", _mailbox(letter.sender)),
        _structured("To", ", ".join(_mailbox(one) for one in letter.to) or "undisclosed-recipients:;"),
    ]
    if letter.cc:
        lines.append(_structured("Cc", ", ".join(_mailbox(one) for one in letter.cc)))
    lines.append(_text("Subject", letter.subject))
    lines += [_other(name, value) for name, value in letter.headers.items() if _is_free(name)]
    return "".join(lines).encode("ascii") + _parts(letter).as_bytes(policy=POLICY)


def address_in(text: str) -> str:
    """The plain address, with its domain in ASCII. Uncomposable for what is none, or needs more than ASCII."""
    return _split(text)[1]


def one_click(page: str) -> dict[str, str]:
    """The headers by which a reader's mail program unsubscribes at a page, without showing it. Source: RFC 8058."""
    return {"List-Unsubscribe": f"<{page}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def ascii_domain(domain: str) -> str:
    """A domain as mail has it. Uncomposable for what is none."""
    try:
        written = domain.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        written = ""
    if not _DOMAIN.fullmatch(written) or len(written) > 253:
        raise Uncomposable(f"{domain[:100]!r} is no domain of mail")
    return written


def _split(text: str) -> tuple[str, str]:
    """(name, address)."""
    found = _ADDRESS.fullmatch(clean(text))
    name, address = ((found[1] or "").strip(), (found[2] or found[3] or "").strip()) if found else ("", "")
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > 64:
        raise Uncomposable(f"{text[:100]!r} is no address of mail")
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return " ".join(name.split()), f"{local}@{ascii_domain(domain)}"


def _mailbox(text: str) -> str:
    name, address = _split(text)
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{_encoded(name)} <{address}>"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>' if re.search(r'[()<>@,;:\\".\[\]]', name) else f"{name} <{address}>"


def _encoded(text: str) -> str:
    """As encoded words (RFC 2047), one behind the other."""
    return " ".join(Header(text, "utf-8", maxlinelen=LINE, header_name="x" * 10).encode(linesep="\n").split())


def _text(name: str, value: str) -> str:
    """A header of words."""
    plain = " ".join(clean(value).split())
    needs = not plain.isascii() or "=?" in plain or any(len(word) > LONGEST_TOKEN for word in plain.split(" "))
    return _structured(name, _encoded(plain) if needs else plain)


def _structured(name: str, value: str) -> str:
    """A header as it is, folded where there is space."""
    lines = [f"{name}:"]
    for token in value.split():
        if len(token) > LONGEST_TOKEN:
            raise Uncomposable(f"{name} is too long")
        if len(lines[-1]) + 1 + len(token) > LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {token}"
    return "\r\n".join(lines) + "\r\n"


def _other(name: str, value: str) -> str:
    if name.lower() == "references":
        ids = value.split()
        value = " ".join(ids[:1] + ids[1:][-(MOST_REFERENCES - 1) :])
    if name.lower() in ("reply-to", "disposition-notification-to"):
        return _structured(name, _mailbox(value))
    return _structured(name, value) if value.isascii() and value.isprintable() else _text(name, value)


def _is_free(name: str) -> bool:
    low = name.lower()
    return bool(_NAME.fullmatch(name)) and low not in OWN and not low.startswith(FOREIGN)


def _files(letter: Letter) -> tuple[Attached, ...]:
    """What is attached; an invitation, too, for programs that do not show it."""
    if not letter.invitation:
        return letter.attachments
    return *letter.attachments, Attached("invite.ics", "application/ics", letter.invitation.encode())


def _parts(letter: Letter) -> EmailMessage:
    """The content: words, the same as HTML, files."""
    part = EmailMessage(policy=POLICY)
    text, html = clean(letter.text), clean(letter.html)
    if text or not html:
        part.set_content(text, subtype="plain")
        if html:
            part.add_alternative(html, subtype="html")
    else:
        part.set_content(html, subtype="html")
    if letter.invitation:
        method = _METHOD.search(letter.invitation)
        said = {"method": method[1] if method else "PUBLISH"}
        part.add_alternative(letter.invitation, subtype="calendar", params=said)
    for one in _files(letter):
        kind, _, sub = one.content_type.partition(";")[0].strip().lower().partition("/")
        if not (_NAME.fullmatch(kind) and re.fullmatch(r"[a-z0-9][a-z0-9.+-]{0,100}", sub)) or kind in (
            "multipart",
            "message",
        ):
            kind, sub = "application", "octet-stream"
        part.add_attachment(one.content, maintype=kind, subtype=sub, filename=" ".join(clean(one.name).split())[:200])
    for number, inner in enumerate(one for one in part.walk() if one.is_multipart()):
        inner.set_boundary(f"=_{sha256(f'{letter.id} {number}'.encode()).hexdigest()[:40]}")
    if "MIME-Version" not in part:
        part["MIME-Version"] = "1.0"
    return part
