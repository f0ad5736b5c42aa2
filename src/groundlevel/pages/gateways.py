"""/gateways/{locationId}/{gatewayId}/…: what gateways tell: messages that come in, and what became of others."""

import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from groundlevel.areas.conversations import become, come_in, gateway_that_signed
from groundlevel.kernel.app import App
from groundlevel.kernel.binding import pairs_of
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Problem
from groundlevel.kernel.store import Owners

MOST = 256_000
"""Bytes of a call that are accepted."""
ID = re.compile(r"[A-Za-z0-9]{1,100}")
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
"""What a gateway is answered: no message in reply."""
Fields = list[tuple[str, Any]]


class Gateways:
    """Where gateways call. Each call must bear the gateway's signature over this installation's public address."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def inbound(self, request: Request) -> Response:
        """A message has come in. 403 without the right signature, 404 for an unknown sub-account."""
        return await self._heed(request, lambda ctx, gateway, fields: bool(come_in(ctx, gateway, fields)))

    async def status(self, request: Request) -> Response:
        """Something has become of a message. 404 for one that did not go by this gateway."""
        id = request.path_params["id"]
        return await self._heed(request, lambda ctx, gateway, fields: become(ctx, gateway, id, fields))

    async def _heed(self, request: Request, act: Callable[[Ctx, Any, Fields], bool]) -> Response:
        app, where = self.app, request.path_params
        location, gateway_id = where["location"], where["gateway"]
        if not all(ID.fullmatch(value) for value in where.values()):
            return _said(404)
        raw = bytearray()
        async for part in request.stream():
            raw += part
            if len(raw) > MOST:
                return _said(413)
        known = await app.store.perform(Owners(system=True), lambda db: app.company_of(db, location), write=False)
        if not known:
            return _said(404)
        query = f"?{request.url.query}" if request.url.query else ""
        url = f"{app.settings.public_url.rstrip('/')}{request.url.path}{query}"
        signature, now = request.headers.get("x-twilio-signature", ""), app.clock.now()

        def work(db: Any) -> int:
            ctx = Ctx(NOBODY, db, now, app.settings, app.clock)
            fields = pairs_of(bytes(raw), "form")
            gateway = gateway_that_signed(ctx, gateway_id, url, fields, signature)
            if gateway is None:
                return 403
            return 200 if act(ctx, gateway, fields) else 404

        try:
            return _said(await app.store.perform(Owners(location, known, system=True), work, write=True))
        except Problem as problem:
            return _said(problem.status)


def _said(status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    if status != 200:
        return PlainTextResponse(f"{status}\n", status, headers=headers)
    return Response(NOTHING_TO_SAY, media_type="text/xml", headers=headers)
