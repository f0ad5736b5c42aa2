"""/account: signing in and out, and where one is signed in."""

import asyncio
import hmac
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from groundlevel.areas.people import (
    Attempt,
    Outcome,
    begin,
    end_one,
    finish,
    form_key,
    matching,
    sessions_of,
)
from groundlevel.kernel.app import App
from groundlevel.pages.browser import Browser, address_of, first, form_of, moved, shown, went_wrong

SIGN_IN, SESSIONS = "/account/sign-in", "/account/sessions"
WITHIN = ("/oauth/chooselocation?", "/v2/oauth/chooselocation?")
"""Where one may be led after signing in, besides one's own sessions: nowhere else, and to no other host."""


def sign_in_first(to: str) -> Response:
    """Have somebody sign in, and come back."""
    return moved(f"{SIGN_IN}?{urlencode({'next': to})}")


def safe_next(wanted: str) -> str:
    """A page of ours to go on to: the wanted one, if it is one of those that are asked for so."""
    fine = wanted.startswith(WITHIN) and wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    return wanted if fine else SESSIONS


class Account:
    """The pages of a person's own account."""

    def __init__(self, app: App) -> None:
        self.browser = Browser(app)
        self.router = Router(
            [
                Route(SIGN_IN, self.sign_in, methods=["GET", "POST"]),
                Route("/account/sign-out", self.sign_out, methods=["POST"]),
                Route(SESSIONS, self.sessions, methods=["GET", "POST"]),
                Route("/account", self.start),
            ]
        )

    async def start(self, _: Request) -> Response:
        """The first page."""
        return moved(SESSIONS)

    async def sign_in(self, request: Request) -> Response:
        """The form, and what comes of it."""
        to, guest = safe_next(request.query_params.get("next", "")), self.browser.guest(request)
        if request.method != "POST":
            return self._form(guest, to)
        form = await form_of(request)
        key = first(form, "form_key").encode()
        if not hmac.compare_digest(key, form_key(guest).encode()):
            return self._form(guest, to, "Your browser did not send the cookie of this page. Please try again.", 403)
        attempt = Attempt(
            email=first(form, "email")[:254], password=first(form, "password")[:200], code=first(form, "code")[:20],
            address=address_of(request), agent=request.headers.get("user-agent", ""),
        )  # fmt: skip
        outcome = await self._attempt(attempt)
        if not outcome.session:
            return self._form(guest, to, *_why(outcome), email=attempt.email, needs_code=outcome.needs_code)
        response = self.browser.keep(moved(to), self.browser.session_cookie, outcome.session)
        return self.browser.forget(response, self.browser.guest_cookie)

    async def _attempt(self, attempt: Attempt) -> Outcome:
        """Two units of work, and between them the password, on a thread."""
        wait, candidates = await self.browser.do(lambda ctx: begin(ctx, attempt))
        if wait:
            return Outcome(wait_s=wait)
        found = await asyncio.to_thread(matching, attempt.password, candidates)
        return await self.browser.do(lambda ctx: finish(ctx, attempt, found)) if found else Outcome()

    def _form(
        self, guest: str, to: str, trouble: str = "", status: int = 200, *, email: str = "", needs_code: bool = False
    ) -> Response:
        page = shown(
            "sign_in.html", status, trouble=trouble, email=email, needs_code=needs_code, form_key=form_key(guest),
            action=f"{SIGN_IN}?next={quote(to, safe='')}",
        )  # fmt: skip
        return self.browser.keep(page, self.browser.guest_cookie, guest)

    async def sign_out(self, request: Request) -> Response:
        """End this session."""
        person = await self.browser.person(request)
        if person:
            if not person.sent(await form_of(request)):
                return went_wrong("Not signed out", "This form is out of date. Go back, reload the page and try again.")
            await self.browser.do(lambda ctx: end_one(ctx, person.session.id, person.user.id))
        return self.browser.forget(moved(SIGN_IN), self.browser.session_cookie)

    async def sessions(self, request: Request) -> Response:
        """Where one is signed in; each can be ended."""
        person = await self.browser.person(request)
        if person is None:
            return moved(SIGN_IN)
        if request.method == "POST":
            form = await form_of(request)
            if not person.sent(form):
                return went_wrong("Nothing was ended", "This form is out of date. Go back, reload the page, try again.")
            await self.browser.do(lambda ctx: end_one(ctx, first(form, "session"), person.user.id))
            return moved(SESSIONS)
        found = await self.browser.do(lambda ctx: sessions_of(ctx, person.user.id), write=False)
        return shown("sessions.html", person=person, sessions=found)


def _why(outcome: Outcome) -> tuple[str, int]:
    if outcome.wait_s:
        return f"Too many attempts. Wait {_spoken(outcome.wait_s)} and try again.", 429
    if outcome.needs_code:
        return "Enter the six digits that your authenticator app shows now.", 401
    return "The e-mail address or the password is not right.", 401


def _spoken(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return f"{seconds} seconds" if seconds < 60 else f"{minutes} minute{'s' if minutes > 1 else ''}"
