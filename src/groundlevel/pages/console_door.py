"""Who may see the console, and what its pages have in common: the session, its forms, the navigation, live pages."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from groundlevel.areas.people import form_key
from groundlevel.areas.webhooks.visits import visit_of
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Problem
from groundlevel.pages.browser import Browser, first, form_of, moved, shown, went_wrong

SIGN_IN = "/console/sign-in"
VISIT = "groundlevel-console"
PLACES = (("/console/inbox", "Inbox"), ("/console/outbox", "Outbox"), ("/console/webhooks", "Webhooks"))
"""The navigation."""
OUT_OF_DATE = "This form is out of date. Go back, reload the page and try again."

Form = dict[str, list[str]]
Act = Callable[[Ctx, Form], object]
Page = Callable[[Request, str], Awaitable[Response]]
"""What shows a page, or does what was sent to it, for the session with this value."""


class Door:
    """The operator's sessions. A page behind it is shown to who has signed in; others are led to where one does."""

    def __init__(self, app: App) -> None:
        self.browser = Browser(app)
        self.cookie = ("__Host-" if self.browser.secure else "") + VISIT

    async def visitor(self, request: Request) -> str:
        """The value of the session of who is signed in; empty for nobody."""
        value = request.cookies.get(self.cookie, "")
        found = await self.browser.do(lambda ctx: visit_of(ctx, value), write=False) if value else None
        return value if found else ""

    def behind(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """The page, for operators only. What is unknown or refused is said on a page of its own."""

        async def answer(request: Request) -> Response:
            value = await self.visitor(request)
            if not value:
                return moved(SIGN_IN)
            try:
                return await page(request, value)
            except Problem as problem:
                title = "Nothing here" if request.method == "GET" else "Nothing was done"
                return went_wrong(title, f"{problem}.", status=problem.status)

        return answer

    async def act(self, request: Request, value: str, act: Act, to: str, location: str = "") -> Response:
        """Do what a form of this session asks for, at a sub-account where one is named, and go on."""
        form = await form_of(request)
        if not sent(form, value):
            return went_wrong("Nothing was done", OUT_OF_DATE, status=403)
        await self.browser.operate(lambda ctx: act(ctx, form), location)
        return moved(to)


def page(name: str, place: str, value: str, *, status: int = 200, frames: bool = False, **values: Any) -> HTMLResponse:
    """A page of the console. place: where in the navigation it is; frames: whether it shows pages of ours within."""
    made = shown(name, status, form_key=form_key(value), places=PLACES, place=place, **values)
    return live(made, frames=frames)


def sent(form: Form, value: str) -> bool:
    """Whether a form was shown to the browser with this value."""
    return hmac.compare_digest(first(form, "form_key").encode(), form_key(value).encode())


def live(page: HTMLResponse, *, frames: bool = False) -> HTMLResponse:
    """A page that may run our own script, which asks for the same page again."""
    page.headers["Content-Security-Policy"] += "; script-src 'self'; connect-src 'self'"
    if frames:
        page.headers["Content-Security-Policy"] += "; frame-src 'self'"
    return page
