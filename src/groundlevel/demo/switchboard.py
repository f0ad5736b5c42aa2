"""What came to a sub-account of the demo by its app and its site: texts, calls with a recording, a chat, a comment."""

from collections.abc import Callable
from datetime import datetime, timedelta

from groundlevel.areas.contacts import Contact
from groundlevel.areas.conversations import conversation_id
from groundlevel.areas.conversations.comments import NewComment, add_comment
from groundlevel.areas.conversations.live_chat import NewVisitor, add_visitor
from groundlevel.areas.conversations.messages import NewMessage, send_a_new_message
from groundlevel.areas.conversations.provided import (
    Call,
    NewInbound,
    NewOutboundCall,
    add_an_inbound_message,
    add_an_outbound_message,
)
from groundlevel.areas.conversations.recordings import NewTranscription, Sentence, put_transcription
from groundlevel.demo.data import PEOPLE
from groundlevel.demo.deals import nth_contact
from groundlevel.demo.talks import carry
from groundlevel.kernel.ctx import Ctx

RECORDING = "https://example.com/harbor-street-dental/calls/2026-11-16.wav"
SPOKEN = (
    (1, 0, 3_200, "Hello, I would like to move my appointment on Thursday."),
    (2, 3_600, 7_900, "Of course. Would Friday at ten suit you?"),
    (1, 8_300, 9_700, "Yes, that is perfect. Thank you!"),
)
TEXTER, CALLER, MISSED, CHATTER = 2, 5, 6, 8
"""The numbers of the contacts."""


def talk(at: Callable[[datetime], Ctx], ids: dict[str, str], user_id: str, today: datetime) -> dict[str, str]:
    """What was said on the last morning before the demo's today; the ids that it tells. user_id: PEOPLE[1]'s."""
    texts, calls = ids["conversationProviderId"], ids["callProviderId"]
    ctx = at(today - timedelta(hours=4))
    texter = _reachable(ctx, TEXTER)
    _texts(ctx, texter, texts)
    carry(at(today - timedelta(hours=3, minutes=50)))
    ctx = at(today - timedelta(hours=3))
    _calls(ctx, _reachable(ctx, CALLER), calls)
    _missed(ctx, _reachable(ctx, MISSED), calls)
    ctx = at(today - timedelta(hours=1))
    told = _chats(ctx, _reachable(ctx, CHATTER), user_id)
    carry(at(today - timedelta(minutes=50)))
    return told | {"contactId": texter.id}


def _reachable(ctx: Ctx, number: int) -> Contact:
    """That contact, or the next one that has a phone and wants to be written to."""
    found = nth_contact(ctx, number)
    open_to_all = found.phone and not found.dnd and not (found.dnd_settings and found.dnd_settings.sms)
    return found if open_to_all else _reachable(ctx, number + 10)


def _texts(ctx: Ctx, contact: Contact, provider_id: str) -> None:
    """By the app's provider: it brings one, and is handed one, of which it has not said yet what became of it."""
    came = NewInbound(
        type="SMS", contact_id=contact.id, message="Can I bring my son along on Friday?", alt_id="harbor-1",
        conversation_provider_id=provider_id,
    )  # fmt: skip
    add_an_inbound_message(ctx, came)
    said = NewMessage(
        type="SMS", contact_id=contact.id, message="Sure, we will take him right after you.",
        conversation_provider_id=provider_id,
    )  # fmt: skip
    send_a_new_message(ctx, said)


def _calls(ctx: Ctx, contact: Contact, provider_id: str) -> None:
    """A call that was recorded and written down."""
    call = Call(from_=contact.phone, to="+15035550199", status="completed", duration=10)
    came = NewInbound(
        type="Call", contact_id=contact.id, conversation_provider_id=provider_id, attachments=[RECORDING], call=call
    )
    message_id = add_an_inbound_message(ctx, came).message_id
    sentences = [
        Sentence(media_channel=who, sentence_index=n, start_time=start, end_time=end, transcript=text, confidence=0.97)
        for n, (who, start, end, text) in enumerate(SPOKEN)
    ]
    put_transcription(ctx, ctx.location_id, message_id, NewTranscription(sentences=sentences))


def _missed(ctx: Ctx, contact: Contact, provider_id: str) -> None:
    """A call from here that nobody took."""
    call = Call(from_="+15035550199", to=contact.phone, status="no-answer", duration=0)
    add_an_outbound_message(ctx, NewOutboundCall(type="Call", conversation_provider_id=provider_id, call=call))


def _chats(ctx: Ctx, contact: Contact, user_id: str) -> dict[str, str]:
    """A visitor of the site writes and is answered, and a comment asks a colleague."""
    visitor = add_visitor(ctx, ctx.location_id, NewVisitor(contact_id=contact.id))
    hello = NewInbound(type="Live_Chat", contact_id=contact.id, message="Hi! Do you whiten teeth on Saturdays?")
    add_an_inbound_message(ctx, hello)
    answer = "Hello! Every second Saturday, by appointment."
    send_a_new_message(ctx, NewMessage(type="Live_Chat", contact_id=contact.id, message=answer))
    colleague = f"@[{PEOPLE[1].first} {PEOPLE[1].last}]({user_id})"
    comment = NewComment(message=f"{colleague} is there a place left next Saturday?", user_id=user_id)
    add_comment(ctx, ctx.location_id, conversation_id(contact.id), comment)
    return {"visitorId": visitor.id}
