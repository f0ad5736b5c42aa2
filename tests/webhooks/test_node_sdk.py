"""The official Node SDK's middleware in Express, as it is: it accepts what we send, and refuses what was tampered with.

Skipped, with the reason, where Node, the SDK or Express is not there: GROUNDLEVEL_NODE_SDK names a folder in which
`npm install @gohighlevel/api-client express` has been run.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from groundlevel.areas.webhooks.tests.conftest import Came, Hooks, hooks, receiver

__all__ = ["hooks", "receiver"]

SCRIPT = Path(__file__).with_name("hook.cjs")
Express = Callable[[str, dict[str, str]], str]


@pytest.fixture
def express() -> Iterator[Express]:
    """Starts Express with the middleware; its address."""
    folder = os.environ.get("GROUNDLEVEL_NODE_SDK", "")
    wanted = [Path(folder) / "node_modules" / name for name in ("@gohighlevel/api-client", "express")]
    if not shutil.which("node") or not all(one.is_dir() for one in wanted):
        pytest.skip(
            "GROUNDLEVEL_NODE_SDK names no folder with @gohighlevel/api-client and express, or there is no node"
        )
    started: list[subprocess.Popen[bytes]] = []

    def start(body: str, env: dict[str, str]) -> str:
        started.append(
            subprocess.Popen(["node", str(SCRIPT), folder, body], stdout=subprocess.PIPE, env=os.environ | env)
        )
        assert started[-1].stdout
        return f"http://127.0.0.1:{int(started[-1].stdout.readline())}/hook"

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=20)


def told(hooks: Hooks, url: str) -> list[object]:
    """What the middleware has said of deliveries, the latest first."""
    hooks.listen(hooks.app_id, url=url)
    hooks.box.new_contact(firstName="Änna", tags=["a/b", '"quoted" \\ <tag>'], source="😀")
    hooks.deliver()
    found = [hooks.one(one["webhookId"])["history"][-1] for one in hooks.log(type="ContactCreate")]
    return [json.loads(one["answer"]) for one in found]


@pytest.mark.parametrize("body", ["raw", "parsed"])
def test_the_sdk_believes_us_and_nobody_else(hooks: Hooks, express: Express, body: str) -> None:
    keys = hooks.box.operator.get("/operator/webhooks/keys").json()
    env = {"CLIENT_ID": f"{hooks.app_id}-abcdefgh", "WEBHOOK_SIGNATURE_PUBLIC_KEY": keys["ed25519"]}
    url = express(body, env)
    assert told(hooks, url) == [{"type": "ContactCreate", "valid": True, "skipped": False}]
    hooks.listen(hooks.app_id, url=f"{hooks.receiver.url}/hook")
    hooks.box.new_contact(firstName="Bea")
    hooks.deliver()
    (came,) = hooks.receiver.came
    assert seen(url, came, came.raw) == {"type": "ContactCreate", "valid": True, "skipped": False}
    bad = came.raw.replace(b"Bea", b"Eve")
    assert seen(url, came, bad) == {"type": "ContactCreate", "valid": False, "skipped": False}


def seen(url: str, came: Came, raw: bytes) -> object:
    """What the middleware says of these bytes under the headers of a delivery."""
    names = ("content-type", "x-ghl-signature", "x-wh-signature")
    return httpx2.post(url, content=raw, headers={name: came.headers[name] for name in names}).json()
