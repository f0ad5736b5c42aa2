"""/files/{locationId}/{name}: uploaded files, for everybody who knows their addresses."""

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from groundlevel.areas.medias import found_at, served
from groundlevel.kernel.app import App
from groundlevel.kernel.store import Owners
from groundlevel.outside import files

ID = re.compile(r"[A-Za-z0-9]{1,100}")
"""What an id can be; anything else is nobody's."""


class Files:
    """What was uploaded."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def send(self, request: Request) -> Response:
        """A file or a stretch of it, piece by piece; 404 for one that is not there."""
        location, name = request.path_params["location"], request.path_params["name"]
        media = None
        if ID.fullmatch(location):
            media = await self.app.store.perform(Owners(location), lambda db: found_at(db, name), write=False)
        if media is None:
            return PlainTextResponse("There is no such file.\n", 404, headers={"X-Content-Type-Options": "nosniff"})
        asked = request.headers
        told = served(media, asked.get("range", ""), asked.get("if-none-match", ""))
        if not told.key or request.method == "HEAD":
            return Response(status_code=told.status, headers=told.headers)
        parts = files.read(self.app.settings, told.key, told.first, told.last)
        try:
            first = await anext(parts)
        except FileNotFoundError:
            return PlainTextResponse("The file's content is missing.\n", 404)

        async def content() -> files.Parts:
            yield first
            async for part in parts:
                yield part

        return StreamingResponse(content(), told.status, told.headers)
