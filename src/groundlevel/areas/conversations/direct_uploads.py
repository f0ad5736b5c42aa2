"""Files for messages, sent straight to where they are kept: /conversations/messages/upload/initiate and …/complete

The address that the first operation tells is good for a quarter of an hour, for one file, by PUT.
"""

import hmac
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.attachments import KINDS, MOST, MOST_BY_WHATSAPP
from groundlevel.areas.conversations.conversation import conversation_or_400
from groundlevel.areas.medias import ROOT, Kept, kind_named, recorded
from groundlevel.kernel.caller import hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, NotFound, TooLarge, UnsupportedMediaType
from groundlevel.kernel.store import Range, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, epoch_ms, iso, new_uuid

GOOD_FOR = timedelta(minutes=15)


class NewUpload(Body):
    """A file that is to be sent. channel: `WHATSAPP` for up to 100 MB, any other for up to 5."""

    location_id: str
    conversation_id: Name
    filename: Annotated[str, Meta(min_length=1, max_length=250)]
    content_type: Name
    channel: Name
    file_size: Annotated[float, Meta(ge=0)] | None = None


class Begun(Wire):
    """Where to PUT the file, until when (milliseconds since 1970), and how large it may be."""

    upload_url: str
    upload_id: str
    file_path: str
    expires_at: int
    max_file_size: int


class DoneUpload(Body):
    """A file that was sent, as the first reply called it."""

    upload_id: Name
    file_path: Name
    location_id: str
    conversation_id: Name
    filename: Annotated[str, Meta(min_length=1, max_length=250)]


class FileFacts(Wire):
    """What is known of a file."""

    size: int
    content_type: str


class Completed(Wire):
    """Where the file can be had, by its name."""

    uploaded_files: dict[str, str]
    metadata: FileFacts


class DirectUpload(Wire):
    """A file that is to be sent or was. hash: of what its address has at the end. media_id, key: once it has come."""

    id: str
    conversation_id: str
    filename: str
    path: str
    most: int
    hash: str
    expires_at: str
    media_id: str = ""
    key: str = ""
    size: int = 0


UPLOADS = declare(Table("direct_uploads", DirectUpload, order="expires_at"))
PORTION = 20
"""Old ones that are forgotten with each new one."""


@area.post("/conversations/messages/upload/initiate", scope="conversations/message.write", status=200)
def initiate_file_upload(ctx: Ctx, body: NewUpload) -> Begun:
    """Get an address to send a file to, by PUT, within 15 minutes.

    400 for an unknown conversation, 413 for a file that is said to be too large, 415 for a kind that is not taken.
    """
    conversation_or_400(ctx, body.conversation_id)
    extension = body.filename.rpartition(".")[2].lower()
    if extension not in KINDS:
        raise UnsupportedMediaType(f"Files of the kind {extension} are not taken", status=415)
    most = MOST_BY_WHATSAPP if body.channel.upper() == "WHATSAPP" else MOST
    if body.file_size and body.file_size > most:
        raise TooLarge(f"The file is over the limit of {most} bytes", status=413)
    for old in ctx.db.find(UPLOADS, Range("expires_at", "<", iso(ctx.now - GOOD_FOR)), limit=PORTION):
        ctx.db.delete(UPLOADS, old.id)
    id, secret = new_uuid(), token_urlsafe(24)
    path = f"location/{ctx.location_id}/conversations/{body.conversation_id}/{id}.{extension}"
    made = DirectUpload(
        id=id, conversation_id=body.conversation_id, filename=body.filename, path=path, most=most, hash=hashed(secret),
        expires_at=iso(ctx.now + GOOD_FOR),
    )  # fmt: skip
    ctx.db.put(UPLOADS, made)
    url = f"{ctx.settings.public_url.rstrip('/')}/uploads/{ctx.location_id}/{id}/{secret}"
    return Begun(upload_url=url, upload_id=id, file_path=path, expires_at=epoch_ms(made.expires_at), max_file_size=most)


@area.post("/conversations/messages/upload/complete", scope="conversations/message.write", status=200)
def complete_file_upload(ctx: Ctx, body: DoneUpload) -> Completed:
    """Have a file that was sent kept; the reply tells its address. 404 where nothing was sent yet, or not in time."""
    one = ctx.db.get(UPLOADS, body.upload_id)
    if one is None or one.path != body.file_path or one.conversation_id != body.conversation_id or not one.media_id:
        raise NotFound("No file was uploaded under this uploadId and filePath")
    kept = Kept(one.media_id, one.key, body.filename, one.size, kind_named(one.key))
    media = recorded(ctx, kept, ROOT, "of a message")
    ctx.db.delete(UPLOADS, one.id)
    facts = FileFacts(size=one.size, content_type=media.content_type or "")
    return Completed(uploaded_files={body.filename: media.url or ""}, metadata=facts)


def upload_at(ctx: Ctx, id: str, secret: str, now: datetime) -> DirectUpload | None:
    """The file that may be sent to an address; None where there is no such address, or not any more."""
    one = ctx.db.get(UPLOADS, id)
    right = one is not None and hmac.compare_digest(one.hash, hashed(secret))
    return one if one and right and one.expires_at > iso(now) and not one.media_id else None


def arrived(ctx: Ctx, id: str, kept: Kept) -> None:
    """A file has come to its address. 400 where another one was faster."""
    one = ctx.db.get(UPLOADS, id)
    if one is None or one.media_id:
        raise BadRequest("A file was sent to this address before")
    ctx.db.put(UPLOADS, replace(one, media_id=kept.id, key=kept.key, size=kept.size))
