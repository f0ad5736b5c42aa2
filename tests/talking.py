"""What an installation of the authorisation tests has of conversations, of what left, and of phone numbers."""

from msgspec.structs import replace

from groundlevel.areas.outbox import OUTBOX
from groundlevel.conftest import Box
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM

A_SOUND = b"RIFF\x24\0\0\0WAVEfmt "
A_MAIL_SERVER = {"host": "mail.example.com", "fromAddress": "here@example.com"}
A_GATEWAY = {"account": "AC1", "secret": "plausible", "sender": "+14155550100"}
A_SENTENCE = {"mediaChannel": 1, "sentenceIndex": 0, "startTime": 0, "endTime": 900, "transcript": "Hello"}


def talk_of(box: Box, app_id: str, silent: str) -> dict[str, str]:
    """The ids of a conversation and what was said in it: a call with a recording, a mail that has failed.

    silent: a contact whose conversation is removed, so that one can begin.
    """
    place, there = {"locationId": box.location_id}, f"/operator/locations/{box.location_id}"
    location, operator = box.location, box.operator
    contact = box.new_contact(firstName="Talk", email="talk@example.com", phone="+14155550188")
    conversations = {
        id: location.get("/conversations/search", params=place | {"contactId": id}).json()["conversations"][0]["id"]
        for id in (contact, silent)
    }
    here = conversations[contact]
    location.delete(f"/conversations/{conversations[silent]}")
    made = {
        kind: operator.post(f"{there}/providers", json={"name": kind, "type": kind}).json()["id"]
        for kind in ("Call", "Email", "Custom")
    }
    sound = sound_of(box, here)
    said = {"conversationId": here, "conversationProviderId": made["Call"], "attachments": [sound], "type": "Call"}
    call = location.post("/conversations/messages/inbound", json=said).json()["messageId"]
    operator.put(f"{there}/messages/{call}/transcription", json={"sentences": [A_SENTENCE]})
    mail = {"type": "Email", "contactId": contact, "subject": "s", "html": "h", "conversationProviderId": made["Email"]}
    sent = location.post("/conversations/messages", json=mail).json()
    operator.post(f"{there}/reviews", json={"contactId": contact, "reviewId": "r", "stars": 5})
    subtype = {"name": "News", "channel": "email", "language": "en"}
    kind = box.v2.post("/conversations/preferences/custom-subtypes", params=place, json=subtype).json()["subtype"]["id"]
    provider = operator.post(f"/operator/apps/{app_id}/providers", json={"name": "Carrier", "type": "SMS"}).json()["id"]

    def fail(ctx: Ctx) -> None:
        one = ctx.db.get(OUTBOX, sent["emailMessageId"])
        assert one
        ctx.db.put(OUTBOX, replace(one, state="failed", due=None, attachments=[sound]))

    box.sandbox.do(SYSTEM, fail)
    visitor = operator.post(f"{there}/visitors", json={"contactId": contact}).json()["id"]
    gateway = operator.post(f"{there}/gateways", json=A_GATEWAY | {"channels": ["TIKTOK"]}).json()["id"]
    operator.put(f"{there}/email", json=A_MAIL_SERVER)
    return {
        "conversations": here, "messages": call, "email": sent["emailMessageId"], "outbox": sent["emailMessageId"],
        "custom-subtypes": kind, "visitors": visitor, "gateways": gateway, "providers": provider,
        "custom": made["Custom"], "attachments": "0",
    }  # fmt: skip


def sound_of(box: Box, conversation: str) -> str:
    """The address of a sound that was taken in for a conversation."""
    said = {"locationId": box.location_id, "conversationId": conversation}
    files = {"fileAttachment": ("call.wav", A_SOUND)}
    told = box.location.post("/conversations/messages/upload", data=said, files=files).json()
    return told["uploadedFiles"]["call.wav"]


def numbers_of(box: Box) -> dict[str, str]:
    """A number of the simulated gateway's, a pool, and a number that is kept there only."""
    there = f"/operator/locations/{box.location_id}"
    for number in ("+14155550141", "+14155550142"):
        path = f"/phone-system/numbers/location/{box.location_id}/purchase"
        assert box.location.post(path, json={"phoneNumber": number}).status_code == 201
    box.operator.delete(f"{there}/phone-numbers/+14155550142", params={"keep": "true"})
    pool = box.operator.post(f"{there}/number-pools", json={"name": "Sales"}).json()["id"]
    return {"phone-numbers": "+14155550141", "owned": "+14155550142", "number-pools": pool}
