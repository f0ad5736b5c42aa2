"""The only fixtures that areas use: the whole product in one process, spoken to over HTTP, without a socket."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from groundlevel.kernel.app import App
from groundlevel.kernel.caller import OPERATOR, TOKENS, TokenClass, new_token
from groundlevel.kernel.clock import Clock
from groundlevel.kernel.ctx import Ctx, acting
from groundlevel.kernel.jobs import lease, run
from groundlevel.kernel.request import Message, Scope
from groundlevel.kernel.store import Owners
from groundlevel.kernel.versions import V3

MILLISECOND = timedelta(milliseconds=1)


class InProcess(httpx2.BaseTransport):
    """Carries requests straight into an ASGI application, on a loop of its own."""

    def __init__(self, app: App) -> None:
        self.app, self.loop = app, asyncio.new_event_loop()
        self.free = app.clock.now()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request, to its end. What it makes is younger than what the last one made, by a millisecond at least."""
        now = self.app.clock.now()
        if now < self.free <= now + MILLISECOND:
            self.app.clock.move_to(self.free)
        response = self.loop.run_until_complete(self._ask(request))
        now = self.app.clock.now()
        self.free = now.replace(microsecond=now.microsecond // 1_000 * 1_000) + MILLISECOND
        return response

    async def _ask(self, request: httpx2.Request) -> httpx2.Response:
        parts: list[Message] = []
        body = request.read()
        scope: Scope = {
            "type": "http", "method": request.method, "path": request.url.path, "query_string": request.url.query,
            "headers": [(k.lower(), v) for k, v in request.headers.raw], "http_version": "1.1", "scheme": "http",
            "client": ("127.0.0.1", 1), "server": ("testserver", 80), "root_path": "", "raw_path": request.url.raw_path,
        }  # fmt: skip

        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            parts.append(message)

        await self.app(scope, receive, send)
        content = b"".join(p.get("body", b"") for p in parts[1:])
        return httpx2.Response(parts[0]["status"], headers=parts[0]["headers"], content=content)

    def close(self) -> None:
        """Release the loop and the store."""
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()
        self.app.store.close()


class Sandbox:
    """An installation for one test.

    `as_location`, `as_agency`, `operator` are clients with the tokens of their kind; all speak v3 unless a request
    brings another `Version`. `now` can be set; it stands still between requests only if the test freezes it.
    """

    def __init__(self, app: App, scopes: list[str]) -> None:
        self.app, self.scopes = app, scopes
        self.transport = InProcess(app)
        self.operator = self.client(self.token("Operator", []))

    @property
    def clock(self) -> Clock:
        """The installation's clock."""
        return self.app.clock

    def token(self, kind: TokenClass, scopes: list[str], company_id: str = "", location_id: str = "") -> str:
        """A new token's value."""
        token, value = new_token("test", kind, scopes, self.clock.now())
        token = msgspec.structs.replace(token, company_id=company_id, location_id=location_id)
        self.app.store.write(Owners(system=True), lambda db: db.put(TOKENS, token))
        return value

    def client(self, token: str | None, version: str = V3) -> httpx2.Client:
        """A client that sends this token and version with every request."""
        headers = {"Version": version} | ({"Authorization": f"Bearer {token}"} if token else {})
        return httpx2.Client(transport=self.transport, base_url="http://testserver", headers=headers)

    def do(self, owners: Owners, work: Callable[[Ctx], Any]) -> Any:
        """Run something as the operator would, in a unit of work of its own."""
        now = self.clock.now()
        return self.app.store.write(owners, lambda db: work(Ctx(OPERATOR, db, now, self.app.settings, self.clock)))

    def events(self, after: int = 0) -> list[dict[str, Any]]:
        """The payloads of what has happened, in order, but for the first so many."""
        found = self.operator.get("/operator/events", params={"limit": 1000}).json()["events"]
        return [e["payload"] for e in found[after:]]

    def move_clock(self, by: timedelta) -> datetime:
        """Move the clock on; what it says then."""
        self.clock.move_to(self.clock.now() + by)
        return self.clock.now()

    def work(self) -> int:
        """Do the jobs that are due, as a worker would; how many succeeded."""
        done = 0
        while jobs := lease(self.app.store, self.clock.now()):
            now = self.clock.now()
            act = acting(OPERATOR, self.app.settings, now)
            done += sum(run(self.app.store, one, act, now, 0.5) for one in jobs)
        return done


@contextmanager
def sandbox(build: Callable[[Path], App], folder: Path) -> Generator[Sandbox]:
    """A fresh installation in a folder, released at the end."""
    app = build(folder)
    scopes = sorted({op.scope for area in app.areas for op in area.operations if not op.scope.startswith("(")})
    box = Sandbox(app, scopes)
    try:
        yield box
    finally:
        box.transport.close()
