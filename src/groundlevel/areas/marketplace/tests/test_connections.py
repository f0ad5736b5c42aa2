"""Taking over connections to accounts of other services."""

from typing import Any

import httpx2
import pytest

from groundlevel.areas.marketplace.connections import CONNECTIONS, Credentials, credentials_of
from groundlevel.areas.marketplace.tests.conftest import Market
from groundlevel.conftest import COMPANY, LOCATION
from groundlevel.kernel.store import Owners


def migrate(market: Market, version: str = "v3", **said: Any) -> httpx2.Response:
    """Hand over a connection of the app."""
    app = market.box.operator.get(f"/operator/apps/{market.app_id}").json()
    body = {"type": "oauth2", "locationId": LOCATION, "appId": market.app_id, "appVersionId": app["versionId"]}
    return market.box.location.post(
        "/marketplace/external-auth/migration",
        json=body | {"accountId": "anna@mail.example"} | said,
        headers={"Version": version},
    )


def listed(market: Market) -> list[dict[str, Any]]:
    """The connections of the sub-account."""
    return market.box.operator.get(f"/operator/locations/{LOCATION}/connections").json()["connections"]


def opened(market: Market, nth: int = 0) -> Credentials:
    """What opens an account."""
    found = market.box.sandbox.do(
        Owners(LOCATION, COMPANY), lambda ctx: [credentials_of(ctx, c) for c in ctx.db.find(CONNECTIONS)]
    )
    return found[nth]


@pytest.mark.parametrize("version", ["v3", "2021-07-28"])
def test_a_connection_is_taken_over_sealed_and_replaced(market: Market, version: str) -> None:
    tokens = {"accessToken": "at-secret-1", "refreshToken": "rt-secret-1", "expiryAt": 1_790_000_000_000}
    made = migrate(market, version, **tokens, scopes=["mail.send"])
    told = made.json()
    assert (made.status_code, told) == (
        201, {"success": True, "identifier": told["identifier"], "message": "Connection migrated successfully"},
    )  # fmt: skip
    (one,) = listed(market)
    assert one == {
        "id": told["identifier"], "appId": market.app_id, "appVersionId": one["appVersionId"], "type": "oauth2",
        "accountId": "anna@mail.example", "displayName": "anna@mail.example", "dateAdded": one["dateAdded"],
        "dateUpdated": one["dateAdded"], "scopes": ["mail.send"], "isDefault": False, "expiresAt": 1_790_000_000_000.0,
    }  # fmt: skip
    assert opened(market) == Credentials(access_token="at-secret-1", refresh_token="rt-secret-1")
    db = market.box.sandbox.app.store.read(Owners(system=True))
    assert "secret-1" not in str(db.across_owners(CONNECTIONS))

    again = migrate(market, version, type="basic", apiKey="key-2", displayName="Anna", isDefault=True)
    assert again.json()["identifier"] == told["identifier"]
    assert opened(market) == Credentials(api_key="key-2")
    other = migrate(market, version, accountId="b", type="basic", basicCredentials={"email": "b"}, isDefault=True)
    defaults = {c["id"]: c["isDefault"] for c in listed(market)}
    assert defaults == {told["identifier"]: False, other.json()["identifier"]: True}


def test_credentials_must_be_those_of_the_type_and_the_app(market: Market) -> None:
    at = f"/operator/apps/{market.app_id}"
    market.box.operator.put(at, json={"externalAuth": {"type": "basic", "fields": [{"key": "email"}]}})
    cases: list[tuple[dict[str, Any], int, Any]] = [
        ({}, 422, ["accessToken must be a string", "refreshToken must be a string"]),
        ({"accessToken": "a"}, 422, ["refreshToken must be a string"]),
        ({"type": "basic"}, 422, ["apiKey must be a string"]),
        ({"type": "basic", "basicCredentials": {"pass": "x"}}, 400, "Texter does not ask for pass"),
        ({"type": "basic", "apiKey": "a", "appVersionId": "none"}, 400, "App version with id none not found"),
        ({"type": "basic", "apiKey": "a", "appId": "none"}, 404, "App with id none not found"),
    ]
    for said, status, message in cases:
        reply = migrate(market, **said)
        assert (reply.status_code, reply.json()["message"]) == (status, message)
    assert listed(market) == []


def test_connections_go_with_the_app(market: Market) -> None:
    migrate(market, type="basic", apiKey="a")
    assert len(listed(market)) == 1
    place = {"companyId": COMPANY, "locationId": LOCATION}
    taken = market.box.operator.post(f"/operator/apps/{market.app_id}/uninstall", json=place)
    assert (taken.json(), listed(market)) == ({"uninstalled": 1}, [])
    refused = migrate(market, type="basic", apiKey="a")
    message = f"App with id {market.app_id} is not installed at location {LOCATION}"
    assert (refused.status_code, refused.json()["message"]) == (400, message)
