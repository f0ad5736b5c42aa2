"""A conversation in the words of the inbox: from what operations tell of it to what its page shows. Pure."""

import re
from datetime import datetime, tzinfo
from itertools import groupby
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from groundlevel.areas.conversations.emails import ShownEmail
from groundlevel.areas.conversations.message import ShownMessage
from groundlevel.areas.conversations.reaching import Reach
from groundlevel.areas.conversations.search import FoundConversation
from groundlevel.areas.conversations.timeline import Said

CALLED = {
    "SMS": "Text", "EMAIL": "Email", "FB": "Facebook", "FACEBOOK": "Facebook", "IG": "Instagram", "GMB": "Google",
    "INSTAGRAM": "Instagram", "WHATSAPP": "WhatsApp", "RCS": "RCS", "TIKTOK": "TikTok", "CALL": "Call",
    "LIVE_CHAT": "Live chat", "WEBCHAT": "Web chat", "INTERNAL_COMMENT": "Comment", "CUSTOM_SMS": "Message",
    "CUSTOM_EMAIL": "Email", "CUSTOM_CALL": "Call", "IVR_CALL": "Call", "REVIEW": "Review", "NO_SHOW": "Nothing yet",
}  # fmt: skip
"""What messages and channels are called here."""
BECAME = {
    "pending": "On its way", "queued": "On its way", "scheduled": "Waits", "sent": "Sent", "delivered": "Delivered",
    "read": "Read", "opened": "Opened", "clicked": "Clicked", "failed": "Not delivered", "undelivered": "Not delivered",
    "opt_out": "Not wanted", "connected": "Connected",
}  # fmt: skip
COMMENT = "TYPE_INTERNAL_COMMENT"
_MENTION = re.compile(r"@\[([^\]]*)\]\([A-Za-z0-9]+\)")


class File(Struct, frozen=True):
    """Something attached: its name, and its address if that can be followed."""

    name: str
    url: str


class Line(Struct, frozen=True, kw_only=True):
    """Something in a conversation. side: `in`, `out`, `note` (a comment) or `event` (something that happened).

    html: the id of a mail that can be shown as it looks. later: the message's id, of what can be taken back.
    """

    id: str
    side: str
    who: str
    channel: str
    at: str
    clock: str
    day: str
    text: str
    subject: str = ""
    status: str = ""
    failed: bool = False
    why: str = ""
    files: list[File] = []
    html: str = ""
    later: str = ""


class Day(Struct, frozen=True):
    """A day of a conversation, and what was said on it, in order."""

    name: str
    at: str
    lines: list[Line]


class Row(Struct, frozen=True, kw_only=True):
    """A conversation in the list."""

    id: str
    name: str
    initials: str
    at: str
    moment: str
    channel: str
    words: str
    mine: bool
    unread: int
    starred: bool


def zone_of(name: str) -> tzinfo:
    """The clock of a sub-account; UTC for one that is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def row_of(one: FoundConversation, now: datetime, zone: tzinfo) -> Row:
    """A conversation in the list: its last message, and when that was, on the sub-account's clock."""
    at = datetime.fromtimestamp(one.last_message_date / 1_000, zone)
    here = now.astimezone(zone)
    moment = f"{at:%H:%M}" if at.date() == here.date() else f"{at.day} {at:%b}" if at.year == here.year else f"{at:%Y}"
    name = one.contact_name or "Somebody"
    return Row(
        id=one.id, name=name, initials=initials(name), at=at.isoformat(timespec="minutes"), moment=moment,
        channel=called(one.last_message_type), words=" ".join(_named(one.last_message_body).split())[:120],
        mine=one.last_message_direction == "outbound", unread=one.unread_count, starred=one.starred,
    )  # fmt: skip


def days_of(entries: list[Said], contact: str, users: dict[str, str], zone: tzinfo) -> list[Day]:
    """What was said, by days, the earliest first. entries: the latest first."""
    lines = [line_of(one, contact, users, zone) for one in reversed(entries)]
    return [Day(day, found[0].at[:10], found) for day, some in groupby(lines, lambda x: x.day) if (found := list(some))]


def line_of(one: Said, contact: str, users: dict[str, str], zone: tzinfo) -> Line:
    """One entry."""
    shown = one.email or one.message
    assert shown
    at, kind = datetime.fromisoformat(one.at).astimezone(zone), "TYPE_EMAIL"
    if one.message:
        kind = one.message.message_type
    side = _side(kind, shown)
    mine = users.get(shown.user_id or "", "") or ("Us" if side == "out" else "")
    later = datetime.fromisoformat(one.scheduled_for).astimezone(zone) if one.scheduled_for else None
    waits = f"Leaves {later.day} {later:%b %H:%M}" if later else ""
    message_id = one.email.thread_id if one.email else shown.id
    return Line(
        id=shown.id, side=side, who=contact if side == "in" else mine, channel=called(kind), at=at.isoformat(),
        clock=f"{at:%H:%M}", day=f"{at:%A}, {at.day} {at:%B %Y}", text=_words(one, shown), subject=shown.subject or "",
        status=waits or (BECAME.get(shown.status or "", "") if side == "out" else ""),
        failed=shown.status in ("failed", "undelivered"), why=_why(shown),
        files=[file_of(url) for url in shown.attachments],
        html=one.email.id if one.email and one.email.content_type == "text/html" else "",
        later=message_id if later else "",
    )  # fmt: skip


def file_of(url: str) -> File:
    """An attachment; one that is no address of the web cannot be followed."""
    if not re.match(r"https?://", url):
        return File(url[:100], "")
    return File((unquote(urlsplit(url).path.rpartition("/")[2]) or url)[:100], url)


def called(name: str) -> str:
    """What a type of message or a channel is called."""
    plain = name.removeprefix("TYPE_").upper()
    return CALLED.get(plain) or plain.replace("_", " ").capitalize()


def initials(name: str) -> str:
    """Up to two letters for a name."""
    words = re.findall(r"\w+", name)
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper() or "?"


def subject_for(entries: list[Said]) -> tuple[str, str]:
    """The subject of an answer to the latest mail of the contact's, and that mail's id; empty where there is none."""
    last = next((one.email for one in entries if one.email and one.email.direction == "inbound"), None)
    if last is None:
        return "", ""
    subject = last.subject or ""
    return (subject if re.match(r"re:", subject, re.IGNORECASE) else f"Re: {subject}".strip()), last.id


def usual_channel(channels: list[Reach], last: str) -> str:
    """The one that an answer goes by unless another is chosen: that of the last message, if it can; else the first."""
    free = [one.channel for one in channels if not one.refused]
    return next((channel for channel in free if called(channel) == called(last)), free[0] if free else "Comment")


def _side(kind: str, shown: ShownMessage | ShownEmail) -> str:
    if kind == COMMENT:
        return "note"
    if kind.startswith("TYPE_ACTIVITY_"):
        return "event"
    return "in" if shown.direction == "inbound" else "out"


def _words(one: Said, shown: ShownMessage | ShownEmail) -> str:
    """The text; of a call what became of it."""
    meta = getattr(shown, "meta", None)
    if one.text or meta is None or (meta.call_status is None and meta.call_duration is None):
        return _named(one.text) if isinstance(shown, ShownMessage) and shown.mentions else one.text
    lasted = f", {meta.call_duration} s" if meta.call_duration else ""
    return f"Call: {meta.call_status or 'no answer known'}{lasted}"


def _named(text: str) -> str:
    """The text with users who are mentioned by their names alone."""
    return _MENTION.sub(r"@\1", text)


def _why(shown: ShownMessage | ShownEmail) -> str:
    fault = shown.error
    return ": ".join(part for part in (fault.code, fault.message) if part) if fault else ""
