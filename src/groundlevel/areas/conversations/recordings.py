"""Recordings of calls and what was said in them: …/recording, …/transcription, …/transcription/download"""

from typing import Annotated
from urllib.parse import quote

from msgspec import Meta

from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.message import Message, message_or_400
from groundlevel.areas.conversations.types import CALLS
from groundlevel.areas.medias import found_at
from groundlevel.areas.operator import area as operators
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.binding import Content
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, NotFound
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Prose, Wire
from groundlevel.outside import files

SOUNDS = {"wav": "audio/x-wav", "mp3": "audio/mpeg"}
"""How recordings are served; the first as published."""


class Sentence(Body, omit_defaults=False):
    """A sentence of a call: who said it (1 or 2), from and to which millisecond, and how sure that is (0 to 1)."""

    media_channel: Annotated[int, Meta(ge=0, le=100)]
    sentence_index: Annotated[int, Meta(ge=0, le=1_000_000)]
    start_time: Annotated[int, Meta(ge=0, le=10**10)]
    end_time: Annotated[int, Meta(ge=0, le=10**10)]
    transcript: Prose
    confidence: Annotated[float, Meta(ge=0, le=1)] = 1.0


class NewTranscription(Body):
    """What was said in a call."""

    sentences: Annotated[list[Sentence], Meta(max_length=10_000)]


class Transcription(Wire):
    """What was said in a call. The id is the message's."""

    id: str
    sentences: list[Sentence]


class TranscriptionKept(Wire):
    """The reply to keeping one."""

    sentences: int


TRANSCRIPTIONS = declare(Table("transcriptions", Transcription))


@area.get(
    "/conversations/messages/{messageId}/locations/{locationId}/recording", scope="conversations/message.readonly"
)
def get_message_recording(ctx: Ctx, message_id: str, location_id: str) -> Content:
    """The recording of a call, as sound. One that is kept elsewhere: 302 to its address.

    400 for an unknown message, 404 where there is no recording.
    """
    message = message_or_400(ctx, message_id)
    url = message.attachments[0] if message.type in CALLS and message.attachments else ""
    if not url:
        raise NotFound(f"No recording found for the message {message.id}")
    media = found_at(ctx.db, url.rpartition("/")[2])
    if media is None or media.url != url or media.key is None or media.size is None:
        return Content({"Location": url, "Cache-Control": "no-store"}, status=302)
    key, size, settings = media.key, media.size, ctx.settings
    extension = key.rpartition(".")[2]
    headers = {
        "Content-Type": SOUNDS.get(extension, media.content_type or "application/octet-stream"),
        "Content-Disposition": f"attachment; filename=audio.{extension}", "Content-Length": str(size),
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return Content(headers, parts=lambda: files.read(settings, key, 0, size - 1))


@area.get(
    "/conversations/locations/{locationId}/messages/{messageId}/transcription", scope="conversations/message.readonly"
)
def get_message_transcription(ctx: Ctx, location_id: str, message_id: str) -> list[Sentence]:
    """What was said in a call, sentence by sentence. 400 for an unknown message, 404 where nothing was written down."""
    return _transcription(ctx, message_id)[1].sentences


@area.get(
    "/conversations/locations/{locationId}/messages/{messageId}/transcription/download",
    scope="conversations/message.readonly",
)
def download_message_transcription(ctx: Ctx, location_id: str, message_id: str) -> Content:
    """The same as a text, a line for each sentence. 400 for an unknown message, 404 where nothing was written down."""
    message, told = _transcription(ctx, message_id)
    text = "".join(f"[{_clock(s.start_time)}] {_who(s.media_channel)}: {s.transcript}\n" for s in told.sentences)
    headers = {
        "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'attachment; filename="transcription.txt"; filename*=UTF-8\'\'{quote(message.id)}.txt',
    }  # fmt: skip
    return Content(headers | {"Content-Length": str(len(text.encode()))}, text.encode())


@operators.put("/operator/locations/{locationId}/messages/{messageId}/transcription", scope=OPERATOR)
def put_transcription(ctx: Ctx, location_id: str, message_id: str, body: NewTranscription) -> TranscriptionKept:
    """Keep what was said in a call, in place of what was kept before. 400 for an unknown message, and for no call."""
    message = message_or_400(ctx, message_id)
    if message.type not in CALLS:
        raise BadRequest(f"Message with id {message.id} is no call")
    ctx.db.put(TRANSCRIPTIONS, Transcription(id=message.id, sentences=body.sentences))
    return TranscriptionKept(sentences=len(body.sentences))


def _transcription(ctx: Ctx, message_id: str) -> tuple[Message, Transcription]:
    message = message_or_400(ctx, message_id)
    found = ctx.db.get(TRANSCRIPTIONS, message.id)
    if found is None:
        raise NotFound(f"No transcription found for the message {message.id}")
    return message, found


def _clock(ms: int) -> str:
    return f"{ms // 60_000:02}:{ms // 1_000 % 60:02}"


def _who(channel: int) -> str:
    return {1: "Caller", 2: "Agent"}.get(channel, f"Speaker {channel}")


def forget_transcription(ctx: Ctx, message_id: str) -> None:
    """It goes with its message."""
    ctx.db.delete(TRANSCRIPTIONS, message_id)
