"""Providers of apps: they are wherever the app is installed, get what is sent by them, and say what becomes of it."""

from typing import Any

import httpx2
import msgspec

from groundlevel.areas.conversations import EMAILS
from groundlevel.areas.conversations.tests.conftest import MAIL, PHONE, Talk
from groundlevel.areas.oauth.grants import Grant, issue, new_grant
from groundlevel.areas.webhooks.deliveries import DELIVERIES
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Owners

OURS = "No conversation provider found for this message"


def app_with(talk: Talk, **providers: str) -> tuple[httpx2.Client, dict[str, str]]:
    """A client with a token of a new app at the sub-account, and the ids of its providers, by type."""
    box = talk.box
    app = box.operator.post("/operator/apps", json={"name": "Carrier app", "scopes": box.sandbox.scopes}).json()["id"]
    at = f"/operator/apps/{app}"
    ids = {
        type: box.operator.post(f"{at}/providers", json={"name": type, "type": type, "url": url}).json()["id"]
        for type, url in providers.items()
    }
    box.operator.post(f"{at}/installations", json={"companyId": box.company_id, "locationId": box.location_id})
    grant = Grant(
        id="", date_added="", app_id=app, client_id=f"{app}-abcd1234", version_id="", user_type="Location",
        company_id=box.company_id, location_id=box.location_id, scopes=box.sandbox.scopes,
    )  # fmt: skip
    token = box.sandbox.do(SYSTEM, lambda ctx: issue(ctx, new_grant(ctx, grant), grant.scopes).access_token)
    return box.sandbox.client(token), ids


def given(talk: Talk) -> list[dict[str, Any]]:
    """What providers are sent, in order."""
    db = talk.box.sandbox.app.store.read(SYSTEM)
    found = [one for _, one in db.across_owners(DELIVERIES) if one.type == "ProviderOutboundMessage"]
    return [msgspec.json.decode(one.body) for one in sorted(found, key=lambda one: one.number)]


def test_a_message_goes_to_its_provider_which_says_what_becomes_of_it(talk: Talk) -> None:
    box = talk.box
    app, ids = app_with(talk, SMS="https://carrier.example/sms", Email="https://carrier.example/mail")
    text = talk.send(conversationProviderId=ids["SMS"], attachments=["https://x.com/a.png"])["messageId"]
    said = {"type": "Email", "subject": "s", "html": "<p>h</p>", "emailFrom": "A <a@x.com>", "message": None}
    mail = talk.send(conversationProviderId=ids["Email"], **said)
    early = app.put(f"/conversations/messages/{text}/status", json={"status": "delivered"})
    assert early.status_code == 200, "whoever is quick need not wait"
    box.leave()
    assert sorted(given(talk), key=lambda one: one["type"]) == [
        {
            "contactId": talk.anna, "locationId": box.location_id, "messageId": mail["messageId"], "type": "Email",
            "message": "h", "attachments": [], "emailMessageId": mail["emailMessageId"], "emailTo": [MAIL],
            "emailFrom": "A <a@x.com>", "subject": "s", "html": "<p>h</p>",
        },
        {
            "contactId": talk.anna, "locationId": box.location_id, "messageId": text, "type": "SMS", "phone": PHONE,
            "message": "Hello", "attachments": ["https://x.com/a.png"],
        },
    ]  # fmt: skip
    kept = talk.message(text)
    assert (kept["messageType"], kept["conversationProviderId"], kept["status"]) == (
        "TYPE_CUSTOM_SMS", ids["SMS"], "delivered",
    )  # fmt: skip
    at = f"/conversations/messages/{text}/status"
    fault = {"code": "30005", "type": "carrier", "message": "Unknown handset"}
    told = app.put(at, json={"status": "failed", "error": fault})
    assert told.json() == {
        "conversationId": talk.id, "messageId": text, "status": "failed", "traceId": told.json()["traceId"],
    }  # fmt: skip
    assert (talk.message(text)["status"], talk.message(text)["error"]) == ("failed", fault)


def test_only_the_provider_itself_may_say(talk: Talk) -> None:
    app, ids = app_with(talk, SMS="https://carrier.example/sms")
    text = talk.send(conversationProviderId=ids["SMS"])["messageId"]
    at = f"/conversations/messages/{text}/status"
    other, _ = app_with(talk, SMS="https://other.example/sms")
    for client in (talk.box.location, other):
        refused = client.put(at, json={"status": "read"})
        assert (refused.status_code, refused.json()["message"]) == (403, OURS)
    plain = talk.send()["messageId"]
    refused = app.put(f"/conversations/messages/{plain}/status", json={"status": "read"})
    assert (refused.status_code, refused.json()["message"]) == (403, OURS)
    strange = other.post(
        "/conversations/messages/inbound",
        json={"type": "SMS", "contactId": talk.anna, "message": "x", "conversationProviderId": ids["SMS"]},
    )
    assert (strange.status_code, strange.json()["message"]) == (
        400, f"You don't have access to the conversationProvider with id: {ids['SMS']}",
    )  # fmt: skip


def test_what_is_told_of_a_mail_is_of_one_of_its_thread(talk: Talk) -> None:
    app, ids = app_with(talk, SMS="https://carrier.example/sms", Email="https://carrier.example/mail")
    text = talk.send(conversationProviderId=ids["SMS"])["messageId"]
    mail = talk.send(type="Email", conversationProviderId=ids["Email"], emailCc=["Bea <bea@client.com>"])
    for id, other in ((text, mail["emailMessageId"]), (mail["messageId"], "unknown")):
        said = {"status": "delivered", "emailMessageId": other}
        refused = app.put(f"/conversations/messages/{id}/status", json=said)
        assert (refused.status_code, refused.json()["message"]) == (400, f"Email message with id {other} not found")
    said = {"status": "delivered", "recipients": [{"emailId": "bea@client.com", "status": "failed"}, MAIL]}
    assert app.put(f"/conversations/messages/{mail['messageId']}/status", json=said).status_code == 200
    here = Owners(talk.box.location_id, talk.box.company_id)
    kept = talk.box.sandbox.do(here, lambda ctx: ctx.db.get(EMAILS, mail["emailMessageId"]))
    assert (kept.status, [(r.email, r.status) for r in kept.recipients]) == (
        "delivered", [("bea@client.com", "failed"), (MAIL, "delivered")],
    )  # fmt: skip


def test_a_provider_brings_what_it_carries(talk: Talk) -> None:
    own = {type: talk.provider(type=type) for type in ("SMS", "Email", "Custom", "Call")}
    for type, by, code in (
        ("SMS", "SMS", 200), ("SMS", "Custom", 200), ("SMS", "Email", 400), ("SMS", "Call", 400),
        ("Email", "Email", 200), ("Email", "Custom", 200), ("Email", "SMS", 400), ("WhatsApp", "SMS", 200),
        ("WhatsApp", "Email", 400), ("Custom", "Email", 200), ("Call", "SMS", 400),
    ):  # fmt: skip
        told = talk.comes(type=type, conversationProviderId=own[by])
        assert (type, by, told["code"]) == (type, by, code)
        assert code == 200 or told["message"] == "Invalid conversationProviderId"


def test_what_is_reported_of_a_mail_implies_more(talk: Talk) -> None:
    app, ids = app_with(talk, Email="https://carrier.example/mail")
    mail = talk.send(type="Email", conversationProviderId=ids["Email"])
    at = f"/conversations/messages/email/{mail['emailMessageId']}/status"
    said = {"status": "clicked", "events": {"clicked": 2}, "recipients": [{"emailId": MAIL, "status": "clicked"}]}
    for _ in range(2):
        reply = app.put(at, json=said)
        assert reply.json() == {"success": True, "message": "Updated email message successfully"}
    here = Owners(talk.box.location_id, talk.box.company_id)
    kept = talk.box.sandbox.do(here, lambda ctx: ctx.db.get(EMAILS, mail["emailMessageId"]))
    assert (kept.status, kept.events.clicked, kept.events.opened, kept.events.delivered, kept.events.accepted) == (
        "clicked", 4, 1, 1, 1,
    )  # fmt: skip
    assert [r.email for r in kept.recipients] == [MAIL]
    assert kept.first_clicked_at == kept.first_opened_at == kept.first_delivered_at is not None
    assert (talk.message(mail["messageId"])["status"], talk.email(mail["emailMessageId"])["status"]) == ("clicked",) * 2
    stranger = {"status": "failed", "recipients": [{"emailId": "x@x.com", "status": "failed", "failReason": "r"}]}
    assert app.put(at, json=stranger).json()["message"] == "x@x.com is none of the recipients of the mail"
    assert talk.box.location.put(at, json={"status": "read"}).status_code == 403


def test_they_come_and_go_with_their_app(talk: Talk) -> None:
    box, there = talk.box, f"/operator/locations/{talk.box.location_id}/providers"

    def known() -> list[tuple[str, bool]]:
        return sorted((p["name"], p["default"]) for p in box.operator.get(there).json()["providers"])

    app_id = box.operator.post("/operator/apps", json={"name": "A"}).json()["id"]
    at, place = f"/operator/apps/{app_id}", {"companyId": box.company_id, "locationId": box.location_id}
    box.operator.post(f"{at}/providers", json={"name": "First", "type": "SMS"})
    assert known() == []
    box.operator.post(f"{at}/installations", json=place)
    second = box.operator.post(f"{at}/providers", json={"name": "Second", "type": "SMS"}).json()["id"]
    own = talk.provider(name="Own")
    assert known() == [("First", False), ("Own", True), ("Second", False)]
    changed = box.operator.put(f"{there}/{second}", json={"default": True, "alias": "The second"}).json()
    assert (changed["default"], changed["alias"], changed["appId"]) == (True, "The second", app_id)
    shown = box.location.get(f"/locations/{box.location_id}/conversationChannels/SMS").json()
    told = [one["conversationProvider"] for one in shown["conversationChannel"]["SMS"]]
    assert sorted((p["name"], p["default"]) for p in told) == [("First", False), ("Own", False), ("The second", True)]
    box.operator.delete(f"{at}/providers/{second}")
    assert known() == [("First", True), ("Own", False)]
    box.operator.post(f"{at}/uninstall", json=place)
    assert known() == [("Own", True)]
    assert box.operator.delete(f"{there}/{own}").json() == {"succeeded": True}


def test_a_default_provider_carries_what_names_none(talk: Talk) -> None:
    talk.provider(url="https://carrier.example/sms")
    id = talk.send()["messageId"]
    talk.box.leave()
    assert [one["messageId"] for one in given(talk)] == [id]
    assert talk.message(id)["messageType"] == "TYPE_SMS"
    assert talk.outbox()[0]["via"] == "provider"
    told = talk.box.location.put(f"/conversations/messages/{id}/status", json={"status": "read"})
    assert (told.status_code, talk.message(id)["status"]) == (200, "read"), "it is the sub-account's own"


def test_an_answer_bears_what_the_provider_called_the_question(talk: Talk) -> None:
    custom = talk.provider(type="Custom", url="https://carrier.example/any")
    asked = talk.comes(type="Custom", conversationProviderId=custom, altId="their-9")
    reply = talk.send(type="Custom", conversationProviderId=custom, replyMessageId=asked["messageId"])
    talk.box.leave()
    (sent,) = given(talk)
    assert (sent["type"], sent["replyToAltId"], sent["messageId"]) == ("Custom", "their-9", reply["messageId"])


def test_what_waits_for_a_provider_is_taken_back_when_the_contact_says_stop(talk: Talk) -> None:
    box = talk.box
    talk.provider(url="https://carrier.example/sms")
    ids = [talk.send(message=text)["messageId"] for text in ("One", "Two")]
    box.leave()
    talk.comes(message="STOP")
    box.sandbox.work()
    db = box.sandbox.app.store.read(SYSTEM)
    waiting = [one.status for _, one in db.across_owners(DELIVERIES) if one.type == "ProviderOutboundMessage"]
    assert waiting == ["failed", "failed"]
    told = [talk.message(id) for id in ids]
    assert {(m["status"], m["error"]["code"]) for m in told} == {("failed", "CONVERSATIONS_MSG_UNSUBSCRIBED_SMS")}
