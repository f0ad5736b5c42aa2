"""A person with a browser, at a running server: signs in, lets an app in, and tells where the app is sent."""

import re
from html import unescape
from typing import Any

import httpx2


def let_in(live: Any, link: str, **choice: str) -> str:
    """Open an app's link, sign in as the demo's person, allow; the address the app is sent to."""
    with httpx2.Client(base_url=live.url, follow_redirects=False) as browser:
        page = follow(browser, browser.get(link))
        told = live.credentials
        page = follow(browser, send(browser, page, email=told["userEmail"], password=told["userPassword"], code=""))
        reply = send(browser, page, decision="approve", **choice)
        assert reply.status_code == 303, reply.text
        return reply.headers["location"]


def follow(browser: httpx2.Client, reply: httpx2.Response) -> httpx2.Response:
    """Where redirects lead on this host."""
    while reply.status_code == 303 and reply.headers["location"].startswith("/"):
        reply = browser.get(reply.headers["location"])
    assert reply.status_code == 200, reply.text
    return reply


def send(browser: httpx2.Client, page: httpx2.Response, **fields: str) -> httpx2.Response:
    """The form of a page, filled in."""
    main = page.text[page.text.index("<main") :]
    action = re.search(r'<form method="post" action="([^"]+)"', main)
    key = re.search(r'name="form_key" value="([^"]+)"', main)
    assert action and key
    return browser.post(unescape(action[1]), data={"form_key": key[1], **fields})
