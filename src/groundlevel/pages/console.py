"""/console: for operators: signing in with the operator's key, and the pages behind that."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from groundlevel.areas.people import form_key
from groundlevel.areas.webhooks.visits import begin_visit, end_visit
from groundlevel.kernel.app import App
from groundlevel.pages.browser import first, form_of, moved, shown, went_wrong
from groundlevel.pages.console_door import OUT_OF_DATE, SIGN_IN, Door, sent
from groundlevel.pages.console_inbox import Inbox
from groundlevel.pages.console_outbox import OutboxPages
from groundlevel.pages.console_webhooks import WebhookPages

FIRST = "/console/webhooks"


class Console:
    """The operator's pages."""

    def __init__(self, app: App) -> None:
        self.door = Door(app)
        self.browser = self.door.browser
        self.router = Router(
            [
                Route("/console", self.start),
                Route(SIGN_IN, self.sign_in, methods=["GET", "POST"]),
                Route("/console/sign-out", self.sign_out, methods=["POST"]),
                *WebhookPages(self.door).routes,
                *OutboxPages(self.door).routes,
                *Inbox(self.door).routes,
            ]
        )

    async def start(self, _: Request) -> Response:
        """The first page."""
        return moved(FIRST)

    async def sign_in(self, request: Request) -> Response:
        """The form, and what comes of it."""
        guest = self.browser.guest(request)
        if request.method != "POST":
            return self._form(guest)
        form = await form_of(request)
        if not sent(form, guest):
            return self._form(guest, "Your browser did not send the cookie of this page. Please try again.", 403)
        value = await self.browser.do(lambda ctx: begin_visit(ctx, first(form, "key")[:200]))
        if not value:
            return self._form(guest, "That is not an operator's key of this installation.", 401)
        return self.browser.forget(
            self.browser.keep(moved(FIRST), self.door.cookie, value), self.browser.guest_cookie
        )  # fmt: skip

    def _form(self, guest: str, trouble: str = "", status: int = 200) -> Response:
        page = shown("console_sign_in.html", status, trouble=trouble, form_key=form_key(guest), action=SIGN_IN)
        return self.browser.keep(page, self.browser.guest_cookie, guest)

    async def sign_out(self, request: Request) -> Response:
        """End this session."""
        value = await self.door.visitor(request)
        if value:
            if not sent(await form_of(request), value):
                return went_wrong("Not signed out", OUT_OF_DATE)
            await self.browser.do(lambda ctx: end_visit(ctx, value))
        return self.browser.forget(moved(SIGN_IN), self.door.cookie)
