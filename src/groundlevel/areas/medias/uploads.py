"""Taking a file in: /medias/upload-file

The file is on this machine's disk when the call is let in. What it is is looked at, then it goes to where files are
kept, piece by piece, before the unit of work that makes it a record. A job that is written even before that removes
what never became one, whatever happens in between.
"""

import asyncio
from datetime import timedelta
from typing import IO, Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from starlette.datastructures import UploadFile

from groundlevel.areas.medias.area import area
from groundlevel.areas.medias.kinds import HEAD, Kind, Refused, check_drawing, clean_name, extension_of, kind_of
from groundlevel.areas.medias.medias import MEDIAS, Media, place_or_400
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import job
from groundlevel.kernel.problems import BadRequest, TooLarge, Unprocessable
from groundlevel.kernel.request import Request
from groundlevel.kernel.store import Unit
from groundlevel.kernel.wire import Body, Name, Wire, new_hex
from groundlevel.outside import files

CLAIMED_AFTER = timedelta(hours=1)
"""By when a file that was taken in has become a record."""


class Upload(Body):
    """A file to take in; or, if `hosted`, the address of one that is kept elsewhere. `parent_id`: the folder for it."""

    file: Any = None
    hosted: bool = False
    file_url: Annotated[str, Meta(max_length=2_000)] = ""
    name: Annotated[str, Meta(max_length=250)] = ""
    parent_id: Name = ""


class Uploaded(Wire):
    """The reply: the new file's id, and where it can be had."""

    file_id: str
    url: str


class Kept(Struct, frozen=True):
    """A file that is where files are kept, and no record yet."""

    id: str
    key: str
    name: str
    size: int
    kind: Kind


async def keep_file(app: App, request: Request) -> None:
    """Put a body's file where files are kept, and what is known of it in its place. 400 or 413 for one that is not."""
    body: Upload = request.arguments["body"]
    if body.hosted or not isinstance(body.file, UploadFile):
        return
    file, size = body.file.file, body.file.size or 0
    kind = await asyncio.to_thread(_looked_at, body.file, body.name, size)
    id = new_hex()
    location = request.owners.location
    key = f"{location}/{id}.{kind.extension}"
    assert request.caller

    def note(db: Unit) -> None:
        ctx = Ctx(request.caller, db, request.now, app.settings)  # pyright: ignore[reportArgumentType]
        ctx.later(drop_unclaimed, at=request.now + CLAIMED_AFTER, media_id=id, key=key)

    await app.store.perform(request.owners, note, write=True)
    await files.keep(app.settings, key, file)
    name = body.name.strip() or clean_name(body.file.filename or "")
    body.file = Kept(id, key, name, size, kind)


@area.post("/medias/upload-file", scope="medias.write", status=200, limit="upload_limit", steps=(keep_file,))
def upload_media_content(ctx: Ctx, body: Upload) -> Uploaded:
    """Take in a file, sent as `file` of a form: up to 25 MB, and 500 MB for a film. Or note one that is kept elsewhere.

    A file is what its extension says, and must hold that: 400 for other kinds (pages, scripts, programs), for those
    that hold something else, for drawings with scripts, and for an unknown folder. 413 for what is too large.
    With `hosted`, `fileUrl` is the address, and nothing is fetched.
    """
    place = place_or_400(ctx, body.parent_id)
    if body.hosted:
        return _noted(ctx, body, place)
    if not isinstance(body.file, Kept):
        raise Unprocessable("file should not be empty")
    kept, kind = body.file, body.file.kind
    url = f"{ctx.settings.public_url.rstrip('/')}/files/{ctx.location_id}/{kept.id}.{kind.extension}"
    media = Media(
        id=kept.id, location_id=ctx.location_id, name=kept.name, type="file", category=kind.category, place=place,
        state="there", date_added=ctx.stamp, date_updated=ctx.stamp, url=url, key=kept.key,
        content_type=kind.content_type, size=kept.size, last_updated_by=ctx.caller.user_id or None,
    )  # fmt: skip
    ctx.db.put(MEDIAS, media)
    return Uploaded(file_id=media.id, url=url)


@job()
def drop_unclaimed(ctx: Ctx, media_id: str, key: str) -> None:
    """Remove a file that never became a record, or is none any more."""
    if ctx.db.get(MEDIAS, media_id) is None:
        files.forget(ctx.settings, [key])


def _noted(ctx: Ctx, body: Upload, place: str) -> Uploaded:
    """A file that is kept elsewhere. 422 for an address that is no page of the web."""
    try:
        parts = urlsplit(body.file_url)
    except ValueError:
        parts = urlsplit("")
    fits = parts.scheme in ("http", "https") and bool(parts.hostname) and body.file_url.isprintable()
    if not fits or " " in body.file_url:
        raise Unprocessable("fileUrl must be a URL address")
    name = body.name.strip() or clean_name(parts.path) or parts.netloc
    media = Media(
        id=new_hex(), location_id=ctx.location_id, name=name, type="file", category="document", place=place,
        state="there", date_added=ctx.stamp, date_updated=ctx.stamp, url=body.file_url,
    )  # fmt: skip
    ctx.db.put(MEDIAS, media)
    return Uploaded(file_id=media.id, url=body.file_url)


def _looked_at(sent: UploadFile, name: str, size: int) -> Kind:
    """What an upload is; 400 for what is not kept, 413 for what is too large."""
    file: IO[bytes] = sent.file
    said = sent.filename or ""
    try:
        file.seek(0)
        kind = kind_of(said if extension_of(said) else name, file.read(HEAD))
        if size > kind.most:
            raise TooLarge(f"The file is over the limit of {kind.most} bytes")
        if kind.extension == "svg":
            file.seek(0)
            check_drawing(file.read().decode("utf-8-sig", errors="replace"))
    except Refused as refused:
        raise BadRequest(str(refused)) from None
    return kind
