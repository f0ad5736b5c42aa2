"""Files for custom fields: /locations/{locationId}/customFields/upload

The files become records of medias that no list shows. Their addresses are for the value of a field of files.
"""

from typing import Annotated, Any

from msgspec import Meta
from starlette.datastructures import UploadFile

from groundlevel.areas.custom_fields import CUSTOM_FIELDS
from groundlevel.areas.locations import area
from groundlevel.areas.medias.keeping import Kept, recorded, taken_in
from groundlevel.areas.medias.kinds import extension_of
from groundlevel.areas.medias.medias import ROOT
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.request import Request
from groundlevel.kernel.wire import Body, Name, Wire

MOST_FILES = 15


class FieldFiles(Body):
    """Files, each under a name of the sender's own. `id`: of the contact, the opportunity or the custom field.

    max_files: a number; more are refused.
    """

    files: dict[str, Any] = {}
    id: Name = ""
    max_files: Annotated[str, Meta(pattern="^([1-9]|1[0-5])$", extra={"explain": "must be from 1 to 15"})] = "15"


class FieldFile(Wire):
    """What is known of a file. `fieldname`: under which it was sent. `size` in bytes."""

    fieldname: str
    originalname: str
    encoding: str
    mimetype: str
    size: int
    url: str


class UploadedFiles(Wire, omit_defaults=False):
    """The addresses by the names under which the files were sent, and what is known of each."""

    uploaded_files: dict[str, str]
    meta: list[FieldFile]


async def keep_files(app: App, request: Request) -> None:
    """Put the files where files are kept. 400 for too many, and for one that is not kept; 413 for a large one."""
    body: FieldFiles = request.arguments["body"]
    if len(body.files) > int(body.max_files):
        raise BadRequest(f"No more than {body.max_files} files can be sent")
    for name, file in body.files.items():
        if isinstance(file, UploadFile):
            body.files[name] = await taken_in(app, request, file)


@area.post(
    "/locations/{locationId}/customFields/upload", scope="locations/customFields.write", status=200,
    limit="upload_limit", steps=(keep_files,),
)  # fmt: skip
def upload_file_custom_fields(ctx: Ctx, location_id: str, body: FieldFiles) -> UploadedFiles:
    """Take in files for custom fields: parts of a form under names of the sender's own, at most 15 together.

    The addresses go into the value of a field of files. Where `id` is of a custom field, its accepted formats count:
    400 for another. Kinds and sizes as at POST /medias/upload-file: 400 for what is not kept, 413 for what is larger.
    """
    files = {name: one for name, one in body.files.items() if isinstance(one, Kept)}
    field = ctx.db.get(CUSTOM_FIELDS, body.id) if body.id else None
    accepted = {one.lower().lstrip(".") for one in field.accepted_format} if field else set[str]()
    for one in files.values():
        if accepted and extension_of(one.name) not in accepted:
            raise BadRequest(f"{one.name} is not of a format that the field accepts: {', '.join(sorted(accepted))}")
    meta = [_known_of(name, one, recorded(ctx, one, ROOT, "of a field").url) for name, one in files.items()]
    return UploadedFiles(uploaded_files={one.fieldname: one.url for one in meta}, meta=meta)


def _known_of(name: str, one: Kept, url: str | None) -> FieldFile:
    return FieldFile(
        fieldname=name, originalname=one.name, encoding="7bit", mimetype=one.kind.content_type, size=one.size,
        url=url or "",
    )  # fmt: skip
