"""Sending: what is answered, what waits in the outbox, what is told, and how far it comes."""

from datetime import timedelta
from typing import Any

import pytest

from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.conversations import CONVERSATIONS, EMAILS, MESSAGES, Sending, send
from groundlevel.areas.conversations.tests.conftest import MAIL, PHONE, Talk
from groundlevel.areas.outbox import OUTBOX
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Owners, Table


def test_a_text_waits_leaves_and_arrives(talk: Talk) -> None:
    box = talk.box
    before = len(box.sandbox.events())
    reply = talk.send(message="Hello {{contact.first_name}}, {{ and {}")
    id = reply["messageId"]
    assert reply == {
        "conversationId": talk.id, "messageId": id, "status": "pending", "msg": "Message queued successfully.",
        "traceId": reply["traceId"], "code": 200,
    }  # fmt: skip
    again = talk.message(talk.send(message="Hello {{contact.first_name}}")["messageId"])
    (_, kept) = talk.thread()
    at = kept["dateAdded"]
    assert kept == {
        "id": id, "type": 2, "messageType": "TYPE_SMS", "locationId": box.location_id, "contactId": talk.anna,
        "conversationId": talk.id, "dateAdded": at, "dateUpdated": at, "direction": "outbound",
        "contentType": "text/plain", "attachments": [], "body": "Hello {{contact.first_name}}, {{ and {}",
        "status": "pending", "source": "api", "to": PHONE,
    }  # fmt: skip
    assert (again["body"], again["dateAdded"] > at) == ("Hello Anna", True), "a template, and later than the first"
    assert box.sandbox.events(before)[0] == {
        "type": "OutboundMessage", "locationId": box.location_id, "contactId": talk.anna, "conversationId": talk.id,
        "messageId": id, "dateAdded": at, "direction": "outbound", "messageType": "SMS", "messageTypeId": 2,
        "contentType": "text/plain", "status": "pending", "body": kept["body"], "attachments": [], "source": "api",
        "to": PHONE,
    }  # fmt: skip
    assert [one["state"] for one in talk.outbox()] == ["waiting", "waiting"]
    box.leave()
    assert (talk.message(id)["status"], talk.outbox(state="sent", limit=1)[0]["via"]) == ("sent", "nobody")
    talk.later(seconds=2)
    assert (talk.message(id)["status"], {one["state"] for one in talk.outbox()}) == ("delivered", {"delivered"})
    (found,) = talk.found(lastMessageAction="automated")
    assert (found["lastMessageBody"], found["unreadCount"]) == ("Hello Anna", 0)


def test_what_is_only_recorded_arrives_at_once_where_there_is_much_of_it(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundlevel.areas.outbox.leaving.MOST", 2)
    before, soon = len(talk.box.sandbox.events()), at(talk, seconds=1)
    ids = [talk.send(message=f"No {n}", scheduledTimestamp=soon + n)["messageId"] for n in range(3)]
    talk.later(minutes=1)
    assert [talk.message(id)["status"] for id in ids] == ["delivered", "delivered", "sent"]
    kept = [talk.box.sandbox.app.store.read(SYSTEM).get(OUTBOX, id) for id in ids]
    assert [[step.state for step in one.history] for one in kept if one] == [
        ["waiting", "sent", "delivered"], ["waiting", "sent", "delivered"], ["waiting", "sent"],
    ]  # fmt: skip
    assert [e["messageId"] for e in talk.box.sandbox.events(before)] == ids
    talk.later(seconds=2)
    assert {talk.message(id)["status"] for id in ids} == {"delivered"}


def test_what_cannot_be_sent_is_refused_and_leaves_nothing(talk: Talk) -> None:
    box, place = talk.box, {"locationId": talk.box.location_id}
    bare = box.location.post("/contacts/", json=place | {"firstName": "Bare"}).json()["contact"]["id"]
    mine = talk.provider(type="Custom")
    for said, status, message in (
        ({"contactId": "nobody"}, 400, "Contact with id nobody not found"),
        ({"contactId": bare}, 400, "Missing phone number"),
        ({"contactId": bare, "type": "Email"}, 400, "Unable to send e-mail, contact's e-mail is invalid"),
        ({"message": ""}, 422, ["message or attachments should not be empty"]),
        ({"toNumber": "call me"}, 422, ["toNumber must be a valid phone number"]),
        ({"conversationProviderId": "unknown"}, 400, "Invalid conversationProviderId"),
        ({"conversationProviderId": mine, "type": "SMS"}, 400, "Invalid conversationProviderId"),
        ({"type": "Custom"}, 400, "Invalid conversationProviderId"),
        ({"templateId": "gone"}, 400, "Template with id gone not found"),
        ({"type": "Fax"}, 422, None),
        ({"body": "no such member"}, 422, ["property body should not exist"]),
    ):
        reply = box.location.post(
            "/conversations/messages", json={"type": "SMS", "contactId": talk.anna, "message": "x"} | said
        )
        assert (said, reply.status_code) == (said, status)
        assert message is None or reply.json()["message"] == message
    assert (talk.outbox(), talk.thread()) == ([], [])


def test_a_refusal_that_is_caught_leaves_nothing_either(talk: Talk) -> None:
    """Reminders and workflows go on when a contact does not want what they would send."""
    box = talk.box
    box.location.put(f"/contacts/{talk.anna}", json={"dnd": True})
    box.location.delete(f"/conversations/{talk.id}")

    def go_on(ctx: Ctx) -> tuple[str, list[int]]:
        contact = ctx.db.get(CONTACTS, talk.anna)
        assert contact
        with pytest.raises(BadRequest) as refused:
            send(ctx, contact, Sending(channel="Email", subject="Soon", html="<p>Soon</p>"))
        tables: list[Table[Any]] = [EMAILS, MESSAGES, CONVERSATIONS]
        return refused.value.messages[0], [ctx.db.count(table) for table in tables]

    told = box.sandbox.do(Owners(box.location_id, box.company_id, system=True), go_on)
    assert told == ("Cannot send message as DND is active.", [0, 0, 0])
    assert talk.outbox() == []


def test_a_mail_has_a_thread_that_answers_go_on_with(talk: Talk) -> None:
    box = talk.box
    said = {
        "type": "Email",
        "subject": "An offer",
        "html": "<p>Dear <b>Anna</b></p><p>Look</p>",
        "emailCc": ["c@x.com"],
    }
    first = talk.send(message=None, **said)
    email = talk.email(first["emailMessageId"])
    assert email == {
        "id": first["emailMessageId"], "threadId": first["messageId"], "locationId": box.location_id,
        "contactId": talk.anna, "conversationId": talk.id, "dateAdded": email["dateAdded"], "direction": "outbound",
        "body": said["html"], "contentType": "text/html", "from": "Home", "to": [MAIL], "subject": "An offer",
        "status": "pending", "attachments": [], "cc": ["c@x.com"], "bcc": [], "source": "api",
    }  # fmt: skip
    thread = talk.message(first["messageId"])
    assert (thread["messageType"], thread["body"], thread["meta"], thread["status"]) == (
        "TYPE_EMAIL", "Dear Anna\nLook", {"email": {"messageIds": [email["id"]]}}, "pending",
    )  # fmt: skip
    answer = talk.comes(type="Email", message=None, html="Yes, please", emailMessageId=email["id"], emailFrom=MAIL)
    assert (answer["messageId"], answer["code"]) == (first["messageId"], 200)
    theirs = talk.email(answer["emailMessageId"])
    assert (theirs["direction"], theirs["subject"], theirs["from"], theirs["replyToMessageId"]) == (
        "inbound", "An offer", MAIL, email["id"],
    )  # fmt: skip
    (event,) = [e for e in box.sandbox.events() if e["type"] == "InboundMessage"]
    assert (event["messageType"], event["threadId"], event["emailMessageId"], event["to"], event["direction"]) == (
        "Email", first["messageId"], theirs["id"], ["Home"], "inbound",
    )  # fmt: skip
    goes_on(talk, first, theirs)
    talk.later(seconds=0)
    talk.later(seconds=2)
    assert {talk.email(id)["status"] for id in talk.message(first["messageId"])["meta"]["email"]["messageIds"]} == {
        "delivered"
    }


def goes_on(talk: Talk, first: dict[str, Any], theirs: dict[str, Any]) -> None:
    """An answer to an answer is in the same thread."""
    third = talk.send(type="Email", message="Here it is", replyMessageId=theirs["id"], emailReplyMode="reply_all")
    assert third["messageId"] == first["messageId"]
    assert talk.message(first["messageId"])["meta"]["email"]["messageIds"] == [
        first["emailMessageId"], theirs["id"], third["emailMessageId"],
    ]  # fmt: skip
    assert talk.email(third["emailMessageId"])["subject"] == "An offer"
    sent = talk.box.operator.get(f"/operator/outbox/{first['emailMessageId']}").json()
    assert (sent["html"], sent["text"], sent["subject"], sent["cc"]) == (
        "<p>Dear <b>Anna</b></p><p>Look</p>", "Dear Anna\nLook", "An offer", ["c@x.com"],
    )  # fmt: skip


def test_a_mail_can_be_sent_on(talk: Talk) -> None:
    box = talk.box
    bea = box.new_contact(firstName="Bea", email="bea@client.com")
    first = talk.comes(type="Email", message="The figures", subject="Q3", attachments=["https://x.com/q3.pdf"])
    forward = {"isForwarded": True, "messageId": first["messageId"], "toEmail": "Bea@client.com"}
    reply = talk.send(type="Email", message="See below", forward=forward)
    theirs = talk.found(contactId=bea)[0]
    assert reply["forwardData"] == {
        "forwardWholeThread": False, "messageId": first["messageId"], "emailMessageId": first["emailMessageId"],
        "sourceContactId": talk.anna, "sourceConversationId": talk.id, "forwardToEmail": "bea@client.com",
        "recipientContactId": bea, "recipientConversationId": theirs["id"],
    }  # fmt: skip
    sent = talk.email(reply["emailMessageId"])
    assert (sent["to"], sent["subject"], sent["attachments"], sent["contactId"]) == (
        ["bea@client.com"], "Fwd: Q3", ["https://x.com/q3.pdf"], bea,
    )  # fmt: skip
    assert sent["body"].startswith("See below<br><br>---------- Forwarded message ----------<br>From: ")
    assert sent["body"].endswith("The figures")


def test_a_template_says_what_is_not_said(talk: Talk) -> None:
    box = talk.box
    at = f"/operator/locations/{box.location_id}/templates"
    text = {"name": "Soon", "type": "sms", "body": "See you, {{contact.first_name}}"}
    id = box.operator.post(at, json=text).json()["id"]
    reply = talk.send(message=None, templateId=id)
    assert talk.message(reply["messageId"])["body"] == "See you, Anna"
    mail = {
        "name": "Hi",
        "type": "email",
        "subject": "Hello {{contact.first_name}}",
        "html": "<p>{{contact.email}}</p>",
    }
    id = box.operator.post(at, json=mail).json()["id"]
    email = talk.email(talk.send(message=None, templateId=id, type="Email")["emailMessageId"])
    assert (email["subject"], email["body"]) == ("Hello Anna", f"<p>{MAIL}</p>")


def at(talk: Talk, **by: float) -> int:
    """A moment from now, in seconds since 1970."""
    return int((talk.box.sandbox.clock.now() + timedelta(**by)).timestamp())


def test_what_is_scheduled_leaves_when_the_clock_says_so(talk: Talk) -> None:
    box = talk.box
    before = len(box.sandbox.events())
    id = talk.send(scheduledTimestamp=at(talk, days=3))["messageId"]
    mail = talk.send(type="Email", scheduledTimestamp=at(talk, days=3))
    past = talk.send(scheduledTimestamp=at(talk, days=-3))["messageId"]
    assert [talk.message(one)["status"] for one in (id, mail["messageId"], past)] == [
        "scheduled",
        "scheduled",
        "pending",
    ]
    talk.later(days=2)
    assert [e["messageId"] for e in box.sandbox.events(before)] == [past], "what has not left is not told"
    assert talk.found()[0]["lastMessageBody"] == "Hello"
    talk.later(days=1, minutes=1)
    sent = talk.message(id)
    assert (sent["status"], sent["dateAdded"] > talk.message(past)["dateAdded"]) == ("sent", True)
    told = [(e["type"], e["messageType"], e["status"]) for e in box.sandbox.events(before)[1:]]
    assert sorted(told) == [("OutboundMessage", "Email", "sent"), ("OutboundMessage", "SMS", "sent")]
    talk.later(seconds=2)
    assert [talk.message(id)["status"], talk.email(mail["emailMessageId"])["status"]] == ["delivered", "delivered"]


def test_what_is_scheduled_can_be_taken_back_until_then(talk: Talk) -> None:
    box = talk.box

    def cancel(path: str) -> Any:
        reply = box.location.delete(f"/conversations/messages/{path}/schedule")
        return reply.json()

    done = {"status": 200, "message": "Cancelled the scheduled message"}
    nothing = {"status": 404, "message": "Failed cancel the scheduled message"}
    id = talk.send(scheduledTimestamp=at(talk, days=3))["messageId"]
    mails = [talk.send(type="Email", scheduledTimestamp=at(talk, days=3)) for _ in range(3)]
    sent = talk.send(type="Email")
    later = talk.send(type="Email", threadId=sent["messageId"], scheduledTimestamp=at(talk, days=3))
    assert later["messageId"] == sent["messageId"]
    assert cancel(id) == done
    assert cancel(f"email/{mails[0]['emailMessageId']}") == done
    assert cancel(f"email/{mails[1]['messageId']}") == done
    assert cancel(mails[2]["messageId"]) == done
    assert cancel(f"email/{later['emailMessageId']}") == done
    assert cancel(sent["messageId"]) == cancel(f"email/{sent['emailMessageId']}") == nothing
    assert cancel(id)["message"] == f"Message with id {id} not found"
    assert cancel("email/unknown")["message"] == "Email message with id unknown not found"
    talk.later(days=4)
    assert [m["id"] for m in talk.thread()] == [sent["messageId"]]
    assert {one["state"]: one["channel"] for one in talk.outbox()} == {"cancelled": "SMS", "sent": "Email"}
    late = talk.send(scheduledTimestamp=at(talk, minutes=1))["messageId"]
    box.sandbox.move_clock(timedelta(minutes=1))
    assert cancel(late) == nothing, "it is on its way"


def test_of_a_thread_what_is_still_to_leave_is_taken_back(talk: Talk) -> None:
    """Also when something came meanwhile; the thread is as the mail that is its last then."""
    first = talk.send(type="Email", subject="s", html="<p>1</p>")
    talk.later(seconds=0)
    talk.later(seconds=2)
    at = int(talk.box.sandbox.clock.now().timestamp()) + 3_600
    late = talk.send(type="Email", html="<p>2</p>", threadId=first["messageId"], scheduledTimestamp=at)
    assert talk.message(first["messageId"])["status"] == "scheduled"
    came = talk.comes(type="Email", html="<p>3</p>", emailMessageId=first["emailMessageId"])
    path = f"/conversations/messages/{first['messageId']}/schedule"
    assert [talk.box.location.delete(path).json()["status"] for _ in range(2)] == [200, 404]
    thread = talk.message(first["messageId"])
    mails = [first["emailMessageId"], came["emailMessageId"]]
    assert (thread["status"], thread["meta"]["email"]["messageIds"]) == ("delivered", mails)
    late = talk.send(type="Email", html="<p>4</p>", threadId=first["messageId"], scheduledTimestamp=at)
    path = f"/conversations/messages/email/{late['emailMessageId']}/schedule"
    assert talk.box.location.delete(path).json()["status"] == 200
    thread = talk.message(first["messageId"])
    assert (thread["status"], thread["meta"]["email"]["messageIds"]) == ("delivered", mails)
