"""/oauth/chooselocation and /v2/oauth/chooselocation: a person lets an app in, and says where."""

from urllib.parse import urlencode, urlsplit

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from groundlevel.areas.locations import LOCATIONS, Location
from groundlevel.areas.marketplace import App as Product
from groundlevel.areas.marketplace import InstallWanted, app_by_client, install, redirect_fits
from groundlevel.areas.oauth import Grant, new_code, new_grant
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Problem
from groundlevel.pages.account import sign_in_first
from groundlevel.pages.browser import Browser, Person, first, form_of, moved, shown, went_wrong
from groundlevel.pages.choices import Choice, choice_of, in_words

PATHS = ("/oauth/chooselocation", "/v2/oauth/chooselocation")


class Asked(Struct, frozen=True):
    """What an app asks for: a request for authorisation that is in order."""

    product: Product
    client_id: str
    redirect_uri: str
    scopes: list[str]
    state: str | None
    challenge: str
    method: str

    def back(self, **told: str) -> str:
        """The app's address, with an answer and the app's own `state`."""
        if self.state is not None:
            told["state"] = self.state
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{urlencode(told)}"

    @property
    def form_action(self) -> str:
        """Where the form may lead: to us, and then to the app."""
        parts = urlsplit(self.redirect_uri)
        return f"'self' {parts.scheme}://{parts.netloc}"


class Consent:
    """The page on which a person decides."""

    def __init__(self, app: App) -> None:
        self.browser = Browser(app)
        self.router = Router([Route(path, self.page, methods=["GET", "POST"]) for path in PATHS])

    async def page(self, request: Request) -> Response:
        """The page, and what comes of it. Nothing of the query is believed before it is checked, each time."""
        asked = await self.browser.do(lambda ctx: read(ctx, request), write=False)
        if isinstance(asked, Response):
            return asked
        here = f"{request.url.path}?{request.url.query}"
        person = await self.browser.person(request)
        if person is None:
            return sign_in_first(here)
        choice, places = await self.browser.do(
            lambda ctx: offered(ctx, asked, person), person.user.company_id, write=False
        )
        if request.method != "POST":
            return self.shown(asked, person, choice, places, here)
        form = await form_of(request)
        if not person.sent(form):
            return went_wrong(
                "Nothing was allowed", "This form is out of date. Go back, reload the page and try again.", status=403
            )
        if first(form, "decision") != "approve":
            return moved(asked.back(error="access_denied", error_description="The user has denied access"))
        chosen = [p.id for p in places if p.id in form.get("location", [])]
        if trouble := choice.trouble(chosen, everywhere="all" in form, future="future" in form):
            return self.shown(asked, person, choice, places, here, trouble)
        wanted = wanted_of(choice, person, chosen, form)
        try:
            code = await self.browser.do(lambda ctx: approve(ctx, asked, wanted), person.user.company_id)
        except Problem as problem:
            return went_wrong(
                "The app was not installed", f"{problem.messages[0] if problem.messages else problem.title}."
            )
        return moved(asked.back(code=code))

    def shown(
        self, asked: Asked, person: Person, choice: Choice, places: list[Location], here: str, trouble: str = ""
    ) -> Response:
        """The page itself."""
        return shown(
            "consent.html", 400 if trouble else 200, asked.form_action, asked=asked, person=person, choice=choice,
            places=places, action=here, trouble=trouble, scopes=[in_words(scope) for scope in asked.scopes],
            host=urlsplit(asked.redirect_uri).netloc,
        )  # fmt: skip


def read(ctx: Ctx, request: Request) -> Asked | Response:
    """The request, if it is in order; else a page for its developer. Nobody is redirected by a request that is not."""
    query = request.query_params
    if repeated := {name for name, _ in query.multi_items() if len(query.getlist(name)) > 1}:
        return went_wrong("This link is not in order", f"It says {', '.join(sorted(repeated))} more than once.")
    client_id, redirect_uri = query.get("client_id", ""), query.get("redirect_uri", "")
    product = app_by_client(ctx.db, client_id)
    if product is None:
        return went_wrong(
            f"No integration found with the ID: {client_id}",
            'client_id must be a whole client id of the app, <app id>-<key>, as "groundlevel app keys" shows it.',
        )
    if not redirect_fits(product, redirect_uri):
        return went_wrong(
            "This redirect_uri is not registered", f"The link says: {redirect_uri or '(nothing)'}",
            f"It must be one of those registered for {product.name}, to the letter: scheme, host, port, path and "
            'trailing slash. The command "groundlevel app redirects" shows them and adds one.',
        )  # fmt: skip
    if query.get("response_type") != "code":
        return went_wrong("This response_type is not supported", "Only response_type=code is.")
    scopes = query.get("scope", "").replace(",", " ").split() or product.scopes
    if strange := [s for s in scopes if s not in product.scopes]:
        return went_wrong(
            "The app asks for more than it is registered for", f"Not among its scopes: {', '.join(strange)}",
            'The command "groundlevel app scopes" adds scopes to an app.',
        )  # fmt: skip
    challenge, method = query.get("code_challenge", ""), query.get("code_challenge_method", "")
    if method not in ("", "plain", "S256") or (method and not challenge) or not _is_challenge(challenge):
        return went_wrong(
            "The code challenge is not in order",
            "code_challenge has 43 to 128 letters, digits and -._~, and code_challenge_method is S256 or plain.",
        )
    return Asked(
        product, client_id, redirect_uri, list(dict.fromkeys(scopes)), query.get("state"), challenge,
        method or ("plain" if challenge else ""),
    )  # fmt: skip


def _is_challenge(challenge: str) -> bool:
    unreserved = challenge.isascii() and all(c.isalnum() or c in "-._~" for c in challenge)
    return not challenge or (43 <= len(challenge) <= 128 and unreserved)


def offered(ctx: Ctx, asked: Asked, person: Person) -> tuple[Choice, list[Location]]:
    """What the person can choose: whether agency or sub-accounts, and which of these, by name."""
    choice = choice_of(asked.product, person.user)
    if choice.kind not in ("one", "bulk"):
        return choice, []
    every = person.user.roles.type == "agency"
    own = [at for at in ctx.db.each(LOCATIONS) if every or at.id in person.user.roles.location_ids]
    return choice, sorted(own, key=lambda at: (at.name.lower(), at.id))


def wanted_of(choice: Choice, person: Person, chosen: list[str], form: dict[str, list[str]]) -> InstallWanted:
    """What is to be installed, of what the person chose."""
    company_id, user_id = person.user.company_id, person.user.id
    if choice.kind != "bulk":
        return InstallWanted(company_id, chosen[0] if choice.kind == "one" else "", user_id)
    return InstallWanted(
        company_id, "", user_id, is_bulk=True, approve_all_locations="all" in form,
        install_to_future_locations="future" in form, approved_locations=tuple(chosen),
    )  # fmt: skip


def approve(ctx: Ctx, asked: Asked, wanted: InstallWanted) -> str:
    """Install the app there, and make the code for it."""
    done = install(ctx, asked.product, wanted)
    grant = Grant(
        id="", date_added="", app_id=asked.product.id, client_id=asked.client_id, version_id=done.version_id,
        user_type="Location" if wanted.location_id else "Company", company_id=wanted.company_id,
        location_id=wanted.location_id, user_id=wanted.user_id, scopes=asked.scopes,
    )  # fmt: skip
    return new_code(ctx, new_grant(ctx, grant), asked.redirect_uri, asked.challenge, asked.method)
