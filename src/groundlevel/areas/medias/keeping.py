"""Keeping a file that was sent, in two steps.

The file is on this machine's disk when the call is let in. What it is is looked at, then it goes to where files are
kept, piece by piece, before the unit of work that makes it a record. A job that is written even before that removes
what never became one, whatever happens in between.
"""

import asyncio
import io
import zipfile
from datetime import datetime, timedelta
from typing import IO

from msgspec import Struct
from starlette.datastructures import UploadFile

from groundlevel.areas.medias.kinds import (
    HEAD,
    Kind,
    Refused,
    check_drawing,
    clean_name,
    extension_of,
    kind_named,
    kind_of,
)
from groundlevel.areas.medias.medias import MEDIAS, Media, State
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import job
from groundlevel.kernel.problems import BadRequest, TooLarge, UnsupportedMediaType
from groundlevel.kernel.request import Request
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners, Store, Unit
from groundlevel.kernel.wire import new_hex
from groundlevel.outside import files

CLAIMED_AFTER = timedelta(hours=1)
"""By when a file that was taken in has become a record."""


class Allowed(Struct, frozen=True):
    """What is taken in: under which name, if not the file's own; of which kinds, if not of all; how many bytes at most.

    With `kinds`, others are refused with 415 and not with 400.
    """

    name: str = ""
    kinds: frozenset[str] = frozenset()
    most: int = 0


class Kept(Struct, frozen=True):
    """A file that is where files are kept, and no record yet."""

    id: str
    key: str
    name: str
    size: int
    kind: Kind


ANYTHING = Allowed()


async def taken_in(app: App, request: Request, sent: UploadFile, allowed: Allowed = ANYTHING) -> Kept:
    """Put a file where files are kept. 400, 413 or 415 for one that is not."""
    size = sent.size or 0
    kind = await asyncio.to_thread(_looked_at, sent, allowed, size)
    id = new_hex()
    key = f"{request.owners.location}/{id}.{kind.extension}"

    def note(db: Unit) -> None:
        ctx = Ctx(request.caller or NOBODY, db, request.now, app.settings)
        ctx.later(drop_unclaimed, at=request.now + CLAIMED_AFTER, media_id=id, key=key)

    await app.store.perform(request.owners, note, write=True)
    await files.keep(app.settings, key, sent.file)
    return Kept(id, key, allowed.name.strip() or clean_name(sent.filename or ""), size, kind)


def kept_from(store: Store, settings: Settings, owners: Owners, now: datetime, sent: tuple[str, bytes]) -> Kept:
    """Put a file where files are kept that somebody sent otherwise than in a request: (name, content).

    What is of no kind that is kept is put into a ZIP file, in which nobody opens it by accident. For processes that
    work: it waits until the file is there.
    """
    name, content = clean_name(sent[0]) or "file", sent[1]
    try:
        kind = kind_of(name, content[:HEAD])
        if kind.extension == "svg":
            check_drawing(content.decode("utf-8-sig", errors="replace"))
    except Refused:
        name, content, kind = f"{name}.zip", _zipped(name, content), kind_named("file.zip")
    id = new_hex()
    key = f"{owners.location}/{id}.{kind.extension}"

    def note(db: Unit) -> None:
        Ctx(NOBODY, db, now, settings).later(drop_unclaimed, at=now + CLAIMED_AFTER, media_id=id, key=key)

    store.write(owners, note)
    asyncio.run(files.keep(settings, key, io.BytesIO(content)))
    return Kept(id, key, name, len(content), kind)


def _zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def recorded(ctx: Ctx, kept: Kept, place: str, state: State = "there") -> Media:
    """Make a kept file a record, in a folder."""
    url = f"{ctx.settings.public_url.rstrip('/')}/files/{ctx.location_id}/{kept.id}.{kept.kind.extension}"
    media = Media(
        id=kept.id, location_id=ctx.location_id, name=kept.name, type="file", category=kept.kind.category, place=place,
        state=state, date_added=ctx.stamp, date_updated=ctx.stamp, url=url, key=kept.key,
        content_type=kept.kind.content_type, size=kept.size, last_updated_by=ctx.caller.user_id or None,
    )  # fmt: skip
    return ctx.db.put(MEDIAS, media)


@job()
def drop_unclaimed(ctx: Ctx, media_id: str, key: str) -> None:
    """Remove a file that never became a record, or is none any more."""
    if ctx.db.get(MEDIAS, media_id) is None:
        files.forget(ctx.settings, [key])


def _looked_at(sent: UploadFile, allowed: Allowed, size: int) -> Kind:
    """What an upload is; 400 (415) for what is not kept, 413 for what is too large."""
    file: IO[bytes] = sent.file
    said = sent.filename or ""
    try:
        file.seek(0)
        name = said if extension_of(said) else allowed.name
        if allowed.kinds and extension_of(name) not in allowed.kinds:
            raise UnsupportedMediaType(
                f"Files of the kind {extension_of(name) or 'without an extension'} are not taken"
            )
        kind = kind_of(name, file.read(HEAD))
        most = allowed.most or kind.most
        if size > most:
            raise TooLarge(f"The file is over the limit of {most} bytes")
        if kind.extension == "svg":
            file.seek(0)
            check_drawing(file.read().decode("utf-8-sig", errors="replace"))
    except Refused as refused:
        raise BadRequest(str(refused)) from None
    return kind
