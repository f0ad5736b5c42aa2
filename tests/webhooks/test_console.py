"""The operator's page: signing in by the key, the log, one delivery, send again, pause and resume."""

import re

import httpx2
import pytest

from groundlevel.areas.webhooks.tests.conftest import Hooks, hooks, receiver

__all__ = ["hooks", "receiver"]

HOME = "/console/webhooks"


def key_in(page: httpx2.Response) -> str:
    """What forms of the page must bring."""
    found = re.search(r'name="form_key" value="([0-9a-f]+)"', page.text)
    assert found, page.text
    return found[1]


def sign_in(browser: httpx2.Client, key: str) -> httpx2.Response:
    return browser.post("/console/sign-in", data={"form_key": key_in(browser.get("/console/sign-in")), "key": key})


@pytest.fixture
def stranger(hooks: Hooks) -> httpx2.Client:
    """A browser."""
    return httpx2.Client(transport=hooks.box.sandbox.transport, base_url="http://testserver")


@pytest.fixture
def browser(hooks: Hooks, stranger: httpx2.Client) -> httpx2.Client:
    """A browser whose operator has signed in."""
    reply = sign_in(stranger, hooks.box.sandbox.token("Operator", []))
    assert (reply.status_code, reply.headers["location"]) == (303, HOME)
    return stranger


def test_only_an_operators_key_opens_it(hooks: Hooks, stranger: httpx2.Client) -> None:
    for path in (HOME, f"{HOME}/any"):
        assert stranger.get(path).headers["location"] == "/console/sign-in"
        assert stranger.post(path, data={}).headers["location"] == "/console/sign-in"
    for key in ("", "nonsense", hooks.box.location_token, hooks.box.agency_token):
        assert sign_in(stranger, key).status_code == 401
    without_cookie = {"form_key": key_in(stranger.get("/console/sign-in")), "key": "x"}
    stranger.cookies.clear()
    assert stranger.post("/console/sign-in", data=without_cookie).status_code == 403
    good = sign_in(stranger, hooks.box.sandbox.token("Operator", []))
    cookie = next(c for c in good.headers.get_list("set-cookie") if c.startswith("groundlevel-console="))
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/"))


def test_the_log_and_one_delivery(hooks: Hooks, browser: httpx2.Client) -> None:
    hooks.box.new_contact(firstName="<Anna>")
    hooks.deliver()
    page = browser.get(HOME)
    (one,) = hooks.log(type="ContactCreate")
    assert (page.status_code, f"{HOME}/{one['webhookId']}" in page.text, "delivered" in page.text) == (200, True, True)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert one["webhookId"] not in browser.get(HOME, params={"status": "failed"}).text
    assert one["webhookId"] in browser.get(HOME, params={"type": "ContactCreate", "status": "delivered"}).text
    assert browser.get(HOME, params={"status": "strange"}).headers["location"] == HOME
    whole = browser.get(f"{HOME}/{one['webhookId']}").text
    assert "&lt;Anna&gt;" in whole
    assert "<Anna>" not in whole
    assert browser.get(f"{HOME}/none").status_code == 404


def test_sending_again_and_pausing(hooks: Hooks, browser: httpx2.Client) -> None:
    hooks.box.new_contact(firstName="Anna")
    hooks.deliver()
    path = f"{HOME}/{hooks.log(type='ContactCreate')[0]['webhookId']}"
    key = key_in(browser.get(path))
    assert browser.post(path, data={"form_key": "0" * 64}).status_code == 403
    assert browser.post(path, data={"form_key": key}).headers["location"] == path
    hooks.deliver()
    assert len(hooks.receiver.came) == 2
    said = {"form_key": key, "endpoint": hooks.app_id}
    assert browser.post(HOME, data={**said, "paused": "yes"}).status_code == 303
    assert "Resume App /hook" in browser.get(HOME).text
    assert browser.post(HOME, data={**said, "paused": "no"}).status_code == 303
    assert "Pause App /hook" in browser.get(HOME).text
    assert browser.post(HOME, data={**said, "endpoint": "none", "paused": "no"}).status_code == 404


def test_a_session_ends_by_signing_out_with_its_key_and_in_time(hooks: Hooks, browser: httpx2.Client) -> None:
    assert browser.post("/console/sign-out", data={"form_key": "no"}).status_code == 400
    key = key_in(browser.get(HOME))
    assert browser.post("/console/sign-out", data={"form_key": key}).headers["location"] == "/console/sign-in"
    assert browser.get(HOME).status_code == 303
    sign_in(browser, hooks.box.sandbox.token("Operator", []))
    assert browser.get(HOME).status_code == 200
    hooks.later(hours=13)
    assert browser.get(HOME).status_code == 303
