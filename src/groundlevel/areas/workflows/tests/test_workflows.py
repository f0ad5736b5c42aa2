"""Workflows, and contacts going in and out of them, now and later."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from groundlevel.areas.workflows import ENROLMENTS
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners
from groundlevel.kernel.wire import iso

V3_DONE, V2_DONE = {"succeeded": True, "succeded": True}, {"succeded": True}


def new_workflow(box: Box, **said: Any) -> dict[str, Any]:
    path = f"/operator/locations/{box.location_id}/workflows"
    reply = box.operator.post(path, json={"name": "Welcome", **said})
    assert reply.status_code == 201, reply.text
    return reply.json()


def enrolled(box: Box) -> dict[str, str]:
    """Contact -> status."""
    owners = Owners(box.location_id, box.company_id)
    found = box.sandbox.do(owners, lambda ctx: ctx.db.find(ENROLMENTS))
    return {e.contact_id: e.status for e in found}


def start_in(box: Box, **after: int) -> dict[str, str]:
    return {"eventStartTime": iso(box.sandbox.clock.now() + timedelta(**after))}


def test_workflows_are_listed(box: Box) -> None:
    made = new_workflow(box, status="published")
    assert made == {
        "id": str(UUID(made["id"])), "name": "Welcome", "status": "published", "version": 1,
        "createdAt": made["createdAt"], "updatedAt": made["createdAt"], "locationId": box.location_id,
    }  # fmt: skip
    ask = {"locationId": box.location_id}
    assert box.location.get("/workflows/", params=ask).json() == {"workflows": [made]}
    assert box.v2.get("/workflows/", params=ask).json() == {"workflows": [made]}
    assert box.other.get("/workflows/", params=ask).status_code == 403
    assert box.other.get("/workflows/", params={"locationId": box.other_location_id}).json() == {"workflows": []}


def test_a_contact_goes_in_at_once_and_out(box: Box) -> None:
    contact, workflow = box.new_contact(firstName="Anna"), new_workflow(box)["id"]
    path = f"/contacts/{contact}/workflow/{workflow}"
    put_in = box.location.post(path, json={"eventStartTime": "2021-06-23T03:30:00+01:00"})
    assert (put_in.status_code, put_in.json()) == (200, V3_DONE)
    assert enrolled(box) == {contact: "active"}
    assert box.v2.request("DELETE", path, json={"eventStartTime": "2021-06-23T03:30:00+01:00"}).json() == V2_DONE
    assert enrolled(box) == {}
    assert box.v2.post(path).json() == V2_DONE
    assert enrolled(box) == {contact: "active"}
    assert box.location.delete(path).json() == V3_DONE


def test_a_start_in_the_future_is_waited_for(box: Box) -> None:
    contact, workflow = box.new_contact(firstName="Anna"), new_workflow(box)["id"]
    path = f"/contacts/{contact}/workflow/{workflow}"
    box.location.post(path, json=start_in(box, days=1))
    assert enrolled(box) == {contact: "scheduled"}
    box.location.post(path, json=start_in(box, days=3))
    box.sandbox.move_clock(timedelta(days=2))
    assert box.sandbox.work() == 1
    assert enrolled(box) == {contact: "scheduled"}
    box.sandbox.move_clock(timedelta(days=2))
    assert box.sandbox.work() == 1
    assert enrolled(box) == {contact: "active"}


def test_who_was_taken_out_does_not_come_in_later(box: Box) -> None:
    contact, workflow = box.new_contact(firstName="Anna"), new_workflow(box)["id"]
    path = f"/contacts/{contact}/workflow/{workflow}"
    box.location.post(path, json=start_in(box, hours=1))
    box.location.delete(path)
    box.sandbox.move_clock(timedelta(hours=2))
    assert box.sandbox.work() == 1
    assert enrolled(box) == {}


def test_deleting_a_contact_or_a_workflow_ends_its_enrolments(box: Box) -> None:
    anna, bo = box.new_contact(firstName="Anna"), box.new_contact(firstName="Bo")
    workflow = new_workflow(box)["id"]
    for contact in (anna, bo):
        box.location.post(f"/contacts/{contact}/workflow/{workflow}", json={})
    box.location.delete(f"/contacts/{anna}")
    assert enrolled(box) == {bo: "active"}
    assert box.operator.delete(f"/operator/locations/{box.location_id}/workflows/{workflow}").json() == V3_DONE
    assert enrolled(box) == {}


def test_what_does_not_fit_is_refused(box: Box) -> None:
    contact, workflow = box.new_contact(firstName="Anna"), new_workflow(box)["id"]
    path = f"/contacts/{contact}/workflow/{workflow}"
    for said in ("soon", "2021-02-30"):
        wrong = box.location.post(path, json={"eventStartTime": said})
        assert wrong.json()["message"] == ["eventStartTime must be a valid ISO 8601 date string"]
    unknown = box.location.post(f"/contacts/{contact}/workflow/nothing", json={})
    assert (unknown.status_code, unknown.json()["message"]) == (400, "Workflow with id nothing not found")
    assert box.other.post(path, json={}).status_code == 400
    assert enrolled(box) == {}
