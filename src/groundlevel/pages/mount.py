"""Which pages there are: by the first segment of their path, or by the whole path where the API shares the segment."""

from starlette.responses import RedirectResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from groundlevel.kernel.app import App
from groundlevel.pages.account import Account
from groundlevel.pages.booking import Booking
from groundlevel.pages.consent import PATHS, Consent
from groundlevel.pages.console import Console
from groundlevel.pages.documents import Documents
from groundlevel.pages.feeds import Feeds
from groundlevel.pages.files import Files
from groundlevel.pages.gateways import Gateways
from groundlevel.pages.hooks import Hooks
from groundlevel.pages.links import Links
from groundlevel.pages.published import Published
from groundlevel.pages.reference import Reference
from groundlevel.pages.simulator import SimulatorPage
from groundlevel.pages.status import Status
from groundlevel.pages.unsubscribe import Unsubscribe
from groundlevel.pages.uploads import Uploads


def pages(app: App) -> dict[str, ASGIApp]:
    """The pages of an application, as `App.pages` wants them."""
    status, documents = Status(app), Documents(app.areas)
    reference = Reference(documents)
    consent, published = Consent(app).router, Published(app).router
    home = Router([Route("/", RedirectResponse("/docs"))])
    return {
        "": home,
        **dict.fromkeys(PATHS, consent),
        **dict.fromkeys(("/oauth/jwks", "/oauth/reconnect", ".well-known"), published),
        "account": Account(app).router,
        "console": Console(app).router,
        "feeds": Router([Route("/feeds/{location}/{secret}.ics", Feeds(app).read)]),
        "files": Router([Route("/files/{location}/{name}", Files(app).send)]),
        **_of_messages(app),
        "hooks": Router([Route("/hooks/{location}/{secret}", Hooks(app).take, methods=["GET", "POST", "PUT"])]),
        "health": Router([Route("/health", status.health)]),
        "ready": Router([Route("/ready", status.ready)]),
        "l": Router([Route("/l/{location}/{link}", Links(app).follow)]),
        "widget": Booking(app).router,
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


def _of_messages(app: App) -> dict[str, ASGIApp]:
    """Where gateways call, where files for messages are sent, and a gateway to try things with."""
    simulator, leaving = SimulatorPage(app), Unsubscribe(app)
    return {
        "gateways": Router(
            [
                Route("/gateways/{location}/{gateway}/inbound", Gateways(app).inbound, methods=["POST"]),
                Route("/gateways/{location}/{gateway}/status/{id}", Gateways(app).status, methods=["POST"]),
            ]
        ),
        "simulator": Router(
            [
                Route("/simulator/messages", simulator.messages),
                Route("/simulator/{path:path}", simulator.ask, methods=["GET", "POST", "DELETE"]),
            ]
        ),
        "unsubscribe": Router(
            [
                Route("/unsubscribe/{location}/{email}/{signature}", leaving.show, methods=["GET", "HEAD"]),
                Route("/unsubscribe/{location}/{email}/{signature}", leaving.click, methods=["POST"]),
            ]
        ),
        "uploads": Router([Route("/uploads/{location}/{id}/{secret}", Uploads(app).take, methods=["PUT"])]),
    }
