"""Signing in, as people and as those who guess."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace
from pyotp.totp import TOTP

from groundlevel.areas.oauth.tests.conftest import BOSS, PASSWORD, Browser, Shop
from groundlevel.areas.people.guessing import FREE_OF_ACCOUNT, wait_after
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store.table import TABLES
from groundlevel.pages import pages

EMAIL = "anna@example.com"


@pytest.fixture
def shop(box: Any) -> Shop:
    """An installation with two people who have passwords."""
    return Shop(box)


def signed_in(reply: httpx2.Response) -> bool:
    """Whether the page is one that only those who have signed in see."""
    return reply.status_code == 200 and "Where you are signed in" in reply.text


def account(shop: Shop, what: str, user_id: str = "") -> str:
    """The operator's path for something of a user's."""
    return f"/operator/companies/{shop.box.company_id}/users/{user_id or shop.box.user_id}/{what}"


def test_a_password_opens_a_session_and_signing_out_ends_it(shop: Shop) -> None:
    browser = shop.browser()
    assert signed_in(browser.sign_in(EMAIL))
    page = browser.get("/account/sessions")
    assert "(this one)" in page.text
    cookie = next(c for c in browser.http.cookies.jar if c.name == "groundlevel-session")
    header = browser_cookie(shop)
    assert ("HttpOnly" in header, "SameSite=lax" in header, "Secure" in header) == (True, True, False)
    key = page.text.split('name="form_key" value="')[1].split('"')[0]
    assert browser.http.post("/account/sign-out", data={"form_key": "x"}).status_code == 400
    assert signed_in(browser.get("/account/sessions"))
    browser.http.post("/account/sign-out", data={"form_key": key})
    browser.http.cookies.set("groundlevel-session", cookie.value or "")
    assert not signed_in(browser.get("/account/sessions")), "the old value is worth nothing"


def browser_cookie(shop: Shop) -> str:
    """How the session's cookie is set."""
    browser = shop.browser()
    page = browser.get("/account/sign-in")
    reply = browser.send(page, email=EMAIL, password=PASSWORD)
    return next(v for v in reply.headers.get_list("set-cookie") if v.startswith("groundlevel-session="))


@pytest.mark.parametrize("email, password", [(EMAIL, "wrong"), ("nobody@example.com", PASSWORD), ("", ""), (EMAIL, "")])
def test_wrong_is_wrong_and_nothing_tells_what(shop: Shop, email: str, password: str) -> None:
    reply = shop.browser().sign_in(email, password)
    assert (reply.status_code, "The e-mail address or the password is not right." in reply.text) == (401, True)


def test_a_session_cannot_be_planted(shop: Shop) -> None:
    planted = "planted-by-an-attacker"
    browser = shop.browser()
    browser.http.cookies.set("groundlevel-session", planted)
    assert signed_in(browser.sign_in(EMAIL))
    victim, attacker = browser.http.cookies, shop.browser()
    assert [c.value for c in victim.jar if c.name == "groundlevel-session" and c.value == planted and c.domain] == []
    attacker.http.cookies.set("groundlevel-session", planted)
    assert not signed_in(attacker.get("/account/sessions"))
    first = browser_cookie(shop).split(";")[0]
    assert first != browser_cookie(shop).split(";")[0], "each signing in has a value of its own"


def test_signing_in_needs_the_form_of_this_browser(shop: Shop) -> None:
    ours, theirs = shop.browser(), shop.browser()
    key = theirs.get("/account/sign-in").text.split('name="form_key" value="')[1].split('"')[0]
    ours.get("/account/sign-in")
    reply = ours.http.post("/account/sign-in", data={"form_key": key, "email": EMAIL, "password": PASSWORD})
    assert (reply.status_code, "groundlevel-session" in str(reply.headers)) == (403, False)


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/oauth/chooselocation", "javascript:alert(1)",
     "/oauth/chooselocation?\\@evil", "/oauth/chooselocation?a\r\nLocation: x", "/docs"],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(shop: Shop, to: str) -> None:
    browser = shop.browser()
    page = browser.http.get("/account/sign-in", params={"next": to})
    reply = browser.send(page, email=EMAIL, password=PASSWORD)
    assert (reply.status_code, reply.headers["location"]) == (303, "/account/sessions")


def test_sessions_are_listed_and_ended(shop: Shop) -> None:
    laptop, phone = shop.browser(), shop.browser()
    for browser, agent in ((laptop, "Laptop"), (phone, "Phone")):
        browser.http.headers["user-agent"] = agent
        browser.sign_in(EMAIL)
    seen = shop.box.operator.get(account(shop, "sessions")).json()["sessions"]
    assert [(s["agent"], s["address"]) for s in seen] == [("Phone", "127.0.0.1"), ("Laptop", "127.0.0.1")]
    page = laptop.get("/account/sessions")
    key = page.text.split('name="form_key" value="')[1].split('"')[0]
    laptop.http.post("/account/sessions", data={"form_key": key, "session": seen[0]["id"]})
    assert not signed_in(phone.get("/account/sessions"))
    assert signed_in(laptop.get("/account/sessions"))
    gone = shop.box.operator.delete(account(shop, f"sessions/{seen[0]['id']}"))
    assert gone.status_code == 404
    assert shop.box.operator.delete(account(shop, "sessions")).json() == {"ended": 1}
    assert not signed_in(laptop.get("/account/sessions"))


def test_nobody_ends_anothers_session(shop: Shop) -> None:
    anna, boss = shop.browser(), shop.browser()
    anna.sign_in(EMAIL)
    page = boss.sign_in("boss@example.com")
    theirs = shop.box.operator.get(account(shop, "sessions")).json()["sessions"][0]["id"]
    boss.http.post(
        "/account/sessions", data={"form_key": page.text.split('value="')[1].split('"')[0], "session": theirs}
    )
    assert signed_in(anna.get("/account/sessions"))


def test_a_session_lasts_a_working_day_and_not_past_its_user(shop: Shop) -> None:
    browser = shop.browser()
    browser.sign_in(EMAIL)
    shop.box.sandbox.move_clock(timedelta(hours=11, minutes=59))
    assert signed_in(browser.get("/account/sessions"))
    shop.box.sandbox.move_clock(timedelta(minutes=2))
    assert not signed_in(browser.get("/account/sessions"))
    shop.box.sandbox.work()
    assert shop.box.sandbox.app.store.read(SYSTEM).count(TABLES["sessions"]) == 0
    browser.sign_in(EMAIL)
    shop.set_password(shop.box.user_id)
    assert not signed_in(browser.get("/account/sessions")), "a new password ends sessions"


def with_totp(shop: Shop) -> TOTP:
    """Anna's authenticator app."""
    made = shop.box.operator.post(account(shop, "totp")).json()
    totp = TOTP(made["secret"])
    assert made["uri"].startswith("otpauth://totp/Groundlevel:anna%40example.com?secret=")
    path = account(shop, "totp/confirm")
    assert shop.box.operator.post(path, json={"code": "000000x"}).status_code == 400
    assert shop.box.operator.post(path, json={"code": now_code(shop, totp)}).json() == {"succeeded": True}
    return totp


def now_code(shop: Shop, totp: TOTP) -> str:
    """What the app shows now."""
    return totp.at(int(shop.box.sandbox.clock.now().timestamp()))


def test_one_time_codes_are_asked_for_and_good_once(shop: Shop) -> None:
    totp = with_totp(shop)
    shop.box.sandbox.move_clock(timedelta(minutes=2))
    without = shop.browser().sign_in(EMAIL)
    assert (without.status_code, "six digits" in without.text) == (401, True)
    code = now_code(shop, totp)
    assert signed_in(shop.browser().sign_in(EMAIL, code=code))
    assert not signed_in(shop.browser().sign_in(EMAIL, code=code)), "it has been used"
    shop.box.sandbox.move_clock(timedelta(minutes=2))
    assert not signed_in(shop.browser().sign_in(EMAIL, code=code)), "and is not of this minute"
    assert signed_in(shop.browser().sign_in(EMAIL, code=now_code(shop, totp)))
    assert shop.box.operator.delete(account(shop, "totp")).json() == {"succeeded": True}
    assert signed_in(shop.browser().sign_in(EMAIL))


def test_waits_grow() -> None:
    assert [wait_after(n, 5) for n in (0, 4, 5, 6, 7, 12, 1_000)] == [0, 0, 30, 60, 120, 3_600, 3_600]


def guesses(shop: Shop, browser: Browser, attempts: int, **said: str) -> int:
    """Guess so often, one guess a minute; how many were looked at at all."""
    page, looked_at = browser.get("/account/sign-in"), 0
    for _ in range(attempts):
        reply = browser.send(page, **said)
        looked_at += reply.status_code == 401
        assert reply.status_code in (401, 429)
        shop.box.sandbox.move_clock(timedelta(minutes=1))
    return looked_at


def test_a_thousand_guesses_get_nowhere(shop: Shop) -> None:
    """A thousand in a thousand minutes: of a password, and, by somebody who knows it, of a one-time code."""
    totp = with_totp(shop)
    for said in ({"password": "guess"}, {"password": PASSWORD, "code": "123456"}):
        shop.box.sandbox.move_clock(timedelta(days=2))
        shop.box.sandbox.work()
        assert guesses(shop, shop.browser(), 1_000, email=EMAIL, **said) < 30
        right = shop.browser().sign_in(EMAIL, code=now_code(shop, totp))
        assert (right.status_code, "Too many attempts. Wait" in right.text) == (429, True), "nor does the right one now"
    shop.box.sandbox.move_clock(timedelta(hours=1, minutes=1))
    assert signed_in(shop.browser().sign_in(EMAIL, code=now_code(shop, totp)))


def test_an_address_that_tries_many_accounts_has_to_wait_too(shop: Shop) -> None:
    browser = shop.browser()
    page, statuses = browser.get("/account/sign-in"), list[int]()
    for n in range(60):
        statuses.append(browser.send(page, email=f"somebody{n}@example.com", password="Summer2026!").status_code)
    assert (statuses[:49], set(statuses[51:])) == ([401] * 49, {429})


def test_people_behind_a_proxy_here_do_not_wait_for_each_other(shop: Shop) -> None:
    """The last address is the proxy's own note; what comes before it, anybody may have written."""
    browser = shop.browser()
    page = browser.get("/account/sign-in")
    for n in range(55):
        browser.http.headers["X-Forwarded-For"] = f"10.0.0.{n}, 198.51.100.7"
        last = browser.send(page, email=f"somebody{n}@example.com", password="Summer2026!")
    assert last.status_code == 429
    other = shop.browser()
    other.http.headers["X-Forwarded-For"] = "198.51.100.7, 203.0.113.9"
    assert signed_in(other.sign_in(EMAIL))


def test_cookies_are_secure_where_the_address_is(shop: Shop) -> None:
    app = shop.box.sandbox.app
    app.settings = replace(app.settings, public_url="https://crm.example")
    app.pages = pages(app)
    page = shop.browser().http.get("/account/sign-in")
    cookie = page.headers["set-cookie"]
    assert cookie.startswith("__Host-groundlevel-guest=")
    assert ("Secure" in cookie, "HttpOnly" in cookie, "Path=/" in cookie) == (True, True, True)


def test_good_attempts_are_forgiven(shop: Shop) -> None:
    for _ in range(3):
        for _ in range(FREE_OF_ACCOUNT - 1):
            assert not signed_in(shop.browser().sign_in("boss@example.com", "wrong"))
        assert signed_in(shop.browser().sign_in("boss@example.com"))
    assert shop.box.operator.delete(account(shop, "sessions", BOSS)).json() == {"ended": 3}


def test_a_password_has_a_length(shop: Shop) -> None:
    path = account(shop, "password")
    assert shop.box.operator.put(path, json={"password": "too short"}).status_code == 422
    strange = shop.box.operator.put(path.replace(shop.box.user_id, "nobody"), json={"password": "long enough now"})
    assert (strange.status_code, strange.json()["message"]) == (400, "User with id nobody not found")
