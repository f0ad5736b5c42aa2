"""Taking a file in: /medias/upload-file"""

from typing import Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta
from starlette.datastructures import UploadFile

from groundlevel.areas.medias.area import area
from groundlevel.areas.medias.keeping import Allowed, Kept, recorded, taken_in
from groundlevel.areas.medias.kinds import clean_name
from groundlevel.areas.medias.medias import MEDIAS, Media, place_or_400
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.request import Request
from groundlevel.kernel.wire import Body, Name, Wire, new_hex


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


async def keep_file(app: App, request: Request) -> None:
    """Put a body's file where files are kept, and what is known of it in its place. 400 or 413 for one that is not."""
    body: Upload = request.arguments["body"]
    if not body.hosted and isinstance(body.file, UploadFile):
        body.file = await taken_in(app, request, body.file, Allowed(name=body.name))


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
    media = recorded(ctx, body.file, place)
    return Uploaded(file_id=media.id, url=media.url or "")


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
