"""Searching records: by text, by properties, by what they are related to; in orders and in pages."""

from datetime import timedelta
from typing import Any

import pytest

from groundlevel.areas.objects.tests.conftest import PET, Pets, define


def by(field: str, value: Any = None, operator: str = "eq") -> dict[str, Any]:
    """One filter."""
    return {"field": field, "operator": operator, "value": value}


def nested(**ids: list[str]) -> dict[str, Any]:
    """The filter of relations."""
    return by("relations", [by(field, value) for field, value in ids.items()], "nested")


@pytest.fixture
def three(pets: Pets) -> dict[str, str]:
    """Rex, Mia and Tom, added in this order an hour apart; their ids."""
    pets.field("age", "NUMERICAL")
    pets.field("born", "DATE")
    pets.field("cost", "MONETORY")
    pets.field("likes", "MULTIPLE_OPTIONS", options=[{"label": "Bones"}, {"label": "Long walks"}])
    pets.field("boxes", "TEXTBOX_LIST", options=[{"label": "Vet"}])
    said: dict[str, dict[str, Any]] = {
        "Rex": {"age": 3, "born": "2023-02-01", "cost": 10.5, "likes": ["Bones", "Long walks"]},
        "Mia": {"age": 12, "born": "2014-07-01", "cost": 99, "likes": ["Bones"], "boxes": {"vet": "Dr. Paw"}},
        "Tom": {"age": 7},
    }
    ids: dict[str, str] = {}
    for name, properties in said.items():
        who = {"owner": [pets.box.user_id]} if name == "Tom" else {}
        ids[name] = pets.add(PET, who, name=name, **properties)["id"]
        pets.box.sandbox.move_clock(timedelta(hours=1))
    return ids


def test_properties_are_filtered(pets: Pets, three: dict[str, str]) -> None:
    cases: list[tuple[list[dict[str, Any]], list[str]]] = [
        ([], ["Tom", "Mia", "Rex"]),
        ([by("properties.name", "Mia")], ["Mia"]),
        ([by(f"properties.{PET}.name", ["Mia", "Rex"])], ["Mia", "Rex"]),
        ([by("properties.age", {"gte": 7}, "range")], ["Tom", "Mia"]),
        ([by("properties.age", {"gt": 3, "lt": 12}, "range")], ["Tom"]),
        ([by("properties.born", {"lt": "2020-01-01"}, "range")], ["Mia"]),
        ([by("properties.born", "2023-02-01")], ["Rex"]),
        ([by("properties.cost", 10.5)], ["Rex"]),
        ([by("properties.likes", "long_walks")], ["Rex"]),
        ([by("properties.likes", operator="exists")], ["Mia", "Rex"]),
        ([by("properties.likes", operator="not_exists")], ["Tom"]),
        ([by("properties.boxes.vet", "paw", "contains")], ["Mia"]),
        ([by("properties.name", "Mia", "not_eq")], ["Tom", "Rex"]),
        ([by("owner", pets.box.user_id)], ["Tom"]),
        ([by("id", [three["Rex"], three["Tom"]])], ["Tom", "Rex"]),
        ([by("properties.likes", "bones"), by("properties.age", 3)], ["Rex"]),
        ([{"group": "OR", "filters": [by("properties.age", 3), by("properties.age", "12")]}], ["Mia", "Rex"]),
        ([{"group": "OR", "filters": [by("properties.age", 3), by("id", three["Tom"])]}], ["Tom", "Rex"]),
    ]
    for filters, names in cases:
        assert (filters, pets.names(*filters)) == (filters, names)
        assert pets.found(filters=filters)["total"] == len(names)


def test_what_is_found_is_told(pets: Pets, three: dict[str, str]) -> None:
    found = pets.found(query="tom")
    (one,) = found["records"]
    place = one["searchAfter"]
    author = {
        "channel": "OAUTH",
        "createdAt": one["createdAt"],
        "source": "PUBLIC_API",
        "sourceId": one["createdBy"]["sourceId"],
    }
    assert (found["total"], one) == (
        1,
        {
            "id": three["Tom"], "locationId": pets.box.location_id, "objectId": pets.schema["id"], "objectKey": PET,
            "createdAt": one["createdAt"], "updatedAt": one["createdAt"], "createdBy": author, "lastUpdatedBy": author,
            "properties": {"name": "Tom", "age": 7}, "owner": [pets.box.user_id], "followers": [],
            "searchAfter": place,
        },
    )  # fmt: skip
    assert place == [place[0], three["Tom"]]


def test_orders_and_pages(pets: Pets, three: dict[str, str]) -> None:
    define(pets.box, "car", "Car")
    pets.add("custom_objects.car", name="Aston")

    def order(field: str, direction: str) -> list[Any]:
        return pets.names(sort=[{"field": field, "direction": direction}])

    assert order("properties.name", "asc") == ["Mia", "Rex", "Tom"]
    assert order("properties.name", "desc") == ["Tom", "Rex", "Mia"]
    assert order("createdAt", "asc") == ["Rex", "Mia", "Tom"]
    place = {"locationId": pets.box.location_id}
    pets.ask("PUT", f"/objects/{PET}/records/{three['Rex']}", params=place, json={"properties": {"age": 4}})
    assert order("updatedAt", "desc") == ["Rex", "Tom", "Mia"]
    for sort in ([], [{"field": "properties.name", "direction": "asc"}]):
        whole, pages, after = pets.names(sort=sort), list[Any](), list[Any]()
        while records := pets.found(sort=sort, pageLimit=2, searchAfter=after)["records"]:
            pages += [one["properties"]["name"] for one in records]
            after = records[-1]["searchAfter"]
        assert pages == whole
    assert pets.names(page=2, pageLimit=2) == ["Rex"]


def test_texts_are_looked_for_where_the_schema_says(pets: Pets, three: dict[str, str]) -> None:
    assert [pets.names(query=text) for text in ("MIA", "re", "ia", "paw", "name:om", "")] == [
        ["Mia"], ["Rex"], [], [], ["Tom"], ["Tom", "Mia", "Rex"],
    ]  # fmt: skip
    change = {"locationId": pets.box.location_id, "searchableProperties": [f"{PET}.boxes", f"{PET}.age"]}
    pets.ask("PUT", f"/objects/{PET}", json=change)
    pets.box.sandbox.work()
    assert [pets.names(query=text) for text in ("mia", "paw", "age:7", "name:om")] == [[], ["Mia"], ["Tom"], []]


def test_relations_are_filtered(pets: Pets, three: dict[str, str]) -> None:
    place = {"locationId": pets.box.location_id}
    said = {"firstObjectKey": "contact", "firstObjectLabel": "Owner", "secondObjectKey": PET}
    owns, feeds = (
        pets.ask("POST", "/associations/", 201, json={**place, **said, "key": key, "secondObjectLabel": "Pet"})["id"]
        for key in ("owns", "feeds")
    )
    anna, bea = pets.box.new_contact(firstName="Anna"), pets.box.new_contact(firstName="Bea")
    for by_id, contact, pet in ((owns, anna, "Rex"), (owns, anna, "Mia"), (feeds, anna, "Tom"), (owns, bea, "Tom")):
        ends = {"associationId": by_id, "firstRecordId": contact, "secondRecordId": three[pet]}
        pets.ask("POST", "/associations/relations", 201, json=place | ends)
    assert pets.names(nested(recordId=[anna])) == ["Tom", "Mia", "Rex"]
    assert pets.names(nested(recordId=[anna], associationId=[owns])) == ["Mia", "Rex"]
    assert pets.names(nested(recordId=[bea])) == ["Tom"]
    assert pets.names(nested(recordId=[bea, anna]), by("properties.age", 3)) == ["Rex"]
    assert pets.names({"group": "OR", "filters": [nested(recordId=[bea]), by("properties.age", 3)]}) == ["Tom", "Rex"]
    assert pets.names(nested(recordId=["nobody"])) == []
    pets.ask("DELETE", f"/objects/{PET}/records/{three['Tom']}")
    pets.ask("DELETE", f"/contacts/{anna}")
    assert pets.names(nested(recordId=[anna])) == pets.names(nested(recordId=[bea])) == []
    types = [e["type"] for e in pets.box.sandbox.events()]
    assert types.count("RelationCreate") == types.count("RelationDelete") == 4


def test_every_fault_is_told(pets: Pets, three: dict[str, str]) -> None:
    search, place = f"/objects/{PET}/records/search", {"locationId": pets.box.location_id, "page": 1, "pageLimit": 5}
    filters = [
        by("properties.colour", "red"), by("relations", "x"), by("name", "x", "nested"),
        by("relations", [], "nested"), by("relations", [by("objectId", ["x"])], "nested"),
    ]  # fmt: skip
    only = "relations are searched by the operator nested, and nothing else is"
    assert pets.refusal("POST", search, json=place | {"filters": filters}) == (
        422,
        [
            "filters.0.field properties.colour is not a field that can be searched",
            f"filters.1: {only}",
            f"filters.2: {only}",
            "filters.3.value must have a filter of recordId",
            "filters.4.value.0 must be a filter of recordId or associationId by eq, with ids",
        ],
    )
    sort = [{"field": "properties.age", "direction": "asc"}]
    wrong = ["sort.field properties.age is not a field that records can be sorted by"]
    assert pets.refusal("POST", search, json=place | {"sort": sort}) == (422, wrong)
    assert pets.refusal("POST", search, json={"locationId": place["locationId"]})[0] == 422
    assert pets.refusal("POST", "/objects/contact/records/search", json=place)[0] == 400
