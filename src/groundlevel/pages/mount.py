"""Which pages there are, by the first segment of their path."""

from starlette.responses import RedirectResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from groundlevel.kernel.app import App
from groundlevel.pages.documents import Documents
from groundlevel.pages.reference import Reference
from groundlevel.pages.status import Status


def pages(app: App) -> dict[str, ASGIApp]:
    """The pages of an application, as `App.pages` wants them."""
    status, documents = Status(app), Documents(app.areas)
    reference = Reference(documents)
    home = Router([Route("/", RedirectResponse("/docs"))])
    return {
        "": home,
        "health": Router([Route("/health", status.health)]),
        "ready": Router([Route("/ready", status.ready)]),
        "metrics": Router([Route("/metrics", status.metrics)]),
        "openapi": Router(
            [Route("/openapi/index.json", documents.index), Route("/openapi/{version}/{area}.json", documents.one)]
        ),
        "docs": Router(
            [
                Route("/docs", reference.index),
                Route("/docs/files/{name}", reference.file),
                Route("/docs/{area}", reference.area),
            ]
        ),
    }
