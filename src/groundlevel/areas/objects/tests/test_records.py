"""Records of a sub-account's own objects, and businesses as records."""

from typing import Any

from groundlevel.areas.objects.tests.conftest import PET, Pets, define


def test_a_record_from_first_to_last(pets: Pets) -> None:
    box = pets.box
    pets.field("born", "DATE")
    pets.field("price", "MONETORY")
    pets.field("kind", "RADIO", options=[{"label": "Small dog"}, {"label": "Cat"}])
    said: dict[str, Any] = {"owner": [box.user_id], "followers": [box.user_id]}
    rex = pets.add(PET, said, **{f"{PET}.name": "Rex", "born": "2020-05-01", "price": 120, "kind": "Small dog"})
    assert rex == {
        "id": rex["id"], "owner": [box.user_id], "followers": [box.user_id], "dateAdded": rex["dateAdded"],
        "dateUpdated": rex["dateAdded"], "properties": {
            "name": "Rex", "born": "2020-05-01", "price": {"currency": "default", "value": 120}, "kind": "small_dog",
        },
    }  # fmt: skip
    assert len(rex["id"]) == 24
    one, place = f"/objects/{PET}/records/{rex['id']}", {"locationId": box.location_id}
    assert box.v2.get(one).json() == {"record": rex}
    change = {"properties": {"price": None, "name": "Max"}, "followers": []}
    changed = pets.ask("PUT", one, params=place, json=change)["record"]
    assert changed == rex | {
        "followers": [], "properties": {"name": "Max", "born": "2020-05-01", "kind": "small_dog"},
        "dateUpdated": changed["dateUpdated"],
    }  # fmt: skip
    assert box.other.get(one).status_code == 400
    assert pets.ask("DELETE", one) == {"id": rex["id"], "success": True}
    assert pets.refusal("GET", one) == (400, f"Record with id {rex['id']} not found")
    told = box.sandbox.events(1)
    assert [e["type"] for e in told] == ["RecordCreate", "RecordUpdate", "RecordDelete"]
    assert told[0] == {
        "type": "RecordCreate", "locationId": box.location_id, "id": rex["id"], "owners": [box.user_id],
        "followers": [box.user_id], "properties": [
            {"key": "name", "valueString": "Rex"}, {"key": "born", "valueString": "2020-05-01"},
            {"key": "price", "valueString": "120"}, {"key": "kind", "valueString": "small_dog"},
        ],
    }  # fmt: skip


def test_every_fault_is_told_and_nothing_is_kept(pets: Pets) -> None:
    pets.field("age", "NUMERICAL")
    records, place = f"/objects/{PET}/records", {"locationId": pets.box.location_id}

    def refusal(**said: Any) -> Any:
        return pets.refusal("POST", records, json=place | said)

    wrong = {"age": "old", "name": ["Rex"], "colour": "red"}
    assert refusal(properties=wrong) == (
        422,
        [
            "properties.age must be a number conforming to the specified constraints",
            "properties.name must be a string",
            "properties.property colour should not exist",
        ],
    )
    assert refusal(owner=["nobody"]) == (400, "User with id nobody not found")
    assert refusal(owner=["a", "b"], properties=[])[1] == [
        "owner must contain no more than 1 elements",
        "properties must be an object",
    ]
    assert pets.refusal("POST", records, json={"properties": {}})[0] == 422
    for key in ("contact", "opportunity"):
        there = pets.refusal("POST", f"/objects/{key}/records", json=place | {"properties": {"name": "x"}})
        assert there == (400, f"Records of {key} are not supported here")
    assert pets.found()["total"] == 0
    define(pets.box, "car", "Car")
    car = pets.add("custom_objects.car", name="Beetle")
    assert pets.refusal("GET", f"{records}/{car['id']}") == (400, f"Record with id {car['id']} not found")


def test_a_business_is_a_record_and_the_record_a_business(pets: Pets) -> None:
    box, place = pets.box, {"locationId": pets.box.location_id}
    folder = pets.ask("POST", "/custom-fields/folder", 201, json={**place, "objectKey": "business", "name": "More"})
    pets.field("rating", "NUMERICAL", objectKey="business", parentId=folder["id"])
    made = pets.add("business", name="Bakery", email="hi@example.com", rating=5)
    assert made["properties"] == {"name": "Bakery", "email": "hi@example.com", "rating": 5}
    business = pets.ask("GET", f"/businesses/{made['id']}")["business"]
    assert (business["name"], business["email"]) == ("Bakery", "hi@example.com")
    pets.ask("PUT", f"/businesses/{made['id']}", json={"name": "Mill", "email": None, "city": "Vienna"})
    one = f"/objects/business/records/{made['id']}"
    assert pets.ask("GET", one)["record"]["properties"] == {"name": "Mill", "city": "Vienna", "rating": 5}
    pets.ask("PUT", one, params=place, json={"properties": {"city": "", "phone": "+43 1 234", "rating": 4}})
    business = pets.ask("GET", f"/businesses/{made['id']}")["business"]
    assert (business.get("city"), business["phone"], business["name"]) == (None, "+43 1 234", "Mill")
    eq = {"field": "properties.rating", "operator": "eq", "value": 4}
    assert [r["id"] for r in pets.found("business", filters=[eq])["records"]] == [made["id"]]
    assert pets.found("business", query="mill")["total"] == 1
    nameless = pets.refusal("PUT", one, params=place, json={"properties": {"name": ""}})
    assert nameless == (422, ["properties.name must be a string"])
    owned = pets.refusal("POST", "/objects/business/records", json={**place, "owner": [box.user_id]})
    assert owned == (400, "owner and followers are supported with custom objects only")
    kept = pets.ask("POST", "/businesses/", 201, json={**place, "name": "Forge"})["buiseness"]
    assert pets.ask("GET", f"/objects/business/records/{kept['id']}")["record"]["properties"] == {"name": "Forge"}
    pets.ask("DELETE", one)
    assert pets.refusal("GET", f"/businesses/{made['id']}")[0] == 400
    pets.ask("DELETE", f"/businesses/{kept['id']}")
    assert pets.found("business")["total"] == 0
    types = [e["type"] for e in box.sandbox.events(1)]
    assert types == ["RecordCreate", "RecordUpdate", "RecordUpdate", "RecordCreate", "RecordDelete", "RecordDelete"]
