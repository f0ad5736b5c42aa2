"""The consent page: what is shown, what is chosen, and what the app is told."""

from typing import Any

import pytest

from groundlevel.areas.marketplace import AppVersion
from groundlevel.areas.users import Roles

from .conftest import APP, BACK, CLIENT, SCOPES, Shop, told

WORKER = "WorkWorkWorkWorkWo01"


def test_the_page_says_who_asks_for_what(shop: Shop) -> None:
    browser = shop.browser()
    browser.sign_in("anna@example.com")
    page = browser.get(shop.link(loginWindowOpenMode="self"))
    assert page.status_code == 200
    for text in ("Calling card asks for access", "app.example", "See contacts", "Add, change and delete contacts",
                 "Work in each sub-account where it is installed",
                 "Home", "Anna Alm"):  # fmt: skip
        assert text in page.text
    assert "Next door" not in page.text, "Anna does not work there"


@pytest.mark.parametrize("path", ["/oauth/chooselocation", "/v2/oauth/chooselocation"])
def test_consent_leads_back_with_a_code_and_the_state(shop: Shop, path: str) -> None:
    browser = shop.browser()
    first = browser.get(shop.link(path))
    assert "Sign in" in first.text
    page = browser.follow(browser.send(first, email="Anna@Example.com", password="correct horse battery"))
    assert "asks for access" in page.text, "signing in leads on to what one came for"
    reply = browser.send(page, decision="approve", location=shop.box.location_id)
    answer = told(reply)
    assert answer["state"] == "s t&a=te"
    assert len(answer["code"]) == 40
    assert set(answer["code"]) <= set("0123456789abcdef")
    assert [e["type"] for e in shop.box.sandbox.events()] == ["INSTALL"]


def test_denying_is_told(shop: Shop) -> None:
    browser = shop.browser()
    browser.sign_in("anna@example.com")
    answer = browser.consent(shop.link(), decision="deny")
    assert (answer["error"], answer["state"]) == ("access_denied", "s t&a=te")
    assert shop.box.sandbox.events() == []


def test_fewer_scopes_than_the_app_has(shop: Shop) -> None:
    tokens = shop.exchange(shop.code(link={"scope": "contacts.readonly"}))
    assert tokens["scope"] == "contacts.readonly"


MATRIX: list[tuple[dict[str, Any], str, dict[str, Any], tuple[str, bool]]] = [
    ({"target_user": "Agency", "distribution": "agency"}, "boss", {}, ("Company", False)),
    ({"target_user": "Agency", "distribution": "both"}, "boss", {}, ("Company", False)),
    ({}, "anna", {"location": "HOME"}, ("Location", False)),
    ({}, "boss", {"location": "HOME"}, ("Company", True)),
    ({}, "boss", {"all": "1"}, ("Company", True)),
    ({"bulk_installation": False}, "boss", {"location": "HOME"}, ("Location", False)),
    ({"bulk_installation": False}, "anna", {"location": "HOME"}, ("Location", False)),
    ({"distribution": "agency"}, "boss", {"all": "1"}, ("Company", True)),
    ({"distribution": "sub-account"}, "anna", {"location": "HOME"}, ("Location", False)),
    ({"distribution": "sub-account"}, "boss", {"location": "HOME"}, ("Location", False)),
]


@pytest.mark.parametrize("said, who, choice, expected", MATRIX)
def test_whose_tokens_come_of_it(
    shop: Shop, said: dict[str, Any], who: str, choice: dict[str, Any], expected: tuple[str, bool]
) -> None:
    shop.register(APP, CLIENT, **said)
    choice = {k: shop.box.location_id if v == "HOME" else v for k, v in choice.items()}
    code = shop.code(f"{who}@example.com", decision="approve", **choice)
    tokens = shop.exchange(code)
    assert (tokens["userType"], tokens["isBulkInstallation"]) == expected
    assert tokens.get("locationId") == (shop.box.location_id if expected[0] == "Location" else None)


@pytest.mark.parametrize(
    "said, email, text",
    [
        ({"distribution": "agency"}, "anna@example.com", "Only agencies can install"),
        ({"target_user": "Agency"}, "anna@example.com", "Only agencies can install"),
        ({}, "worker@example.com", "Only administrators can install apps"),
    ],
)
def test_who_cannot_install_is_told_why(shop: Shop, said: dict[str, Any], email: str, text: str) -> None:
    box = shop.box
    shop.add_user(WORKER, "worker@example.com", Roles(type="account", role="user", location_ids=[box.location_id]))
    shop.set_password(WORKER)
    shop.register(APP, CLIENT, **said)
    browser = shop.browser()
    browser.sign_in(email)
    page = browser.get(shop.link())
    assert text in page.text
    assert 'value="approve"' not in page.text
    forced = browser.send(page, decision="approve", location=box.location_id, all="1")
    assert forced.status_code == 400
    assert box.sandbox.events() == []


def test_one_cannot_choose_what_one_does_not_have(shop: Shop) -> None:
    browser = shop.browser()
    browser.sign_in("anna@example.com")
    page = browser.get(shop.link())
    for choice in (
        {"location": shop.box.other_location_id},
        {"location": [shop.box.location_id] * 2},
        {},
        {"all": "1"},
    ):
        reply = browser.send(page, decision="approve", **choice)
        expected = 303 if choice.get("location") == [shop.box.location_id] * 2 else 400
        assert reply.status_code == expected, choice


BROKEN = [
    ({"client_id": "nobody-12345678"}, "No integration found with the ID: nobody-12345678"),
    (
        {"client_id": "<script>alert(1)</script>"},
        "No integration found with the ID: &lt;script&gt;alert(1)&lt;/script&gt;",
    ),
    ({"client_id": f"{APP}-zzzzzzzz"}, "No integration found with the ID"),
    ({"client_id": ""}, "No integration found with the ID"),
    ({"redirect_uri": ""}, "This redirect_uri is not registered"),
    ({"redirect_uri": BACK + "/"}, "This redirect_uri is not registered"),
    ({"redirect_uri": BACK + "?x=1"}, "This redirect_uri is not registered"),
    ({"redirect_uri": "https://app.example.evil.example/callback"}, "This redirect_uri is not registered"),
    ({"redirect_uri": "https://app.example@evil.example/callback"}, "This redirect_uri is not registered"),
    ({"redirect_uri": "http://app.example/callback"}, "This redirect_uri is not registered"),
    ({"redirect_uri": "https://APP.example/callback"}, "This redirect_uri is not registered"),
    ({"redirect_uri": "https://app.example/callback/../evil"}, "This redirect_uri is not registered"),
    ({"redirect_uri": "//app.example/callback"}, "This redirect_uri is not registered"),
    ({"redirect_uri": "javascript:alert(1)"}, "This redirect_uri is not registered"),
    ({"response_type": "token"}, "This response_type is not supported"),
    ({"scope": "contacts.readonly locations.write"}, "Not among its scopes: locations.write"),
    ({"code_challenge": "short"}, "The code challenge is not in order"),
    ({"code_challenge": "a" * 43, "code_challenge_method": "S512"}, "The code challenge is not in order"),
    ({"code_challenge_method": "S256"}, "The code challenge is not in order"),
]


@pytest.mark.parametrize("said, text", BROKEN, ids=lambda x: str(x)[:60])
def test_a_broken_link_gets_a_page_and_no_redirect(shop: Shop, said: dict[str, str], text: str) -> None:
    browser = shop.browser()
    for _ in range(2):
        page = browser.http.get(shop.link(**said))
        assert (page.status_code, "location" in page.headers) == (400, False)
        assert text in page.text
        browser.sign_in("anna@example.com")


def test_a_parameter_said_twice_is_refused(shop: Shop) -> None:
    page = shop.browser().http.get(f"{shop.link()}&redirect_uri=https://evil.example/")
    assert (page.status_code, "redirect_uri more than once" in page.text) == (400, True)


def test_scopes_in_the_order_asked(shop: Shop) -> None:
    wider = [*SCOPES, "locations.readonly"]
    version = AppVersion(id="d" * 24, semver="2.0.0", status="live", scopes=wider, date_added="")
    shop.register(APP, CLIENT, versions=[version])
    tokens = shop.exchange(shop.code(link={"scope": "locations.readonly contacts.readonly"}))
    assert tokens["scope"] == "locations.readonly contacts.readonly"
