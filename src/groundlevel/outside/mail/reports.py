"""What other mail systems report of a mail of ours: a bounce (RFC 3464), or that somebody complains (RFC 5965).

Pure; nothing here raises.
"""

import re

from msgspec import Struct

from groundlevel.outside.mail.decoding import header_text

ID = re.compile(r"<([^<>\s]{3,500})>")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*(?:\r?\n[ \t]+.*)*)", re.MULTILINE)
_OF_IT = re.compile(r"^>?[ \t]*Message-ID[ \t]*:[ \t\r\n]*<([^<>\s]{3,500})>", re.MULTILINE | re.IGNORECASE)
_AS_TEXT = re.compile(r"<([^<>\s@]+@[^<>\s@]+)>:?[ \t]*\r?\n((?:.+\r?\n?){1,6})")
MOST = 50
NO_SUCH = frozenset(("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.310"))
"""Statuses that say of an address that it does not exist (any more)."""

Action = str


class Bounce(Struct, frozen=True):
    """What became of a mail at one recipient. message_id, envelope: which mail, as far as it is said.

    action: failed, delayed, delivered, relayed or expanded. status: as `5.1.1`, if it is said.
    """

    recipient: str
    action: Action
    status: str = ""
    reason: str = ""
    message_id: str = ""
    envelope: str = ""

    @property
    def hard(self) -> bool:
        """Whether nothing will ever arrive at this address."""
        return self.action == "failed" and self.status in NO_SUCH


class Complaint(Struct, frozen=True):
    """Somebody said that a mail was not wanted. kind: as `abuse`."""

    kind: str
    recipient: str = ""
    message_id: str = ""


def fields_of(block: str) -> dict[str, str]:
    """The fields of a block of a report, by their names in lower case; the first of each."""
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(block[:20_000]):
        found.setdefault(name.lower(), header_text(value))
    return found


def bounces(blocks: list[str], original: str) -> list[Bounce]:
    """What a delivery status says, block by block; `original`: the headers of the mail that it is about."""
    told = [fields_of(block) for block in blocks[: MOST + 1]]
    envelope = next((one["original-envelope-id"] for one in told if "original-envelope-id" in one), "")
    message_id = id_in(original)
    found: list[Bounce] = []
    for one in told:
        recipient = _address(one.get("original-recipient", "")) or _address(one.get("final-recipient", ""))
        if not recipient or "action" not in one:
            continue
        reason = one.get("diagnostic-code", "").partition(";")[2].strip() or one.get("diagnostic-code", "")
        status = _STATUS.search(one.get("status", ""))
        exact = _STATUS.search(reason)
        if exact and (status is None or status[1].endswith(".0.0")):
            status = exact
        action = one["action"].split()[0].lower() if one["action"] else ""
        found.append(Bounce(recipient, action, status[1] if status else "", reason[:1_000], message_id, envelope))
    return found


def bounces_in_text(failed: str, text: str) -> list[Bounce]:
    """What is told in words only, as by qmail and older Exim. failed: the addresses, if a header names them."""
    status, of = _STATUS.search(text), _OF_IT.search(text)
    message_id = of[1] if of else ""
    code = status[1] if status else ""
    named = [one.strip() for one in failed.split(",") if "@" in one][:MOST]
    if named:
        reason = next((line.strip() for line in text.splitlines() if _STATUS.search(line) or "550" in line), "")
        return [Bounce(one, "failed", code or "5.0.0", reason[:1_000], message_id) for one in named]
    found = _AS_TEXT.search(text[:20_000])
    if not found:
        return []
    reason = " ".join(found[2].split())[:1_000]
    return [Bounce(found[1], "failed", code or "5.0.0", reason, message_id)]


def complaint(block: str, original: str) -> Complaint:
    """What a feedback report says; `original`: the headers of the mail that it is about."""
    told, of = fields_of(block), fields_of(original)
    recipient = _address(told.get("original-rcpt-to", "")) or _address(of.get("to", ""))
    return Complaint(told.get("feedback-type", "abuse").lower()[:50], recipient, id_in(original))


def id_in(headers: str) -> str:
    """The Message-ID among these headers, without its brackets; empty where there is none."""
    found = _OF_IT.search(headers[:200_000])
    return found[1] if found else ""


def _address(said: str) -> str:
    """The address of `rfc822; <name@host>`."""
    plain = said.rpartition(";")[2].strip()
    bracketed = re.search(r"<([^<>\s]+@[^<>\s]+)>", plain)
    plain = bracketed[1] if bracketed else plain.strip("<> ")
    return plain[:320] if "@" in plain and " " not in plain else ""
