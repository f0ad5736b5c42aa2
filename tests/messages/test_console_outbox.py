"""The console's outbox: found, shown whole, safely, and sent again."""

import re

import httpx2
import pytest
from tests.webhooks.test_console import key_in, sign_in

from groundlevel.areas.conversations.tests.conftest import MAIL, PHONE, Talk
from groundlevel.areas.conversations.tests.test_files import PNG, sends

HOME = "/console/outbox"
HOSTILE = """<body bgcolor="#eee" onload="steal()"><style>
@import url(https://evil.example/a.css); p { color: red }</style>
<script>steal()</script><p onclick="steal()" style="background: url(https://evil.example/b)">Hello <b>Anna</b></p>
<img src="https://evil.example/c.png" onerror="steal()"><iframe src="https://evil.example/d"></iframe>
<link rel="preconnect" href="https://evil.example"><meta http-equiv="refresh" content="0;url=https://evil.example">
<form action="https://evil.example"><button>Go</button></form><a href="javascript:steal()">x</a>
<base href="//evil.example">
<svg><script>steal()</script></svg><object data="https://evil.example/e"></object></body>"""


@pytest.fixture
def stranger(talk: Talk) -> httpx2.Client:
    """A browser."""
    return httpx2.Client(transport=talk.box.sandbox.transport, base_url="http://testserver")


@pytest.fixture
def browser(talk: Talk, stranger: httpx2.Client) -> httpx2.Client:
    """A browser whose operator has signed in."""
    assert sign_in(stranger, talk.box.sandbox.token("Operator", [])).status_code == 303
    return stranger


def test_nobody_sees_it_without_a_session(talk: Talk, stranger: httpx2.Client) -> None:
    id = talk.send(type="Email", subject="s", html="h")["emailMessageId"]
    for path in (HOME, f"{HOME}/{id}", f"{HOME}/{id}/html", f"{HOME}/{id}/source", f"{HOME}/{id}/files/0"):
        reply = stranger.get(path)
        assert (reply.status_code, reply.headers["location"]) == (303, "/console/sign-in")


def test_messages_are_found(talk: Talk, browser: httpx2.Client) -> None:
    text = talk.send(message="<script>alert(1)</script>")["messageId"]
    mail = talk.send(type="Email", subject="Offer <b>", html="<p>Hi</p>")["emailMessageId"]
    page = browser.get(HOME)
    assert page.status_code == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert" not in page.text
    assert "Offer &lt;b&gt;" in page.text

    def found(**params: str) -> list[str]:
        return re.findall(r'<tr id="o-(\w+)"', browser.get(HOME, params=params).text)

    assert found() == [mail, text]
    assert found(channel="SMS") == found(to=PHONE) == [text]
    assert found(contactId=talk.anna, state="waiting", locationId=talk.box.location_id) == [mail, text]
    assert found(state="failed") == found(locationId=talk.box.other_location_id) == []
    assert found(after=mail) == [text]
    assert browser.get(HOME, params={"state": "strange"}).headers["location"] == HOME
    assert browser.get(HOME, params={"after": "none"}).status_code == 404


def test_one_is_shown_whole(talk: Talk, browser: httpx2.Client) -> None:
    file = sends(talk, ("a.png", PNG)).json()["uploadedFiles"]["a.png"]
    said = {"subject": "Offer", "html": "<p>Hello</p>", "message": None, "attachments": [file, "javascript:x"]}
    id = talk.send(type="Email", **said)["emailMessageId"]
    talk.box.leave()
    at = f"{HOME}/{id}"
    first = browser.get(at)
    assert 'aria-current="page">HTML' in first.text
    assert f'<iframe class="mail" sandbox title="The mail as it looks" src="{at}/html">' in first.text
    assert "frame-src 'self'" in first.headers["content-security-policy"]
    assert "Hello" in browser.get(at, params={"show": "text"}).text
    assert "Subject: Offer\nMIME-Version" in browser.get(at, params={"show": "source"}).text
    assert "none" in browser.get(at, params={"show": "headers"}).text.lower()
    assert f"{at}/files/0" in browser.get(at, params={"show": "files"}).text
    life = browser.get(at, params={"show": "life"}).text
    assert re.findall(r'class="state (\w+)">', life.split('id="life"')[1]) == ["waiting", "sent"]
    source = browser.get(f"{at}/source")
    assert (source.headers["content-type"], source.content[:12]) == ("message/rfc822", b"Message-ID: ")
    saved = browser.get(f"{at}/files/0")
    assert (saved.content, saved.headers["content-disposition"].split(";")[0]) == (PNG, "attachment")
    assert browser.get(f"{HOME}/none").status_code == 404
    text = talk.send()["messageId"]
    page = browser.get(f"{HOME}/{text}", params={"show": "html"}).text
    assert re.findall(r'\?show=(\w+)"', page) == ["text", "life"]
    assert f"SMS to {PHONE}" in page


def test_a_hostile_mail_does_nothing(talk: Talk, browser: httpx2.Client) -> None:
    id = talk.send(type="Email", subject="s", html=HOSTILE, message=None)["emailMessageId"]
    page = browser.get(f"{HOME}/{id}/html")
    policy = page.headers["content-security-policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "img-src data:", "frame-ancestors 'self'", "form-action 'none'"} <= set(
        policy
    )
    assert "script-src" not in page.headers["content-security-policy"]
    low = page.text.lower()
    for part in ("<script", "onload", "onclick", "onerror", "<iframe", "<link", "<form", "<base", "<object", "<svg"):
        assert part not in low, part
    assert "javascript:" not in low
    assert 'http-equiv="refresh"' not in low
    assert "<b>Anna</b>" in page.text
    assert "p { color: red }" in page.text


def test_what_has_failed_is_sent_again_by_its_own_form_only(talk: Talk, browser: httpx2.Client) -> None:
    id = talk.send()["messageId"]
    at = f"{HOME}/{id}"
    assert "Send again" not in browser.get(at).text
    refused = browser.post(at, data={"form_key": key_in(browser.get(at))})
    assert (refused.status_code, "only what has failed" in refused.text) == (400, True)
    talk.box.location.put(f"/contacts/{talk.anna}", json={"dnd": True})
    talk.box.leave()
    page = browser.get(at)
    assert "DND is active" in page.text
    assert "Send again" in page.text
    assert browser.post(at, data={"form_key": "0" * 64}).status_code == 403
    assert browser.post(at, data={"form_key": key_in(page)}).headers["location"] == f"{at}?show=life"
    assert talk.outbox()[0]["state"] == "waiting"
    assert MAIL not in page.text
