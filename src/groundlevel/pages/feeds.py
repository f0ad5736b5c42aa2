"""/feeds/{locationId}/{secret}.ics: what is booked, for calendars that subscribe to it."""

import re
from hashlib import sha256
from inspect import isawaitable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from groundlevel.areas.calendars.calendar_feeds import feed_of
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.limits import Budget
from groundlevel.kernel.store import Owners

ID, SECRET = re.compile(r"[A-Za-z0-9]{1,100}"), re.compile(r"[A-Za-z0-9_-]{20,100}")
OFTEN = Budget(20, 5_000)
"""How often one feed may be read in ten seconds and in a day."""
HEADERS = {
    "Cache-Control": "private, max-age=300", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
}  # fmt: skip


class Feeds:
    """Calendars, for whoever knows their addresses."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def read(self, request: Request) -> Response:
        """The calendar; 304 for whoever has it as it is, 404 for an address that was never given out or is revoked."""
        app, location, secret = self.app, request.path_params["location"], request.path_params["secret"]
        if not (ID.fullmatch(location) and SECRET.fullmatch(secret)):
            return _nowhere()
        now = app.clock.now()
        spent = app.limits.spend(f"feed {location} {secret[:8]}", round(now.timestamp() * 1_000), OFTEN)
        within, _ = await spent if isawaitable(spent) else spent
        if not within:
            return PlainTextResponse("Too many requests: wait a minute.\n", 429, headers=HEADERS)
        company = await app.store.perform(Owners(system=True), lambda db: app.company_of(db, location), write=False)

        def work(db: object) -> bytes | None:
            ctx = Ctx(NOBODY, db, now, app.settings, app.clock)  # pyright: ignore[reportArgumentType]
            return feed_of(ctx, secret)

        owners = Owners(location, company or "")
        told = await app.store.perform(owners, work, write=False, slow=True) if company else None
        if told is None:
            return _nowhere()
        tag = f'"{sha256(told).hexdigest()[:32]}"'
        headers = HEADERS | {"ETag": tag}
        if tag in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        return Response(told, media_type="text/calendar; charset=utf-8", headers=headers)


def _nowhere() -> Response:
    return PlainTextResponse("There is no such calendar.\n", 404, headers={"Cache-Control": "no-store"})
