"""A request on its way through the pipeline, and how its body is read."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request as StarletteRequest

from groundlevel.kernel.binding import Bound, Sent, media_type, nested, pairs_of
from groundlevel.kernel.caller import Caller
from groundlevel.kernel.limits import Headers
from groundlevel.kernel.problems import BadRequest, Problem, TooLarge
from groundlevel.kernel.settings import Settings
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


async def read_body(request: Request, receive: Receive, settings: Settings) -> Sent:
    """The whole body. 413 over the limit, 415 for a kind nobody reads, 400 for a broken form.

    Files go to temporary files as they come, so a body with one may be larger than memory.
    """
    kind = request.headers.get(b"content-type", b"")
    has_files = b"multipart/form-data" in kind.lower()
    limit: int = getattr(settings, request.bound.op.limit if has_files and request.bound else "body_limit")
    length, size = request.headers.get(b"content-length", b"0"), 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("The client went away before the body was complete")
        size += len(message.get("body", b""))
        if size > limit or (length.isdigit() and int(length) > limit):
            raise TooLarge(f"The body is over the limit of {limit} bytes")
        return message

    if has_files:
        return await _files(request, counted)
    parts, more = list[bytes](), True
    while more:
        message = await counted()
        parts.append(message.get("body", b""))
        more = bool(message.get("more_body"))
    raw = b"".join(parts)
    is_form = media_type(kind, has_body=bool(raw)) == "form"
    return Sent(raw, nested(pairs_of(raw, "form"), frozenset()) if is_form else None)


async def _files(request: Request, receive: Receive) -> Sent:
    read = StarletteRequest(request.scope, receive).form(max_files=20, max_fields=100, max_part_size=2**18)
    try:
        form: FormData = await read
    except Problem:
        raise
    except Exception as error:  # the parser raises its own HTTP errors
        told = getattr(error, "detail", "")
        raise BadRequest(f"The form cannot be read{': ' if told else ''}{told}") from None
    files = [(name, value) for name, value in form.multi_items() if isinstance(value, UploadFile)]
    texts: list[tuple[str, Any]] = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    of_name: dict[str, list[UploadFile]] = {}
    for name, one in files:
        of_name.setdefault(name, []).append(one)
    found = {name: some[0] if len(some) == 1 else some for name, some in of_name.items()}
    sent = Sent(form=nested(texts, frozenset()) | found, files=[one for _, one in files])
    if any("\0" in text for pair in texts for text in pair):
        sent.close()
        raise BadRequest("The form must not contain NUL")
    return sent
