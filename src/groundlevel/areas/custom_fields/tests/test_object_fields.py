"""Fields of any object and their folders; businesses stand for all of them here."""

from typing import Any

from groundlevel.conftest import Box


def new_folder(box: Box, **said: Any) -> dict[str, Any]:
    body = {"objectKey": "business", "name": "Details", "locationId": box.location_id, **said}
    reply = box.location.post("/custom-fields/folder", json=body)
    assert reply.status_code == 201, reply.text
    return reply.json()


def asked(box: Box, parent: str, data_type: str = "TEXT", **said: Any) -> dict[str, Any]:
    place = {"locationId": box.location_id, "objectKey": "business", "parentId": parent, "showInForms": True}
    return {**place, "dataType": data_type, "fieldKey": "business.size", "name": "Size", **said}


def new_field(box: Box, parent: str, data_type: str = "TEXT", **said: Any) -> dict[str, Any]:
    reply = box.location.post("/custom-fields/", json=asked(box, parent, data_type, **said))
    assert reply.status_code == 201, reply.text
    return reply.json()["field"]


def test_a_field_from_first_to_last(box: Box) -> None:
    folder = new_folder(box)
    field = new_field(box, folder["id"], description="In people", placeholder="12")
    assert field == {
        "id": field["id"], "locationId": box.location_id, "objectKey": "business", "parentId": folder["id"],
        "fieldKey": "business.size", "name": "Size", "dataType": "TEXT", "showInForms": True,
        "description": "In people", "placeholder": "12", "dateAdded": field["dateAdded"],
        "dateUpdated": field["dateAdded"],
    }  # fmt: skip
    one, place = f"/custom-fields/{field['id']}", {"locationId": box.location_id}
    assert box.location.get(one).json() == {"field": field}
    listed = {"fields": [field], "folders": [folder]}
    assert box.v2.get("/custom-fields/object-key/business", params=place).json() == listed
    changed = box.location.put(one, json={**place, "showInForms": False, "name": "Staff"}).json()["field"]
    assert changed == field | {"name": "Staff", "showInForms": False, "dateUpdated": changed["dateUpdated"]}
    refused = box.location.put(one, json={**place, "showInForms": True, "dataType": "DATE"})
    assert refused.json()["message"] == ["property dataType should not exist"]
    assert box.location.get(f"/locations/{box.location_id}/customFields/{field['id']}").status_code == 400
    assert box.location.get(f"/locations/{box.location_id}/customFields").json() == {"customFields": []}
    assert box.location.delete(one).json() == {"succeded": True, "id": field["id"], "key": "business.size"}
    assert box.location.get(one).json()["message"] == f"Custom field with id {field['id']} not found"
    assert box.location.get(f"/custom-fields/{folder['id']}").json()["field"]["name"] == "Details"


def test_fields_stay_when_their_folder_goes(box: Box) -> None:
    folder, place = new_folder(box), {"locationId": box.location_id}
    field = new_field(box, folder["id"])
    at = f"/custom-fields/folder/{folder['id']}"
    renamed = box.location.put(at, json={**place, "name": "Facts"}).json()
    assert renamed == folder | {"name": "Facts", "dateUpdated": renamed["dateUpdated"]}
    gone = {"succeded": True, "id": folder["id"], "key": "business"}
    assert box.location.delete(at, params=place).json() == gone
    assert box.location.get(f"/custom-fields/{field['id']}").json()["field"]["parentId"] == ""
    assert box.location.delete(at, params=place).status_code == 400
    assert box.location.delete(at).json()["message"] == ["locationId must be a string"]


def test_keys_are_of_the_object_and_unique(box: Box) -> None:
    folder = new_folder(box)["id"]
    assert new_field(box, folder, fieldKey="Web Shop")["fieldKey"] == "business.web_shop"

    def refusal(**said: Any) -> Any:
        reply = box.location.post("/custom-fields/", json=asked(box, folder) | said)
        assert reply.status_code in (400, 422)
        return reply.json()["message"]

    assert refusal(fieldKey="web_shop") == "Custom field with key business.web_shop already exists"
    assert refusal(fieldKey="custom_objects.pet.name") == [
        "fieldKey must be business. and a name, not custom_objects.pet.name"
    ]
    assert refusal(fieldKey="!") == ["fieldKey must be business. and a name, not !"]
    assert refusal(objectKey="custom_objects.pet") == "Object with id custom_objects.pet not found"
    assert refusal(objectKey="contact") == f"Custom field folder with id {folder} not found"
    wrong = refusal(dataType="NUMBER", parentId=1)
    assert [text.partition(" must be ")[0] for text in wrong] == ["dataType", "parentId"]


def test_options_keep_their_keys_and_cannot_be_left_out(box: Box) -> None:
    folder, place = new_folder(box)["id"], {"locationId": box.location_id, "showInForms": True}
    options = [{"key": "s", "label": "Small", "url": "https://example.com/s.png"}, {"label": "Large one"}]
    field = new_field(box, folder, "RADIO", options=options, allowCustomOption=True)
    assert (field["options"], field["allowCustomOption"]) == (
        [options[0], {"key": "large_one", "label": "Large one"}], True,
    )  # fmt: skip
    at = f"/custom-fields/{field['id']}"
    wanted = [{"label": "Huge"}, {"key": "s", "label": "Tiny"}, {"label": "Large one"}]
    changed = box.location.put(at, json={**place, "options": wanted}).json()["field"]
    assert [(o["key"], o["label"]) for o in changed["options"]] == [
        ("huge", "Huge"), ("s", "Tiny"), ("large_one", "Large one"),
    ]  # fmt: skip
    fewer = box.location.put(at, json={**place, "options": wanted[:1]})
    assert (fewer.status_code, fewer.json()["message"]) == (400, "Options cannot be removed: Tiny, Large one")
    text = new_field(box, folder, fieldKey="plain")["id"]
    none = box.location.put(f"/custom-fields/{text}", json={**place, "options": wanted})
    assert none.json()["message"] == ["options do not go with dataType TEXT"]
    twice = box.location.put(at, json={**place, "options": [*wanted, {"label": "Huge"}]})
    assert twice.json()["message"] == ["options must not have Huge twice"]


def test_fields_of_contacts_may_be_in_folders_and_name_their_key(box: Box) -> None:
    folder = new_folder(box, objectKey="contact")["id"]
    fields = f"/locations/{box.location_id}/customFields"
    said = {"name": "Shoe size", "dataType": "NUMERICAL", "parentId": folder, "fieldKey": "contact.shoe"}
    made = box.location.post(fields, json=said).json()["customField"]
    assert (made["fieldKey"], made["parentId"]) == ("contact.shoe", folder)
    assert box.location.get(f"{fields}/contact.shoe").json()["customField"] == made
    again = box.location.post(fields, json=said).json()["message"]
    assert again == "Custom field with key contact.shoe already exists"
    place = {"locationId": box.location_id}
    listed = box.location.get("/custom-fields/object-key/contact", params=place).json()
    assert [f["fieldKey"] for f in listed["fields"]] == ["contact.shoe"]
    other = box.location.put(f"{fields}/{made['id']}", json={"name": "x", "parentId": "nowhere"})
    assert other.json()["message"] == "Custom field folder with id nowhere not found"
