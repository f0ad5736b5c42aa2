"""A gateway to try things with: it speaks Twilio's REST API, sends nothing, and tells what would become of messages.

`Simulator` is what it does, whoever lets it be spoken to (a page of test installations, a server of tests). It holds
what it was sent in memory; numbers that are bought of it (`simulated_numbers.py`), where its `shelf` does. Sending to a
number that ends in one of `SPECIAL` is refused or fails, as the code says.
"""

import hmac
from base64 import b64decode
from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from msgspec import Struct, field

from groundlevel.outside.simulated_numbers import Memory, NumberResources, Shelf, refusal
from groundlevel.outside.twilio import VERSION, sign

Fields = Sequence[tuple[str, str]]
SPECIAL = {
    "0001": (400, 21211, "The 'To' number is not a valid phone number."),
    "0003": (400, 21408, "Permission to send an SMS has not been enabled for the region."),
    "0004": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "0029": (429, 20429, "Too Many Requests"),
    "0050": (500, 20500, "An internal server error has occurred"),
}
"""How a number ends -> with which status and code sending to it is refused. Source: the gateway's list of errors."""
FAILS = {"0005": 30005, "0007": 30007}
"""How a number ends -> the code with which a message to it finally fails."""


class Kept(Struct):
    """A message that was taken."""

    sid: str
    fields: dict[str, str]
    media: list[str]
    status: str = "queued"
    error: int | None = None

    def told(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "sid": self.sid, "status": self.status, "to": self.fields.get("To"), "from": self.fields.get("From"),
            "body": self.fields.get("Body"), "num_media": str(len(self.media)), "error_code": self.error,
            "messaging_service_sid": self.fields.get("MessagingServiceSid"), "uri": None, "error_message": None,
        }  # fmt: skip


class Call(Struct, frozen=True):
    """A request to a webhook, with its signature."""

    url: str
    fields: Fields
    signature: str


class Simulator(Struct):
    """accounts: SID -> auth token. An empty one takes any account, with its SID's token being whatever is sent."""

    accounts: dict[str, str] = field(default_factory=dict[str, str])
    messages: dict[str, Kept] = field(default_factory=dict[str, Kept])
    shelf: Shelf = field(default_factory=Memory)

    def answer(self, method: str, path: str, authorization: str, fields: Fields) -> tuple[int, dict[str, Any]]:
        """What a request to the API is answered: status and JSON. fields: of its query, or of its body."""
        parts = path.strip("/").split("/")
        if parts[:2] != [VERSION, "Accounts"] or len(parts) < 4:
            return refusal(404, 20404, f"The requested resource {path} was not found")
        account = parts[2]
        if not self._is(account, authorization):
            return refusal(401, 20003, "Authenticate")
        if method == "POST" and parts[3:] == ["Messages.json"]:
            return self._take(fields)
        if method == "GET" and parts[3] == "Messages" and len(parts) == 5:
            found = self.messages.get(parts[4].removesuffix(".json"))
            return (200, found.told()) if found else refusal(404, 20404, "The message was not found")
        if numbers := NumberResources(account, self.shelf).answer(method, parts[3:], dict(fields)):
            return numbers
        return refusal(404, 20404, f"The requested resource {path} was not found")

    def _is(self, account: str, authorization: str) -> bool:
        try:
            name, _, token = b64decode(authorization.removeprefix("Basic "), validate=True).decode().partition(":")
        except ValueError:
            return False
        if name == account and account not in self.accounts and token:
            self.accounts[account] = token
        return name == account and hmac.compare_digest(self.accounts.get(account, "").encode(), token.encode())

    def _take(self, fields: Fields) -> tuple[int, dict[str, Any]]:
        said = dict(fields)
        media = [value for name, value in fields if name == "MediaUrl"]
        to = said.get("To", "")
        if not to or not (said.get("From") or said.get("MessagingServiceSid")):
            return refusal(400, 21604 if not to else 21603, "A 'To' and a 'From' number are required.")
        if not (said.get("Body") or media):
            return refusal(400, 21619, "A text message body or media urls must be specified.")
        if (special := SPECIAL.get(to[-4:])) is not None:
            return refusal(*special)
        kept = Kept(f"{'MM' if media else 'SM'}{token_hex(16)}", said, media)
        self.messages[kept.sid] = kept
        return 201, kept.told()

    def advance(self, sid: str, account: str) -> Call | None:
        """Let one more thing become of a message; how its webhook is told. None where nothing more becomes of it."""
        kept = self.messages[sid]
        fails = FAILS.get(kept.fields.get("To", "")[-4:])
        following = {"queued": "sent", "sent": "undelivered" if fails else "delivered"}.get(kept.status)
        if following is None:
            return None
        kept.status, kept.error = following, fails if following == "undelivered" else None
        url = kept.fields.get("StatusCallback", "")
        told = [("MessageSid", sid), ("MessageStatus", following), ("AccountSid", account), ("To", kept.fields["To"])]
        told += [("ErrorCode", str(fails))] if kept.error else []
        return Call(url, told, sign(url, told, self.accounts[account])) if url else Call("", told, "")

    def comes_in(self, account: str, url: str, said: Fields) -> Call:
        """A message that somebody sends to a number of the account: how the webhook at this address is told."""
        told = [("MessageSid", f"SM{token_hex(16)}"), ("AccountSid", account), *said]
        media = [value for name, value in said if name.startswith("MediaUrl")]
        told.append(("NumMedia", str(len(media))))
        return Call(url, told, sign(url, told, self.accounts.get(account, "")))
