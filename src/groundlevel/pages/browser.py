"""What pages for people have in common: templates, headers, cookies, forms, and who is signed in."""

import hmac
from collections.abc import Callable
from functools import cache
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from groundlevel.areas.people import Session, form_key, session_of
from groundlevel.areas.users import User
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import NOBODY, OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Owners

if TYPE_CHECKING:
    from jinja2 import Environment

R = TypeVar("R")

LARGEST_FORM = 256 * 1024
SESSION, GUEST = "groundlevel-session", "groundlevel-guest"
"""The cookie of someone who has signed in, and the one that ties the form for signing in to a browser."""


@cache
def templates() -> "Environment":
    """The templates; everything that is put into them is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # when the first page is shown

    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


def headers(form_action: str = "'self'") -> dict[str, str]:
    """What keeps a page from being framed, scripted, cached or told of. form_action: where its forms may lead."""
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self'; img-src 'self'; form-action {form_action}; base-uri 'none'; "
            "frame-ancestors 'none'"
        ),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def shown(name: str, status: int = 200, form_action: str = "'self'", **values: Any) -> HTMLResponse:
    """A page of a template."""
    html = templates().get_template(name).render(**values)
    return HTMLResponse(html, status_code=status, headers=headers(form_action))


def went_wrong(title: str, *texts: str, status: int = 400) -> HTMLResponse:
    """A page that says what is wrong, and what to do about it."""
    return shown("wrong.html", status, title=title, texts=texts)


def moved(to: str) -> Response:
    """On to another page, by GET."""
    return RedirectResponse(to, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


async def form_of(request: Request) -> dict[str, list[str]]:
    """The fields of a form that was sent; none of what is too large or of another kind."""
    parts, size = list[bytes](), 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_FORM:
            return {}
        parts.append(part)
    try:
        return parse_qs(b"".join(parts).decode(), keep_blank_values=True, max_num_fields=5_000)
    except (UnicodeDecodeError, ValueError):
        return {}


def address_of(request: Request) -> str:
    """Where the browser is: for what a proxy on this machine hands on, what that proxy has noted last."""
    peer = request.client.host if request.client else ""
    noted = request.headers.get("x-forwarded-for", "").rsplit(",", 1)[-1].strip()
    return noted[:45] if noted and peer in ("127.0.0.1", "::1") else peer


def first(form: dict[str, list[str]], name: str) -> str:
    """A field's value; empty where it was not sent."""
    return form.get(name, [""])[0]


class Person:
    """Someone who has signed in, and the value of the session's cookie."""

    def __init__(self, user: User, session: Session, value: str) -> None:
        self.user, self.session, self.value = user, session, value

    @property
    def form_key(self) -> str:
        """What this person's forms must bring."""
        return form_key(self.value)

    def sent(self, form: dict[str, list[str]]) -> bool:
        """Whether a form was shown to this person in this session."""
        return hmac.compare_digest(first(form, "form_key").encode(), self.form_key.encode())


class Browser:
    """An application as pages see it: units of work, cookies, who is signed in."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.secure = app.settings.public_url.startswith("https://")
        before = "__Host-" if self.secure else ""
        self.session_cookie, self.guest_cookie = before + SESSION, before + GUEST

    async def do(self, work: Callable[[Ctx], R], company: str = "", *, write: bool = True) -> R:
        """One unit of work, about an agency where one is named."""
        app, now = self.app, self.app.clock.now()
        owners = Owners(company=company, system=True) if company else SYSTEM
        return await app.store.perform(
            owners, lambda db: work(Ctx(NOBODY, db, now, app.settings, app.clock)), write=write
        )

    async def operate(
        self, work: Callable[[Ctx], R], location: str = "", company: str = "", *, write: bool = True, slow: bool = False
    ) -> R:
        """One unit of work in the operator's name, about a sub-account or an agency where one is named.

        NotFound for an unknown sub-account.
        """
        app, now = self.app, self.app.clock.now()
        if location:
            company = await app.store.perform(SYSTEM, lambda db: app.company_of(db, location), write=False) or ""
            if not company:
                raise NotFound(f"Location with id {location} not found")
        owners = Owners(location, company, system=True)
        return await app.store.perform(
            owners, lambda db: work(Ctx(OPERATOR, db, now, app.settings, app.clock)), write=write, slow=slow
        )

    async def person(self, request: Request) -> Person | None:
        """Who is signed in."""
        value = request.cookies.get(self.session_cookie, "")
        found = await self.do(lambda ctx: session_of(ctx, value), write=False) if value else None
        return Person(found[1], found[0], value) if found else None

    def guest(self, request: Request) -> str:
        """The value that ties a form for signing in to this browser; a new one where it has none."""
        return request.cookies.get(self.guest_cookie, "") or token_urlsafe(32)

    def keep(self, response: Response, name: str, value: str) -> Response:
        """Set a cookie: no script reads it, and no other site's form sends it."""
        response.set_cookie(name, value, path="/", httponly=True, samesite="lax", secure=self.secure)
        return response

    def forget(self, response: Response, name: str) -> Response:
        """Remove a cookie."""
        response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=self.secure)
        return response
