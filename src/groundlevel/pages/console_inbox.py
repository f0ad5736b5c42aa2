"""/console/inbox: the conversations of a sub-account, what was said in one of them, and answering.

The operator acts in the sub-account's name by its public operations (docs/adr/0056).
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from groundlevel.areas.conversations.emails import get_email_by_id
from groundlevel.areas.conversations.reaching import Reach, list_channels
from groundlevel.areas.conversations.search import FoundConversation, Wanted, search_conversation
from groundlevel.areas.conversations.timeline import Said, TimelineWanted, get_timeline
from groundlevel.areas.locations import own_location
from groundlevel.areas.users.users import OfLocation, get_user_by_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Problem
from groundlevel.pages import console_said as words
from groundlevel.pages.browser import first, form_of, moved, went_wrong
from groundlevel.pages.console_answering import ACTS
from groundlevel.pages.console_door import OUT_OF_DATE, Door, page, sent
from groundlevel.pages.console_places import sub_accounts
from groundlevel.pages.framed import framed

HOME = "/console/inbox"
FILTERS = ("status", "assignedTo", "query")
STATUSES = {"recents": "Latest", "unread": "Unread", "starred": "Starred", "all": "All"}
LISTED, SHOWN, MOST_SHOWN = 50, 50, 200
TYPED = ("type", "subject", "text")
NOTHING: dict[str, str] = dict.fromkeys((*TYPED, "trouble"), "")
"""What an answer is that was not begun."""


class Wish(Struct):
    """What a request is about: the session's value, the sub-account, which conversations of it."""

    value: str
    location: str
    asked: dict[str, str]

    @property
    def home(self) -> str:
        """Where its conversations are listed."""
        return f"{HOME}/{self.location}"


class Inside(Struct):
    """What is known of a sub-account and of the conversations in it that were asked for."""

    name: str
    zone: Any
    users: dict[str, str]
    found: list[FoundConversation]
    more: bool


class Open(Struct):
    """A conversation that is open."""

    about: FoundConversation
    entries: list[Said]
    more: bool
    channels: list[Reach]


class Inbox:
    """The pages of conversations."""

    def __init__(self, door: Door) -> None:
        self.door, self.browser = door, door.browser
        here = f"{HOME}/{{location}}"
        self.routes = [
            Route(HOME, door.behind(self.places)),
            Route(here, door.behind(self.list)),
            Route(f"{here}/{{id}}", door.behind(self.one), methods=["GET", "POST"]),
            Route(f"{here}/mails/{{id}}", door.behind(self.mail)),
        ]

    async def places(self, _: Request, value: str) -> Response:
        """Which sub-account; the only one at once."""
        found = await sub_accounts(self.browser)
        if len(found) == 1:
            return moved(f"{HOME}/{found[0].id}")
        return page("console_places.html", HOME, value, sub_accounts=found)

    async def list(self, request: Request, value: str) -> Response:
        """The conversations, with none of them open."""
        wish = _wish(request, value)
        try:
            inside = await self.browser.operate(
                lambda ctx: _inside(ctx, wish.asked), wish.location, write=False, slow=True
            )
        except msgspec.ValidationError:
            return moved(wish.home)
        return self._page(wish, inside, {})

    async def one(self, request: Request, value: str) -> Response:
        """The conversations, and what was said in one; what is sent here answers, marks or stars it."""
        wish, id = _wish(request, value), request.path_params["id"]
        many = MOST_SHOWN if request.query_params.get("show") == "more" else SHOWN
        if request.method == "GET":
            return await self._thread(wish, id, many)
        form = await form_of(request)
        act = ACTS.get(first(form, "act"))
        if act is None or not sent(form, value):
            return went_wrong("Nothing was done", OUT_OF_DATE, status=403)
        try:
            await self.browser.operate(lambda ctx: act(ctx, id, form), wish.location)
        except Problem as no:
            if first(form, "act") != "reply":
                raise
            typed = {name: first(form, name) for name in TYPED} | {"trouble": f"{no}."}
            return await self._thread(wish, id, many, typed, no.status)
        return moved(f"{wish.home}/{id}{_query(wish.asked)}#write")

    async def mail(self, request: Request, _: str) -> Response:
        """The HTML of a mail, for the frame that shows it."""
        location, id = request.path_params["location"], request.path_params["id"]
        found = await self.browser.operate(lambda ctx: get_email_by_id(ctx, id), location, write=False)
        return HTMLResponse(*framed(found.body if found.content_type == "text/html" else ""))

    async def _thread(
        self, wish: Wish, id: str, many: int, typed: dict[str, str] = NOTHING, status: int = 200
    ) -> Response:
        def look(ctx: Ctx) -> tuple[Inside, Open]:
            return _inside(ctx, wish.asked), _opened(ctx, id, many)

        try:
            inside, opened = await self.browser.operate(look, wish.location, write=False, slow=True)
        except msgspec.ValidationError:
            return moved(f"{wish.home}/{id}")
        now = self.browser.app.clock.now()
        return self._page(wish, inside, _thread(opened, inside, now) | {"typed": NOTHING | typed}, status)

    def _page(self, wish: Wish, inside: Inside, thread: dict[str, Any], status: int = 200) -> Response:
        now, asked = self.browser.app.clock.now(), wish.asked
        return page(
            "console_inbox.html", HOME, wish.value, frames=True, status=status, location=wish.location,
            place_name=inside.name, asked={name: asked.get(name, "") for name in FILTERS}, query=_query(asked),
            rows=[words.row_of(one, now, inside.zone) for one in inside.found], more=_next(asked, inside),
            statuses=STATUSES, users=inside.users, **{"open": ""} | thread,
        )  # fmt: skip


def _wish(request: Request, value: str) -> Wish:
    names = (*FILTERS, "startAfterDate")
    asked = {name: said for name in names if (said := request.query_params.get(name, "").strip())}
    return Wish(value, request.path_params["location"], asked)


def _query(asked: dict[str, str]) -> str:
    return f"?{urlencode(asked)}" if asked else ""


def _inside(ctx: Ctx, asked: dict[str, str]) -> Inside:
    """The list."""
    place = own_location(ctx)
    after = {"startAfterDate": [asked["startAfterDate"]]} if "startAfterDate" in asked else {}
    said = {"status": "recents", **asked, **after, "locationId": ctx.location_id, "limit": LISTED}
    found = search_conversation(ctx, msgspec.convert(said, Wanted)).conversations
    users = get_user_by_location(ctx, OfLocation(location_id=ctx.location_id)).users
    names = {user.id: user.name for user in users}
    return Inside(place.name, words.zone_of(place.timezone), names, found, len(found) == LISTED)


def _opened(ctx: Ctx, id: str, many: int) -> Open:
    """What was said in one. 400 for an unknown one."""
    found = search_conversation(ctx, Wanted(location_id=ctx.location_id, id=id)).conversations
    if not found:
        raise BadRequest(f"Conversation with id {id} not found")
    timeline = get_timeline(ctx, ctx.location_id, id, TimelineWanted(limit=many))
    return Open(found[0], timeline.entries, timeline.more, list_channels(ctx, ctx.location_id, id).channels)


def _next(asked: dict[str, str], inside: Inside) -> str:
    """The query of the next page of the list."""
    if not inside.more:
        return ""
    place = ",".join(str(part) for part in inside.found[-1].sort)
    return _query(asked | {"startAfterDate": place})


def _thread(opened: Open, inside: Inside, now: datetime) -> dict[str, Any]:
    about = opened.about
    subject, answers = words.subject_for(opened.entries)
    return {
        "open": about.id, "about": about, "row": words.row_of(about, now, inside.zone), "channels": opened.channels,
        "days": words.days_of(opened.entries, about.contact_name or "Somebody", inside.users, inside.zone),
        "earlier": opened.more, "subject": subject, "answers": answers, "called": words.called,
        "usual": words.usual_channel(opened.channels, about.last_message_type),
    }  # fmt: skip
