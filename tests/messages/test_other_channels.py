"""The type `Custom` with a provider for texts or mail, and messengers: by the same rules as everything that leaves."""

from typing import Any

import pytest
from tests.messages.test_provided import app_with, given

from groundlevel.areas.conversations.tests.conftest import MAIL, PHONE, Talk
from groundlevel.areas.conversations.tests.test_gateways import Gateway, comes, connected, gateway

__all__ = ["gateway"]

UNWANTED = "CONVERSATIONS_MSG_UNSUBSCRIBED"


def test_custom_by_a_provider_for_texts_is_a_text(talk: Talk) -> None:
    relay = talk.provider(url="https://carrier.example/sms", default=False)
    sent = talk.send(type="Custom", conversationProviderId=relay)
    talk.box.leave()
    assert [(one["type"], one["phone"], one["messageId"]) for one in given(talk)] == [("SMS", PHONE, sent["messageId"])]
    assert talk.message(sent["messageId"])["messageType"] == "TYPE_CUSTOM_SMS"
    came = talk.comes(type="Custom", conversationProviderId=relay, message="STOP")
    assert talk.message(came["messageId"])["messageType"] == "TYPE_CUSTOM_SMS"
    for type in ("Custom", "SMS"):
        refused = talk.send(type=type, conversationProviderId=relay)
        assert (refused["code"], refused["canonicalCode"]) == (400, f"{UNWANTED}_SMS")


def test_custom_by_a_provider_for_mail_is_a_mail_in_a_thread(talk: Talk) -> None:
    letters = talk.provider(type="Email", url="https://carrier.example/mail", default=False)
    by = {"type": "Custom", "conversationProviderId": letters}
    sent = talk.send(**by, subject="Plan", html="<p>Here</p>", message=None)
    talk.box.leave()
    (told,) = given(talk)
    assert (told["type"], told["emailTo"], told["emailMessageId"]) == ("Email", [MAIL], sent["emailMessageId"])
    came = talk.comes(**by, emailMessageId=sent["emailMessageId"], html="<p>Thanks</p>", message=None, altId="their-1")
    assert (came["messageId"], talk.email(came["emailMessageId"])["body"]) == (sent["messageId"], "<p>Thanks</p>")
    again = talk.send(**by, threadId=sent["messageId"], message="Bye")
    thread = talk.message(sent["messageId"])
    assert (thread["messageType"], thread["meta"]["email"]["messageIds"]) == (
        "TYPE_CUSTOM_EMAIL", [sent["emailMessageId"], came["emailMessageId"], again["emailMessageId"]],
    )  # fmt: skip
    talk.box.location.put(f"/contacts/{talk.anna}", json={"dndSettings": {"email": {"status": "active"}}})
    assert talk.send(**by)["message"] == "Cannot send message as DND is active for Email."


def test_a_default_provider_says_what_became_of_its_mail_also_after_an_answer(talk: Talk) -> None:
    """Mail that names no provider is the default one's to speak of, once it was handed over."""
    app, ids = app_with(talk, Email="https://carrier.example/mail")
    at = f"/operator/locations/{talk.box.location_id}/providers/{ids['Email']}"
    assert talk.box.operator.put(at, json={"default": True}).status_code == 200
    sent = talk.send(type="Email", subject="s", html="<p>h</p>")
    of_mail, of_thread = f"email/{sent['emailMessageId']}", sent["messageId"]
    early = app.put(f"/conversations/messages/{of_mail}/status", json={"status": "delivered"})
    assert early.status_code == 403, "it has not been handed over"
    talk.box.leave()
    talk.comes(type="Email", html="<p>a</p>", emailMessageId=sent["emailMessageId"])
    for path, status in ((of_mail, "delivered"), (of_thread, "read")):
        told = app.put(f"/conversations/messages/{path}/status", json={"status": status})
        assert (told.status_code, talk.email(sent["emailMessageId"])["status"]) == (200, status)


def reply_to_review(talk: Talk, conversation: dict[str, Any]) -> dict[str, Any]:
    """On Google only reviews are answered."""
    at = f"/operator/locations/{talk.box.location_id}/reviews"
    talk.box.operator.post(at, json={"contactId": conversation["contactId"], "reviewId": "r", "stars": 5})
    said = talk.place | {"conversationId": conversation["id"], "message": "Good day"}
    return talk.box.location.post("/conversations/messages/review-reply", json=said).json()


@pytest.mark.parametrize(("channel", "prefix", "shown"), [
    ("WhatsApp", "whatsapp:", "TYPE_WHATSAPP"), ("FB", "messenger:", "TYPE_FACEBOOK"),
    ("IG", "instagram:", "TYPE_INSTAGRAM"), ("GMB", "gbm:", "TYPE_GMB"),
])  # fmt: skip
def test_a_messenger_is_written_to_where_it_wrote_from(
    talk: Talk, gateway: Gateway, channel: str, prefix: str, shown: str
) -> None:
    """By the simulator: what it brings, what it is given, and what it says of that."""
    here = connected(talk, gateway, channels=[channel])
    theirs = PHONE if channel == "WhatsApp" else "4711"
    assert comes(talk, gateway, here, From=prefix + theirs, Body="Hello") == 200
    (found,) = talk.found(status="unread")
    contact = found["contactId"]
    assert (found["lastMessageType"], contact == talk.anna) == (shown, channel == "WhatsApp")
    sent = reply_to_review(talk, found) if channel == "GMB" else talk.send(contact, type=channel, message="Good day")
    talk.box.leave()
    (given,) = gateway.sent()
    assert (given["To"], given["Body"]) == (prefix + theirs, "Good day")
    kept = talk.message(sent["messageId"])
    assert (kept["messageType"], kept["status"]) == (shown, "sent")
