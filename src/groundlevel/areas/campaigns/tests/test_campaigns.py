"""Campaigns, and contacts going in and out of them."""

from typing import Any

import pytest

from groundlevel.areas.campaigns import CAMPAIGN_MEMBERSHIPS
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners

V3_DONE, V2_DONE = {"succeeded": True, "succeded": True}, {"succeded": True}


def new_campaign(box: Box, name: str = "Spring", **said: Any) -> dict[str, Any]:
    reply = box.operator.post(f"/operator/locations/{box.location_id}/campaigns", json={"name": name, **said})
    assert reply.status_code == 201, reply.text
    return reply.json()


def members(box: Box) -> set[tuple[str, str]]:
    owners = Owners(box.location_id, box.company_id)
    found = box.sandbox.do(owners, lambda ctx: ctx.db.find(CAMPAIGN_MEMBERSHIPS))
    return {(m.contact_id, m.campaign_id) for m in found}


def test_campaigns_are_listed_newest_first_and_by_status(box: Box) -> None:
    spring = new_campaign(box)
    assert spring == {
        "id": spring["id"], "name": "Spring", "status": "draft", "locationId": box.location_id,
        "dateAdded": spring["dateAdded"],
    }  # fmt: skip
    new_campaign(box, "Summer", status="published")
    ask = {"locationId": box.location_id}
    assert {c["name"] for c in box.location.get("/campaigns/", params=ask).json()["campaigns"]} == {"Spring", "Summer"}
    assert box.v2.get("/campaigns/", params=ask | {"status": "draft"}).json() == {"campaigns": [spring]}
    assert box.location.get("/campaigns/", params=ask | {"status": "lost"}).json() == {"campaigns": []}
    assert box.location.get("/campaigns/").json()["message"] == ["locationId must be a string"]
    assert box.other.get("/campaigns/", params=ask).status_code == 403


def test_a_contact_goes_in_once_and_out(box: Box) -> None:
    contact, campaign = box.new_contact(firstName="Anna"), new_campaign(box)["id"]
    path = f"/contacts/{contact}/campaigns/{campaign}"
    for _ in range(2):
        put_in = box.location.post(path, json={})
        assert (put_in.status_code, put_in.json()) == (201, V3_DONE)
    assert members(box) == {(contact, campaign)}
    out = box.v2.delete(path)
    assert (out.status_code, out.json()) == (200, V2_DONE)
    assert members(box) == set()
    assert box.v2.post(path).json() == V2_DONE
    assert box.location.post(path, json={"why": 1}).json()["message"] == ["property why should not exist"]


@pytest.mark.parametrize(("version", "last"), [("v3", "remove-all"), ("2021-07-28", "removeAll")])
def test_a_contact_leaves_every_campaign(box: Box, version: str, last: str) -> None:
    anna, bo = box.new_contact(firstName="Anna"), box.new_contact(firstName="Bo")
    campaigns = [new_campaign(box, name)["id"] for name in ("Spring", "Summer")]
    for contact in (anna, bo):
        for campaign in campaigns:
            box.location.post(f"/contacts/{contact}/campaigns/{campaign}", json={})
    gone = box.location.delete(f"/contacts/{anna}/campaigns/{last}", headers={"Version": version})
    assert (gone.status_code, gone.json()["succeded"]) == (200, True)
    assert members(box) == {(bo, campaigns[0]), (bo, campaigns[1])}


def test_deleting_a_contact_or_a_campaign_ends_its_memberships(box: Box) -> None:
    anna, bo = box.new_contact(firstName="Anna"), box.new_contact(firstName="Bo")
    spring, summer = new_campaign(box)["id"], new_campaign(box, "Summer")["id"]
    for contact, campaign in ((anna, spring), (bo, spring), (bo, summer)):
        box.location.post(f"/contacts/{contact}/campaigns/{campaign}", json={})
    box.location.delete(f"/contacts/{anna}")
    assert members(box) == {(bo, spring), (bo, summer)}
    path = f"/operator/locations/{box.location_id}/campaigns/{spring}"
    assert box.operator.delete(path).json() == V3_DONE
    assert members(box) == {(bo, summer)}
    assert box.operator.delete(path).json()["message"] == f"Campaign with id {spring} not found"


def test_unknown_ones_are_refused(box: Box) -> None:
    contact, campaign = box.new_contact(firstName="Anna"), new_campaign(box)["id"]
    nobody = box.location.post(f"/contacts/nobody/campaigns/{campaign}", json={})
    assert (nobody.status_code, nobody.json()["message"]) == (400, "Contact with id nobody not found")
    nothing = box.location.delete(f"/contacts/{contact}/campaigns/nothing")
    assert (nothing.status_code, nothing.json()["message"]) == (400, "Campaign with id nothing not found")
    assert box.other.post(f"/contacts/{contact}/campaigns/{campaign}", json={}).status_code == 400
    assert box.location.post(f"/operator/locations/{box.location_id}/campaigns", json={"name": "x"}).status_code == 401
