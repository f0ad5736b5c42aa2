"""/uploads/{locationId}/{uploadId}/{secret}: where a file for a message is sent by PUT, once, within its time."""

import re
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from groundlevel.areas.conversations import arrived, upload_at
from groundlevel.areas.medias import Allowed, taken_in
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Problem
from groundlevel.kernel.request import Request as Asked
from groundlevel.kernel.store import Owners

ID, SECRET = re.compile(r"[A-Za-z0-9-]{1,100}"), re.compile(r"[A-Za-z0-9_-]{20,100}")
IN_MEMORY = 1024 * 1024


class Uploads:
    """Where files for messages come in."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def take(self, request: Request) -> Response:
        """200 when the file is kept. 404 for no address (any more), 413 for too much, 400 for another kind."""
        where, app = request.path_params, self.app
        known = None
        if ID.fullmatch(where["location"]) and ID.fullmatch(where["id"]) and SECRET.fullmatch(where["secret"]):
            place = where["location"]
            known = await app.store.perform(Owners(system=True), lambda db: app.company_of(db, place), write=False)
        if not known:
            return _said(404, "There is no such address")
        owners, now = Owners(where["location"], known), app.clock.now()

        def ctx_of(db: Any) -> Ctx:
            return Ctx(NOBODY, db, now, app.settings, app.clock)

        one = await app.store.perform(
            owners, lambda db: upload_at(ctx_of(db), where["id"], where["secret"], now), write=False
        )
        if one is None:
            return _said(404, "There is no such address, or not any more")
        with SpooledTemporaryFile(IN_MEMORY) as file:
            size = 0
            async for part in request.stream():
                size += len(part)
                if size > one.most:
                    return _said(413, f"The file is over the limit of {one.most} bytes")
                file.write(part)
            asked = Asked(request.scope, now)
            asked.owners = owners
            sent = UploadFile(cast("IO[bytes]", file), size=size, filename=one.filename)  # pyright: ignore[reportArgumentType]
            try:
                kept = await taken_in(app, asked, sent, Allowed(most=one.most))
                await app.store.perform(owners, lambda db: arrived(ctx_of(db), where["id"], kept), write=True)
            except Problem as problem:
                return _said(problem.status, str(problem))
        return _said(200, "Kept")


def _said(status: int, message: str) -> Response:
    return JSONResponse({"statusCode": status, "message": message}, status, headers={"Cache-Control": "no-store"})
