"""/unsubscribe/{locationId}/{emailId}/{signature}: whoever got a mail gets no more, by a click here or in its program.

Asking for the page changes nothing, since programs ask for all links in mails; the click is a POST (RFC 8058).
"""

import re
from collections.abc import Callable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from groundlevel.areas.conversations import unsubscribe, unsubscribes
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Owners, Unit

ID = re.compile(r"[A-Za-z0-9]{1,100}")
HEADERS = {
    "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'",
}  # fmt: skip
Act = Callable[[Ctx, str, str], str | None]


class Unsubscribe:
    """The page, and the click."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def show(self, request: Request) -> Response:
        """Asks whether. 404 for a link that nobody was sent."""
        address = await self._act(request, unsubscribes, write=False)
        if address is None:
            return _page(404, "There is no such link.")
        button = '<form method="post"><button>Unsubscribe</button></form>'
        return _page(200, f"Get no more mail at {escape(address)}?", button)

    async def click(self, request: Request) -> Response:
        """Does it. What is sent with it does not matter. 404 as above."""
        address = await self._act(request, unsubscribe, write=True)
        if address is None:
            return _page(404, "There is no such link.")
        return _page(200, f"{escape(address)} gets no more mail from here.")

    async def _act(self, request: Request, act: Act, *, write: bool) -> str | None:
        app, where = self.app, request.path_params
        location, email, signature = where["location"], where["email"], where["signature"]
        if not all(ID.fullmatch(value) for value in (location, email, signature)):
            return None
        known = await app.store.perform(Owners(system=True), lambda db: app.company_of(db, location), write=False)
        if not known:
            return None

        def work(db: Unit) -> str | None:
            return act(Ctx(NOBODY, db, app.clock.now(), app.settings, app.clock), email, signature)

        return await app.store.perform(Owners(location, known), work, write=write)


def _page(status: int, text: str, more: str = "") -> Response:
    style = "body{font:1.1rem system-ui;margin:15vh auto;max-width:30rem;padding:1rem;text-align:center}"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail</title><style>{style}</style>'
    return HTMLResponse(f"{head}<p>{text}</p>{more}", status, headers=HEADERS)
