"""An agency's record, and what its plan lets it do."""

from typing import Any

import pytest
from msgspec.structs import replace

from groundlevel.conftest import COMPANY, LOCATION, Box
from groundlevel.kernel.caller import NOT_IN_PLAN, TOKENS, new_token
from groundlevel.kernel.store import Owners

MADE: dict[str, Any] = {
    "status": "active_subscription", "plan": 3, "currency": "USD", "customerType": "agency", "isReselling": False,
    "isEnterpriseAccount": False, "premiumUpgraded": False, "upgradeEnabledForClients": False,
    "cancelEnabledForClients": False, "autoSuspendEnabled": False, "disableEmailService": False,
    "enableNewSubAccountDefaultData": False, "onboardingInfo": {"pending": False}, "isSandboxAccount": False,
    "enableDepreciatedFeatures": False, "twilioTrialMode": False, "twilioFreeCredits": 0,
}  # fmt: skip


def follow(box: Box, **plan: Any) -> None:
    """Change the agency's plan, and let what was remembered of tokens be over."""
    reply = box.operator.put(f"/operator/companies/{COMPANY}/plan", json=plan)
    assert reply.status_code == 200, reply.text
    box.sandbox.app.callers.remembered.clear()


@pytest.mark.parametrize("version", ["v3", "2021-07-28"])
def test_an_agency_sees_itself(box: Box, version: str) -> None:
    box.operator.put(f"/operator/companies/{COMPANY}", json={"city": "Linz", "website": "https://agency.example"})
    company = box.agency.get(f"/companies/{COMPANY}", headers={"Version": version}).json()["company"]
    assert company == MADE | {
        "id": COMPANY, "name": "Agency", "dateAdded": company["dateAdded"], "relationshipNumber": "0-076-367",
        "locationCount": 2, "city": "Linz", "website": "https://agency.example",
    }  # fmt: skip


def test_its_sub_accounts_are_counted(box: Box) -> None:
    def count() -> int:
        return box.agency.get(f"/companies/{COMPANY}").json()["company"]["locationCount"]

    new = box.agency.post("/locations", json={"companyId": COMPANY, "name": "Third"}).json()["id"]
    assert count() == 3
    box.agency.delete(f"/locations/{new}", params={"deleteTwilioAccount": "true"})
    assert count() == 2


def test_an_agency_is_made_with_a_plan(box: Box) -> None:
    said = {"name": "Small", "plan": "starter", "isSandboxAccount": True}
    made = box.operator.post("/operator/companies", json=said).json()["company"]
    assert (made["name"], made["plan"], made["isSandboxAccount"]) == ("Small", 1, True)
    assert box.operator.post("/operator/companies", json={"name": "X", "plan": "free"}).status_code == 422
    unknown = box.operator.put("/operator/companies/nobody/plan", json={"plan": "starter"})
    assert (unknown.status_code, unknown.json()["message"]) == (400, "Company with id nobody not found")


def token_of_an_app(box: Box) -> str:
    """The value of an app's token for the sub-account."""
    token, value = new_token("app", "Location", box.sandbox.scopes, box.sandbox.clock.now())
    token = replace(token, company_id=COMPANY, location_id=LOCATION, app_id="a" * 24)
    box.sandbox.do(Owners(system=True), lambda ctx: ctx.db.put(TOKENS, token))
    return value


@pytest.mark.parametrize("plan", ["starter", "unlimited"])
def test_basic_access_is_for_tokens_of_single_locations(box: Box, plan: str) -> None:
    follow(box, plan=plan)
    assert box.location.get(f"/locations/{LOCATION}").status_code == 200
    refused = box.agency.get(f"/locations/{LOCATION}")
    assert refused.status_code == 403
    assert {k: v for k, v in refused.json().items() if k != "traceId"} == {
        "statusCode": 403, "message": NOT_IN_PLAN, "error": "Forbidden",
    }  # fmt: skip
    app = box.operator.post("/operator/apps", json={"name": "A"}).json()["id"]
    at = f"/operator/apps/{app}/installations"
    assert box.operator.post(at, json={"companyId": COMPANY}).json()["message"] == NOT_IN_PLAN

    app_token = token_of_an_app(box)
    assert box.sandbox.client(app_token).get(f"/locations/{LOCATION}").json()["message"] == NOT_IN_PLAN

    follow(box, plan="agency-pro")
    assert box.sandbox.client(app_token).get(f"/locations/{LOCATION}").status_code == 200
    assert box.agency.get(f"/locations/{LOCATION}").status_code == 200
    assert box.operator.post(at, json={"companyId": COMPANY}).status_code == 201


def test_a_change_of_plan_shows_within_a_second(box: Box) -> None:
    """What is remembered of a token lasts less than a second; nothing else is remembered."""
    assert box.agency.get(f"/locations/{LOCATION}").status_code == 200
    box.operator.put(f"/operator/companies/{COMPANY}/plan", json={"plan": "starter"})
    remembered = box.sandbox.app.callers.remembered
    for key, (until, caller) in list(remembered.items()):
        remembered[key] = until - 1, caller
    assert box.agency.get(f"/locations/{LOCATION}").status_code == 403


def test_a_sandbox_has_limits_of_its_own(box: Box) -> None:
    follow(box, isSandboxAccount=True)
    moment = box.sandbox.clock.now()
    box.sandbox.app.clock.now = lambda: moment
    replies = [box.location.get(f"/locations/{LOCATION}") for _ in range(26)]
    assert [r.status_code for r in replies] == [200] * 25 + [429]
    headers = {name: value for name, value in replies[-1].headers.items() if name.startswith("x-ratelimit")}
    headers.pop("x-ratelimit-daily-reset")
    assert headers == {
        "x-ratelimit-limit-daily": "10000", "x-ratelimit-daily-remaining": "9975", "x-ratelimit-max": "25",
        "x-ratelimit-remaining": "0", "x-ratelimit-interval-milliseconds": "10000",
    }  # fmt: skip
    follow(box, isSandboxAccount=False)
    after = box.location.get(f"/locations/{LOCATION}")
    assert (after.status_code, after.headers["x-ratelimit-max"]) == (200, "100000")
