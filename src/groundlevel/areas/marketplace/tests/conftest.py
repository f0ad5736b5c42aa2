"""What these tests start from: an app with a meter, at the agency and at its first sub-account, and money to charge."""

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from groundlevel.conftest import Box
from groundlevel.kernel.caller import TOKENS, TokenClass, new_token
from groundlevel.kernel.store import Owners


@dataclass
class Market:
    """An installed app, and who asks."""

    box: Box
    app_id: str
    meter_id: str
    plan_id: str

    def charge(self, client: httpx2.Client | None = None, **other: Any) -> httpx2.Response:
        """Charge the sub-account for ten units."""
        said = {
            "appId": self.app_id, "meterId": self.meter_id, "eventId": "evt_1", "locationId": self.box.location_id,
            "companyId": self.box.company_id, "description": "Ten messages", "units": 10,
        }  # fmt: skip
        return (client or self.box.location).post("/marketplace/billing/charges", json=said | other)

    def install(self, **other: Any) -> dict[str, Any]:
        """Install the app as an operator."""
        said = {"companyId": self.box.company_id} | other
        reply = self.box.operator.post(f"/operator/apps/{self.app_id}/installations", json=said)
        assert reply.status_code == 201, reply.text
        return reply.json()

    def top_up(self, amount: float, location_id: str | None = None) -> None:
        """Put money into the agency's wallet or a sub-account's."""
        said = {"companyId": self.box.company_id, "locationId": location_id, "amount": amount}
        reply = self.box.operator.post("/operator/wallets/top-up", json=said)
        assert reply.status_code == 200, reply.text

    def client_of(self, app_id: str, kind: TokenClass = "Location") -> httpx2.Client:
        """A client with an app's token, for the first sub-account or for the agency."""
        sandbox, location = self.box.sandbox, self.box.location_id if kind == "Location" else ""
        token, value = new_token("app", kind, sandbox.scopes, sandbox.clock.now())
        token = replace(token, company_id=self.box.company_id, location_id=location, app_id=app_id)
        sandbox.do(Owners(system=True), lambda ctx: ctx.db.put(TOKENS, token))
        return sandbox.client(value)

    def balances(self) -> dict[str, float]:
        """What each wallet of the agency has left."""
        found = self.box.operator.get("/operator/wallets", params={"companyId": self.box.company_id}).json()
        return {wallet["id"]: wallet["balance"] for wallet in found["wallets"]}

    def happened(self) -> list[dict[str, Any]]:
        """The events of apps so far."""
        kinds = ("INSTALL", "UNINSTALL", "UPDATE", "PLAN_CHANGE")
        return [event for event in self.box.sandbox.events() if event["type"] in kinds]


@pytest.fixture
def market(box: Box) -> Market:
    """One for each test. The app is at the agency and at the first sub-account; there is no money yet."""
    operator = box.operator
    said = {"name": "Texter", "scopes": ["contacts.readonly"], "redirectUris": ["https://texter.example/callback"]}
    app = operator.post("/operator/apps", json=said).json()["id"]
    meter = operator.post(f"/operator/apps/{app}/meters", json={"name": "Messages", "price": 0.01001}).json()
    plan = operator.post(f"/operator/apps/{app}/plans", json={"name": "Monthly", "amount": 9, "trialDays": 10}).json()
    made = Market(box, app, meter["meterId"], plan["planId"])
    made.install(approvedLocations=[box.location_id], userId=box.user_id)
    return made
