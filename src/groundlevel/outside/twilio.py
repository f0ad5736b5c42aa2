"""Texts, and messages of messengers, by a gateway that speaks Twilio's REST API: requests, answers and signatures.

Its numbers are in `twilio_numbers.py`.
Source: Twilio's public reference of the Message resource (2010-04-01) and of securing webhooks. `sign` and what is read
of answers are pure.
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from groundlevel.outside.posting import Answer, Outgoing
from groundlevel.outside.transport import Item, Report

HOME = "https://api.twilio.com"
VERSION = "2010-04-01"
PREFIXES = {
    "WhatsApp": "whatsapp:", "FB": "messenger:", "IG": "instagram:", "GMB": "gbm:", "TIKTOK": "tiktok:", "RCS": "rcs:",
}  # fmt: skip
"""What stands before an address that is not one for texts."""
CHANNELS = {prefix: channel for channel, prefix in PREFIXES.items()}
REFUSES_FOR_GOOD = range(400, 500)
MOST_MEDIA = 10

STATUSES = {
    "queued": "pending", "accepted": "pending", "scheduled": "pending", "sending": "pending", "sent": "sent",
    "delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed", "canceled": "failed",
}  # fmt: skip
"""What the gateway says of a message -> what we say."""


class Account(Struct, frozen=True):
    """At whose account. url: where the API is. service: by which messaging service what names no number goes."""

    sid: str
    token: str
    url: str = HOME
    service: str = ""


class Told(Struct, rename="lower"):
    """What an answer says that is of interest."""

    sid: str = ""
    code: int | None = None
    message: str = ""


class Twilio:
    """See `Transport`. The API knows no keys: what is given to it twice is sent twice."""

    idempotent = False

    def __init__(self, account: Account, outgoing: Outgoing) -> None:
        self.account, self.outgoing = account, outgoing

    async def send(self, item: Item) -> Report:
        """See `Transport`."""
        url, body = (
            f"{self.account.url}/{VERSION}/Accounts/{self.account.sid}/Messages.json",
            form_of(item, self.account),
        )
        headers = {
            "Authorization": authorization(self.account), "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "Groundlevel-Messages/1", "Connection": "close",
        }  # fmt: skip
        return read(await self.outgoing.post(url, headers, body))

    async def close(self) -> None:
        """See `Transport`."""
        await self.outgoing.close()


def authorization(account: Account) -> str:
    """The header by which the account's owner is known."""
    return f"Basic {b64encode(f'{account.sid}:{account.token}'.encode()).decode()}"


def address(channel: str, plain: str) -> str:
    """An address as the API has it."""
    return f"{PREFIXES.get(channel, '')}{plain}"


def plain(address: str) -> tuple[str, str]:
    """(channel, address without what stands before it)."""
    prefix, is_one, rest = address.partition(":")
    return (CHANNELS[f"{prefix}:"], rest) if is_one and f"{prefix}:" in CHANNELS else ("SMS", address)


def form_of(item: Item, account: Account) -> bytes:
    """The body of the request."""
    sender = ("From", address(item.channel, item.sender)) if item.sender else ("MessagingServiceSid", account.service)
    fields = [("To", address(item.channel, item.to)), sender, ("Body", item.text)]
    fields += [("MediaUrl", one) for one in item.attachments[:MOST_MEDIA]]
    if item.callback:
        fields.append(("StatusCallback", item.callback))
    return urlencode(fields).encode()


def read(answer: Answer) -> Report:
    """What an answer means for the message."""
    told = _told(answer.body)
    if 200 <= answer.status < 300:
        return Report("accepted", told.sid)
    if answer.status in (429, 503):  # both say that nothing was taken
        return Report(
            "again", code=str(told.code or answer.status), reason=_reason(told, answer), after=_seconds(answer)
        )
    if answer.status in REFUSES_FOR_GOOD:
        return Report("refused", code=str(told.code or answer.status), reason=_reason(told, answer))
    if answer.status == 0 and not answer.begun:
        return Report("again", reason=answer.error)
    return Report("unclear", code=str(answer.status or ""), reason=_reason(told, answer))


def _told(body: str) -> Told:
    try:
        return msgspec.json.decode(body, type=Told)
    except msgspec.MsgspecError:
        found = re.search(r'"sid":\s*"((?:SM|MM)[0-9a-f]{32})"', body)  # of a long answer only the beginning is kept
        return Told(sid=found[1] if found else "")


def _reason(told: Told, answer: Answer) -> str:
    return told.message or answer.error or f"answered {answer.status}"


def _seconds(answer: Answer) -> float:
    said = answer.headers.get("retry-after", "")
    return float(said) if said.isdecimal() and len(said) < 6 else 0.0


def sign(url: str, fields: Iterable[tuple[str, str]], token: str) -> str:
    """The signature of a webhook: HMAC-SHA1, in Base64, over the address and the sorted fields put together."""
    told = url + "".join(name + value for name, value in sorted(set(fields)))
    return b64encode(hmac.new(token.encode(), told.encode(), hashlib.sha1).digest()).decode()


def signed(url: str, fields: Iterable[tuple[str, str]], token: str, signature: str) -> bool:
    """Whether a webhook bears the right signature; how far a wrong one agrees takes no time to tell."""
    return hmac.compare_digest(sign(url, fields, token).encode(), signature.encode())
