"""/console/outbox: every message that has left, is to leave or would have left; one of them, whole; send again."""

from dataclasses import replace
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from groundlevel.areas.outbox.consent import DND
from groundlevel.areas.outbox.contents import get_outgoing_attachment, get_outgoing_source
from groundlevel.areas.outbox.operators import OutboxWanted, get_outgoing, list_outbox, send_again
from groundlevel.kernel.binding import Content
from groundlevel.kernel.problems import BadRequest
from groundlevel.pages.browser import moved
from groundlevel.pages.console_door import Door, page
from groundlevel.pages.console_places import sub_accounts
from groundlevel.pages.framed import framed

HOME = "/console/outbox"
FILTERS = ("locationId", "channel", "state", "to", "contactId", "since")
STATES = ("waiting", "sending", "sent", "delivered", "failed", "unclear", "cancelled")
CHANNELS = tuple(DND)
SAFE = {
    "Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
}  # fmt: skip
TABS = {"html": "HTML", "text": "Text", "source": "Source", "headers": "Headers", "files": "Files", "life": "Life"}


class OutboxPages:
    """The pages of the outbox."""

    def __init__(self, door: Door) -> None:
        self.door, self.browser = door, door.browser
        self.routes = [
            Route(HOME, door.behind(self.list)),
            Route(f"{HOME}/{{id}}", door.behind(self.one), methods=["GET", "POST"]),
            Route(f"{HOME}/{{id}}/html", door.behind(self.html)),
            Route(f"{HOME}/{{id}}/source", door.behind(self.source)),
            Route(f"{HOME}/{{id}}/files/{{number}}", door.behind(self.file)),
        ]

    async def list(self, request: Request, value: str) -> Response:
        """Messages, the latest first, with filters."""
        asked = {name: said for name in FILTERS if (said := request.query_params.get(name, "").strip())}
        after = {"after": said} if (said := request.query_params.get("after", "")) else {}
        try:
            query = msgspec.convert({**asked, **after, "limit": 100}, OutboxWanted)
        except msgspec.ValidationError:
            return moved(HOME)
        found = await self.browser.operate(lambda ctx: list_outbox(ctx, query), write=False, slow=True)
        places = await sub_accounts(self.browser)
        return page(
            "console_outbox.html", HOME, value, messages=found.outbox, states=STATES, channels=CHANNELS,
            sub_accounts=places, names={place.id: place.name for place in places}, asked=asked,
            shown={name: asked.get(name, "") for name in FILTERS}, more=len(found.outbox) == query.limit,
        )  # fmt: skip

    async def one(self, request: Request, value: str) -> Response:
        """One message under one of its tabs; what is sent here sends it again."""
        id = request.path_params["id"]
        if request.method == "POST":
            return await self.door.act(request, value, lambda ctx, _: send_again(ctx, id), f"{HOME}/{id}?show=life")
        one = await self.browser.operate(lambda ctx: get_outgoing(ctx, id), write=False)
        tabs = {name: title for name, title in TABS.items() if self._has(one, name)}
        tab = request.query_params.get("show", "")
        tab = tab if tab in tabs else next(iter(tabs))
        source = await self._written(id) if tab == "source" else ""
        return page("console_message.html", HOME, value, frames=True, one=one, tabs=tabs, tab=tab, source=source)

    async def html(self, request: Request, _: str) -> Response:
        """The HTML of a mail, for the frame that shows it."""
        one = await self.browser.operate(lambda ctx: get_outgoing(ctx, request.path_params["id"]), write=False)
        return HTMLResponse(*framed(one.html))

    async def source(self, request: Request, _: str) -> Response:
        """A mail as a server is given it, to be saved."""
        id = request.path_params["id"]
        return Answered(await self.browser.operate(lambda ctx: get_outgoing_source(ctx, id), write=False))

    async def file(self, request: Request, _: str) -> Response:
        """A file that goes with a message, to be saved."""
        id, number = request.path_params["id"], request.path_params["number"]
        return Answered(await self.browser.operate(lambda ctx: get_outgoing_attachment(ctx, id, number), write=False))

    async def _written(self, id: str) -> str:
        """The source as text, or why there is none."""
        try:
            found = await self.browser.operate(lambda ctx: get_outgoing_source(ctx, id), write=False)
        except BadRequest as no:
            return f"{no}."
        assert found.parts
        return b"".join([part async for part in found.parts()]).decode("latin-1").replace("\r\n", "\n")

    @staticmethod
    def _has(one: Any, tab: str) -> bool:
        return {
            "html": bool(one.html), "source": one.channel == "Email", "headers": one.channel == "Email",
            "files": bool(one.attachments),
        }.get(tab, True)  # fmt: skip


class Answered(Response):
    """What an operation answers that is no JSON: to be saved, and nothing of it runs here."""

    def __init__(self, content: Content) -> None:
        super().__init__()
        self.content = replace(content, headers=content.headers | SAFE)

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Piece by piece."""
        await self.content.send(send, [])  # pyright: ignore[reportArgumentType]
