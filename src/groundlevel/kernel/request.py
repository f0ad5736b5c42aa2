"""A request on its way through the pipeline, and how its body is read."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request as StarletteRequest

from groundlevel.kernel.binding import Bound, Sent, media_type, nested, pairs_of
from groundlevel.kernel.caller import Caller
from groundlevel.kernel.limits import Headers
from groundlevel.kernel.problems import BadRequest, TooLarge
from groundlevel.kernel.store import Owners
from groundlevel.kernel.wire import new_uuid

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_NEEDED = frozenset((b"version", b"authorization", b"content-type", b"content-length"))


class Request:
    """What is known so far. Each step of the pipeline adds its part."""

    def __init__(self, scope: Scope, now: datetime) -> None:
        self.started = time.perf_counter()
        self.now, self.now_ms = now, int(now.timestamp() * 1000)
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers = {name: value for name, value in scope["headers"] if name in _NEEDED}
        self.version = ""
        self.bound: Bound | None = None
        self.values: list[str] = []
        self.caller: Caller | None = None
        self.limits: Headers = []
        self.sent: Sent | None = None
        self.arguments: dict[str, Any] = {}
        self.owners = Owners()
        self.trace_id = ""

    def trace(self) -> str:
        """The id under which this request can be found in the log, made when somebody asks for it."""
        if not self.trace_id:
            self.trace_id = new_uuid()
        return self.trace_id

    @property
    def operation(self) -> str:
        """What to count and log it under."""
        return f"{self.bound.op.method} {self.bound.op.path}" if self.bound else "unknown"


async def read_body(request: Request, receive: Receive, limit: int) -> Sent:
    """The whole body. 413 over the limit, 415 for a kind nobody reads, 400 for a broken form."""
    length = request.headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > limit:
        raise TooLarge(f"The body is over the limit of {limit} bytes")
    kind = request.headers.get(b"content-type", b"")
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("The client went away before the body was complete")
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge(f"The body is over the limit of {limit} bytes")
        parts.append(part)
        if not message.get("more_body"):
            break
    raw = b"".join(parts)
    return await _form(request, raw) if media_type(kind, has_body=bool(raw)) == "form" else Sent(raw)


async def _form(request: Request, raw: bytes) -> Sent:
    async def again() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    if b"urlencoded" in request.headers.get(b"content-type", b"").lower():
        return Sent(raw, nested(pairs_of(raw, "form"), frozenset()))
    try:
        form: FormData = await StarletteRequest(request.scope, again).form(max_files=20, max_fields=500)
    except (MultiPartException, UnicodeDecodeError, ValueError, AssertionError):
        raise BadRequest("The form cannot be read") from None
    except Exception as error:  # the parser raises its own HTTP errors
        raise BadRequest(f"The form cannot be read: {getattr(error, 'detail', error)}") from None
    pairs = [(name, value) for name, value in form.multi_items()]
    for name, value in pairs:
        if isinstance(value, str) and ("\0" in value or "\0" in name):
            raise BadRequest("The form must not contain NUL")
    files = {name: value for name, value in pairs if isinstance(value, UploadFile)}
    return Sent(raw, {**nested([p for p in pairs if isinstance(p[1], str)], frozenset()), **files})
