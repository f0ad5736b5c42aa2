"""/console/webhooks: what was sent: the log, one delivery, send again, pause and resume."""

import json
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from groundlevel.areas.webhooks.endpoint_operators import EndpointChange, list_endpoints, update_endpoint
from groundlevel.areas.webhooks.operators import (
    DeliveriesWanted,
    ManyDeliveries,
    get_delivery,
    list_deliveries,
    replay_delivery,
)
from groundlevel.areas.webhooks.scopes import ALWAYS, SCOPES
from groundlevel.kernel.ctx import Ctx
from groundlevel.pages.browser import first, moved
from groundlevel.pages.console_door import Door, Form, page

HOME = "/console/webhooks"
FILTERS = ("status", "type", "endpointId")


class WebhookPages:
    """The pages of webhooks."""

    def __init__(self, door: Door) -> None:
        self.door, self.browser = door, door.browser
        self.routes = [
            Route(HOME, door.behind(self.log), methods=["GET", "POST"]),
            Route(f"{HOME}/{{id}}", door.behind(self.one), methods=["GET", "POST"]),
        ]

    async def log(self, request: Request, value: str) -> Response:
        """The log with its filters, and the endpoints; what is sent here pauses an endpoint or lets it go on."""
        if request.method == "POST":
            return await self.door.act(request, value, _set_paused, HOME)
        asked = {name: said for name in FILTERS if (said := request.query_params.get(name, ""))}

        def look(ctx: Ctx) -> tuple[ManyDeliveries, list[Any]]:
            query = msgspec.convert({**asked, "limit": 100}, DeliveriesWanted)
            return list_deliveries(ctx, query), list_endpoints(ctx).endpoints

        try:
            found, endpoints = await self.browser.operate(look, write=False)
        except msgspec.ValidationError:
            return moved(HOME)
        return page(
            "console_webhooks.html", HOME, value, deliveries=found.deliveries, endpoints=endpoints,
            asked={name: asked.get(name, "") for name in FILTERS}, events=sorted({*SCOPES, *ALWAYS}),
        )  # fmt: skip

    async def one(self, request: Request, value: str) -> Response:
        """One delivery; what is sent here sends it again."""
        id = request.path_params["id"]
        if request.method == "POST":
            return await self.door.act(request, value, lambda ctx, _: replay_delivery(ctx, id), f"{HOME}/{id}")
        found = await self.browser.operate(lambda ctx: get_delivery(ctx, id), write=False)
        payload = json.dumps(json.loads(bytes(found.payload)), indent=2, ensure_ascii=False)
        return page("console_delivery.html", HOME, value, one=found, payload=payload)


def _set_paused(ctx: Ctx, form: Form) -> None:
    update_endpoint(ctx, first(form, "endpoint"), EndpointChange(paused=first(form, "paused") == "yes"))
