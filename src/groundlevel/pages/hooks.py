"""/hooks/{locationId}/{secret}: what others send makes something happen in a sub-account."""

import re
from inspect import isawaitable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from groundlevel.areas.webhooks import come_in
from groundlevel.kernel.app import App
from groundlevel.kernel.binding import nested, pairs_of
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Problem, TooLarge
from groundlevel.kernel.store import Owners

MOST, MOST_ASKED = 256_000, 8_000
"""Bytes of a body, and letters of a query, that are accepted."""
ID, SECRET = re.compile(r"[A-Za-z0-9]{1,100}"), re.compile(r"[A-Za-z0-9_-]{20,100}")


class Hooks:
    """Where inbound webhooks come in."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def take(self, request: Request) -> Response:
        """200 with the event's id. 404 for an unknown address, 400 for no JSON object, 413 and 429 for too much."""
        if request.method == "HEAD":  # whoever looks whether it is there has sent nothing
            return _said(405, "Use POST, PUT or GET")
        try:
            payload = await _payload(request)
            return await self._happen(request, payload)
        except Problem as problem:
            return _said(problem.status, str(problem))

    async def _happen(self, request: Request, payload: dict[str, Any]) -> Response:
        app, location, secret = self.app, request.path_params["location"], request.path_params["secret"]
        known = None
        if ID.fullmatch(location) and SECRET.fullmatch(secret):
            known = await app.store.perform(Owners(system=True), lambda db: app.company_of(db, location), write=False)
        if not known:
            return _nowhere()
        now = app.clock.now()
        spent = app.limits.spend(f"inbound {location}", round(now.timestamp() * 1_000))
        within, _ = await spent if isawaitable(spent) else spent
        if not within:
            return _said(429, "Too Many Requests")

        def work(db: Any) -> str | None:
            return come_in(Ctx(NOBODY, db, now, app.settings, app.clock), secret, request.method, payload)

        id = await app.store.perform(Owners(location, known), work, write=True)
        return JSONResponse({"status": "success", "id": id}) if id else _nowhere()


async def _payload(request: Request) -> dict[str, Any]:
    """The JSON object that was sent, or the query of a GET. Problem for anything else."""
    if request.method == "GET":
        query: bytes = request.scope["query_string"]
        if len(query) > MOST_ASKED:
            raise BadRequest(f"The query is over the limit of {MOST_ASKED} bytes")
        return nested(pairs_of(query), frozenset())
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > MOST:
            raise TooLarge(f"The body is over the limit of {MOST} bytes")
    try:
        found = msgspec.json.decode(bytes(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("The body is not valid JSON") from None
    if not isinstance(found, dict) or b"\\u0000" in raw:
        raise BadRequest("The body must be a JSON object, without NUL")
    return found  # pyright: ignore[reportUnknownVariableType]


def _said(status: int, message: str) -> Response:
    return JSONResponse({"statusCode": status, "message": message}, status, headers={"Cache-Control": "no-store"})


def _nowhere() -> Response:
    return _said(404, "There is no such address")
