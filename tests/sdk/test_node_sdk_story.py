"""An app's whole life: installed by a person in Chromium, lived by the official Node SDK, and uninstalled.

Skipped, with the reason, where Chromium, Node or the SDK is not there. GROUNDLEVEL_NODE_SDK names a folder in which
`npm install @gohighlevel/api-client` has been run.
"""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from tests.browsing import chromium, soon

SCRIPT = Path(__file__).with_name("story.cjs")
PHONE = (390, 844)


class Callback(BaseHTTPRequestHandler):
    """The app's own page, to which people come back."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Thank you")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def callback() -> Iterator[str]:
    """The address of an app's page."""
    server = HTTPServer(("127.0.0.1", 0), Callback)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/callback"
    server.shutdown()
    server.server_close()


@pytest.fixture(name="chromium")
def narrow_chromium() -> Iterator[Any]:
    """A browser without a screen, as narrow as a phone, that runs no scripts."""
    with chromium(scripts=False, size=PHONE) as browser:
        yield browser


@pytest.fixture
def node_sdk() -> str:
    """The folder in which the official Node SDK is installed."""
    folder = os.environ.get("GROUNDLEVEL_NODE_SDK", "")
    if not shutil.which("node") or not (Path(folder) / "node_modules" / "@gohighlevel" / "api-client").is_dir():
        pytest.skip("GROUNDLEVEL_NODE_SDK names no folder with @gohighlevel/api-client, or there is no node")
    return folder


def installed_by_hand(browser: Any, live: Any, link: str) -> str:
    """Sign in and let the app in at the demo's sub-account, with the keys and clicks of a person; the code."""
    told = live.credentials
    browser.get(link)
    browser.find_element("id", "email").send_keys(told["userEmail"])
    browser.find_element("id", "password").send_keys(told["userPassword"])
    browser.find_element("css selector", "main button").click()
    soon(browser, "asks for access")
    assert "asks for access" in browser.find_element("css selector", "h1").text
    wide = browser.execute_script("return document.documentElement.scrollWidth > innerWidth")
    assert not wide, "nothing is cut off on a phone"
    browser.find_element("css selector", f"input[value='{told['locationId']}']").click()
    browser.find_element("css selector", "button[value=approve]").click()
    soon(browser, "Thank you")
    assert "Thank you" in browser.page_source
    return parse_qs(urlsplit(browser.current_url).query)["code"][0]


def test_an_apps_life(live: Any, chromium: Any, node_sdk: str, callback: str) -> None:
    told = live.credentials
    operator = httpx2.Client(base_url=live.url, headers={"Authorization": f"Bearer {told['operatorToken']}"})
    scopes = ["contacts.readonly", "contacts.write", "oauth.readonly", "oauth.write"]
    wanted = {"name": "Node app", "scopes": scopes, "redirectUris": [callback], "bulkInstallation": True}
    app = operator.post("/operator/apps", json=wanted).json()
    key = operator.post(f"/operator/apps/{app['id']}/keys", json={}).json()
    query = {"response_type": "code", "client_id": key["id"], "redirect_uri": callback, "scope": " ".join(scopes)}
    code = installed_by_hand(chromium, live, f"{live.url}/oauth/chooselocation?{urlencode(query)}")
    said = {
        "url": live.url, "clientId": key["id"], "clientSecret": key["clientSecret"], "code": code, "appId": app["id"],
        "companyId": told["companyId"], "locationId": told["locationId"], "operatorToken": told["operatorToken"],
    }  # fmt: skip
    ran = subprocess.run(
        ["node", str(SCRIPT), node_sdk], input=json.dumps(said).encode(), capture_output=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert json.loads(ran.stdout) == {
        "userType": "Company", "emails": ["node.first@example.com", "node.second@example.com"], "refreshed": True,
        "refused": 401, "found": ["node.first@example.com"],
        "paths": [
            "/oauth/token", "/oauth/locationToken", "/contacts/",
            "/contacts/", "/oauth/token", "/contacts/",  # refused, refreshed, asked again
            "/contacts/",
            "/contacts/", "/oauth/token", "/oauth/locationToken",  # uninstalled: whatever it tries is refused
        ],
    }  # fmt: skip
    operator.close()
