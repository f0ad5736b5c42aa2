"""Taking a file in that is to be imported: looked over and kept before the unit of work that makes it an import.

A job that is written even before that removes what never became one, whatever happens in between.
"""

import asyncio
from datetime import timedelta
from typing import Annotated, Any

from msgspec import Meta, Struct
from starlette.datastructures import UploadFile

from groundlevel.areas.transfers.imports import IMPORTS
from groundlevel.areas.transfers.reading import NotReadable, Sheet, looked_over
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import job
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.request import Request
from groundlevel.kernel.store import Unit
from groundlevel.kernel.wire import Body, new_id
from groundlevel.outside import files

CLAIMED_AFTER = timedelta(hours=1)
"""By when a file that was taken in has become an import."""


class NewImport(Body):
    """A CSV file, and what its rows are; `encoding` if it is not UTF-8."""

    file: Any = None
    kind: Annotated[str, Meta(max_length=200)] = "contacts"
    encoding: Annotated[str, Meta(max_length=40)] = ""


class KeptSheet(Struct, frozen=True):
    """A file that is where files are kept, and no import yet."""

    id: str
    key: str
    name: str
    sheet: Sheet


async def keep_sheet(app: App, request: Request) -> None:
    """Put a body's file where files are kept, and what is known of it in its place. 400 for one that is no CSV."""
    body: NewImport = request.arguments["body"]
    if not isinstance(body.file, UploadFile):
        return
    file, name = body.file.file, body.file.filename or "file.csv"
    try:
        sheet = await asyncio.to_thread(looked_over, file, body.encoding)
    except NotReadable as wrong:
        raise BadRequest(str(wrong)) from None
    id = new_id()
    key = f"{request.owners.location}/imports/{id}.csv"
    assert request.caller

    def note(db: Unit) -> None:
        ctx = Ctx(request.caller, db, request.now, app.settings)  # pyright: ignore[reportArgumentType]
        ctx.later(drop_unclaimed_sheet, at=request.now + CLAIMED_AFTER, import_id=id, key=key)

    await app.store.perform(request.owners, note, write=True)
    await files.keep(app.settings, key, file)
    body.file = KeptSheet(id, key, name, sheet)


@job()
def drop_unclaimed_sheet(ctx: Ctx, import_id: str, key: str) -> None:
    """Remove a file that never became an import, or is none any more."""
    if ctx.db.get(IMPORTS, import_id) is None:
        files.forget(ctx.settings, [key])
