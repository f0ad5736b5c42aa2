"""Chromium without a screen, for tests of what people see."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

SOON_S = 20
"""How long a page may take to come, on a busy machine."""


@contextmanager
def chromium(*, scripts: bool = True, size: tuple[int, int] | None = None) -> Iterator[Any]:
    """A browser, which ends with the block. Skips the test, with the reason, where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("there is no chromium with its chromedriver; on Debian: apt install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for said in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(said)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    if size:
        browser.set_window_size(*size)
    try:
        yield browser
    finally:
        browser.quit()


def soon(browser: Any, text: str) -> None:
    """Return when the page has the text: a click does not wait for what it leads to."""
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(browser, SOON_S).until(lambda b: text in b.page_source, f"no {text!r} on the page")
