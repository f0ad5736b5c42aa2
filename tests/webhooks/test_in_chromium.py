"""The operator's page in a real browser: what happens appears by itself, can be opened and sent again."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.browsing import SOON_S, chromium
from tests.webhooks.receiving import Receiver, clients


@pytest.fixture(name="chromium")
def plain_chromium() -> Iterator[Any]:
    """A browser without a screen."""
    with chromium() as browser:
        yield browser


def test_it_arrives_before_ones_eyes_and_is_sent_again(live: Any, chromium: Any) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    receiver, wait = Receiver(), WebDriverWait(chromium, SOON_S)
    try:
        with clients(live, [receiver]) as (_, location):
            chromium.get(f"{live.url}/console")
            chromium.find_element("id", "key").send_keys(live.credentials["operatorToken"])
            chromium.find_element("css selector", "main button").click()
            wait.until(lambda page: page.title.startswith("Webhooks"))
            assert chromium.find_elements("link text", "ContactCreate") == []
            said = {"locationId": live.location_id, "firstName": "Anna", "email": "eyes@example.com"}
            assert location.post("/contacts/", json=said).status_code == 201
            (link,) = wait.until(lambda page: page.find_elements("link text", "ContactCreate"))
            wait.until(lambda page: page.find_elements("css selector", "tr.delivered"))
            (link,) = chromium.find_elements("link text", "ContactCreate")
            link.click()
            wait.until(lambda page: "eyes@example.com" in page.find_element("id", "main").text)
            chromium.find_element("css selector", "#live button").click()
            wait.until(lambda page: len(page.find_elements("css selector", ".attempts li")) == 2)
            told = [body["webhookId"] for _, body in receiver.accepted if body["type"] == "ContactCreate"]
        assert len(told) == 2
        assert len(set(told)) == 1
        assert [line["message"] for line in chromium.get_log("browser") if line["level"] == "SEVERE"] == []
    finally:
        receiver.close()
