"""Registering an app, and what is shown of it."""

from typing import Any

import pytest

from groundlevel.areas.marketplace import APPS, app_by_client, redirect_fits, secret_fits
from groundlevel.areas.marketplace.app_operators import versions_after
from groundlevel.areas.marketplace.apps import AppVersion
from groundlevel.areas.marketplace.tests.conftest import Market
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners

SYSTEM = Owners(system=True)


def test_an_app_is_registered_changed_and_removed(box: Box) -> None:
    made = box.operator.post("/operator/apps", json={"name": "Texter", "scopes": ["contacts.readonly"] * 2}).json()
    version = made["versions"][0]
    assert made == {
        "id": made["id"], "name": "Texter", "dateAdded": made["dateAdded"], "distribution": "both",
        "targetUser": "Sub-account", "bulkInstallation": False, "visibility": "private", "versionId": version["id"],
        "scopes": ["contacts.readonly"], "redirectUris": [], "clientKeys": [], "plans": [], "meters": [],
        "hasSsoKey": False, "webhookEvents": {},
        "versions": [
            {
                "id": version["id"], "semver": "1.0.0", "status": "live", "scopes": ["contacts.readonly"],
                "dateAdded": made["dateAdded"],
            }
        ],
    }  # fmt: skip
    assert len(made["id"]) == 24 and int(made["id"], 16)

    at = f"/operator/apps/{made['id']}"
    changed = box.operator.put(at, json={"tagline": "Texts", "scopes": ["contacts.readonly"]}).json()
    assert changed == made | {"tagline": "Texts"}
    assert box.operator.get("/operator/apps").json() == {"apps": [changed]}

    assert box.operator.delete(at).json() == {"succeeded": True, "uninstalled": 0}
    gone = box.operator.get(at)
    assert (gone.status_code, gone.json()["message"]) == (404, f"App with id {made['id']} not found")


def test_other_scopes_are_a_new_version_of_which_the_app_is_told(box: Box) -> None:
    made = box.operator.post("/operator/apps", json={"name": "Texter", "scopes": ["contacts.readonly"]}).json()
    scopes = ["contacts.readonly", "contacts.write"]
    changed = box.operator.put(f"/operator/apps/{made['id']}", json={"scopes": scopes}).json()
    assert [(v["semver"], v["status"], v["scopes"]) for v in changed["versions"]] == [
        ("1.0.0", "deprecated", ["contacts.readonly"]),
        ("2.0.0", "live", scopes),
    ]
    assert changed["scopes"] == scopes
    told = {"type": "UPDATE", "appId": made["id"], "versionId": changed["versionId"]}
    assert box.sandbox.events() == [told | {"previousVersionId": made["versionId"]}]


def test_a_major_version_follows_the_highest() -> None:
    versions = [
        AppVersion(id="a", semver="10.2.1", status="deprecated", scopes=[], date_added="then"),
        AppVersion(id="b", semver="9.0.0", status="live", scopes=[], date_added="then"),
        AppVersion(id="c", semver="3.0.0", status="draft", scopes=[], date_added="then"),
    ]
    after = versions_after(versions, ["x"], "d", "now")
    assert [(v.id, v.semver, v.status) for v in after] == [
        ("a", "10.2.1", "deprecated"), ("b", "9.0.0", "deprecated"), ("c", "3.0.0", "draft"), ("d", "11.0.0", "live"),
    ]  # fmt: skip


def test_a_client_key_tells_its_secret_once(market: Market) -> None:
    operator, at = market.box.operator, f"/operator/apps/{market.app_id}/keys"
    key = operator.post(at, json={"name": "Server"}).json()
    app_id, _, end = key["id"].partition("-")
    assert (app_id, len(end), end.isalnum() and end == end.lower()) == (market.app_id, 8, True)
    secret = key.pop("clientSecret")
    assert key == {"id": key["id"], "name": "Server", "dateAdded": key["dateAdded"], "hint": secret[-4:]}
    assert operator.get(at).json() == {"clientKeys": [key]}
    assert secret not in operator.get(f"/operator/apps/{market.app_id}").text
    assert fits(market, key["id"], secret) == (True, False, False)

    other = operator.post(f"{at}/{key['id']}/rotate").json()
    assert (other["id"], other["clientSecret"] != secret) == (key["id"], True)
    assert fits(market, key["id"], secret)[0] is False
    assert fits(market, key["id"], other["clientSecret"])[0] is True

    assert operator.delete(f"{at}/{key['id']}").json() == {"succeeded": True}
    db = market.box.sandbox.app.store.read(SYSTEM)
    assert app_by_client(db, key["id"]) is None
    gone = operator.delete(f"{at}/{key['id']}")
    assert (gone.status_code, gone.json()["message"]) == (404, f"Key with id {key['id']} not found")


def fits(market: Market, client_id: str, secret: str) -> tuple[bool, bool, bool]:
    """Whether it is the key's secret, another key's, and whether no secret would do."""
    app = app_by_client(market.box.sandbox.app.store.read(SYSTEM), client_id)
    assert app
    return (
        secret_fits(app, client_id, secret),
        secret_fits(app, f"{client_id}x", secret),
        secret_fits(app, client_id, ""),
    )


def test_unknown_clients_are_nobodys(market: Market) -> None:
    db = market.box.sandbox.app.store.read(SYSTEM)
    assert [app_by_client(db, id) for id in (market.app_id, f"{market.app_id}-00000000", "", "-")] == [None] * 4


@pytest.mark.parametrize(
    ("uri", "good"),
    [
        ("https://texter.example/callback", True),
        ("https://texter.example", True),
        ("https://texter.example:8443/a?b=c", True),
        ("http://localhost:3000/callback", True),
        ("http://127.0.0.1/callback", True),
        ("http://[::1]:3000/", True),
        ("http://texter.example/callback", False),
        ("http://localhost.evil.example/", False),
        ("http://localhost:3000@evil.example/", False),
        ("https://texter.example@evil.example/", False),
        ("https://texter.example/#fragment", False),
        ("https://", False),
        ("javascript:alert(1)", False),
        ("//texter.example", False),
        ("https://texter.example/\n", False),
        ("https://texter.example/a b", False),
    ],
)
def test_where_people_may_be_sent_back_to(uri: str, good: bool, market: Market) -> None:
    said = {"redirectUris": [uri]}
    reply = market.box.operator.put(f"/operator/apps/{market.app_id}/redirects", json=said)
    assert reply.status_code == (200 if good else 422), reply.text
    app = market.box.sandbox.app.store.read(SYSTEM).get(APPS, market.app_id)
    assert app
    assert redirect_fits(app, uri) is good
    assert not redirect_fits(app, f"{uri}/") and not redirect_fits(app, uri[:-1])


def test_an_sso_key_is_told_once_and_kept_sealed(market: Market) -> None:
    at = f"/operator/apps/{market.app_id}"
    key = market.box.operator.post(f"{at}/sso-key").json()["ssoKey"]
    shown = market.box.operator.get(at)
    assert shown.json()["hasSsoKey"] is True
    app = market.box.sandbox.app.store.read(SYSTEM).get(APPS, market.app_id)
    assert app and app.sso_key
    assert key not in app.sso_key and app.sso_key not in shown.text


def test_webhooks_plans_and_meters(market: Market) -> None:
    operator, at = market.box.operator, f"/operator/apps/{market.app_id}"
    events = {"ContactCreate": {"on": True}, "NoteCreate": {"on": False, "url": "https://texter.example/notes"}}
    set_up = operator.put(f"{at}/webhook", json={"url": "https://texter.example/hook", "events": events}).json()
    assert (set_up["webhookUrl"], set_up["webhookEvents"]) == (
        "https://texter.example/hook",
        {
            "ContactCreate": {"on": True, "url": None},
            "NoteCreate": {"on": False, "url": "https://texter.example/notes"},
        },
    )
    assert operator.put(f"{at}/webhook", json={"url": "ftp://texter.example"}).status_code == 422
    kept = operator.put(f"{at}/webhook", json={"url": None}).json()
    assert ("webhookUrl" in kept, set(kept["webhookEvents"])) == (False, {"ContactCreate", "NoteCreate"})

    bounds = {"name": "M", "priceType": "dynamic", "minPrice": 2, "maxPrice": 1}
    assert operator.post(f"{at}/meters", json=bounds).json()["message"] == ["maxPrice must not be less than minPrice"]
    left: dict[str, Any] = operator.delete(f"{at}/meters/{market.meter_id}").json()
    assert (left["meters"], [p["planId"] for p in left["plans"]]) == ([], [market.plan_id])
    assert operator.delete(f"{at}/plans/{market.plan_id}").json()["plans"] == []
    for path in (f"meters/{market.meter_id}", f"plans/{market.plan_id}"):
        assert operator.delete(f"{at}/{path}").status_code == 404
