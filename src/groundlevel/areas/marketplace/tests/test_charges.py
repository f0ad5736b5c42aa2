"""Charging wallets, and giving it back."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from groundlevel.areas.marketplace.apps import Meter
from groundlevel.areas.marketplace.charges import price_of
from groundlevel.areas.marketplace.tests.conftest import Market
from groundlevel.areas.marketplace.wallets import micros, times, usd
from groundlevel.conftest import COMPANY, LOCATION, OTHER
from groundlevel.kernel.problems import BadRequest

AT = "/marketplace/billing/charges"


def funds(client: httpx2.Client) -> Any:
    """Whether there is money."""
    return client.get(f"{AT}/has-funds").json()


def entries(market: Market, place: str = "") -> list[tuple[str, float, float]]:
    """What moved, the latest first: kind, amount, balance after it."""
    wanted = {"companyId": COMPANY} | ({"locationId": place} if place else {})
    found = market.box.operator.get("/operator/wallets/entries", params=wanted).json()["entries"]
    return [(e["kind"], e["amount"], e["balance"]) for e in found]


@pytest.mark.parametrize("version", ["v3", "2021-07-28"])
def test_a_charge_is_made_shown_and_given_back(market: Market, version: str) -> None:
    market.top_up(5)
    client = market.box.location
    client.headers["Version"] = version
    made = market.charge(userId="user_1", eventTime="2026-03-26T00:00:00Z")
    assert (made.status_code, made.json()["success"]) == (201, True)
    id = made.json()["chargeId"]
    assert market.balances() == {COMPANY: 4.8999}

    shown = client.get(f"{AT}/{id}").json()
    assert shown == {
        "chargeId": id, "transactionType": "charge", "refunded": False, "appId": market.app_id,
        "meterId": market.meter_id, "entityType": "location", "entityId": LOCATION, "amountCharged": 0.1001,
        "pricePerUnit": 0.01001, "units": 10.0, "currency": "USD",
        "meta": {
            "eventId": "evt_1", "description": "Ten messages", "eventTime": "2026-03-26T00:00:00.000Z",
            "userId": "user_1",
        },
        "createdAt": shown["createdAt"], "updatedAt": shown["createdAt"],
    }  # fmt: skip
    market.box.sandbox.move_clock(timedelta(seconds=1))
    assert client.delete(f"{AT}/{id}").json() == {"success": True}
    assert market.balances() == {COMPANY: 5.0}
    for gone in (client.get(f"{AT}/{id}"), client.delete(f"{AT}/{id}")):
        assert (gone.status_code, gone.json()["message"]) == (404, f"Charge with id {id} not found")
    assert entries(market) == [("refund", 0.1001, 5.0), ("charge", -0.1001, 4.8999), ("top_up", 5.0, 5.0)]

    listed = client.get(AT).json()
    assert [(c["transactionType"], c["refunded"], c["amountCharged"]) for c in listed["charges"]] == [
        ("refund", False, 0.1001),
        ("charge", True, 0.1001),
    ]
    assert (listed["count"], listed["pagination"]) == (2, {"total": 2, "skip": 0, "limit": 10})
    back = listed["charges"][0]["chargeId"]
    assert client.delete(f"{AT}/{back}").json()["message"] == "A refund cannot be refunded"
    assert market.charge().json()["message"] == "The charge for event evt_1 has been refunded"


def test_an_event_is_charged_for_once(market: Market) -> None:
    market.top_up(5)
    first, again = market.charge(), market.charge()
    assert (again.status_code, again.json()) == (201, first.json())
    other = market.charge(units=11)
    assert (other.status_code, other.json()["message"]) == (
        400,
        "Event evt_1 has been charged for already, and otherwise",
    )
    assert market.balances() == {COMPANY: 4.8999}
    market.install(locationId=OTHER)
    assert market.charge(market.box.other, locationId=OTHER).json() != first.json()


def test_there_must_be_money(market: Market) -> None:
    client = market.box.location
    assert funds(client) == {"hasFunds": False}
    assert market.charge().json()["message"] == "Insufficient funds"
    market.top_up(0.1)
    assert funds(client) == {"hasFunds": True}
    refused = market.charge()
    assert refused.status_code == 400
    assert {k: v for k, v in refused.json().items() if k != "traceId"} == {
        "statusCode": 400, "message": "Insufficient funds", "error": "Bad Request",
    }  # fmt: skip
    assert (market.balances(), client.get(AT).json()["charges"]) == ({COMPANY: 0.1}, [])
    assert market.charge(units=9.99).status_code == 201
    assert market.balances() == {COMPANY: 0.0}
    assert funds(client) == {"hasFunds": False}


def test_a_location_with_a_wallet_of_its_own_pays_from_it(market: Market) -> None:
    market.top_up(5)
    market.top_up(0.2, LOCATION)
    assert market.charge(eventId="1").status_code == 201
    assert market.charge(eventId="2").json()["message"] == "Insufficient funds"
    assert market.balances() == {COMPANY: 5.0, LOCATION: 0.0999}
    assert [kind for kind, *_ in entries(market, LOCATION)] == ["charge", "top_up"]
    assert funds(market.box.agency) == {"hasFunds": True}


def test_what_cannot_be_charged(market: Market) -> None:
    market.top_up(5)
    said: dict[str, tuple[dict[str, Any], int, Any]] = {
        "a meter": ({"meterId": "none"}, 400, "Meter with id none not found"),
        "a price": ({"price": 1}, 400, "The price of this meter is fixed at 0.01001"),
        "an app": ({"appId": "none"}, 404, "App with id none not found"),
        "nothing": ({"units": 0}, 422, ["units must not be less than or equal to 0"]),
        "an agency": ({"companyId": "else"}, 403, "The token does not have access to this company."),
        "a time": ({"eventTime": "2026-02-30T00:00:00Z"}, 422, ["eventTime must be a valid ISO 8601 date string"]),
    }
    for what, (change, status, message) in said.items():
        reply = market.charge(**change)
        assert (what, reply.status_code, isinstance(message, list) or reply.json()["message"]) == (
            what, status, isinstance(message, list) or message,
        )  # fmt: skip
    elsewhere = market.charge(market.box.other, locationId=OTHER)
    message = f"App with id {market.app_id} is not installed at location {OTHER}"
    assert (elsewhere.status_code, elsewhere.json()["message"]) == (400, message)
    assert market.balances() == {COMPANY: 5.0}


def test_charges_are_listed_by_what_was_said_of_them(market: Market) -> None:
    market.top_up(5)
    for nth in range(3):
        market.charge(eventId=f"evt_{nth}", userId="odd" if nth % 2 else "even")
        market.box.sandbox.move_clock(timedelta(days=1))
    today = market.box.sandbox.clock.now()

    def listed(client: httpx2.Client = market.box.location, **wanted: Any) -> list[str]:
        reply = client.get(AT, params=wanted)
        assert reply.status_code == 200, reply.text
        return [c["meta"]["eventId"] for c in reply.json()["charges"]]

    assert listed() == ["evt_2", "evt_1", "evt_0"]
    assert listed(userId="even") == ["evt_2", "evt_0"]
    assert (listed(eventId="evt_1"), listed(meterId="none")) == (["evt_1"], [])
    assert listed(skip=1, limit=1) == ["evt_1"]
    assert listed(startDate=(today - timedelta(days=1, hours=12)).isoformat()) == ["evt_2"]
    assert listed(endDate=(today - timedelta(days=2, hours=12)).isoformat()) == ["evt_0"]
    assert listed(market.box.agency) == ["evt_2", "evt_1", "evt_0"]
    assert listed(market.box.other) == []
    assert market.box.location.get(AT, params={"limit": 101}).status_code == 422


def test_an_app_charges_and_sees_in_its_own_name_only(market: Market) -> None:
    market.top_up(5)
    other = market.box.operator.post("/operator/apps", json={"name": "Other"}).json()["id"]
    own, anothers = market.client_of(market.app_id), market.client_of(other)
    made = market.charge(own).json()["chargeId"]
    refused = market.charge(anothers, eventId="2")
    assert (refused.status_code, refused.json()["message"]) == (403, "The token does not have access to this app.")
    for client in (anothers, market.client_of(other, "Company")):
        assert client.get(AT).json()["charges"] == []
        assert client.get(f"{AT}/{made}").status_code == client.delete(f"{AT}/{made}").status_code == 404
        at = f"/marketplace/app/{market.app_id}/installations"
        said = {"locationId": LOCATION, "companyId": COMPANY}
        assert client.get(at).status_code == client.request("DELETE", at, json=said).status_code == 403
    agencys = market.client_of(market.app_id, "Company")
    assert [c["chargeId"] for c in agencys.get(AT).json()["charges"]] == [made]
    assert market.charge(agencys, eventId="3").status_code == 201
    assert agencys.delete(f"{AT}/{made}").json() == {"success": True}


@pytest.mark.parametrize("same_event", [False, True])
def test_a_wallet_cannot_be_overdrawn_by_many_at_once(market: Market, same_event: bool) -> None:
    """Forty charges of 0.1001 at once, on a wallet for ten of them; or all of them for one event."""
    market.top_up(1.001)
    sandbox, box = market.box.sandbox, market.box
    headers = {"Version": "v3", "Authorization": f"Bearer {box.location_token}"}
    body = {
        "appId": market.app_id, "meterId": market.meter_id, "locationId": LOCATION, "companyId": COMPANY,
        "description": "d", "units": 10,
    }  # fmt: skip

    async def at_once() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=sandbox.app)  # pyright: ignore[reportArgumentType]
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
            charges = (client.post(AT, json=body | {"eventId": "e" if same_event else f"e{n}"}) for n in range(40))
            return await asyncio.gather(*charges)

    replies = sandbox.transport.loop.run_until_complete(at_once())
    good = [r.json()["chargeId"] for r in replies if r.status_code == 201]
    wrong = {(r.status_code, r.json()["message"]) for r in replies if r.status_code != 201}
    told = entries(market)
    if same_event:
        assert (len(good), len(set(good)), wrong) == (40, 1, set())
        assert told == [("charge", -0.1001, 0.9009), ("top_up", 1.001, 1.001)]
    else:
        assert (len(good), len(set(good)), wrong) == (10, 10, {(400, "Insufficient funds")})
        assert market.balances() == {COMPANY: 0.0}
        assert len(told) == 11


@pytest.mark.parametrize(
    ("amount", "units", "expected"),
    [(10_010, 10, 100_100), (1, 0.5, 1), (1, 0.49, 0), (3, 1.5, 5), (29, 1.1, 32), (10**10, 10**6, 10**16)],
)
def test_amounts_are_exact(amount: int, units: float, expected: int) -> None:
    assert times(amount, units) == expected


@pytest.mark.parametrize(("dollars", "millionths"), [(0.1, 100_000), (0.01001, 10_010), (1e-7, 0), (19.99, 19_990_000)])
def test_dollars_are_counted_in_millionths(dollars: float, millionths: int) -> None:
    assert micros(dollars) == millionths
    assert usd(millionths) == round(dollars, 6)


@pytest.mark.parametrize(
    ("told", "expected"), [(0.5, 500_000), (0.1, 100_000), (2.0, 2_000_000), (0.09, None), (2.01, None), (None, None)]
)
def test_a_dynamic_price_is_within_its_bounds(told: float | None, expected: int | None) -> None:
    meter = Meter(meter_id="m", name="M", price=0.5, price_type="dynamic", min_price=0.1, max_price=2.0)
    try:
        found = price_of(meter, told)
    except BadRequest as problem:
        assert (expected, str(problem)) == (None, "The price must be between 0.1 and 2.0")
    else:
        assert found == expected
