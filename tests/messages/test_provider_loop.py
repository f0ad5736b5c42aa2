"""An app that carries texts, from the message it is handed to the answer it brings, with nothing but its own token."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.messages.test_provided import OURS, app_with
from tests.webhooks.test_python_sdk import Quiet

from groundlevel.areas.conversations.tests.conftest import PHONE, Talk
from groundlevel.areas.webhooks.tests.conftest import Came, Hooks, receiver
from groundlevel.areas.webhooks.tests.conftest import Receiver as Server
from groundlevel.client.webhooks import Receiver, Refused

__all__ = ["receiver"]

TOLD = ("InboundMessage", "OutboundMessage", "ConversationUnreadUpdate")


def brought(talk: Talk, provider: str, text: str) -> dict[str, Any]:
    """What an app says of a text that has come in."""
    return {"type": "SMS", "contactId": talk.anna, "message": text, "altId": "t-1", "conversationProviderId": provider}


def verdicts_of_sdk(came: Came, raw: bytes, keys: dict[str, str]) -> tuple[bool, bool]:
    """What the official SDK says of both signatures. Its middleware wants an `appId`, which providers are not told."""
    from highlevel.webhook.webhook_manager import WebhookManager

    sdk: Any = WebhookManager(Quiet(), Quiet(), Quiet())  # pyright: ignore[reportArgumentType]
    text, given = raw.decode(), came.headers
    return (
        sdk.verify_ed25519_signature(text, given["x-ghl-signature"], keys["ed25519"]),
        sdk.verify_signature(text, given["x-wh-signature"], keys["rsa"]),
    )


@dataclass
class Loop:
    """An app that carries texts and is told of messages, another that does, and a text that was sent by the first."""

    talk: Talk
    hooks: Hooks

    def __post_init__(self) -> None:
        box, talk, at = self.talk.box, self.talk, self.hooks.receiver.url
        self.app, ids = app_with(talk, SMS=f"{at}/carry")
        self.provider = ids["SMS"]
        there = box.operator.get(f"/operator/locations/{box.location_id}/providers").json()["providers"]
        self.app_id: str = there[0]["appId"]
        self.hooks.listen(self.app_id, url=f"{at}/hook", events={event: {} for event in TOLD})
        self.stranger, _ = app_with(talk, SMS=f"{at}/other")
        self.hooks.deliver()
        self.hooks.receiver.came.clear()
        self.keys: dict[str, str] = box.operator.get("/operator/webhooks/keys").json()
        self.checking = Receiver(ed25519=self.keys["ed25519"], rsa=self.keys["rsa"], now=box.sandbox.clock.now)
        self.sent = talk.send(conversationProviderId=self.provider, message="Does nine suit you?")
        self.leave()

    def leave(self) -> None:
        """Let everything leave, and be told."""
        self.talk.box.leave()
        self.hooks.deliver()

    def came(self, path: str) -> list[Came]:
        return [one for one in self.hooks.receiver.came if one.path == path]


@pytest.fixture
def loop(talk: Talk, receiver: Server) -> Loop:
    return Loop(talk, Hooks(talk.box, receiver))


def test_what_a_provider_is_handed_is_signed_twice(loop: Loop) -> None:
    (given,) = loop.came("/carry")
    assert given.body == {
        "contactId": loop.talk.anna, "locationId": loop.talk.box.location_id, "messageId": loop.sent["messageId"],
        "type": "SMS", "phone": PHONE, "message": "Does nine suit you?", "attachments": [],
    }  # fmt: skip
    loop.checking.check(given.headers, given.raw)
    tampered = given.raw.replace(b"nine", b"five")
    with pytest.raises(Refused, match="X-GHL-Signature"):
        loop.checking.check(given.headers, tampered)
    for raw, believed in ((given.raw, True), (tampered, False)):
        assert verdicts_of_sdk(given, raw, loop.keys) == (believed, believed)


def test_only_its_own_app_says_what_became_of_it(loop: Loop) -> None:
    talk, id = loop.talk, loop.sent["messageId"]
    at = f"/conversations/messages/{id}/status"
    refused = loop.stranger.put(at, json={"status": "failed"})
    assert (refused.status_code, refused.json()["message"]) == (403, OURS)
    assert talk.message(id)["status"] == "pending", "it has been handed over, and nothing said of it"
    assert loop.app.put(at, json={"status": "delivered"}).status_code == 200
    assert talk.message(id)["status"] == "delivered"
    foreign = loop.stranger.post("/conversations/messages/inbound", json=brought(talk, loop.provider, "Me"))
    assert foreign.json()["message"] == f"You don't have access to the conversationProvider with id: {loop.provider}"


def test_the_answer_comes_by_the_app_in_one_thread_and_all_are_told(loop: Loop) -> None:
    talk, sent, by = loop.talk, loop.sent, loop.provider
    answers = [loop.app.post("/conversations/messages/inbound", json=brought(talk, by, "Yes!")) for _ in range(2)]
    came = [answer.json() for answer in answers]
    assert (came[0]["conversationId"], came[0]["messageId"]) == (sent["conversationId"], came[1]["messageId"])
    assert [(m["id"], m["direction"], m["messageType"], m["conversationProviderId"]) for m in talk.thread()] == [
        (came[0]["messageId"], "inbound", "TYPE_CUSTOM_SMS", by),
        (sent["messageId"], "outbound", "TYPE_CUSTOM_SMS", by),
    ]  # fmt: skip
    reply = talk.send(conversationProviderId=by, message="Fine", replyMessageId=came[0]["messageId"])
    loop.leave()
    handed = [(one.body["messageId"], one.body.get("replyToAltId")) for one in loop.came("/carry")]
    assert handed == [(sent["messageId"], None), (reply["messageId"], "t-1")]
    told = [loop.checking.believed(one.headers, one.raw) for one in loop.came("/hook")]
    assert [(one.type, one.said.get("messageId"), one.app_id) for one in told] == [
        ("OutboundMessage", sent["messageId"], loop.app_id), ("InboundMessage", came[0]["messageId"], loop.app_id),
        ("ConversationUnreadUpdate", None, loop.app_id), ("OutboundMessage", reply["messageId"], loop.app_id),
    ]  # fmt: skip
    inbound, unread = told[1].said, told[2].said
    assert (inbound["body"], inbound["altId"], inbound["conversationProviderId"]) == ("Yes!", "t-1", by)
    assert (unread["id"], unread["unreadCount"], unread["starred"]) == (talk.id, 1, False)
    assert loop.came("/other") == []
