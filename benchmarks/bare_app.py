"""The fastest thing Granian could answer: the same bytes as a contact, without looking at the request;
served as Groundlevel serves itself, in this process.

BENCH_ANSWER is a file: a line of JSON [status, [[header, value], ...]], then the body.
"""

import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server

_head, _, BODY = Path(os.environ["BENCH_ANSWER"]).read_bytes().partition(b"\n")
_status, _headers = json.loads(_head)
START = {
    "type": "http.response.start",
    "status": _status,
    "headers": [(name.encode(), value.encode()) for name, value in _headers],
}
REST = {"type": "http.response.body", "body": BODY}


async def app(scope: dict[str, Any], _: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    """Answer."""
    if scope["type"] == "http":
        await send(START)
        await send(REST)


if __name__ == "__main__":
    serving = Server(app, "127.0.0.1", int(sys.argv[1]), interface=Interfaces.ASGI, websockets=False, log_enabled=False)
    uvloop.run(serving.serve())
