"""/console/webhooks: what was sent, for operators: the log, one delivery, send again, pause and resume."""

import hmac
import json
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from groundlevel.areas.people import form_key
from groundlevel.areas.webhooks.endpoint_operators import EndpointChange, list_endpoints, update_endpoint
from groundlevel.areas.webhooks.operators import (
    DeliveriesWanted,
    ManyDeliveries,
    get_delivery,
    list_deliveries,
    replay_delivery,
)
from groundlevel.areas.webhooks.scopes import ALWAYS, SCOPES
from groundlevel.areas.webhooks.visits import begin_visit, end_visit, visit_of
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Problem
from groundlevel.pages.browser import Browser, first, form_of, moved, shown, went_wrong

HOME, SIGN_IN = "/console/webhooks", "/console/sign-in"
VISIT = "groundlevel-console"
FILTERS = ("status", "type", "endpointId")
Act = Callable[[Ctx, dict[str, list[str]]], object]
OUT_OF_DATE = "This form is out of date. Go back, reload the page and try again."


class Console:
    """The operator's pages."""

    def __init__(self, app: App) -> None:
        self.browser = Browser(app)
        self.cookie = ("__Host-" if self.browser.secure else "") + VISIT
        self.router = Router(
            [
                Route("/console", self.start),
                Route(SIGN_IN, self.sign_in, methods=["GET", "POST"]),
                Route("/console/sign-out", self.sign_out, methods=["POST"]),
                Route(HOME, self.log, methods=["GET", "POST"]),
                Route(f"{HOME}/{{id}}", self.one, methods=["GET", "POST"]),
            ]
        )

    async def start(self, _: Request) -> Response:
        """The first page."""
        return moved(HOME)

    async def visitor(self, request: Request) -> str:
        """The value of the session of who is signed in; empty for nobody."""
        value = request.cookies.get(self.cookie, "")
        found = await self.browser.do(lambda ctx: visit_of(ctx, value), write=False) if value else None
        return value if found else ""

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
        return self.browser.forget(self.browser.keep(moved(HOME), self.cookie, value), self.browser.guest_cookie)

    def _form(self, guest: str, trouble: str = "", status: int = 200) -> Response:
        page = shown("console_sign_in.html", status, trouble=trouble, form_key=form_key(guest), action=SIGN_IN)
        return self.browser.keep(page, self.browser.guest_cookie, guest)

    async def sign_out(self, request: Request) -> Response:
        """End this session."""
        value = await self.visitor(request)
        if value:
            if not sent(await form_of(request), value):
                return went_wrong("Not signed out", OUT_OF_DATE)
            await self.browser.do(lambda ctx: end_visit(ctx, value))
        return self.browser.forget(moved(SIGN_IN), self.cookie)

    async def log(self, request: Request) -> Response:
        """The log with its filters, and the endpoints; what is sent here pauses an endpoint or lets it go on."""
        value = await self.visitor(request)
        if not value:
            return moved(SIGN_IN)
        if request.method == "POST":
            return await self._act(request, value, _set_paused, HOME)
        asked = {name: said for name in FILTERS if (said := request.query_params.get(name, ""))}

        def look(ctx: Ctx) -> tuple[ManyDeliveries, list[Any]]:
            query = msgspec.convert({**asked, "limit": 100}, DeliveriesWanted)
            return list_deliveries(ctx, query), list_endpoints(ctx).endpoints

        try:
            found, endpoints = await self.browser.do(look, write=False)
        except msgspec.ValidationError:
            return moved(HOME)
        events = sorted({*SCOPES, *ALWAYS})
        return live(
            shown(
                "console_webhooks.html", form_key=form_key(value), deliveries=found.deliveries, endpoints=endpoints,
                asked={name: asked.get(name, "") for name in FILTERS}, events=events,
            )
        )  # fmt: skip

    async def one(self, request: Request) -> Response:
        """One delivery; what is sent here sends it again."""
        value, id = await self.visitor(request), request.path_params["id"]
        if not value:
            return moved(SIGN_IN)
        if request.method == "POST":
            return await self._act(request, value, lambda ctx, _: replay_delivery(ctx, id), f"{HOME}/{id}")
        try:
            found = await self.browser.do(lambda ctx: get_delivery(ctx, id), write=False)
        except Problem as problem:
            return went_wrong("Nothing here", f"{problem}.", status=problem.status)
        payload = json.dumps(json.loads(bytes(found.payload)), indent=2, ensure_ascii=False)
        return live(shown("console_delivery.html", form_key=form_key(value), one=found, payload=payload))

    async def _act(self, request: Request, value: str, act: Act, to: str) -> Response:
        """Do what a form of this session asks for, and go on."""
        form = await form_of(request)
        if not sent(form, value):
            return went_wrong("Nothing was done", OUT_OF_DATE, status=403)
        try:
            await self.browser.do(lambda ctx: act(ctx, form))
        except Problem as problem:
            return went_wrong("Nothing was done", f"{problem}.", status=problem.status)
        return moved(to)


def _set_paused(ctx: Ctx, form: dict[str, list[str]]) -> None:
    update_endpoint(ctx, first(form, "endpoint"), EndpointChange(paused=first(form, "paused") == "yes"))


def sent(form: dict[str, list[str]], value: str) -> bool:
    """Whether a form was shown to the browser with this value."""
    return hmac.compare_digest(first(form, "form_key").encode(), form_key(value).encode())


def live(page: Response) -> Response:
    """A page that may run our own script, which asks for the same page again."""
    page.headers["Content-Security-Policy"] += "; script-src 'self'; connect-src 'self'"
    return page
