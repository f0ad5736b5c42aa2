"""/health, /ready and /metrics: what a supervisor, a load balancer and Prometheus ask."""

from ipaddress import ip_address

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from groundlevel.areas.operator import installation
from groundlevel.kernel.app import App
from groundlevel.kernel.log import log
from groundlevel.kernel.store import Owners

NOT_KEPT = {"Cache-Control": "no-store"}


class Status:
    """How an application is."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def health(self, _: Request) -> Response:
        """The process is alive and its loop turns."""
        return JSONResponse({"status": "ok"}, headers=NOT_KEPT)

    async def ready(self, _: Request) -> Response:
        """The store answers, so requests can be sent here; else 503."""
        try:
            await self.app.store.perform(Owners(system=True), installation, write=False)
        except Exception:  # whatever keeps the store from answering, the answer is the same
            log.exception("the store does not answer")
            return JSONResponse({"status": "unavailable"}, status_code=503, headers=NOT_KEPT)
        return JSONResponse({"status": "ok"}, headers=NOT_KEPT)

    async def metrics(self, request: Request) -> Response:
        """Counters for Prometheus, for this machine only unless the settings say otherwise."""
        if not (self.app.settings.metrics_from_anywhere or from_here(request)):
            return PlainTextResponse("Metrics are shown to this machine only.\n", status_code=403)
        return Response(self.app.metrics.page(), media_type=CONTENT_TYPE_LATEST, headers=NOT_KEPT)


def from_here(request: Request) -> bool:
    """Whether the client is on this machine, and not one that a proxy on this machine speaks for."""
    if "forwarded" in request.headers or "x-forwarded-for" in request.headers:
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
