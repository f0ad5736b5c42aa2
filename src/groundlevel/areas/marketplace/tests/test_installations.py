"""Installing apps, and taking them away."""

from typing import Any

import pytest

from groundlevel.areas.marketplace.tests.conftest import Market
from groundlevel.conftest import COMPANY, LOCATION, OTHER, USER

NO_TRIAL = {"onTrial": False, "trialDuration": 0}


def installed(market: Market) -> set[str]:
    """Where the app is: ids of sub-accounts, empty for the agency itself."""
    found = market.box.operator.get(f"/operator/apps/{market.app_id}/installations").json()["installations"]
    return {one.get("locationId", "") for one in found}


def version_of(market: Market) -> str:
    """The app's version now."""
    return market.box.operator.get(f"/operator/apps/{market.app_id}").json()["versionId"]


def test_an_app_is_told_where_it_is_installed(market: Market) -> None:
    told: dict[str, Any] = {
        "type": "INSTALL", "appId": market.app_id, "versionId": version_of(market), "companyId": COMPANY,
        "companyName": "Agency", "isWhitelabelCompany": False, "whitelabelDetails": {}, "trial": NO_TRIAL,
        "userId": USER,
    }  # fmt: skip
    assert market.happened() == [
        told | {"installType": "Company"},
        told | {"installType": "Location", "locationId": LOCATION},
    ]
    assert installed(market) == {"", LOCATION}


def test_a_plan_may_be_tried_and_changed(market: Market) -> None:
    market.box.operator.put(f"/operator/companies/{COMPANY}", json={"domain": "crm.example", "logoUrl": "https://l"})
    made = market.install(locationId=OTHER, planId=market.plan_id)
    trial = {"onTrial": True, "trialDuration": 10, "trialStartDate": made["installedAt"]}
    assert made["trial"] == trial
    last = market.happened()[-1]
    assert (last["trial"], last["planId"], last["isWhitelabelCompany"], last["whitelabelDetails"]) == (
        trial, market.plan_id, True, {"domain": "crm.example", "logoUrl": "https://l"},
    )  # fmt: skip

    at = f"/operator/apps/{market.app_id}"
    dearer = market.box.operator.post(f"{at}/plans", json={"name": "Yearly", "amount": 99}).json()["planId"]
    place = {"companyId": COMPANY, "locationId": OTHER}
    changed = market.box.operator.put(f"{at}/installations/plan", json=place | {"planId": dearer}).json()
    assert (changed["planId"], changed["trial"]) == (dearer, NO_TRIAL)
    assert market.happened()[-1] == {
        "type": "PLAN_CHANGE", "appId": market.app_id, "companyId": COMPANY, "locationId": OTHER,
        "currentPlanId": market.plan_id, "newPlanId": dearer,
    }  # fmt: skip
    before = market.happened()
    refused = market.box.operator.put(f"{at}/installations/plan", json=place | {"planId": "none"})
    assert (refused.status_code, refused.json()["message"]) == (400, "Plan with id none not found")
    market.box.operator.put(f"{at}/installations/plan", json=place | {"planId": dearer})
    assert market.happened() == before


def test_installing_again_is_an_update_only_to_another_version(market: Market) -> None:
    before, first = market.happened(), version_of(market)
    market.install(locationId=LOCATION)
    assert market.happened() == before
    market.box.operator.put(f"/operator/apps/{market.app_id}", json={"scopes": ["contacts.write"]})
    again = market.install(locationId=LOCATION, userId=USER)
    assert market.happened()[-1] == {
        "type": "UPDATE", "appId": market.app_id, "versionId": again["versionId"], "previousVersionId": first,
        "installType": "Location", "companyId": COMPANY, "locationId": LOCATION, "userId": USER,
    }  # fmt: skip
    assert installed(market) == {"", LOCATION}


def test_future_locations_get_it_too(market: Market) -> None:
    market.install(approveAllLocations=True, installToFutureLocations=True)
    assert installed(market) == {"", LOCATION, OTHER}
    new = market.box.agency.post("/locations", json={"companyId": COMPANY, "name": "Third"}).json()["id"]
    assert installed(market) == {"", LOCATION, OTHER, new}
    last = market.happened()[-1]
    assert (last["type"], last["locationId"], last["installType"]) == ("INSTALL", new, "Location")

    market.box.agency.delete(f"/locations/{new}", params={"deleteTwilioAccount": "true"})
    assert market.happened()[-1] == {
        "type": "UNINSTALL", "appId": market.app_id, "companyId": COMPANY, "locationId": new,
    }  # fmt: skip
    assert installed(market) == {"", LOCATION, OTHER}
    market.install()
    market.box.agency.post("/locations", json={"companyId": COMPANY, "name": "Fourth"})
    assert installed(market) == {"", LOCATION, OTHER}


@pytest.mark.parametrize("version", ["v3", "2021-07-28"])
def test_who_has_installed_it(market: Market, version: str) -> None:
    at, header = f"/marketplace/app/{market.app_id}/installations", {"Version": version}
    details = {
        "companyId": COMPANY, "companyName": "Agency", "relationshipNumber": "0-076-367", "userId": USER,
        "isWhitelabelCompany": False,
    }  # fmt: skip
    location = market.box.location.get(at, headers=header).json()
    hidden = dict.fromkeys(("companyEmail", "companyOwnerFullName", "companyPlan", "companyHighLevelPlan"))
    assert location == {"installationDetails": details | hidden | {"locationId": LOCATION}}

    market.box.operator.put(f"/operator/companies/{COMPANY}", json={"email": "hi@agency.example"})
    owner = {
        "firstName": "Olga",
        "lastName": "Ohm",
        "email": "o@agency.example",
        "roles": {"type": "agency", "role": "admin"},
    }
    market.box.operator.post(f"/operator/companies/{COMPANY}/users", json=owner)
    plan = "agency_monthly_497"
    agency = market.box.agency.get(at, headers=header).json()
    assert agency == {
        "installationDetails": details
        | {"companyEmail": "hi@agency.example", "companyOwnerFullName": "Olga Ohm"}
        | {"companyPlan": plan, "companyHighLevelPlan": plan}
    }
    nowhere = market.box.other.get(at, headers=header)
    assert (nowhere.status_code, nowhere.json()["message"]) == (404, f"App with id {market.app_id} not found")


@pytest.mark.parametrize("version", ["v3", "2021-07-28"])
def test_a_location_takes_it_away_from_itself_an_agency_from_all(market: Market, version: str) -> None:
    box, at, header = market.box, f"/marketplace/app/{market.app_id}/installations", {"Version": version}
    market.install(locationId=OTHER)
    before = len(market.happened())
    done = box.location.request("DELETE", at, json={"locationId": LOCATION, "reason": "Enough"}, headers=header)
    assert (done.status_code, done.json()) == (200, {"success": True})
    assert installed(market) == {"", OTHER}
    left = box.operator.get(f"/operator/apps/{market.app_id}/installations").json()["installations"]
    assert [one["approvedLocations"] for one in left if "locationId" not in one] == [[]]
    again = box.location.request("DELETE", at, json={"locationId": LOCATION}, headers=header)
    assert again.status_code == 404

    assert box.agency.request("DELETE", at, json={"companyId": COMPANY}, headers=header).json() == {"success": True}
    assert installed(market) == set()
    gone = {"type": "UNINSTALL", "appId": market.app_id, "companyId": COMPANY}
    events = market.happened()[before:]
    assert events[0] == gone | {"locationId": LOCATION}
    assert sorted(events[1:], key=len) == [gone, gone | {"locationId": OTHER}]


def test_what_is_to_be_left_must_be_said(market: Market) -> None:
    at = f"/marketplace/app/{market.app_id}/installations"
    for client, missing in ((market.box.location, "locationId"), (market.box.agency, "companyId")):
        reply = client.request("DELETE", at, json={})
        assert (reply.status_code, reply.json()["message"]) == (422, [f"{missing} must be a string"])
    wrong = market.box.location.request("DELETE", at, json={"companyId": COMPANY})
    assert wrong.status_code == 422
    assert installed(market) == {"", LOCATION}


def test_an_app_is_installed_where_it_is_offered(market: Market) -> None:
    at = f"/operator/apps/{market.app_id}"
    place = {"companyId": COMPANY, "locationId": OTHER}
    market.box.operator.put(at, json={"distribution": "agency"})
    refused = market.box.operator.post(f"{at}/installations", json=place)
    assert (refused.status_code, refused.json()["message"]) == (400, "Texter cannot be installed by a sub-account")
    market.install(approvedLocations=[OTHER])
    assert installed(market) == {"", LOCATION, OTHER}
    market.box.operator.put(at, json={"distribution": "sub-account"})
    refused = market.box.operator.post(f"{at}/installations", json={"companyId": COMPANY})
    assert (refused.status_code, refused.json()["message"]) == (400, "Texter cannot be installed by an agency")
    unknown = market.box.operator.post(f"{at}/installations", json={"companyId": "nobody"})
    assert unknown.status_code == 400


def test_removing_an_app_takes_it_from_everywhere(market: Market) -> None:
    gone = market.box.operator.delete(f"/operator/apps/{market.app_id}").json()
    assert gone == {"succeeded": True, "uninstalled": 2}
    assert [e["type"] for e in market.happened()[-2:]] == ["UNINSTALL"] * 2


def test_it_cannot_be_taken_from_an_agency_that_is_none(market: Market) -> None:
    for company_id in ("", "nobody"):
        refused = market.box.operator.post(f"/operator/apps/{market.app_id}/uninstall", json={"companyId": company_id})
        assert refused.status_code == 400, refused.text


@pytest.mark.parametrize("version", ["v3", "2021-07-28"])
def test_what_it_costs_a_location(market: Market, version: str) -> None:
    at = f"/marketplace/app/{market.app_id}/rebilling-config/location/{LOCATION}"
    plan = {
        "resellingAmount": 9.0, "baseAmount": 9.0, "planId": market.plan_id, "features": [],
        "paymentType": "recurring", "name": "Monthly", "paymentTime": "month",
    }  # fmt: skip
    usage = {
        "productType": "workflow_action", "productName": "Texter", "usageUnit": "unit", "meterId": market.meter_id,
        "meterName": "Messages", "fixedPricePerUnit": 0.01001, "priceType": "fixed", "minPricePerUnit": "0.01001",
        "maxPricePerUnit": "0.01001", "executionLimitPerCycle": 0,
    }  # fmt: skip
    header = {"Version": version}
    assert market.box.location.get(at, headers=header).json() == {"plans": {"subscription": [plan], "usage": [usage]}}
    resale = {"companyId": COMPANY, "amounts": {market.plan_id: 15}}
    assert market.box.operator.put(f"/operator/apps/{market.app_id}/rebilling", json=resale).status_code == 200
    plan["resellingAmount"] = 15.0
    assert market.box.location.get(at, headers=header).json()["plans"]["subscription"] == [plan]
