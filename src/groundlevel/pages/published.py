"""What OAuth clients find without a token: the public keys, and what is left of /oauth/reconnect."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from groundlevel.areas.oauth import key_set
from groundlevel.kernel.app import App
from groundlevel.kernel.jobs import SYSTEM

KEYS = ("/.well-known/jwks.json", "/oauth/jwks")
GONE = {"message": "API endpoint has been removed", "error": "Bad Request", "statusCode": 400}
"""What the service has answered to everything there since 2026."""


class Published:
    """The public side of an application's tokens."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.router = Router(
            [*(Route(path, self.keys) for path in KEYS), Route("/oauth/reconnect", self.reconnect, methods=["POST"])]
        )

    async def keys(self, _: Request) -> Response:
        """The keys that tokens are signed with, as a JWK set (RFC 7517)."""
        found = await self.app.store.perform(SYSTEM, key_set, write=False)
        return JSONResponse(found, headers={"Cache-Control": "public, max-age=300"})

    async def reconnect(self, _: Request) -> Response:
        """400, always: the service has removed it and says so."""
        return JSONResponse(GONE, status_code=400)
