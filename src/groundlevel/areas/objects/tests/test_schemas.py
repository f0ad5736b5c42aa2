"""Objects: everybody's and a sub-account's own."""

from typing import Any

import pytest

from groundlevel.areas.objects import reindexing
from groundlevel.areas.objects.tests.conftest import PET, Pets, define


def test_an_object_from_first_to_last(pets: Pets) -> None:
    box, schema = pets.box, pets.schema
    assert schema == {
        "id": schema["id"], "standard": False, "key": PET, "labels": {"singular": "Pet", "plural": "Pets"},
        "locationId": box.location_id, "primaryDisplayProperty": f"{PET}.name", "dateAdded": schema["dateAdded"],
        "dateUpdated": schema["dateAdded"], "searchableProperties": [f"{PET}.name"],
    }  # fmt: skip
    assert len(schema["id"]) == 24
    place = {"locationId": box.location_id}
    for key in (PET, schema["id"]):
        assert pets.ask("GET", f"/objects/{key}", params=place) == {"object": schema, "cache": False, "fields": []}
    told = box.v2.get(f"/objects/{PET}", params={**place, "fetchProperties": "true"}).json()["fields"]
    assert [(f["fieldKey"], f["name"], f["dataType"], f["parentId"]) for f in told] == [
        (f"{PET}.name", "Name", "TEXT", pets.folder)
    ]
    breed = pets.field("breed", "TEXT")["fieldKey"]
    change = {**place, "searchableProperties": [f"{PET}.name", breed], "labels": {"plural": "Animals"}}
    changed = pets.ask("PUT", f"/objects/{PET}", json=change | {"description": "At home"})["object"]
    assert changed == schema | {
        "labels": {"singular": "Pet", "plural": "Animals"}, "searchableProperties": [f"{PET}.name", breed],
        "description": "At home", "dateUpdated": changed["dateUpdated"],
    }  # fmt: skip
    assert [e["type"] for e in box.sandbox.events()] == ["ObjectSchemaCreate", "ObjectSchemaUpdate"]
    told = box.sandbox.events(1)[0]
    assert told == {
        "type": "ObjectSchemaUpdate", "locationId": box.location_id, "id": schema["id"], "key": PET,
        "labels": {"singular": "Pet", "plural": "Animals"}, "description": "At home", "objectType": "USER_DEFINED",
        "primaryDisplayProperty": f"{PET}.name", "searchableProperties": [f"{PET}.name", breed],
        "createdAt": schema["dateAdded"], "updatedAt": changed["dateUpdated"],
    }  # fmt: skip


def test_everybodys_objects_are_there(pets: Pets) -> None:
    box, place = pets.box, {"locationId": pets.box.location_id}
    listed = pets.ask("GET", "/objects/", params=place)["objects"]
    assert [(o["key"], o["standard"]) for o in listed] == [
        ("contact", True), ("opportunity", True), ("business", True), (PET, False),
    ]  # fmt: skip
    contact = pets.ask("GET", f"/objects/{listed[0]['id']}", params={**place, "fetchProperties": True})
    assert contact["object"] == listed[0]
    assert [f["fieldKey"] for f in contact["fields"]][:3] == ["contact.name", "contact.first_name", "contact.last_name"]
    new = {**place, "searchableProperties": ["contact.email"]}
    assert pets.ask("PUT", "/objects/contact", json=new)["object"]["searchableProperties"] == ["contact.email"]
    again = pets.ask("GET", "/objects/", params=place)["objects"]
    assert [o["key"] for o in again] == ["contact", "opportunity", "business", PET]
    assert again[0]["searchableProperties"] == ["contact.email"]
    for said in ({"labels": {"singular": "Person"}}, {"description": "x"}):
        status, message = pets.refusal("PUT", "/objects/contact", json=new | said)
        assert (status, message) == (400, "Only the searchable properties of a standard object can be changed")
    assert (
        box.other.get("/objects/", params={"locationId": box.other_location_id}).json()["objects"][0]["id"]
        != (listed[0]["id"])
    )


def test_what_is_no_object_is_refused(pets: Pets) -> None:
    box, place = pets.box, {"locationId": pets.box.location_id}
    assert define(box, "Vet Visit")["key"] == "custom_objects.vet_visit"

    def refusal(**said: Any) -> Any:
        primary = {"key": "name", "name": "Name", "dataType": "TEXT"}
        labels = {"singular": "Car", "plural": "Cars"}
        body = {**place, "key": "car", "labels": labels, "primaryDisplayPropertyDetails": primary} | said
        return pets.refusal("POST", "/objects/", json=body)

    assert refusal(key="pet") == (400, f"Object with key {PET} already exists")
    assert refusal(key="a.b") == (422, ["key must be custom_objects. and a name, not a.b"])
    assert refusal(labels={"singular": "Car"}, primaryDisplayPropertyDetails={"dataType": "DATE"})[1] == [
        "labels.plural must be a string",
        "primaryDisplayPropertyDetails.key must be a string",
        "primaryDisplayPropertyDetails.name must be a string",
        "primaryDisplayPropertyDetails.dataType must be one of the following values: NUMERICAL, TEXT",
    ]
    unknown = f"searchableProperties must be properties of {PET}, not {PET}.age"
    put = {**place, "searchableProperties": [f"{PET}.age"]}
    assert pets.refusal("PUT", f"/objects/{PET}", json=put) == (400, unknown)
    gone = (400, "Object with id custom_objects.car not found")
    assert pets.refusal("GET", "/objects/custom_objects.car", params=place) == gone
    assert box.other.get(f"/objects/{PET}", params={"locationId": box.other_location_id}).status_code == 400
    agency = {"locationId": box.location_id, "key": "boat", "labels": {"singular": "Boat", "plural": "Boats"}}
    agency |= {"primaryDisplayPropertyDetails": {"key": "name", "name": "Name", "dataType": "TEXT"}}
    assert box.agency.post("/objects/", json=agency).json()["object"]["key"] == "custom_objects.boat"


def test_a_deleted_field_leaves_nothing_behind(pets: Pets) -> None:
    breed, notes = pets.field("breed", "TEXT"), pets.field("notes", "TEXTBOX_LIST", options=[{"label": "Vet"}])
    change = {"locationId": pets.box.location_id, "searchableProperties": [breed["fieldKey"]]}
    pets.ask("PUT", f"/objects/{PET}", json=change)
    rex = pets.add(name="Rex", breed="Boxer", notes={"vet": "shy"})
    assert rex["properties"] == {"name": "Rex", "breed": "Boxer", "notes.vet": "shy"}
    assert [len(pets.found(query=text)["records"]) for text in ("boxer", "rex")] == [1, 0]
    fields = pets.ask("GET", f"/custom-fields/object-key/{PET}", params={"locationId": pets.box.location_id})["fields"]
    assert pets.refusal("DELETE", f"/custom-fields/{fields[0]['id']}") == (
        400, f"{PET}.name is the primary display property of its object",
    )  # fmt: skip
    for field in (breed, notes):
        pets.ask("DELETE", f"/custom-fields/{field['id']}")
    pets.box.sandbox.work()
    assert pets.ask("GET", f"/objects/{PET}/records/{rex['id']}")["record"]["properties"] == {"name": "Rex"}
    assert pets.found(query="boxer")["total"] == 0
    schema = pets.ask("GET", f"/objects/{PET}", params={"locationId": pets.box.location_id})["object"]
    assert schema["searchableProperties"] == []


def test_many_records_are_gone_through_in_portions(pets: Pets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindexing, "PORTION", 2)
    breed = pets.field("breed", "TEXT")
    made = [pets.add(name=f"Pet {n}", breed="Boxer")["id"] for n in range(5)]
    change = {"locationId": pets.box.location_id, "searchableProperties": [breed["fieldKey"]]}
    pets.ask("PUT", f"/objects/{PET}", json=change)
    assert pets.box.sandbox.work() == 3
    assert [one["id"] for one in pets.found(query="boxer")["records"]] == made[::-1]
    pets.ask("DELETE", f"/custom-fields/{breed['id']}")
    assert pets.box.sandbox.work() == 3
    assert [one["properties"] for one in pets.found()["records"]] == [{"name": f"Pet {n}"} for n in range(4, -1, -1)]
    assert pets.found(query="boxer")["total"] == 0
