"""Booking in a real browser: times are those of whoever looks, what is shown is booked, and everybody can use it.

The accessibility run is skipped, with the reason, where axe-core is missing: GROUNDLEVEL_NODE_SDK names a folder in
which `npm install axe-core` has been run.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from tests.browsing import SOON_S, chromium, soon
from tests.conftest import LiveServer

from groundlevel.testing_stores import database_for

NEW_YORK = ZoneInfo("America/New_York")
SERIOUS = ("serious", "critical")
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A demo installation, and a calendar in Tokyo, in a group, that is open every afternoon."""
    server = LiveServer(database_for("sqlite", tmp_path_factory.mktemp("desk"), "desk")).start()
    with httpx2.Client(base_url=server.url, headers=server.headers()) as location:
        here = {"locationId": server.location_id}
        said = {"name": "Tours", "description": "Of the garden", "slug": "tours"}
        group = location.post("/calendars/groups", json=here | said).json()["group"]["id"]
        said = {"name": "Tokyo desk", "groupId": group, "consentLabel": "I agree to be called back"}
        calendar = location.post("/calendars/", json=here | said).json()["calendar"]["id"]
        rules = [{"type": "wday", "day": day, "intervals": [{"from": "15:00", "to": "18:00"}]} for day in DAYS]
        own = {"timezone": "Asia/Tokyo", "rules": rules}
        assert location.post(f"/calendars/schedules/event-calendar/{calendar}", json=own).status_code == 201
        yield server, location, calendar, group
    assert server.troubles() == []
    server.stop()


def next_change() -> datetime:
    """The next Sunday on which New York's clocks are put forward."""
    day = datetime.now(NEW_YORK).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    while (day + timedelta(days=1)).utcoffset() <= day.utcoffset():  # pyright: ignore[reportOptionalOperand]
        day += timedelta(days=1)
    return day


def click(browser: Any, css: str) -> None:
    """Choose a link by the keyboard."""
    from selenium.webdriver.common.keys import Keys

    browser.find_element("css selector", css).send_keys(Keys.ENTER)


def turn_to_next_month(browser: Any) -> None:
    """And wait for it."""
    from selenium.webdriver.support.wait import WebDriverWait

    shown = browser.find_element("id", "month").text
    click(browser, "a[rel=next]")
    WebDriverWait(browser, SOON_S).until(lambda b: b.find_element("id", "month").text != shown)


def choose_a_day(browser: Any) -> None:
    """The first free one of next month: of today some hours may be over."""
    turn_to_next_month(browser)
    click(browser, ".month a")


def test_the_instant_that_was_shown_is_booked_over_a_change_of_clocks(desk: Any) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    server, location, calendar, _ = desk
    day = next_change()
    with chromium() as browser:
        browser.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "America/New_York"})
        browser.get(f"{server.url}/widget/booking/{calendar}")
        WebDriverWait(browser, SOON_S).until(lambda b: "timezone=America%2FNew_York" in b.current_url)
        while f"{day:%B %Y}" not in browser.find_element("id", "month").text:
            turn_to_next_month(browser)
        click(browser, f'.month a[href*="day={day:%Y-%m-%d}"]')
        soon(browser, f"{day:%A, %B} {day.day}, {day.year}")
        times = [one.text for one in browser.find_elements("css selector", ".times a")]
        assert times == ["1:00 AM EST", "1:30 AM EST", "3:00 AM EDT", "3:30 AM EDT", "4:00 AM EDT", "4:30 AM EDT"]
        browser.find_element("link text", "3:00 AM EDT").click()
        soon(browser, "3:00 AM to 3:30 AM")
        for name, value in (("name", "Bea Ek"), ("email", "bea@example.com")):
            browser.find_element("id", name).send_keys(value)
        browser.find_element("id", "consent").click()
        browser.find_element("css selector", "main button").click()
        soon(browser, "You are booked")
        assert "New York (EDT, UTC−04:00)" in browser.page_source
        assert [line["message"] for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []
    around = (day.timestamp() * 1_000, (day + timedelta(days=1)).timestamp() * 1_000)
    query = {"locationId": server.location_id, "calendarId": calendar, "startTime": around[0], "endTime": around[1]}
    (event,) = location.get("/calendars/events", params=query).json()["events"]
    assert datetime.fromisoformat(event["startTime"]) == day.replace(hour=7, tzinfo=UTC), "16:00 in Tokyo"


def test_it_works_on_a_phone_without_scripts_and_by_keyboard(desk: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    server, _, _, group = desk
    with chromium(scripts=False, size=(360, 740)) as browser:
        browser.get(f"{server.url}/widget/group/{group}?timezone=Asia/Tokyo")
        browser.switch_to.active_element.send_keys(Keys.TAB)
        assert browser.switch_to.active_element.text == "Skip to the content"
        click(browser, ".offers a")
        soon(browser, "Times are those of")
        choose_a_day(browser)
        soon(browser, "3:00 PM")
        widths = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})
        assert widths["cssContentSize"]["width"] <= widths["cssLayoutViewport"]["clientWidth"], "nothing to scroll to"
        click(browser, ".times li:last-child a")
        soon(browser, "5:30 PM to 6:00 PM")
        for text in ("Bo Ek", "bo@example.com", "", ""):
            field = browser.switch_to.active_element if text != "Bo Ek" else browser.find_element("id", "name")
            field.send_keys(text + Keys.TAB)
        browser.switch_to.active_element.send_keys(Keys.SPACE + Keys.TAB)
        browser.switch_to.active_element.send_keys(Keys.ENTER)
        soon(browser, "You are booked")
        browser.find_element("link text", "Move it to another time").click()
        soon(browser, "Move: Tokyo desk")
        choose_a_day(browser)
        soon(browser, "3:00 PM")
        click(browser, ".times a")
        soon(browser, "Move the appointment?")
        click(browser, "main button")
        soon(browser, "You are booked")
        assert "3:00 PM to 3:30 PM" in browser.page_source
        browser.find_element("css selector", "summary").click()
        click(browser, "details button")
        soon(browser, "The appointment is cancelled")


@pytest.fixture(scope="module")
def axe() -> str:
    """The program of axe-core."""
    folder = Path(os.environ.get("GROUNDLEVEL_NODE_SDK", ""), "node_modules", "axe-core", "axe.min.js")
    if not folder.is_file():
        pytest.skip("GROUNDLEVEL_NODE_SDK names no folder with axe-core")
    return folder.read_text()


def test_nobody_is_kept_out(desk: Any, axe: str) -> None:
    server, _, calendar, group = desk
    wrong: dict[str, list[str]] = {}

    def look(browser: Any, page: str) -> None:
        browser.execute_script(axe)
        for scheme in ("light", "dark"):
            media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
            found = browser.execute_async_script("axe.run().then(arguments[0])")
            bad = [one for one in found["violations"] if one["impact"] in SERIOUS]
            wrong.update({f"{scheme} {page}: {one['id']}": [n["html"][:200] for n in one["nodes"]] for one in bad})

    with chromium() as browser:
        browser.get(f"{server.url}/widget/group/{group}?timezone=Asia/Tokyo")
        look(browser, "group")
        browser.get(f"{server.url}/widget/booking/{calendar}?timezone=Asia/Tokyo")
        look(browser, "month")
        choose_a_day(browser)
        soon(browser, "PM</a>")
        look(browser, "day")
        click(browser, ".times a")
        soon(browser, "Book this time")
        look(browser, "form")
        browser.execute_script("document.querySelector('main form').noValidate = true")
        browser.find_element("id", "name").send_keys("Cara Ek")
        click(browser, "main button")
        soon(browser, "Nothing was booked yet")
        look(browser, "faults")
        browser.find_element("id", "email").send_keys("cara@example.com")
        browser.find_element("id", "consent").click()
        click(browser, "main button")
        soon(browser, "You are booked")
        browser.find_element("css selector", "summary").click()
        look(browser, "booked")
        browser.get(f"{server.url}/widget/booking/nothing")
        look(browser, "nothing")
    assert wrong == {}, json.dumps(wrong, indent=1)
