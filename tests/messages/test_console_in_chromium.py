"""The inbox and the outbox in a real browser: what comes in appears by itself, and an answer goes its way on the page.

The accessibility run is skipped, with the reason, where axe-core is missing: GROUNDLEVEL_NODE_SDK names a folder in
which `npm install axe-core` has been run.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import copy
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.browsing import SOON_S, chromium
from tests.conftest import LiveServer
from tests.messages.test_console_outbox import HOSTILE

from groundlevel.outside.simulator import Simulator
from groundlevel.pages.simulator import body_of, headers_of
from groundlevel.testing_stores import database_for

ACCOUNT, TOKEN, NUMBER, PHONE = "AC00000000000000000000000000000001", "the auth token", "+14155550100", "+14155550177"
SERIOUS = ("serious", "critical")


class Desk:
    """A demo whose sub-account texts by the simulator, a contact of it, and a browser that has signed in."""

    def __init__(self, server: LiveServer, browser: Any) -> None:
        self.server, self.browser = server, browser
        key = server.credentials["operatorToken"]
        self.operator = httpx2.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"})
        self.location = httpx2.Client(base_url=server.url, headers=server.headers())
        said = {"account": ACCOUNT, "secret": TOKEN, "sender": NUMBER, "url": f"{server.url}/simulator"}
        there = f"/operator/locations/{server.location_id}/gateways"
        self.gateway = self.operator.post(there, json=said).raise_for_status().json()
        made = {"locationId": server.location_id, "firstName": "Bea <b>", "phone": PHONE, "email": "bea@example.com"}
        self.contact = self.location.post("/contacts/", json=made).raise_for_status().json()["contact"]["id"]
        self.inbox = f"{server.url}/console/inbox/{server.location_id}"

    def sign_in(self) -> None:
        self.browser.get(f"{self.server.url}/console")
        self.browser.find_element("id", "key").send_keys(self.server.credentials["operatorToken"])
        self.browser.find_element("css selector", "main button").click()
        self.until(lambda page: page.title.startswith("Webhooks"))

    def until(self, seen: Callable[[Any], Any]) -> Any:
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.wait import WebDriverWait

        ignored = [StaleElementReferenceException]
        return WebDriverWait(self.browser, SOON_S, 0.1, ignored).until(seen)

    def texts(self, words: str) -> None:
        """The contact's phone sends a text, as the gateway tells it, signed."""
        said = [("From", PHONE), ("To", NUMBER), ("Body", words)]
        call = Simulator({ACCOUNT: TOKEN}).comes_in(ACCOUNT, self.gateway["inbound"], said)
        path = call.url.partition("/gateways/")[2]
        url = f"{self.server.url}/gateways/{path}"
        httpx2.post(url, headers=headers_of(call), content=body_of(call)).raise_for_status()

    def severe(self) -> list[str]:
        """What the browser complains of."""
        return [line["message"] for line in self.browser.get_log("browser") if line["level"] == "SEVERE"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One for all tests here."""
    server = LiveServer(database_for("sqlite", tmp_path_factory.mktemp("talks"), "talks"))
    server.options = ("--allow-webhooks-to", "127.0.0.1")
    with chromium() as browser:
        found = Desk(server.start(), browser)
        with closing(found.operator), closing(found.location):
            found.sign_in()
            yield found
    assert server.troubles() == []
    server.stop()


def test_a_text_appears_and_its_answer_arrives_before_ones_eyes(desk: Desk) -> None:
    browser = desk.browser
    browser.get(desk.inbox)
    desk.texts("Are you <b>open</b>?")
    at = ("xpath", "//ul[@id='conversations']//a[contains(., 'Are you <b>open</b>?')]")
    row = desk.until(lambda page: page.find_element(*at))
    assert "Bea <b>" in row.text
    row.click()
    desk.until(lambda page: "Are you <b>open</b>?" in page.find_element("id", "said").text)
    field = browser.find_element("id", "write")
    field.send_keys("Until six")
    desk.texts("Today?")
    desk.until(lambda page: "Today?" in page.find_element("id", "said").text)
    assert field.get_attribute("value") == "Until six", "what one writes stays"
    browser.find_element("css selector", "button[value=reply]").click()
    status = ("css selector", "article.out:last-of-type .status")
    desk.until(lambda page: "Until six" in page.find_element("id", "said").text)
    desk.until(lambda page: page.find_element(*status).text == "Delivered")
    assert browser.find_elements("css selector", "#conversations a.unread[aria-current]") == []
    browser.find_element("link text", "Outbox").click()
    link = desk.until(lambda page: page.find_element("link text", "Until six"))
    assert browser.find_element("css selector", "#messages .state").text == "delivered"
    link.click()
    browser.find_element("link text", "Life").click()
    life = desk.until(lambda page: page.find_element("id", "life").text)
    assert [word for word in ("waiting", "sending", "sent", "delivered") if word in life] == [
        "waiting", "sending", "sent", "delivered",
    ]  # fmt: skip
    assert desk.severe() == []


def test_a_hostile_mail_neither_runs_nor_loads(desk: Desk) -> None:
    said = {"type": "Email", "contactId": desk.contact, "subject": "Offer", "html": HOSTILE}
    desk.location.post("/conversations/messages", json=said).raise_for_status()
    desk.browser.execute_cdp_cmd("Network.enable", {})
    desk.browser.get(f"{desk.server.url}/console/outbox")
    desk.until(lambda page: page.find_element("link text", "Offer")).click()
    frame = desk.until(lambda page: page.find_element("css selector", "iframe.mail"))
    desk.browser.switch_to.frame(frame)
    shown = desk.until(lambda page: page.find_element("css selector", "b").text)
    asked = desk.browser.execute_cdp_cmd("Runtime.evaluate", {"expression": "location.href"})["result"]["value"]
    desk.browser.switch_to.default_content()
    assert (shown, asked) == ("Anna", desk.browser.current_url)
    complaints = [line for line in desk.severe() if "evil.example" in line]
    assert all("Content Security Policy" in line for line in complaints), "what it asks for is refused, not loaded"


def test_it_works_on_a_phone_and_without_scripts(desk: Desk) -> None:
    with chromium(scripts=False, size=(390, 800)) as browser:
        phone = copy(desk)
        phone.browser = browser
        phone.sign_in()
        desk.texts("From the train")
        browser.get(phone.inbox)
        row = browser.find_element("css selector", "#conversations a")
        assert "From the train" in row.text
        row.click()
        phone.until(lambda page: "From the train" in page.find_element("id", "said").text)
        assert not browser.find_element("id", "conversations").is_displayed()
        widths = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})
        assert widths["cssContentSize"]["width"] <= widths["cssLayoutViewport"]["clientWidth"], "nothing to scroll to"
        browser.find_element("id", "write").send_keys("Good journey")
        browser.find_element("css selector", "button[value=reply]").click()
        phone.until(lambda page: "Good journey" in page.find_element("id", "said").text)
        browser.find_element("css selector", ".back").click()
        phone.until(lambda page: page.find_element("id", "conversations").is_displayed())


def test_nobody_is_kept_out(desk: Desk) -> None:
    folder = Path(os.environ.get("GROUNDLEVEL_NODE_SDK", ""), "node_modules", "axe-core", "axe.min.js")
    if not folder.is_file():
        pytest.skip("GROUNDLEVEL_NODE_SDK names no folder with axe-core")
    place = {"locationId": desk.server.location_id, "contactId": desk.contact}
    (talk,) = desk.location.get("/conversations/search", params=place).json()["conversations"]
    one = desk.operator.get("/operator/outbox").json()["outbox"][0]["id"]
    at, wrong = desk.server.url, dict[str, list[str]]()
    mails = f"{at}/console/outbox/{one}"
    pages = [desk.inbox, f"{desk.inbox}/{talk['id']}", f"{at}/console/inbox", f"{at}/console/outbox", mails]
    pages += [f"{mails}?show=life", f"{at}/console/webhooks"]
    for page in pages:
        desk.browser.get(page)
        desk.browser.execute_script(folder.read_text())
        found = desk.browser.execute_async_script("axe.run().then(arguments[0])")
        wrong[page] = [json.dumps(v["nodes"][0]["html"]) for v in found["violations"] if v["impact"] in SERIOUS]
    assert wrong == {page: list[str]() for page in pages}
