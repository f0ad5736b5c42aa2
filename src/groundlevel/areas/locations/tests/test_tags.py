"""The tags a sub-account knows."""

from groundlevel.areas.locations import define_tags
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners


def tags_of(box: Box) -> list[str]:
    return [t["name"] for t in box.location.get(f"/locations/{box.location_id}/tags").json()["tags"]]


def test_a_tag_is_defined_renamed_and_deleted(box: Box) -> None:
    tags = f"/locations/{box.location_id}/tags"
    made = box.location.post(tags, json={"name": "  Hot Lead "})
    assert made.status_code == 200
    tag = made.json()["tag"]
    assert tag == {"id": tag["id"], "name": "Hot Lead", "locationId": box.location_id}
    assert len(tag["id"]) == 20
    one = f"{tags}/{tag['id']}"
    assert box.v2.get(one).json() == {"tag": tag}
    assert box.location.put(one, json={"name": "Cold lead"}).json()["tag"]["name"] == "Cold lead"
    assert box.location.put(one, json={"name": "COLD LEAD"}).json()["tag"]["name"] == "COLD LEAD"
    assert tags_of(box) == ["COLD LEAD"]
    assert box.location.delete(one).json() == {"succeded": True}
    assert tags_of(box) == []
    gone = box.location.get(one)
    assert (gone.status_code, gone.json()["message"]) == (400, f"Tag with id {tag['id']} not found")


def test_a_name_is_taken_whatever_its_case(box: Box) -> None:
    tags = f"/locations/{box.location_id}/tags"
    box.location.post(tags, json={"name": "Hot"})
    cold = box.location.post(tags, json={"name": "Cold"}).json()["tag"]
    assert box.location.post(tags, json={"name": "hOT"}).status_code == 400
    assert box.location.put(f"{tags}/{cold['id']}", json={"name": "hot"}).status_code == 400
    assert box.location.post(tags, json={"name": "   "}).status_code == 400
    assert box.location.post(tags, json={"name": ""}).json()["message"] == [
        "name must be longer than or equal to 1 characters"
    ]
    assert tags_of(box) == ["Cold", "Hot"]


def test_unknown_tags_of_contacts_are_defined_once(box: Box) -> None:
    box.location.post(f"/locations/{box.location_id}/tags", json={"name": "VIP"})
    owners = Owners(box.location_id, box.company_id)
    named = box.sandbox.do(owners, lambda ctx: define_tags(ctx, [" Vip", "New", "", "new ", "Åre", "  "]))
    assert named == ["vip", "new", "åre"]
    assert tags_of(box) == ["New", "VIP", "Åre"]


def test_a_neighbour_has_tags_of_its_own(box: Box) -> None:
    tag = box.location.post(f"/locations/{box.location_id}/tags", json={"name": "Hot"}).json()["tag"]
    assert box.other.get(f"/locations/{box.location_id}/tags").status_code == 403
    assert box.other.get(f"/locations/{box.other_location_id}/tags/{tag['id']}").status_code == 400
    assert box.other.get(f"/locations/{box.other_location_id}/tags").json() == {"tags": []}
