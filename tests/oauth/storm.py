"""One process that refreshes a token many times at once: `storm.py DATABASE COUNT`, the JSON to send on its input."""

import asyncio
import json
import sys
from typing import Any

from groundlevel.kernel.settings import Settings
from groundlevel.main import build


async def refresh(app: Any, body: bytes) -> tuple[int, str]:
    """Status and body of one POST /oauth/token."""
    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": "/oauth/token", "query_string": b"", "raw_path": b"/oauth/token",
        "headers": [(b"version", b"v3"), (b"content-type", b"application/json")], "client": ("127.0.0.1", 1),
    }  # fmt: skip
    waiting, parts = [{"type": "http.request", "body": body, "more_body": False}], list[Any]()

    async def receive() -> Any:
        return waiting.pop()

    async def send(message: Any) -> None:
        parts.append(message)

    await app(scope, receive, send)
    return parts[0]["status"], parts[1]["body"].decode()


async def storm(database: str, count: int, body: bytes) -> list[tuple[int, str]]:
    """All at once."""
    app = build(Settings(database=database, log_requests=False))
    try:
        return await asyncio.gather(*(refresh(app, body) for _ in range(count)))
    finally:
        app.store.close()


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    request = sys.stdin.buffer.read()
    print(json.dumps(asyncio.run(storm(sys.argv[1], int(sys.argv[2]), request))))
