"""The official Python SDK talks with contacts: every method of its service for conversations, at our address."""

from typing import Any

import httpx2
import pytest
from highlevel import HighLevel
from highlevel.error import GHLError
from tests.sdk.test_python_sdk import story

FAR, SOUND = 4_000_000_000, b"RIFF\x24\0\0\0WAVEfmt "
SAID = {"mediaChannel": 1, "sentenceIndex": 0, "startTime": 0, "endTime": 900, "transcript": "Hello", "confidence": 1.0}
GONE = "Conversation with id .* not found"


async def begun(sdk: HighLevel, place: str, name: str, phone: str) -> tuple[str, str]:
    """The ids of a new contact and of its conversation."""
    said = {"locationId": place, "firstName": name, "phone": phone, "email": f"{name.lower()}@example.com"}
    contact = (await sdk.contacts.create_contact(said))["contact"]["id"]
    found = await sdk.conversations.search_conversation(place, contact_id=contact)
    return contact, found["conversations"][0]["id"]


def operator(live: Any) -> httpx2.Client:
    """What an operator does around the stories."""
    headers = {"Authorization": f"Bearer {live.credentials['operatorToken']}"}
    return httpx2.Client(base_url=f"{live.url}/operator/locations/{live.location_id}", headers=headers)


def refused(message: str) -> Any:
    return pytest.raises(GHLError, match=message)


def test_a_conversation_from_first_to_last(live: Any) -> None:
    place = live.location_id

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        service = sdk.conversations
        contact, id = await begun(sdk, place, "Zelda", "+14155550151")
        with refused("Conversation already exists"):
            await service.create_conversation({"locationId": place, "contactId": contact})
        assert await service.delete_conversation(id) == {"success": True}
        with refused(GONE):
            await service.get_conversation(id)
        made = (await service.create_conversation({"locationId": place, "contactId": contact}))["conversation"]
        assert (made["id"], made["contactId"], made["deleted"]) == (id, contact, False)
        changed = await service.update_conversation(id, {"locationId": place, "unreadCount": 3, "starred": True})
        assert (changed["conversation"]["unreadCount"], changed["conversation"]["starred"]) == (3, True)
        kept = await service.get_conversation(id)
        assert (kept["type"], kept["unreadCount"], kept["starred"], kept["inbox"]) == (1, 3, True, True)
        for wanted in ({"status": "starred"}, {"query": "zelda@ex"}, {"id": id}, {"last_message_type": "TYPE_NO_SHOW"}):
            found = await service.search_conversation(place, contact_id=contact, limit=5, **wanted)
            assert ([one["id"] for one in found["conversations"]], found["total"]) == ([id], 1)
        first = await service.search_conversation(place, limit=1, sort="desc", sort_by="last_message_date")
        at = first["conversations"][0]["sort"]
        second = await service.search_conversation(place, limit=1, start_after_date=",".join(map(str, at)))
        assert second["conversations"][0]["id"] != first["conversations"][0]["id"]

    story(live, tell)


def test_texts_and_mail_are_sent_read_and_exported(live: Any) -> None:
    place = live.location_id

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        service = sdk.conversations
        contact, id = await begun(sdk, place, "Yara", "+14155550152")
        said = {"contactId": contact, "message": "Hello"}
        text = await service.send_a_new_message({**said, "type": "SMS"})
        assert (text["conversationId"], text["msg"]) == (id, "Message queued successfully.")
        mail = await service.send_a_new_message({**said, "type": "Email", "subject": "Hi", "html": "<p>Hello</p>"})
        came = await service.add_an_inbound_message({"type": "SMS", "contactId": contact, "message": "Who is it?"})
        answer = {"type": "Email", "contactId": contact, "emailMessageId": mail["emailMessageId"], "html": "<p>Me</p>"}
        replied = await service.add_an_inbound_message(answer)
        assert replied["messageId"] == mail["messageId"], "one thread"
        one = await service.get_message({"url": f"/conversations/messages/{came['messageId']}"})
        assert (one["messageType"], one["direction"], one["body"]) == ("TYPE_SMS", "inbound", "Who is it?")
        letter = await service.get_email_by_id({"url": f"/conversations/messages/email/{replied['emailMessageId']}"})
        assert (letter["threadId"], letter["body"], letter["subject"]) == (mail["messageId"], "<p>Me</p>", "Hi")
        assert letter["replyToMessageId"] == mail["emailMessageId"]

        page = (await service.get_messages(id, limit=2))["messages"]
        rest = (await service.get_messages(id, limit=2, last_message_id=page["lastMessageId"]))["messages"]
        listed = [*page["messages"], *rest["messages"]]
        assert [m["id"] for m in listed] == [came["messageId"], mail["messageId"], text["messageId"]]
        assert (page["nextPage"], rest["nextPage"]) == (True, False)
        mails = (await service.get_messages(id, type="TYPE_EMAIL"))["messages"]["messages"]
        assert mails[0]["meta"]["email"]["messageIds"] == [mail["emailMessageId"], replied["emailMessageId"]]
        texts = await service.export_messages_by_location(place, limit=10, contact_id=contact, sort_order="asc")
        assert [m["id"] for m in texts["messages"]] == [text["messageId"], came["messageId"]]
        letters = await service.export_messages_by_location(place, conversation_id=id, channel="Email")
        assert ([m["id"] for m in letters["messages"]], letters["total"]) == ([mail["messageId"]], 1)

    story(live, tell)


def test_what_is_to_leave_later_is_taken_back(live: Any) -> None:
    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        service = sdk.conversations
        contact, _id = await begun(sdk, live.location_id, "Ulla", "+14155550156")
        said = {"contactId": contact, "message": "Hello"}
        later = await service.send_a_new_message({**said, "type": "SMS", "scheduledTimestamp": FAR})
        done = await service.cancel_scheduled_message(later["messageId"])
        assert done == {"status": 200, "message": "Cancelled the scheduled message"}
        with refused("Message with id .* not found"):
            await service.cancel_scheduled_message(later["messageId"])
        later = await service.send_a_new_message({**said, "type": "Email", "scheduledTimestamp": FAR})
        assert (await service.cancel_scheduled_email_message(later["emailMessageId"]))["status"] == 200
        left = await service.send_a_new_message({**said, "type": "Email"})
        assert (await service.cancel_scheduled_email_message(left["emailMessageId"]))["status"] == 404

    story(live, tell)


async def kept(service: Any, live: Any, whose: dict[str, str]) -> str:
    """The address of a sound that was sent to where files are kept."""
    wanted = {"filename": "call.wav", "contentType": "audio/x-wav", "channel": "Call"}
    place = await service.initiate_file_upload({**whose, **wanted})
    path = place["uploadUrl"].partition("/uploads/")[2]
    assert httpx2.put(f"{live.url}/uploads/{path}", content=SOUND).status_code == 200
    one = {name: place[name] for name in ("uploadId", "filePath")}
    done = await service.complete_file_upload({**whose, **one, "filename": "call.wav"})
    assert done["metadata"]["size"] == len(SOUND)
    return done["uploadedFiles"]["call.wav"]


def own_token(live: Any) -> str:
    """What the demo's app may speak with at the sub-account."""
    whose = {"companyId": live.credentials["companyId"], "locationId": live.location_id}
    of_agency = live.headers(live.credentials["appToken"])
    return httpx2.post(f"{live.url}/oauth/location-token", headers=of_agency, json=whose).json()["accessToken"]


def test_an_app_speaks_for_its_provider(live: Any) -> None:
    """It says what became of messages, brings calls with their recordings, and is the only one that may."""
    place, ids = live.location_id, live.credentials["ids"]

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        service = sdk.conversations
        contact, id = await begun(sdk, place, "Xenia", "+14155550153")
        said = {"contactId": contact, "message": "Hello", "type": "SMS"}
        sent = await service.send_a_new_message({**said, "conversationProviderId": ids["conversationProviderId"]})
        with refused("No conversation provider found for this message"):
            await service.update_message_status(sent["messageId"], {"status": "read"})
        sdk.config["private_integration_token"] = own_token(live)
        told = await service.update_message_status(sent["messageId"], {"status": "read"})
        assert (told["messageId"], told["status"]) == (sent["messageId"], "read")
        call = {"to": "+14155550153", "from": "+14155550100", "status": "completed", "duration": 7}
        of_call = {"type": "Call", "conversationProviderId": ids["callProviderId"], "call": call}
        made = await service.add_an_outbound_message(of_call)
        assert (made["conversationId"], made["contactId"]) == (id, contact)
        url = await kept(service, live, {"locationId": place, "conversationId": id})
        assert (await service.add_message_attachments(made["messageId"], {"attachments": [url]}))["type"] == 34

        heard: list[Any] = []

        async def hear(response: Any) -> None:
            heard.append((response.headers["content-type"], await response.aread()))

        sdk.http_client.event_hooks = {**sdk.http_client.event_hooks, "response": [hear]}
        with pytest.raises(ValueError, match=r"codec can't decode|Expecting value"):  # it takes every answer for JSON
            await service.get_message_recording(place, made["messageId"])
        assert heard.pop() == ("audio/x-wav", SOUND)
        with operator(live) as at:
            at.put(f"/messages/{made['messageId']}/transcription", json={"sentences": [SAID]})
        assert await service.get_message_transcription(place, made["messageId"]) == [SAID]
        with pytest.raises(ValueError, match="Expecting"):
            await service.download_message_transcription(place, made["messageId"])
        assert heard[-1][1] == b"[00:00] Caller: Hello\n"

    story(live, tell)


def test_a_mail_a_file_a_chat_and_a_review(live: Any) -> None:
    place = live.location_id

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        service = sdk.conversations
        contact, id = await begun(sdk, place, "Wilma", "+14155550154")
        with operator(live) as at:
            provider = at.post("/providers", json={"name": "Letters", "type": "Email", "default": False}).json()["id"]
            visitor = at.post("/visitors", json={"contactId": contact}).json()["id"]
            at.post("/reviews", json={"contactId": contact, "reviewId": "r-1", "stars": 5, "text": "Lovely"})
            seen: list[bool] = []
            for typing in ("true", "false"):
                body = {"locationId": place, "isTyping": typing, "visitorId": visitor, "conversationId": id}
                assert await service.live_chat_agent_typing(body) == {"success": True}
                seen.append(at.get(f"/visitors/{visitor}").json()["isTyping"])
            assert seen == [True, False]
        mail = {"type": "Email", "contactId": contact, "subject": "s", "html": "<p>h</p>"}
        sent = await service.send_a_new_message({**mail, "conversationProviderId": provider})
        report = {"status": "opened", "events": {"opened": 1}}
        told = await service.update_email_message_status(sent["emailMessageId"], report)
        assert told == {"success": True, "message": "Updated email message successfully"}
        files = {"conversationId": id, "locationId": place, "attachmentUrls": ["https://example.com/a.png"]}
        uploaded = await service.upload_file_attachments(files)
        assert uploaded["uploadedFiles"] == {"a.png": "https://example.com/a.png"}
        answer = await service.send_review_reply({"conversationId": id, "locationId": place, "message": "Thank you!"})
        kept = await service.get_message({"url": f"/conversations/messages/{answer['messageId']}"})
        assert (kept["messageType"], kept["body"], kept["conversationId"]) == ("TYPE_GMB", "Thank you!", id)

    story(live, tell)


def test_every_method_of_the_service_has_its_story() -> None:
    """So that one that the SDK gains is noticed."""
    from inspect import iscoroutinefunction
    from pathlib import Path

    from highlevel.services.conversations.conversations import Conversations

    told = Path(__file__).read_text()
    methods = [name for name, value in vars(Conversations).items() if iscoroutinefunction(value)]
    assert len(methods) == 25
    assert [name for name in methods if f"service.{name}(" not in told] == []
