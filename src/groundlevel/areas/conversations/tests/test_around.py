"""What is around messages: comments and mentions, live chat, reviews, and kinds of mail one can unsubscribe from."""

from typing import Any

import httpx2

from groundlevel.areas.conversations.tests.conftest import MAIL, Talk


def test_comments_are_told_but_never_leave(talk: Talk) -> None:
    box = talk.box
    at = f"/operator/locations/{box.location_id}/conversations/{talk.id}/comments"
    made = box.operator.post(at, json={"message": f"@[Anna Alm]({box.user_id}) calls", "userId": box.user_id}).json()
    assert (made["messageType"], made["type"], made["mentions"]) == ("TYPE_INTERNAL_COMMENT", 37, [box.user_id])
    assert talk.outbox() == []
    (told,) = [e for e in box.sandbox.events() if e["type"] == "OutboundMessage"]
    assert (told["messageType"], told["mentions"], told["messageTypeId"]) == ("InternalComment", [box.user_id], 37)
    assert [one["id"] for one in talk.found(mentions=box.user_id)] == [talk.id]
    assert talk.found(mentions="nobodynobodynobody12") == []
    refused = box.operator.post(at, json={"message": "@[Who](nobodynobodynobody12)"})
    assert refused.status_code == 400
    assert talk.thread()[0]["body"] == f"@[Anna Alm]({box.user_id}) calls"


def test_a_visitor_sees_who_writes(talk: Talk) -> None:
    box, here = talk.box, f"/operator/locations/{talk.box.location_id}/visitors"
    visitor = box.operator.post(here, json={"contactId": talk.anna}).json()
    assert visitor == {"id": visitor["id"], "contactId": talk.anna, "conversationId": talk.id, "isTyping": False}

    def types(typing: Any, **said: Any) -> httpx2.Response:
        body = {**talk.place, "visitorId": visitor["id"], "conversationId": talk.id, "isTyping": typing}
        return box.location.post("/conversations/providers/live-chat/typing", json=body | said)

    def seen() -> bool:
        return box.operator.get(f"{here}/{visitor['id']}").json()["isTyping"]

    assert (types("true").json(), seen()) == ({"success": True}, True)
    assert (types("false").status_code, seen()) == (201, False)
    types(True)
    talk.later(seconds=11)
    assert not seen()
    assert types(True, visitorId="none").status_code == types(True, conversationId="none").status_code == 400
    assert types("perhaps").status_code == 422
    sent = talk.send(type="Live_Chat")
    talk.box.leave()
    assert (talk.outbox()[0]["to"], talk.message(sent["messageId"])["messageType"]) == (visitor["id"], "TYPE_LIVE_CHAT")


def test_reviews_can_be_replied_to(talk: Talk) -> None:
    box = talk.box
    said = {"conversationId": talk.id, **talk.place, "message": "Thank you!"}
    at = "/conversations/messages/review-reply"
    assert box.location.post(at, json=said).status_code == 400, "there is none yet"
    review = {"contactId": talk.anna, "reviewId": "r-1", "stars": 4, "text": "Good"}
    made = box.operator.post(f"/operator/locations/{box.location_id}/reviews", json=review).json()
    assert (made["body"], made["messageType"], made["direction"]) == ("★★★★☆ Good", "TYPE_REVIEW", "inbound")
    assert talk.found(contactId=talk.anna)[0]["unreadCount"] == 1
    reply = box.location.post(at, json=said)
    assert reply.status_code == 200, reply.text
    box.leave()
    (out,) = talk.outbox()
    whole = box.operator.get(f"/operator/outbox/{out['id']}").json()
    assert (whole["text"], whole["answers"], whole["channel"]) == ("Thank you!", "r-1", "GMB")


def test_a_contact_unsubscribes_from_a_kind_of_mail(talk: Talk) -> None:
    v2 = talk.box.v2
    kinds = "/conversations/preferences/custom-subtypes"
    made = v2.post(kinds, params=talk.place, json={"name": "News", "channel": "email", "language": "en"}).json()
    news = made["subtype"]["id"]
    renamed = v2.put(f"{kinds}/{news}", params=talk.place, json={"name": "Letters", "archived": True}).json()["subtype"]
    assert (renamed["name"], renamed["archived"], renamed["channel"]) == ("Letters", True, "email")
    assert v2.get(kinds, params=talk.place).json()["subtypes"] == [renamed]
    assert v2.put(f"{kinds}/none", params=talk.place, json={}).status_code == 400

    def change(type: str, status: str, **said: Any) -> httpx2.Response:
        action = {"type": type, "subtype_status": status, **({"subtype_id": news} if type == "custom" else {})}
        body = {**talk.place, "contactId": talk.anna, "email": MAIL, "subscription_action": action, **said}
        return v2.post("/conversations/preferences/unsubscriptions/user-change", json=body)

    def status() -> list[tuple[str, str]]:
        at = "/conversations/preferences/unsubscriptions/status"
        (one,) = v2.get(at, params=talk.place | {"contactId": talk.anna}).json()["emails"]
        assert one["email"] == MAIL
        return [(kind["subtypeName"], kind["status"]) for kind in one["subscriptions"]]

    assert status() == [("One on One", "subscribed"), ("Letters", "subscribed")]
    assert change("custom", "subscribed").status_code == 200, "whoever has not unsubscribed needs no reason"
    assert change("custom", "unsubscribed").status_code == 200
    assert status() == [("One on One", "subscribed"), ("Letters", "unsubscribed")]
    assert talk.send(type="Email", subject="s")["code"] == 200
    change("default", "unsubscribed")
    refused = talk.send(type="Email", subject="s")
    assert (refused["code"], refused["canonicalCode"]) == (400, "CONVERSATIONS_MSG_UNSUBSCRIBED")
    for type in ("default", "resub_all"):
        assert change(type, "subscribed").json()["message"] == ["legal_reason should not be empty"]
    again = change("resub_all", "subscribed", legal_reason="wrote to us", legal_description="on paper").json()
    assert [c["what"] for c in again["changes"]] == [news, news, "One on One", "all"]
    assert status() == [("One on One", "subscribed"), ("Letters", "subscribed")]
    assert talk.send(type="Email", subject="s")["code"] == 200
