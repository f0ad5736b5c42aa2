"""What the oracle asks of conversations and of mail."""

from typing import Any

from groundlevel.kernel.versions import V2, V3

A_SOUND = b"RIFF\x24\0\0\0WAVEfmt "
A_SENTENCE = {"mediaChannel": 1, "sentenceIndex": 0, "startTime": 0, "endTime": 900, "transcript": "Hello"}


def talks(oracle: Any, version: str, _: dict[str, str]) -> None:
    """A conversation with something of every kind in it, to its end."""
    ask, box, here = oracle.ask, oracle.box, oracle.box.location_id
    place, there = {"locationId": here}, f"/operator/locations/{here}"
    contact = box.new_contact(firstName="Talk", lastName="Er", email="talker@example.com", phone="+14155550166")
    found = ask(version, "GET", "/conversations/search", params=place | {"contactId": contact})["conversations"][0]
    at = f"/conversations/{found['id']}"
    own = {
        kind: box.operator.post(f"{there}/providers", json={"name": kind, "type": kind, "default": False}).json()["id"]
        for kind in ("SMS", "Call", "Email")
    }
    said = {"contactId": contact, "attachments": ["https://example.com/a.png"]}
    came = {"conversationId": found["id"], "conversationProviderId": own["SMS"], "message": "Hello", "type": "SMS"}
    text = ask(version, "POST", "/conversations/messages/inbound", json=said | came)["messageId"]
    sent = ask(version, "POST", "/conversations/messages", json=said | {"type": "SMS", "message": "Yes"})
    late = ask(version, "POST", "/conversations/messages", json=said | later("SMS"))["messageId"]
    ask(version, "DELETE", f"/conversations/messages/{late}/schedule")
    ask(version, "PUT", f"/conversations/messages/{text}/status", json={"status": "read"})
    first = mails(oracle, version, said, own["Email"])
    calls(oracle, version, {"conversation": found["id"], "provider": own["Call"]})
    for one in (text, sent["messageId"], first):
        ask(version, "GET", f"/conversations/messages/{one}")
    ask(version, "GET", f"{at}/messages", params={"limit": 3})
    for channel in ("SMS", "Email"):
        ask(version, "GET", "/conversations/messages/export", params=place | {"limit": 10, "channel": channel})
    box.operator.post(f"{there}/reviews", json={"contactId": contact, "reviewId": "r", "stars": 4})
    ask(
        version, "POST", "/conversations/messages/review-reply", json={**conversation(found, here), "message": "Thanks"}
    )
    visitor = box.operator.post(f"{there}/visitors", json={"contactId": contact}).json()["id"]
    typing = {"visitorId": visitor, "isTyping": "true"}
    ask(version, "POST", "/conversations/providers/live-chat/typing", json={**conversation(found, here), **typing})
    ask(version, "GET", at)
    ask(version, "PUT", at, json=place | {"unreadCount": 1, "starred": True})
    ask(version, "GET", "/conversations/search", params=place | {"status": "unread"})
    if version == V2:
        preferences(oracle, contact)
    ask(version, "DELETE", at)
    ask(version, "POST", "/conversations/", json=place | {"contactId": contact})


def mails(oracle: Any, version: str, said: dict[str, Any], provider: str) -> str:
    """Mail by a provider, of which something is reported, and some that is taken back; the thread of the first."""
    ask, mail = oracle.ask, {"type": "Email", "subject": "s", "html": "<p>h</p>", "conversationProviderId": provider}
    first = ask(version, "POST", "/conversations/messages", json=said | mail | {"emailCc": ["c@example.com"]})
    at = f"/conversations/messages/email/{first['emailMessageId']}"
    ask(version, "GET", at)
    if version == V3:
        ask(version, "PUT", f"{at}/status", json={"status": "opened", "events": {"opened": 1}})
    scheduled = ask(version, "POST", "/conversations/messages", json=said | later("Email"))
    ask(version, "DELETE", f"/conversations/messages/email/{scheduled['emailMessageId']}/schedule")
    return str(first["messageId"])


def conversation(found: dict[str, Any], location: str) -> dict[str, str]:
    """How bodies name it."""
    return {"conversationId": found["id"], "locationId": location}


def later(kind: str) -> dict[str, Any]:
    """Something that leaves in far future."""
    return {"type": kind, "message": "Later", "scheduledTimestamp": 4_000_000_000}


def calls(oracle: Any, version: str, of: dict[str, str]) -> None:
    """A call with a recording and a transcription."""
    ask, box, here = oracle.ask, oracle.box, oracle.box.location_id
    whose = {"conversationId": of["conversation"], "locationId": here}
    files = {"fileAttachment": ("call.wav", A_SOUND)}
    url = ask(version, "POST", "/conversations/messages/upload", data=whose, files=files)["uploadedFiles"]["call.wav"]
    said = {"type": "Call", "conversationProviderId": of["provider"], "conversationId": of["conversation"]}
    call = {"to": "+14155550166", "from": "+14155550100", "status": "completed"}
    id = ask(version, "POST", "/conversations/messages/outbound", json=said | {"call": call})["messageId"]
    ask(version, "PUT", f"/conversations/messages/{id}/attachments", json={"attachments": [url]})
    ask(version, "GET", f"/conversations/messages/{id}/locations/{here}/recording")
    at = f"/conversations/locations/{here}/messages/{id}/transcription"
    box.operator.put(f"/operator/locations/{here}/messages/{id}/transcription", json={"sentences": [A_SENTENCE]})
    ask(version, "GET", at)
    ask(version, "GET", f"{at}/download")
    ask(version, "GET", f"/conversations/messages/{id}")
    wanted = {"filename": "a.png", "contentType": "image/png", "channel": "SMS"}
    begun = ask(version, "POST", "/conversations/messages/upload/initiate", json=whose | wanted)
    path = begun["uploadUrl"].removeprefix(box.sandbox.app.settings.public_url)
    assert box.sandbox.client(None).put(path, content=b"\x89PNG\r\n\x1a\n").status_code == 200
    done = {"uploadId": begun["uploadId"], "filePath": begun["filePath"], "filename": "a.png"}
    ask(version, "POST", "/conversations/messages/upload/complete", json=whose | done)


def preferences(oracle: Any, contact: str) -> None:
    """Kinds of mail, and what a contact gets."""
    ask, place = oracle.ask, {"locationId": oracle.box.location_id}
    at = "/conversations/preferences"
    subtype = {"name": "News", "channel": "email", "language": "en", "description": "d"}
    id = ask(V2, "POST", f"{at}/custom-subtypes", params=place, json=subtype)["subtype"]["id"]
    ask(V2, "PUT", f"{at}/custom-subtypes/{id}", params=place, json={"archived": False})
    ask(V2, "GET", f"{at}/custom-subtypes", params=place)
    whose = place | {"contactId": contact}
    action = {"type": "custom", "subtype_id": id, "subtype_status": "unsubscribed"}
    change = {"email": "talker@example.com", "subscription_action": action}
    ask(V2, "POST", f"{at}/unsubscriptions/user-change", json=whose | change)
    ask(V2, "GET", f"{at}/unsubscriptions/status", params=whose)
