"""Tokens: what they are exchanged for, what they say, and when they end."""

from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws
from msgspec.structs import replace

from groundlevel.areas.companies import COMPANIES
from groundlevel.areas.oauth.claims import verified
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store.table import TABLES
from groundlevel.kernel.versions import V2

from .conftest import APP, BOSS, CLIENT, SCOPES, SECRET, Shop

LATER = timedelta(seconds=31)


def test_a_code_becomes_tokens_that_work(shop: Shop) -> None:
    box = shop.box
    tokens = shop.exchange(shop.code())
    assert {k: v for k, v in tokens.items() if k not in ("accessToken", "refreshToken")} == {
        "tokenType": "Bearer", "expiresIn": 86_399, "scope": " ".join(SCOPES), "userType": "Location",
        "companyId": box.company_id, "locationId": box.location_id, "isBulkInstallation": False, "userId": box.user_id,
    }  # fmt: skip
    assert shop.contacts(tokens["accessToken"]) == 200
    other = box.sandbox.client(tokens["accessToken"]).get(f"/contacts/?locationId={box.other_location_id}")
    assert (other.status_code, other.json()["message"]) == (403, "The token does not have access to this location.")
    tasks = box.sandbox.client(tokens["accessToken"]).get(f"/locations/{box.location_id}/tags")
    assert (tasks.status_code, tasks.json()["message"]) == (401, "The token is not authorized for this scope.")
    box.sandbox.move_clock(timedelta(seconds=86_398))
    assert shop.contacts(tokens["accessToken"]) == 200
    box.sandbox.move_clock(timedelta(seconds=2))
    assert shop.contacts(tokens["accessToken"]) == 401


def test_the_older_version_answers_in_its_mixed_spelling_and_needs_no_header(shop: Shop) -> None:
    box = shop.box
    form = {"client_id": CLIENT, "client_secret": SECRET, "grant_type": "authorization_code", "code": shop.code()}
    reply = shop.client().post("/oauth/token", data=form)
    told = reply.json()
    assert reply.status_code == 200
    assert set(told) == {
        "access_token", "token_type", "expires_in", "refresh_token", "scope", "refreshTokenId", "userType", "companyId",
        "locationId", "isBulkInstallation", "userId",
    }  # fmt: skip
    assert (told["token_type"], told["expires_in"], told["companyId"]) == ("Bearer", 86_399, box.company_id)
    assert len(told["refreshTokenId"]) == 24
    # the official Python SDK's form: camelCase keys
    mixed = {"clientId": CLIENT, "clientSecret": SECRET, "grantType": "refresh_token", "userType": "Location"}
    again = shop.client().post("/oauth/token", data={**mixed, "refreshToken": told["refresh_token"]})
    assert again.status_code == 200
    assert shop.contacts(again.json()["access_token"]) == 200


def test_what_a_token_says_can_be_verified_by_anybody(shop: Shop) -> None:
    box = shop.box
    value = shop.exchange(shop.code())["accessToken"]
    keys = shop.client().get("/.well-known/jwks.json").json()
    assert keys == shop.client().get("/oauth/jwks").json()
    assert [sorted(key) for key in keys["keys"]] == [["alg", "e", "kid", "kty", "n", "use"]]
    now = int(box.sandbox.clock.now().timestamp())
    claims = verified(value, keys, now)
    assert claims is not None
    assert jws.extract_compact(value.encode()).headers() == {
        "alg": "RS256", "typ": "JWT", "kid": keys["keys"][0]["kid"],
    }  # fmt: skip
    assert claims.pop("exp") - claims.pop("iat") == 86_399
    assert len(claims.pop("jti")) == 24
    assert claims == {
        "authClass": "Location", "authClassId": box.location_id, "source": "INTEGRATION", "sourceId": CLIENT,
        "channel": "OAUTH", "primaryAuthClassId": box.location_id,
        "oauthMeta": {
            "scopes": SCOPES, "client": APP, "clientKey": CLIENT, "versionId": "c" * 24, "userType": "Location",
        },
    }  # fmt: skip
    assert verified(value, keys, now + 90_000) is None


def test_a_refresh_token_is_for_one_use_and_half_a_minute(shop: Shop) -> None:
    first = shop.exchange(shop.code())
    second = shop.refresh(first["refreshToken"])
    assert second.status_code == 200
    assert second.json()["refreshToken"] != first["refreshToken"]
    shop.box.sandbox.move_clock(timedelta(seconds=25))
    assert shop.refresh(first["refreshToken"]).json() == second.json()
    assert shop.contacts(first["accessToken"]) == 200, "it goes on to its own end"
    assert shop.contacts(second.json()["accessToken"]) == 200


def test_reuse_after_that_ends_the_whole_family(shop: Shop) -> None:
    first = shop.exchange(shop.code())
    second = shop.refresh(first["refreshToken"]).json()
    other = shop.exchange(shop.code())
    shop.box.sandbox.move_clock(LATER)
    reply = shop.refresh(first["refreshToken"])
    assert (reply.status_code, reply.json()) == (
        400, {"statusCode": 400, "message": "Invalid grant: refresh token is invalid"},
    )  # fmt: skip
    assert shop.contacts(second["accessToken"]) == 401
    assert shop.refresh(second["refreshToken"]).status_code == 400
    assert shop.contacts(other["accessToken"]) == 200, "another consent is another family"


def test_nothing_of_a_pair_is_kept_in_the_open(shop: Shop) -> None:
    tokens = shop.exchange(shop.code())
    second = shop.refresh(tokens["refreshToken"]).json()
    secrets = [tokens["accessToken"], tokens["refreshToken"], second["accessToken"], second["refreshToken"], SECRET]

    def everything(ctx: Any) -> str:
        return repr([ctx.db.across_owners(table, limit=10_000) for table in TABLES.values()])

    kept = shop.box.sandbox.do(SYSTEM, everything)
    assert [s for s in secrets if s in kept] == []
    assert "sealed='" in kept
    shop.box.sandbox.move_clock(LATER)
    shop.box.sandbox.work()
    assert shop.box.sandbox.app.store.read(SYSTEM).count(TABLES["refresh_tokens"]) == 2


def test_a_refresh_token_lives_a_year(shop: Shop) -> None:
    tokens = shop.exchange(shop.code())
    shop.box.sandbox.move_clock(timedelta(days=364))
    second = shop.refresh(tokens["refreshToken"])
    assert second.status_code == 200
    shop.box.sandbox.move_clock(timedelta(days=366))
    assert shop.refresh(second.json()["refreshToken"]).status_code == 400
    shop.box.sandbox.work()
    left = {
        name: shop.box.sandbox.app.store.read(SYSTEM).count(TABLES[name]) for name in ("refresh_tokens", "oauth_codes")
    }
    assert left == {"refresh_tokens": 0, "oauth_codes": 0}


def test_an_agency_installs_in_bulk_and_exchanges_for_sub_accounts(shop: Shop) -> None:
    box = shop.box
    code = shop.code("boss@example.com", location=[box.location_id])
    tokens = shop.exchange(code, userType="Company")
    shown = ("userType", "companyId", "isBulkInstallation", "approvedLocations", "approveAllLocations", "userId")
    assert {k: tokens[k] for k in shown} == {
        "userType": "Company", "companyId": box.company_id, "isBulkInstallation": True,
        "approvedLocations": [box.location_id], "approveAllLocations": False, "userId": BOSS,
    }  # fmt: skip
    agency = box.sandbox.client(tokens["accessToken"])
    wanted = {"companyId": box.company_id, "locationId": box.location_id}
    for body in ({"json": wanted}, {"data": {"company_id": box.company_id, "location_id": box.location_id}}):
        reply = agency.post("/oauth/location-token", **body)
        told = reply.json()
        assert reply.status_code == 200, reply.text
        assert shop.contacts(told["accessToken"]) == 200
        assert (told["locationId"], told["appId"], told["userType"]) == (box.location_id, APP, "Location")
        assert shop.refresh(told["refreshToken"]).status_code == 200
    older = box.sandbox.client(tokens["accessToken"], V2).post("/oauth/locationToken", data=wanted)
    assert (older.status_code, older.json()["token_type"], older.json()["expires_in"]) == (200, "Bearer", 86_399)
    elsewhere = agency.post("/oauth/location-token", json={**wanted, "locationId": box.other_location_id})
    assert elsewhere.status_code == 400
    assert agency.post("/oauth/location-token", json={}).json()["message"] == [
        "companyId must be a string", "locationId must be a string",
    ]  # fmt: skip
    sub_account = box.sandbox.client(told["accessToken"]).post("/oauth/location-token", json=wanted)
    assert sub_account.status_code == 401


def test_uninstalling_ends_every_token(shop: Shop) -> None:
    from groundlevel.areas.marketplace import uninstall

    box = shop.box
    tokens = shop.exchange(shop.code("boss@example.com", location=[box.location_id]))
    wanted = {"companyId": box.company_id, "locationId": box.location_id}
    own = box.sandbox.client(tokens["accessToken"]).post("/oauth/location-token", json=wanted).json()
    assert shop.contacts(own["accessToken"]) == 200
    box.sandbox.do(SYSTEM, lambda ctx: uninstall(ctx, shop.app, box.company_id, [box.location_id]))
    assert shop.contacts(own["accessToken"]) == 401
    assert shop.refresh(own["refreshToken"]).status_code == 400
    assert shop.refresh(tokens["refreshToken"]).status_code == 200, "the agency still has it"
    again = shop.exchange(shop.code("boss@example.com", location=[box.location_id]))
    box.sandbox.do(SYSTEM, lambda ctx: uninstall(ctx, shop.app, box.company_id, agency=True))
    assert shop.refresh(again["refreshToken"]).status_code == 400


def test_a_token_for_the_app_itself(shop: Shop) -> None:
    assert shop.ask(grantType="client_credentials").json() == {
        "statusCode": 400, "message": "Invalid grant: the app is installed nowhere as Company",
    }  # fmt: skip
    shop.exchange(shop.code())
    reply = shop.ask(grantType="client_credentials", userType="Location")
    assert (reply.status_code, "refreshToken" in reply.json()) == (200, False)
    assert shop.contacts(reply.json()["accessToken"]) == 200


NOT_THE_CLIENT = "Invalid client: client credentials are invalid"
NOT_A_REFRESH_TOKEN = "Invalid grant: refresh token is invalid"
NOT_A_CODE = "Invalid grant: authorization code is invalid"
REFRESHING, EXCHANGING = {"grantType": "refresh_token"}, {"grantType": "authorization_code"}
WRONG = [
    ({"clientId": ""}, 400, "Missing parameter: clientId", "invalid_request"),
    ({"clientSecret": ""}, 400, "Missing parameter: clientSecret", "invalid_request"),
    ({}, 400, "Missing parameter: grantType", "invalid_request"),
    ({"grantType": "password"}, 400, "Invalid parameter: grantType", "unsupported_grant_type"),
    (REFRESHING, 400, "Missing parameter: refreshToken", "invalid_request"),
    (EXCHANGING, 400, "Missing parameter: code", "invalid_request"),
    ({**REFRESHING, "userType": "User"}, 400, "Invalid parameter: userType", "invalid_request"),
    ({**REFRESHING, "clientSecret": "x"}, 401, NOT_THE_CLIENT, "invalid_client"),
    ({**REFRESHING, "clientId": "x"}, 401, NOT_THE_CLIENT, "invalid_client"),
    ({**REFRESHING, "refreshToken": "x"}, 400, NOT_A_REFRESH_TOKEN, "invalid_grant"),
    ({**EXCHANGING, "code": "x"}, 400, NOT_A_CODE, "invalid_grant"),
]  # fmt: skip


@pytest.mark.parametrize("said, status, message, code", WRONG, ids=lambda x: str(x)[:40])
def test_refusals_are_worded_as_the_service_does(
    shop: Shop, said: dict[str, str], status: int, message: str, code: str
) -> None:
    reply = shop.ask(**said)
    assert (reply.status_code, reply.json()) == (status, {"statusCode": status, "message": message})
    older = shop.ask(None, **said)
    snake = {"clientId": "client_id", "clientSecret": "client_secret", "grantType": "grant_type",
             "refreshToken": "refresh_token", "userType": "user_type"}  # fmt: skip
    head, _, name = message.partition(": ")
    worded = f"{head}: {snake.get(name, name)}"
    assert (older.status_code, older.json()) == (
        status, {"error": code, "error_description": worded, "statusCode": status, "message": worded},
    )  # fmt: skip


def test_installed_locations_in_both_pagings(shop: Shop) -> None:
    box = shop.box
    tokens = shop.exchange(shop.code("boss@example.com", all="1", future="1"))
    older = box.sandbox.client(tokens["accessToken"], V2)
    newer = box.sandbox.client(tokens["accessToken"])
    query = {"companyId": box.company_id, "appId": APP}
    told = older.get("/oauth/installedLocations", params={**query, "limit": 1}).json()
    assert (told["count"], len(told["locations"]), told["installToFutureLocations"]) == (2, 1, True)
    assert set(told["locations"][0]) == {"_id", "name", "address", "isInstalled", "versionId", "installedAt"}
    page = newer.get("/oauth/installed-locations", params={**query, "pageSize": 1}).json()
    assert page["pagination"]["totalRecords"] == 2
    assert (page["pagination"]["hasNextPage"], page["pagination"]["hasPrevPage"]) == (True, False)
    rest = newer.get(
        "/oauth/installed-locations", params={**query, "pageSize": 1, "pageToken": page["pagination"]["nextPageToken"]}
    ).json()
    assert rest["pagination"]["hasNextPage"] is False
    assert {page["items"][0]["_id"], rest["items"][0]["_id"]} == {box.location_id, box.other_location_id}
    assert newer.get("/oauth/installed-locations", params={**query, "isInstalled": "false"}).json()["items"] == []
    named = newer.get("/oauth/installed-locations", params={**query, "query": "next"}).json()
    assert [item["name"] for item in named["items"]] == ["Next door"]
    assert older.get("/oauth/installedLocations", params={"companyId": box.company_id}).status_code == 422
    strange = newer.get("/oauth/installed-locations", params={**query, "appId": "b" * 24})
    assert (strange.status_code, strange.json()["error"]["code"]) == (404, "RESOURCE_NOT_FOUND")
    for wrong in ({"pageSize": 0}, {"pageSize": 101}, {"pageToken": "x"}, {"pageToken": "bm90IGpzb24"}):
        reply = newer.get("/oauth/installed-locations", params={**query, **wrong})
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "INVALID_ARGUMENT")
    private = box.agency.get("/oauth/installed-locations", params=query)
    assert private.status_code == 401


def test_an_inactive_agency_gets_no_new_tokens_until_it_is_active_again(shop: Shop) -> None:
    box, tokens = shop.box, shop.exchange(shop.code())

    def set_status(status: str) -> None:
        def change(ctx: Any) -> None:
            ctx.db.put(COMPANIES, replace(ctx.db.get(COMPANIES, box.company_id), status=status))

        box.sandbox.do(SYSTEM, change)

    set_status("paused")
    reply = shop.refresh(tokens["refreshToken"])
    assert (reply.status_code, reply.json()) == (400, {"statusCode": 400, "message": "Location is not active"})
    set_status("active_subscription")
    assert shop.refresh(tokens["refreshToken"]).status_code == 200


def test_tokens_of_one_app_at_one_place_share_a_budget(shop: Shop) -> None:
    first = shop.exchange(shop.code())
    second = shop.refresh(first["refreshToken"]).json()
    path, left = f"/contacts/?locationId={shop.box.location_id}", list[int]()
    for token in (first, second, first):
        reply = shop.box.sandbox.client(token["accessToken"]).get(path)
        left.append(int(reply.headers["x-ratelimit-daily-remaining"]))
    assert [left[0] - n for n in left] == [0, 1, 2]


def test_reconnecting_is_no_more(shop: Shop) -> None:
    reply = shop.client().post("/oauth/reconnect", json={"clientKey": CLIENT})
    assert (reply.status_code, reply.json()) == (
        400, {"message": "API endpoint has been removed", "error": "Bad Request", "statusCode": 400},
    )  # fmt: skip
