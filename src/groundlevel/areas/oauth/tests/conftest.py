"""What tests of apps start from: a registered app, people with passwords, and a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from msgspec.structs import replace

from groundlevel.areas.marketplace import App, AppVersion, ClientKey, put_app
from groundlevel.areas.users import USERS, Roles, User
from groundlevel.conftest import Box
from groundlevel.kernel.caller import hashed
from groundlevel.kernel.store import Owners
from groundlevel.kernel.versions import V3

APP, CLIENT, SECRET = "a" * 24, f"{'a' * 24}-abcd1234", "5e7ec7ed-0000-4000-8000-000000000001"
BACK = "https://app.example/callback"
SCOPES = ["contacts.readonly", "contacts.write", "oauth.readonly", "oauth.write"]
PASSWORD = "correct horse battery"
BOSS = "BossBossBossBossBo01"


@dataclass
class Shop:
    """An app in the installation of `box`: for sub-accounts, installed by agencies (in bulk) and by sub-accounts."""

    box: Box
    app: App = field(init=False)

    def __post_init__(self) -> None:
        self.app = self.register(APP, CLIENT)
        self.add_user(BOSS, "boss@example.com", Roles(type="agency", role="admin", location_ids=[]))
        for id in (self.box.user_id, BOSS):
            self.set_password(id)

    def register(self, id: str, client_id: str, **said: Any) -> App:
        """Keep an app with one client."""
        app = App(
            id=id, name="Calling card", date_added="2026-01-01T00:00:00.000Z", distribution="both",
            target_user="Sub-account", bulk_installation=True, redirect_uris=[BACK],
            versions=[AppVersion(id="c" * 24, semver="1.0.0", status="live", scopes=SCOPES, date_added="")],
            client_keys=[ClientKey(id=client_id, name="main", date_added="", secret_hash=hashed(SECRET))],
        )  # fmt: skip
        app = replace(app, **said)
        self.box.sandbox.do(Owners(system=True), lambda ctx: put_app(ctx, app))
        return app

    def add_user(self, id: str, email: str, roles: Roles) -> None:
        """A user of the agency."""
        user = User(
            id=id, company_id=self.box.company_id, name="Bo Boss", first_name="Bo", last_name="Boss", email=email,
            roles=roles, date_added="2026-01-01T00:00:00.000Z",
        )  # fmt: skip
        self.box.sandbox.do(Owners(company=self.box.company_id), lambda ctx: ctx.db.put(USERS, user))

    def set_password(self, user_id: str) -> None:
        """As an operator would."""
        path = f"/operator/companies/{self.box.company_id}/users/{user_id}/password"
        assert self.box.operator.put(path, json={"password": PASSWORD}).status_code == 200

    def browser(self) -> "Browser":
        """A new browser, without cookies."""
        return Browser(self.box)

    def link(self, path: str = "/oauth/chooselocation", **said: str) -> str:
        """The link an app shows; an empty value leaves the parameter out."""
        wanted = {"response_type": "code", "client_id": CLIENT, "redirect_uri": BACK, "state": "s t&a=te", **said}
        return f"{path}?{urlencode({k: v for k, v in wanted.items() if v})}"

    def code(self, email: str = "anna@example.com", link: dict[str, str] | None = None, **choice: Any) -> str:
        """A code, as the app gets it after a person's consent."""
        browser = self.browser()
        browser.sign_in(email)
        choice = choice or {"location": self.box.location_id}
        return browser.consent(self.link(**(link or {})), **choice)["code"]

    def ask(self, version: str | None = V3, **said: str) -> httpx2.Response:
        """POST /oauth/token with the client's credentials, as JSON."""
        headers = {"Version": version} if version else {}
        body = {"clientId": CLIENT, "clientSecret": SECRET, **said}
        return self.client().post("/oauth/token", json={k: v for k, v in body.items() if v}, headers=headers)

    def exchange(self, code: str, **said: str) -> dict[str, Any]:
        """The tokens for a code."""
        reply = self.ask(grantType="authorization_code", code=code, **said)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def refresh(self, token: str, **said: str) -> httpx2.Response:
        """What is answered to a refresh token."""
        return self.ask(grantType="refresh_token", refreshToken=token, **said)

    def client(self) -> httpx2.Client:
        """A client that sends nothing by itself."""
        return httpx2.Client(transport=self.box.sandbox.transport, base_url="http://testserver")

    def contacts(self, token: str) -> int:
        """The status of a read with an access token, asked afresh."""
        self.box.sandbox.app.callers.remembered.clear()
        path = f"/contacts/?locationId={self.box.location_id}"
        return self.box.sandbox.client(token).get(path).status_code


class Browser:
    """A browser without scripts: it keeps cookies, reads forms, and stops where it would leave for another host."""

    def __init__(self, box: Box) -> None:
        self.http = httpx2.Client(transport=box.sandbox.transport, base_url="http://testserver")

    def get(self, path: str) -> httpx2.Response:
        """A page, after redirects on this host."""
        return self.follow(self.http.get(path))

    def follow(self, reply: httpx2.Response) -> httpx2.Response:
        """Where a redirect leads, on this host."""
        while reply.status_code == 303 and reply.headers["location"].startswith("/"):
            reply = self.http.get(reply.headers["location"])
        return reply

    def send(self, page: httpx2.Response, **fields: Any) -> httpx2.Response:
        """The form of a page, filled in."""
        main = page.text[page.text.index("<main") :]
        action = re.search(r'<form method="post" action="([^"]+)"', main)
        assert action, page.text
        return self.http.post(action[1].replace("&amp;", "&"), data={"form_key": key_of(page), **fields})

    def sign_in(self, email: str, password: str = PASSWORD, code: str = "") -> httpx2.Response:
        """Sign in; the last answer."""
        page = self.get("/account/sign-in")
        return self.follow(self.send(page, email=email, password=password, code=code))

    def consent(self, link: str, decision: str = "approve", **choice: Any) -> dict[str, str]:
        """Open an app's link, decide; what the app is told."""
        reply = self.send(self.get(link), decision=decision, **choice)
        assert reply.status_code == 303, reply.text
        return told(reply)


def key_of(page: httpx2.Response) -> str:
    """The form's key, of the page's main form."""
    found = re.findall(r'name="form_key" value="([^"]+)"', page.text)
    return found[-1]


def told(reply: httpx2.Response) -> dict[str, str]:
    """What a redirect to the app says."""
    address = urlsplit(reply.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == BACK
    return {k: v[0] for k, v in parse_qs(address.query).items()}


@pytest.fixture
def shop(box: Box) -> Iterator[Shop]:
    """An installation with an app; whatever the test does, the store must be in order afterwards."""
    yield Shop(box)
    assert box.sandbox.app.store.check() == []
