"""Settings and areas to an ASGI application. The life of a request is `answer`, top to bottom."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from starlette.types import ASGIApp

from groundlevel.kernel.area import OPERATOR, PUBLIC, Area, Operation
from groundlevel.kernel.binding import Content, bound
from groundlevel.kernel.caller import NOBODY, NOT_IN_PLAN, Caller, Callers
from groundlevel.kernel.clock import Clock
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.limits import Budgets, Limits, Verdict
from groundlevel.kernel.log import log
from groundlevel.kernel.observe import Metrics, RequestLine, RequestLog
from groundlevel.kernel.paths import Paths
from groundlevel.kernel.problems import BadRequest, Forbidden, NotFound, Problem, TooManyRequests, Unauthorized, render
from groundlevel.kernel.request import Receive, Request, Scope, Send, read_body
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners, Store, Unit
from groundlevel.kernel.versions import ACCEPTED, V3, VERSIONS
from groundlevel.kernel.wire import iso

CompanyOf = Callable[[Unit, str], str | None]
"""The company a location belongs to, None for an unknown location: told by the area that owns locations."""

NOT_ITS_CLASS = (
    "This authClass type is not allowed to access this scope. Please reach out to the Platform team to get it added."
)
NOT_ITS_LOCATION = "The token does not have access to this location."
NOT_ITS_COMPANY = "The token does not have access to this company."
TEND_S, LOOK_S = 0.05, 5.0
"""How soon after a write the store is tended, and how often it is looked after anyway."""


class App:
    """One process of Groundlevel, as an ASGI application."""

    def __init__(
        self, settings: Settings, store: Store, areas: list[Area], company_of: CompanyOf, clock: Clock
    ) -> None:
        self.settings, self.store, self.areas, self.company_of, self.clock = settings, store, areas, company_of, clock
        self.callers = Callers(clock.now)
        self.limits: Budgets = Limits(settings.burst_limit, settings.daily_limit)
        self.metrics = Metrics()
        self.request_log = RequestLog()
        self.paths: Paths[Operation] = Paths()
        self.pages: dict[str, ASGIApp] = {}
        self.tending = self.ended = False
        self.beside: list[Callable[[], Coroutine[Any, Any, None]]] = []
        for op in (op for area in areas for op in area.operations):
            for version in op.versions:
                self.paths.add(op.method, version, op.path_in(version), op)
        for op in (op for area in areas for op in area.operations if op.older_path):
            self.paths.add_if_free(op.method, V3, op.older_path or "", op)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.lifespan(receive, send)
        path: str = scope["path"]
        page = self.pages.get(path) or self.pages.get(path.split("/", 2)[1])
        if page is not None:
            return await page(scope, receive, send)
        return await self.answer(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Everything that happens to a request, in this order."""
        request = Request(scope, self.clock.now())
        try:
            for step in (read_version, find_operation, identify, spend, authorise):
                if waiting := step(self, request):
                    await waiting
            assert request.bound
            if request.bound.body or request.method != "GET":
                request.sent = await read_body(request, receive, self.settings)
            for step in (bind, locate, *request.bound.op.steps):
                if waiting := step(self, request):
                    await waiting
            result = await self.perform(request)
            if isinstance(result, Problem):  # returned, not raised: what was done stays
                raise result
            body = result if isinstance(result, Content) else request.bound.encoded(result)
            status = result.status if isinstance(result, Content) else request.bound.op.status
        except Problem as problem:
            status, body = problem.status, render(problem, request.trace())
        except Exception:
            log.exception("handler failed", operation=request.operation, trace_id=request.trace())
            status, body = 500, render(Problem("Internal server error"), request.trace())
        if request.sent:
            request.sent.close()
        await self.respond(request, status, body, send)

    async def perform(self, request: Request) -> Any:
        """Your function, in its unit of work; back when what it wrote is on the disk."""
        assert request.bound and request.caller
        op, caller = request.bound.op, request.caller

        def work(db: Any) -> Any:
            ctx = Ctx(caller, db, request.now, self.settings, self.clock)
            ctx.trace = request.trace
            return op.fn(ctx, **request.arguments)

        result = await self.store.perform(request.owners, work, write=not op.reads, slow=op.slow)
        if not op.reads and not self.tending:
            self.tending = True
            asyncio.get_running_loop().call_later(TEND_S, self.tend)
        return result

    async def respond(self, request: Request, status: int, body: bytes | Content, send: Send) -> None:
        """Send the answer with its headers; count it and log it."""
        limits = request.limits or self.limits.whole(request.now_ms)
        if isinstance(body, bytes):
            headers = [
                (b"content-type", b"application/json; charset=utf-8"),
                (b"content-length", b"%d" % len(body)),
                *limits,
            ]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        else:
            await body.send(send, limits)
        seconds = time.perf_counter() - request.started
        self.metrics.seen(request.operation, status, seconds)
        if self.settings.log_requests:
            token = request.caller.token_id if request.caller else None
            self.request_log.add(
                RequestLine(
                    timestamp=iso(request.now),
                    method=request.method,
                    path=request.path,
                    status=status,
                    ms=round(seconds * 1000, 2),
                    version=request.version,
                    token=token,
                    trace_id=request.trace_id or None,
                )
            )

    def tend(self) -> None:
        """The store's housekeeping, a portion a time, between requests. What fails is tried again before long."""
        self.tending = False
        try:
            self.tending = not self.ended and self.store.tend()
        except Exception:
            log.exception("the store could not be tended")
        if self.tending:
            asyncio.get_running_loop().call_later(TEND_S, self.tend)

    def look_after(self) -> None:
        """Now and then: what other processes (the worker, an import) have written may need tending too."""
        if not self.tending:
            self.tend()
        asyncio.get_running_loop().call_later(LOOK_S, self.look_after)

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Start and stop with the server, and what runs `beside` the requests with it."""
        tasks: list[asyncio.Task[None]] = []
        while message := await receive():
            if message["type"] == "lifespan.startup":
                self.look_after()
                tasks = [asyncio.create_task(work()) for work in self.beside]
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                for task in tasks:
                    task.cancel()
                await self.limits.close()
                self.ended = True
                self.store.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


# --- the steps before the function: each is done when it returns, or returns what to wait for ---


def read_version(app: App, request: Request) -> None:
    """The `Version` header: 401 when it is missing or unknown, before anything else is looked at."""
    said = request.headers.get(b"version")
    if said is None:
        for version in reversed(VERSIONS):
            op, request.values = app.paths.find(request.method, version, request.path)
            if op is not None and op.unsaid == version:
                request.bound, request.version = bound(op, version), version
                return
        raise Unauthorized("version header was not found.")
    version = ACCEPTED.get(said.decode("latin-1").strip())
    if version is None:
        raise Unauthorized("version header is invalid")
    request.version = version


def find_operation(app: App, request: Request) -> None:
    """The operation of this method and path in this version; 404 where there is none."""
    if request.bound is None:
        op, request.values = app.paths.find(request.method, request.version, request.path)
        if op is None:
            raise NotFound(f"Cannot {request.method} {request.path}")
        request.bound = bound(op, request.version)


def identify(app: App, request: Request) -> Awaitable[None] | None:
    """Token to caller; 401 for none and for a bad one. What is public asks for none, and looks at none."""
    if request.bound and request.bound.op.scope == PUBLIC:
        request.caller = NOBODY
        return None
    authorization = request.headers.get(b"authorization")
    if not authorization:
        raise Unauthorized("Invalid JWT")
    request.caller = app.callers.known(authorization)
    return None if request.caller else _verify(app, request, authorization)


async def _verify(app: App, request: Request, authorization: bytes) -> None:
    callers = app.callers
    request.caller = await app.store.perform(SYSTEM, lambda db: callers.verify(db, authorization), write=False)


def spend(app: App, request: Request) -> Awaitable[None] | None:
    """Take one from the caller's budgets; 429 when they are spent. Operators have none."""
    if request.caller is None or not request.caller.budget:
        return None
    verdict = app.limits.spend(request.caller.budget, request.now_ms, request.caller.limits)
    return _heed(request, verdict) if isinstance(verdict, tuple) else _wait(request, verdict)


async def _wait(request: Request, verdict: Awaitable[Verdict]) -> None:
    _heed(request, await verdict)


def _heed(request: Request, verdict: Verdict) -> None:
    within, request.limits = verdict
    if not within:
        raise TooManyRequests("Too Many Requests")


_CLASSES = {"location": ("Location",), "agency": ("Company",), "either": ("Location", "Company")}


def authorise(app: App, request: Request) -> None:
    """Scope and token class: 401 in the service's words. 403 for what the agency's plan does not include."""
    assert request.bound
    op, caller = request.bound.op, request.caller
    if op.scope == PUBLIC:
        return
    if caller is None or (op.scope == OPERATOR) != (caller.token_class == "Operator"):
        raise Unauthorized("Invalid JWT")
    if op.scope == OPERATOR:
        return
    if caller.barred:
        raise Forbidden(NOT_IN_PLAN)
    if caller.token_class not in _CLASSES[op.tokens]:
        raise Unauthorized(NOT_ITS_CLASS)
    if op.scope not in caller.scopes:
        raise Unauthorized("The token is not authorized for this scope.")


def bind(app: App, request: Request) -> None:
    """Path, query and body to the function's arguments: 422 lists every violation."""
    assert request.bound
    request.arguments = request.bound.arguments(request.values, request.scope["query_string"], request.sent)


def locate(app: App, request: Request) -> Awaitable[None] | None:
    """The location and company the call is about: the token's own, or such as the caller may act for; else 403."""
    shapes, caller = request.bound, request.caller
    assert shapes
    if caller is None:
        return None
    location = _named(shapes.where_location, "location_id", request.arguments)
    company = _named(shapes.where_company, "company_id", request.arguments)
    if caller.company_id and company and company != caller.company_id:
        raise Forbidden(NOT_ITS_COMPANY)
    if caller.token_class == "Location":
        if location and location != caller.location_id:
            raise Forbidden(NOT_ITS_LOCATION)
        request.owners = Owners(caller.location_id, caller.company_id)
        return None
    request.owners = Owners(location, caller.company_id or company, system=caller.token_class == "Operator")
    return _locate_within(app, request, caller) if location else None


async def _locate_within(app: App, request: Request, caller: Caller) -> None:
    """The same for a location that the token does not name: it must be there, and of the caller's company."""
    location = request.owners.location
    company = await app.store.perform(SYSTEM, lambda db: app.company_of(db, location), write=False)
    if not company:
        raise BadRequest(f"Location with id {location} not found")
    if caller.company_id and company != caller.company_id:
        raise Forbidden(NOT_ITS_LOCATION)
    request.owners = Owners(location, company, system=request.owners.system)


def _named(place: str | None, name: str, arguments: dict[str, Any]) -> str:
    if place is None:
        return ""
    value = arguments.get(name) if place == "path" else getattr(arguments[place], name)
    return value if isinstance(value, str) else ""
