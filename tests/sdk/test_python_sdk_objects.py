"""The official Python SDK through custom fields, objects and associations."""

from typing import Any

import pytest
from highlevel import HighLevel
from highlevel.error import GHLError
from tests.sdk.test_python_sdk import story


def test_an_object_with_fields_records_and_relations(live: Any) -> None:
    place, key = {"locationId": live.location_id}, "custom_objects.boat"

    async def tell(sdk: HighLevel, _: list[Any]) -> None:
        schema = await defined(sdk, place, key)
        assert key in [one["key"] for one in (await sdk.objects.get_object_by_location_id(live.location_id))["objects"]]
        made: dict[str, str] = {}
        for name, length in (("Aurora", 12), ("Bounty", 30)):
            body = {**place, "properties": {"name": name, "length": length, "sails": ["Main", "Jib"]}}
            record = (await sdk.objects.create_object_record(key, body))["record"]
            assert record["properties"] == {"name": name, "length": length, "sails": ["main", "jib"]}
            made[name] = record["id"]
        change = {"properties": {"length": 31}}
        changed = await sdk.objects.update_object_record(key, made["Bounty"], live.location_id, change)
        assert changed["record"]["properties"]["length"] == 31
        assert await sdk.objects.get_record_by_id(key, made["Bounty"]) == changed
        owner = await related(sdk, place, key, made["Bounty"])
        nested = [{"field": "recordId", "operator": "eq", "value": [owner]}]
        for said, names in (
            ({"query": "auro"}, ["Aurora"]),
            ({"filters": [{"field": "properties.length", "operator": "range", "value": {"gt": 20}}]}, ["Bounty"]),
            ({"filters": [{"field": "relations", "operator": "nested", "value": nested}]}, ["Bounty"]),
            ({}, ["Bounty", "Aurora"]),
        ):
            found = await sdk.objects.search_object_records({**place, "page": 1, "pageLimit": 10, **said}, key)
            assert [one["properties"]["name"] for one in found["records"]] == names
            assert {one["objectId"] for one in found["records"]} == {schema["id"]}
        assert await sdk.objects.delete_object_record(key, made["Aurora"]) == {"id": made["Aurora"], "success": True}
        with pytest.raises(GHLError) as gone:
            await sdk.objects.get_record_by_id(key, made["Aurora"])
        assert gone.value.status_code == 400

    story(live, tell)


async def defined(sdk: HighLevel, place: dict[str, str], key: str) -> dict[str, Any]:
    """An object with a number and a choice, both in a folder of theirs; its schema."""
    primary = {"key": f"{key}.name", "name": "Name", "dataType": "TEXT"}
    labels = {"singular": "Boat", "plural": "Boats"}
    body = {**place, "key": key, "labels": labels, "primaryDisplayPropertyDetails": primary}
    schema = (await sdk.objects.create_custom_object_schema(body))["object"]
    folder = await sdk.custom_fields.create_custom_field_folder({**place, "objectKey": key, "name": "Measures"})
    renamed = await sdk.custom_fields.update_custom_field_folder(folder["id"], {**place, "name": "Facts"})
    assert renamed["name"] == "Facts"
    common = {**place, "objectKey": key, "parentId": folder["id"], "showInForms": True}
    length = await sdk.custom_fields.create_custom_field({**common, "fieldKey": "length", "dataType": "NUMERICAL"})
    options = [{"key": "main", "label": "Main"}, {"key": "jib", "label": "Jib"}]
    sails = {**common, "fieldKey": "sails", "dataType": "CHECKBOX", "options": options}
    assert (await sdk.custom_fields.create_custom_field(sails))["field"]["options"] == options
    spare = await sdk.custom_fields.create_custom_field({**common, "fieldKey": "spare", "dataType": "TEXT"})
    gone = await sdk.custom_fields.delete_custom_field(spare["field"]["id"])
    assert gone == {"succeded": True, "id": spare["field"]["id"], "key": f"{key}.spare"}
    id = length["field"]["id"]
    named = await sdk.custom_fields.update_custom_field(id, {**place, "showInForms": True, "name": "Length in feet"})
    assert await sdk.custom_fields.get_custom_field_by_id(id) == named
    every = await sdk.custom_fields.get_custom_fields_by_object_key(key, place["locationId"])
    assert [one["fieldKey"] for one in every["fields"]] == [f"{key}.{name}" for name in ("name", "length", "sails")]
    searched = {**place, "searchableProperties": [f"{key}.name", f"{key}.sails"]}
    assert (await sdk.objects.update_custom_object(key, searched))["object"]["id"] == schema["id"]
    told = await sdk.objects.get_object_schema_by_key(key, place["locationId"], fetch_properties="true")
    assert [one["dataType"] for one in told["fields"]] == ["TEXT", "NUMERICAL", "CHECKBOX"]
    return told["object"]


async def related(sdk: HighLevel, place: dict[str, str], key: str, record: str) -> str:
    """Relates a new contact to the record, by an association of its own; the contact's id."""
    ends = {"firstObjectKey": "contact", "firstObjectLabel": "Owner", "secondObjectKey": key, "secondObjectLabel": "B"}
    by = await sdk.associations.create_association({**place, **ends, "key": "boat_owner"})
    labels = {"firstObjectLabel": "Skipper", "secondObjectLabel": "Boat"}
    assert (await sdk.associations.update_association(by["id"], labels))["secondObjectLabel"] == "Boat"
    assert (await sdk.associations.get_association_by_i_d(by["id"]))["firstObjectLabel"] == "Skipper"
    assert (await sdk.associations.get_association_key_by_key_name("boat_owner", place["locationId"]))["id"] == by["id"]
    contact = (await sdk.contacts.create_contact({**place, "email": "skipper@example.com"}))["contact"]["id"]
    said = {**place, "associationId": by["id"], "firstRecordId": contact, "secondRecordId": record}
    relation = await sdk.associations.create_relation(said)
    with pytest.raises(GHLError) as refused:
        await sdk.associations.create_relation(said)
    assert "duplicate relation of object Ids" in str(refused.value.response)
    listed = await sdk.associations.get_relations_by_record_id(record, place["locationId"], 0, 10)
    assert (listed["relations"], listed["total"]) == ([relation], 1)
    every = await sdk.associations.find_associations(place["locationId"], 0, 100)
    assert by["id"] in [one["id"] for one in every["associations"]]
    return contact
