"""The same receiver behind WSGI (Flask, Falcon) and ASGI (Starlette, FastAPI).

What is taken, or was taken before, is answered 200; what is refused, with the status of the refusal; what a handler
raises is logged and answered 500, so that it comes again.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from groundlevel.client.webhooks.receiver import Receiver, Refused

log = logging.getLogger("groundlevel.client.webhooks")

MOST = 2_000_000
"""Bytes of a body that are read."""


def outcome(receiver: Receiver, headers: Mapping[str, str], raw: bytes) -> tuple[int, str]:
    """Status and text of the answer to a request."""
    if len(raw) > MOST:
        return 413, "too large"
    try:
        return 200, "ok" if receiver.take(headers, raw) else "known"
    except Refused as refused:
        return refused.status, str(refused)
    except Exception:
        log.exception("a webhook could not be handled")
        return 500, "it could not be handled"


def wsgi(receiver: Receiver) -> Callable[..., Iterable[bytes]]:
    """A WSGI application, to be mounted where webhooks come in."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        named = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        size = int(environ.get("CONTENT_LENGTH") or 0)
        raw = environ["wsgi.input"].read(min(size, MOST + 1))
        status, text = outcome(receiver, named, raw) if environ["REQUEST_METHOD"] == "POST" else (405, "POST only")
        start_response(
            f"{status} {HTTPStatus(status).phrase}",
            [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text.encode())))],
        )
        return [text.encode()]

    return application


def flask_view(receiver: Receiver) -> Callable[[], Any]:
    """A view for Flask: `app.add_url_rule("/hook", view_func=flask_view(receiver), methods=["POST"])`."""

    def webhook() -> Any:
        from flask import request

        status, text = outcome(receiver, dict(request.headers), request.get_data())
        return text, status, {"Content-Type": "text/plain; charset=utf-8"}

    return webhook


class FalconResource:
    """A resource for Falcon: `app.add_route("/hook", FalconResource(receiver))`."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def on_post(self, req: Any, resp: Any) -> None:
        """A webhook."""
        status, text = outcome(self.receiver, req.headers, req.bounded_stream.read(MOST + 1))
        resp.status, resp.text, resp.content_type = status, text, "text/plain; charset=utf-8"


def asgi(receiver: Receiver) -> Callable[..., Any]:
    """An ASGI application, to be mounted in Starlette or FastAPI: `app.mount("/hook", asgi(receiver))`.

    Handlers are called on a thread, so they may wait.
    """

    async def application(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        raw, more = bytearray(), True
        while more and len(raw) <= MOST:
            message = await receive()
            raw += message.get("body", b"")
            more = message.get("more_body", False)
        named = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        status, text = 405, "POST only"
        if scope["method"] == "POST":
            status, text = await asyncio.to_thread(outcome, receiver, named, bytes(raw))
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(text.encode()))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})

    return application
