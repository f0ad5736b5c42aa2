"""Who may be written to, and what contacts say of it. Tables of cases, and what holds for all."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from groundlevel.areas.contacts import Channel as Told
from groundlevel.areas.contacts import DndSettings
from groundlevel.areas.outbox import DND, Channel, Refusal, refusal, word_of

CHANNELS: tuple[Channel, ...] = get_args(Channel)
TO = "+14155550123"


class Someone(Struct):
    """A contact's will."""

    dnd: bool = False
    dnd_settings: DndSettings | None = None


def closed(channel: str, status: Any) -> Someone:
    return Someone(dnd_settings=DndSettings(**{channel: Told(status=status)}))


@pytest.mark.parametrize(
    ("someone", "channel", "expected"),
    [
        (Someone(), "SMS", None),
        (closed("sms", "inactive"), "SMS", None),
        (closed("email", "active"), "SMS", None),
        (closed("sms", "active"), "SMS", Refusal("Cannot send message as DND is active for SMS.")),
        (closed("whats_app", "active"), "WhatsApp", Refusal("Cannot send message as DND is active for WhatsApp.")),
        (closed("fb", "active"), "IG", Refusal("Cannot send message as DND is active for FB.")),
        (Someone(dnd=True), "Custom", Refusal("Cannot send message as DND is active.")),
        (Someone(dnd=True), "Live_Chat", Refusal("Cannot send message as DND is active.")),
        (closed("sms", "permanent"), "SMS", Refusal(
            f"Cannot send message as {TO} has unsubscribed", "CONVERSATIONS_MSG_UNSUBSCRIBED_SMS")),
        (closed("email", "permanent"), "Email", Refusal(
            f"Cannot send email as {TO} has unsubscribed", "CONVERSATIONS_MSG_UNSUBSCRIBED")),
        (closed("sms", "permanent"), "Email", None),
    ],
)  # fmt: skip
def test_refusals(someone: Someone, channel: Channel, expected: Refusal | None) -> None:
    assert refusal(someone, channel, TO) == expected


def test_an_unsubscribed_address_gets_no_mail() -> None:
    assert refusal(Someone(), "Email", "a@x.com", unsubscribed=True) == Refusal(
        "Cannot send email as a@x.com has unsubscribed", "CONVERSATIONS_MSG_UNSUBSCRIBED"
    )


statuses = st.none() | st.builds(Told, status=st.sampled_from(("active", "inactive", "permanent")))
wills = st.builds(
    Someone, dnd=st.booleans(),
    dnd_settings=st.none() | st.builds(DndSettings, **dict.fromkeys(DndSettings.__struct_fields__, statuses)),
)  # fmt: skip


@given(wills, st.sampled_from(CHANNELS))
def test_what_is_closed_is_refused_and_what_is_not_is_open(will: Someone, channel: Channel) -> None:
    field = DND[channel][0] if channel in DND else None
    told = getattr(will.dnd_settings, field, None) if field and will.dnd_settings else None
    shut = will.dnd or (told is not None and told.status != "inactive")
    assert (refusal(will, channel, TO) is not None) == shut


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *((text, "stop") for text in ("STOP", "stop", " Stop. ", "StopAll", "unsubscribe", "CANCEL", "End!", "quit")),
        *((text, "start") for text in ("START", "unstop", "Start!")),
        *((text, "help") for text in ("HELP", "help?", "info")),
        *((text, None) for text in ("", "STOP it", "please stop", "nonstop", "Yes", "the end", "🛑", "STOP STOP")),
    ],
)
def test_words(text: str, word: str | None) -> None:
    assert word_of(text) == word


@given(st.text())
def test_any_text_is_a_word_or_none(text: str) -> None:
    assert word_of(text) in ("stop", "start", "help", None)
