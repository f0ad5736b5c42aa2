"""The fastest thing Granian could answer: the same bytes as a contact, without looking at the request.

BENCH_ANSWER is a file: a line of JSON [status, [[header, value], ...]], then the body.
"""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

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
