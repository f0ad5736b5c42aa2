"""What comes in, by providers of others: texts, mail, calls; and who may bring it."""

from datetime import timedelta
from typing import Any

from groundlevel.areas.conversations.tests.conftest import PHONE, Talk
from groundlevel.kernel.wire import new_hex


def test_a_text_is_unread_and_told(talk: Talk) -> None:
    box = talk.box
    before = len(box.sandbox.events())
    reply = talk.comes(message="Is it open?", attachments=["https://x.com/a.png"], altId="their-1")
    kept = talk.message(reply["messageId"])
    at = kept["dateAdded"]
    assert reply == {
        "success": True, "conversationId": talk.id, "messageId": kept["id"], "contactId": talk.anna, "dateAdded": at,
        "message": "Message queued successfully.", "code": 200,
    }  # fmt: skip
    assert kept == {
        "id": kept["id"], "type": 2, "messageType": "TYPE_SMS", "locationId": box.location_id, "contactId": talk.anna,
        "conversationId": talk.id, "dateAdded": at, "dateUpdated": at, "direction": "inbound", "altId": "their-1",
        "contentType": "text/plain", "attachments": ["https://x.com/a.png"], "body": "Is it open?", "from": PHONE,
        "status": "delivered",
    }  # fmt: skip
    place = {"locationId": box.location_id, "contactId": talk.anna}
    assert box.sandbox.events(before) == [
        {
            "type": "InboundMessage", **place, "conversationId": talk.id, "messageId": kept["id"], "dateAdded": at,
            "direction": "inbound", "messageType": "SMS", "messageTypeId": 2, "contentType": "text/plain",
            "status": "delivered", "body": "Is it open?", "attachments": ["https://x.com/a.png"], "altId": "their-1",
            "from": PHONE,
        },
        {
            "type": "ConversationUnreadUpdate", **place, "id": talk.id, "unreadCount": 1, "inbox": True,
            "starred": False, "deleted": False,
        },
    ]  # fmt: skip
    assert talk.comes(message="Is it open?", altId="their-1")["messageId"] == kept["id"], "once, however often told"
    (found,) = talk.found(status="unread")
    assert (found["lastMessageBody"], found["lastMessageDirection"], found["unreadCount"]) == (
        "Is it open?",
        "inbound",
        1,
    )


def test_whose_it_is_and_who_may_bring_it(talk: Talk) -> None:
    box = talk.box
    for said, message in (
        ({"contactId": "nobody"}, "Contact with id nobody not found"),
        ({"contactId": None, "conversationId": "none"}, "Conversation with id none not found"),
        ({"contactId": None}, "contactId or conversationId is missing"),
        ({"type": "Custom"}, "Invalid conversationProviderId"),
        ({"conversationProviderId": new_hex()}, "Invalid conversationProviderId"),
        ({"type": "Call", "conversationProviderId": talk.provider()}, "Invalid conversationProviderId"),
    ):
        reply = talk.comes(**said)
        assert (said, reply["code"], reply["message"]) == (said, 400, message)
    assert talk.comes(message="")["code"] == 422
    in_it = talk.comes(contactId=None, conversationId=talk.id)
    assert (in_it["contactId"], in_it["code"]) == (talk.anna, 200)
    written = talk.comes(direction="outbound", message="Sent elsewhere", date="2026-05-01T10:00:00Z")
    kept = talk.message(written["messageId"])
    assert (kept["direction"], kept["dateAdded"], kept["source"]) == ("outbound", "2026-05-01T10:00:00.000Z", "app")
    (found,) = talk.found()
    assert (found["lastMessageBody"], found["unreadCount"]) == ("Hi there", 1), "that was earlier, and is no news"
    assert box.other.get(f"/conversations/messages/{kept['id']}").status_code == 400


def test_calls(talk: Talk) -> None:
    box = talk.box
    provider = talk.provider(type="Call", name="Lines")
    call = {"from": "(415) 555-0123", "to": "+14155550100", "status": "voicemail", "duration": 21}
    said = {"type": "Call", "conversationProviderId": provider, "message": None, "contactId": None}
    came = talk.comes(**said, call=call, attachments=["https://x.com/v.mp3"])
    kept = talk.message(came["messageId"])
    assert (came["contactId"], kept["messageType"], kept["meta"], kept["attachments"], kept["status"]) == (
        talk.anna, "TYPE_CALL", {"callStatus": "voicemail", "callDuration": "21"}, [], "delivered",
    )  # fmt: skip
    event = next(e for e in box.sandbox.events() if e["type"] == "InboundMessage")
    assert (event["messageType"], event["status"], event["callDuration"], event["attachments"]) == (
        "CALL", "voicemail", 21, ["https://x.com/v.mp3"],
    )  # fmt: skip
    strange = talk.comes(**said, call=call | {"from": "+14155550999"})
    assert (strange["code"], strange["message"]) == (400, "Contact with phone +14155550999 not found")
    made = {"type": "Call", "conversationProviderId": provider, "call": {"to": PHONE, "status": "no-answer"}}
    reply = box.location.post("/conversations/messages/outbound", json=made | {"altId": "call-7"})
    again = box.location.post("/conversations/messages/outbound", json=made | {"altId": "call-7"})
    assert (reply.status_code, again.json()) == (200, reply.json())
    kept = talk.message(reply.json()["messageId"])
    assert (kept["direction"], kept["status"], kept["meta"], kept["subType"]) == (
        "outbound", "failed", {"callStatus": "no-answer"}, "EXTERNAL_CALL",
    )  # fmt: skip
    assert [m["direction"] for m in talk.thread(type="TYPE_CALL,TYPE_SMS")] == ["outbound", "inbound"]


def test_pages_types_and_exports(talk: Talk) -> None:
    box = talk.box
    other = box.new_contact(firstName="Bea", phone="+14155550124")
    for number in range(1, 25):
        talk.comes(message=f"Text {number}") if number % 3 else talk.comes(type="Email", message=f"Mail {number}")
    box.sandbox.move_clock(timedelta(seconds=1))
    talk.send(other, message="To another")
    page = box.location.get(f"/conversations/{talk.id}/messages").json()["messages"]
    assert (len(page["messages"]), page["nextPage"], page["lastMessageId"]) == (20, True, page["messages"][-1]["id"])
    rest = box.location.get(
        f"/conversations/{talk.id}/messages", params={"lastMessageId": page["lastMessageId"], "limit": 10}
    ).json()["messages"]
    bodies = [m["body"] for m in page["messages"] + rest["messages"]]
    assert bodies == [f"{'Text' if n % 3 else 'Mail'} {n}" for n in range(24, 0, -1)]
    assert (rest["nextPage"], len(talk.thread(type="TYPE_EMAIL"))) == (False, 8)
    bad = box.location.get(f"/conversations/{talk.id}/messages", params={"type": "TYPE_X"})
    assert (bad.status_code, bad.json()["message"]) == (
        422,
        ["type must be one of the published types, and TYPE_X is not"],
    )

    def export(**params: Any) -> Any:
        return box.location.get("/conversations/messages/export", params=talk.place | params).json()

    first = export(limit=10)
    second = export(limit=10, cursor=first["nextCursor"])
    texts = [m["body"] for m in first["messages"] + second["messages"]]
    expected = ["To another", *(f"Text {n}" for n in range(24, 0, -1) if n % 3)]
    assert (texts, first["total"], "nextCursor" in second) == (expected, 17, False)
    assert export(channel="Email", limit=100)["total"] == 8
    assert [m["body"] for m in export(channel="SMS", contactId=other)["messages"]] == ["To another"]
    assert export(conversationId=talk.id, channel="WhatsApp")["total"] == 0
    oldest = export(sortBy="updatedAt", sortOrder="asc", limit=10)
    assert [m["body"] for m in oldest["messages"]][:2] == ["Text 1", "Text 2"]
    since = first["messages"][2]["dateAdded"]
    assert [m["body"] for m in export(startDate=since, limit=10)["messages"]] == texts[:3]
    assert export(cursor=first["nextCursor"], sortOrder="asc")["message"] == [
        "cursor must be used with the same sortBy and sortOrder"
    ]
    assert export(cursor="nonsense")["message"] == ["cursor must be the nextCursor of the page before"]
