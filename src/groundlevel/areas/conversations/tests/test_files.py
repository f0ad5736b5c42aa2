"""Files of messages: uploaded with a form or straight to their place, recordings of calls and what was said in them."""

from typing import Any

import httpx2
import pytest

from groundlevel.areas.conversations.attachments import MOST, MOST_BY_WHATSAPP
from groundlevel.areas.conversations.tests.conftest import Talk
from groundlevel.kernel.versions import V2

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + b"\0" * 40
AT = "/conversations/messages/upload"


def sends(talk: Talk, *files: tuple[str, bytes], named: str = "fileAttachment", **said: Any) -> httpx2.Response:
    """The reply to a form with these files."""
    form = {"conversationId": talk.id, "locationId": talk.box.location_id, **said}
    parts = [(named, (name, content, "application/octet-stream")) for name, content in files]
    return talk.box.location.post(AT, data=form, files=parts or None)


def path_of(talk: Talk, url: str) -> str:
    """Where the application has what it says is at an address."""
    return url.removeprefix(talk.box.sandbox.app.settings.public_url)


def test_files_are_kept_and_can_be_fetched_and_sent(talk: Talk) -> None:
    reply = sends(talk, ("a.png", PNG), ("b.txt", b"plain"), ("a.png", PNG + b"2"))
    assert reply.status_code == 200, reply.text
    files = reply.json()["uploadedFiles"]
    assert list(files) == ["a.png", "b.txt", "a.png (2)"]
    nobody = talk.box.sandbox.client("")
    assert nobody.get(path_of(talk, files["a.png"])).content == PNG
    assert nobody.get(path_of(talk, files["a.png (2)"])).content == PNG + b"2"
    id = talk.send(message="Look", attachments=list(files.values()))["messageId"]
    assert talk.message(id)["attachments"] == list(files.values())
    library = {"altId": talk.box.location_id, "altType": "location", "type": "file", "sortBy": "name"}
    listed = talk.box.location.get("/medias/files", params=library | {"sortOrder": "asc"})
    assert listed.json()["files"] == [], "the library does not show what belongs to a message"
    assert sends(talk, ("a.png", PNG), named="file").json()["uploadedFiles"].keys() == {"a.png"}


def test_addresses_are_taken_as_they_are(talk: Talk) -> None:
    urls = ["https://x.com/a.png", "https://x.com/b.pdf"]
    for said in (urls, f'["{urls[0]}", "{urls[1]}"]'):
        assert sends(talk, attachmentUrls=said).json()["uploadedFiles"] == {"a.png": urls[0], "b.pdf": urls[1]}
    refused = sends(talk, attachmentUrls="javascript:1")
    assert (refused.status_code, refused.json()["message"]) == (
        422, ["attachmentUrls must be URL addresses, and javascript:1 is not"],
    )  # fmt: skip
    assert sends(talk).status_code == 400


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.exe", b"MZ", 415), ("a.html", b"<p>", 415), ("a.gif", b"GIF89a", 415), ("none", b"x", 415),
        ("a.png", b"not one", 400), ("big.txt", b"x" * (MOST + 1), 413),
    ],
)  # fmt: skip
def test_what_is_not_taken(talk: Talk, name: str, content: bytes, status: int) -> None:
    reply = sends(talk, (name, content))
    assert (reply.status_code, reply.json()["status"]) == (status, status), reply.text
    assert sends(talk, ("at the limit.txt", b"x" * MOST)).status_code == 200


def test_whatsapp_takes_more_and_ten_at_once_are_the_most(talk: Talk) -> None:
    talk.comes(type="WhatsApp")
    assert sends(talk, ("big.txt", b"x" * (MOST + 1))).status_code == 200
    assert sends(talk, *((f"{n}.txt", b"x") for n in range(11))).json()["message"] == (
        "At most 10 files can be sent at once"
    )  # fmt: skip
    assert sends(talk, ("a.txt", b"x"), conversationId="none").status_code == 400
    assert sends(talk, ("a.txt", b"x"), contactId="none").status_code == 400


def begins(talk: Talk, **said: Any) -> httpx2.Response:
    """The reply to announcing a file."""
    body = {"conversationId": talk.id, "filename": "a.png", "contentType": "image/png", "channel": "SMS"}
    return talk.box.location.post(f"{AT}/initiate", json={"locationId": talk.box.location_id, **body, **said})


def test_a_file_can_be_sent_straight_to_its_place(talk: Talk) -> None:
    begun = begins(talk).json()
    assert begun["maxFileSize"] == MOST
    nobody, at = talk.box.sandbox.client(""), path_of(talk, begun["uploadUrl"])
    done = {
        "uploadId": begun["uploadId"], "filePath": begun["filePath"], "locationId": talk.box.location_id,
        "conversationId": talk.id, "filename": "a.png",
    }  # fmt: skip
    early = talk.box.location.post(f"{AT}/complete", json=done)
    assert early.status_code == 404
    assert early.json()["message"] == "No file was uploaded under this uploadId and filePath"
    assert nobody.put(at[:-3] + "xxx", content=PNG).status_code == 404
    assert nobody.put(at, content=b"not one").status_code == 400
    assert nobody.put(at, content=PNG * (MOST // len(PNG) + 1)).status_code == 413
    assert nobody.put(at, content=PNG).status_code == 200
    assert nobody.put(at, content=PNG).status_code == 404, "once"
    told = talk.box.location.post(f"{AT}/complete", json=done).json()
    assert told["metadata"] == {"size": len(PNG), "contentType": "image/png"}
    assert nobody.get(path_of(talk, told["uploadedFiles"]["a.png"])).content == PNG
    assert talk.box.location.post(f"{AT}/complete", json=done).status_code == 404, "once"


def test_what_is_announced_wrongly_or_comes_too_late(talk: Talk) -> None:
    assert begins(talk, channel="WHATSAPP").json()["maxFileSize"] == MOST_BY_WHATSAPP
    refused = [begins(talk, filename="a.exe"), begins(talk, fileSize=MOST + 1), begins(talk, conversationId="none")]
    assert [reply.status_code for reply in refused] == [415, 413, 400]
    at = path_of(talk, begins(talk).json()["uploadUrl"])
    talk.later(minutes=16)
    assert talk.box.sandbox.client("").put(at, content=PNG).status_code == 404


def call(talk: Talk, **said: Any) -> str:
    """The id of a call's message."""
    provider = talk.provider(type="Call", name="Calls")
    told = {"status": "completed", "to": "+14155550100", "from": "+14155550123"}
    body = {"type": "Call", "conversationProviderId": provider, "contactId": talk.anna, "call": told, **said}
    reply = talk.box.location.post("/conversations/messages/inbound", json=body | {"message": "A call"})
    assert reply.status_code == 200, reply.text
    return reply.json()["messageId"]


def test_recordings(talk: Talk) -> None:
    box = talk.box
    wav = sends(talk, ("call.wav", WAV)).json()["uploadedFiles"]["call.wav"]
    own, foreign, none = call(talk, attachments=[wav]), call(talk, attachments=["https://x.com/a.mp3"]), call(talk)
    at = "/conversations/messages/{}/locations/" + box.location_id + "/recording"
    heard = box.location.get(at.format(own))
    assert (heard.status_code, heard.content, heard.headers["content-type"]) == (200, WAV, "audio/x-wav")
    assert heard.headers["content-disposition"] == "attachment; filename=audio.wav"
    elsewhere = box.location.get(at.format(foreign), follow_redirects=False)
    assert (elsewhere.status_code, elsewhere.headers["location"]) == (302, "https://x.com/a.mp3")
    text = talk.send(attachments=[wav])["messageId"]
    assert [box.location.get(at.format(id)).status_code for id in (none, text)] == [404, 404]
    later = box.location.put(f"/conversations/messages/{none}/attachments", json={"attachments": [wav]})
    assert (later.status_code, later.json()["attachments"]) == (200, []), "as published: of a call they are not shown"
    assert box.location.get(at.format(none)).content == WAV
    assert box.location.put(f"/conversations/messages/{text}/attachments", json={"attachments": []}).status_code == 400
    assert box.other.get(at.format(own)).status_code in (401, 403)


def test_transcriptions(talk: Talk) -> None:
    box, id = talk.box, call(talk)
    at = f"/conversations/locations/{box.location_id}/messages/{id}/transcription"
    assert box.location.get(at).json()["message"] == f"No transcription found for the message {id}"
    said = [
        {"mediaChannel": 1, "sentenceIndex": 0, "startTime": 500, "endTime": 900, "transcript": "Hello?"},
        {"mediaChannel": 2, "sentenceIndex": 1, "startTime": 61_000, "endTime": 62_000, "transcript": "Böblingen."},
    ]
    kept = box.operator.put(f"/operator/locations/{box.location_id}/messages/{id}/transcription",
        json={"sentences": said})  # fmt: skip
    assert kept.json() == {"sentences": 2}
    assert box.location.get(at).json() == [one | {"confidence": 1.0} for one in said]
    text = box.sandbox.client(box.location_token, V2).get(f"{at}/download")
    assert text.text == "[00:00] Caller: Hello?\n[01:01] Agent: Böblingen.\n"
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    sms = talk.send()["messageId"]
    refused = box.operator.put(f"/operator/locations/{box.location_id}/messages/{sms}/transcription",
        json={"sentences": said})  # fmt: skip
    assert refused.status_code == 400
