"""/l/{locationId}/{linkId}: a trigger link leads on, and counts who follows it."""

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from groundlevel.areas.links import follow
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Owners

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
ID = re.compile(r"[A-Za-z0-9]{1,100}")
"""What an id can be; anything else is nobody's."""


class Links:
    """Where links lead."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def follow(self, request: Request) -> Response:
        """302 to the link's target; 404 where there is no such link. HEAD, as of a preview, is not counted."""
        app, contact = self.app, request.query_params.get("contact_id", "")
        location, link = request.path_params["location"], request.path_params["link"]
        counted = request.method == "GET"
        if not (ID.fullmatch(location) and ID.fullmatch(link)):
            return _nowhere()

        def work(db: object) -> str | None:
            ctx = Ctx(NOBODY, db, app.clock.now(), app.settings, app.clock)  # pyright: ignore[reportArgumentType]
            return follow(ctx, link, contact if ID.fullmatch(contact) else "", counted=counted)

        known = await app.store.perform(Owners(system=True), lambda db: app.company_of(db, location), write=False)
        target = await app.store.perform(Owners(location, known), work, write=counted) if known else None
        return RedirectResponse(target, 302, headers=HEADERS) if target else _nowhere()


def _nowhere() -> Response:
    return PlainTextResponse("There is no such link.\n", 404, headers=HEADERS)
