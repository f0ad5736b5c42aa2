"""Whether a contact may be written to, and what it says of that itself. Pure."""

import re
from typing import Literal, Protocol

from msgspec import Struct

from groundlevel.areas.contacts import DndSettings, OwnChannel

Channel = Literal["SMS", "RCS", "Email", "WhatsApp", "FB", "IG", "GMB", "TIKTOK", "Live_Chat", "Custom", "Call"]
"""The ways to reach a contact, in the API's words."""

DND: dict[Channel, tuple[str, str]] = {
    "SMS": ("sms", "SMS"), "RCS": ("rcs", "RCS"), "Email": ("email", "Email"), "WhatsApp": ("whats_app", "WhatsApp"),
    "FB": ("fb", "FB"), "IG": ("fb", "FB"), "GMB": ("gmb", "GMB"), "Call": ("call", "Call"),
}  # fmt: skip
"""Channel -> its do-not-disturb, and how refusals call that. Instagram is closed with Facebook."""

Word = Literal["stop", "start", "help"]
STOP = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"))
START = frozenset(("START", "UNSTOP"))
HELP = frozenset(("HELP", "INFO"))
"""Source: the words that carriers of the United States heed. Not `YES`, which answers so many other questions."""
LISTENED: dict[Channel, OwnChannel] = {"SMS": "sms", "RCS": "rcs", "WhatsApp": "whats_app"}
"""The channels on which such a word counts, and what it closes."""


class Reachable(Protocol):
    """What is known of a contact's will."""

    @property
    def dnd(self) -> bool:
        """Whether it wants nothing at all."""
        ...

    @property
    def dnd_settings(self) -> DndSettings | None:
        """What it wants channel by channel."""
        ...


class Refusal(Struct, frozen=True):
    """Why nothing may be sent, in the hosted service's words, and its code where it is known."""

    message: str
    code: str = ""


def refusal(contact: Reachable, channel: Channel, address: str, *, unsubscribed: bool = False) -> Refusal | None:
    """Why the contact must not be written to on this channel; None where it may be.

    unsubscribed: whether the address has unsubscribed from mail of this kind. What the contact said itself comes
    first, then do-not-disturb on all channels, then on this one.
    """
    field, called = DND.get(channel, ("", ""))
    told = getattr(contact.dnd_settings, field, None) if field and contact.dnd_settings else None
    if unsubscribed or (told and told.status == "permanent"):
        if channel == "Email":
            return Refusal(f"Cannot send email as {address} has unsubscribed", "CONVERSATIONS_MSG_UNSUBSCRIBED")
        code = f"CONVERSATIONS_MSG_UNSUBSCRIBED_{called.upper()}"
        return Refusal(f"Cannot send message as {address} has unsubscribed", code)
    if contact.dnd:
        return Refusal("Cannot send message as DND is active.")
    if told and told.status == "active":
        return Refusal(f"Cannot send message as DND is active for {called}.")
    return None


def word_of(text: str) -> Word | None:
    """What a message says that is one such word and nothing else but space and punctuation around it."""
    plain = re.sub(r"^\W+|\W+$", "", text).upper()
    if plain in STOP:
        return "stop"
    return "start" if plain in START else "help" if plain in HELP else None
