"""Custom fields, as a sub-account defines them and as records keep their values."""

from typing import Any

import pytest

from groundlevel.areas.custom_fields import FieldValue, FieldValueInput, written
from groundlevel.conftest import Box
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Owners


def fields_path(box: Box) -> str:
    return f"/locations/{box.location_id}/customFields"


def new_field(box: Box, name: str, data_type: str, **said: Any) -> dict[str, Any]:
    reply = box.location.post(fields_path(box), json={"name": name, "dataType": data_type, **said})
    assert reply.status_code == 201, reply.text
    return reply.json()["customField"]


def write(box: Box, given: list[FieldValueInput], kept: list[FieldValue] | None = None) -> dict[str, Any]:
    owners = Owners(box.location_id, box.company_id)
    found = box.sandbox.do(owners, lambda ctx: written(ctx, "contact", kept or [], given))
    return {v.id: v.value for v in found}


def test_a_field_is_defined_read_changed_and_deleted(box: Box) -> None:
    field = new_field(box, "Pin code", "TEXT", placeholder="75310", position=2)
    assert field == {
        "id": field["id"], "name": "Pin code", "fieldKey": "contact.pin_code", "dataType": "TEXT", "position": 2,
        "locationId": box.location_id, "model": "contact", "dateAdded": field["dateAdded"], "placeholder": "75310",
    }  # fmt: skip
    assert len(field["id"]) == 20
    one = f"{fields_path(box)}/{field['id']}"
    assert box.location.get(one).json() == {"customField": field}
    changed = box.v2.put(one, json={"name": "Postcode", "model": "contact"}).json()["customField"]
    assert changed == field | {"name": "Postcode"}
    assert box.location.put(one, json={"name": "x", "dataType": "DATE"}).json()["message"] == [
        "property dataType should not exist"
    ]
    assert box.location.put(one, json={"name": "x", "model": "opportunity"}).status_code == 422
    assert box.location.delete(one).json() == {"succeded": True}
    gone = box.location.get(one)
    assert (gone.status_code, gone.json()["message"]) == (400, f"Custom field with id {field['id']} not found")


def test_keys_are_told_apart(box: Box) -> None:
    assert [new_field(box, name, "TEXT")["fieldKey"] for name in ("Pin code", "PIN-code", "!?")] == [
        "contact.pin_code",
        "contact.pin_code_2",
        "contact.field",
    ]
    assert new_field(box, "Pin code", "TEXT", model="opportunity")["fieldKey"] == "opportunity.pin_code"


def test_fields_are_listed_by_position_and_model(box: Box) -> None:
    new_field(box, "Second", "TEXT", position=2)
    new_field(box, "First", "TEXT", position=1)
    new_field(box, "Deal", "TEXT", position=0, model="opportunity")

    def names(**params: str) -> list[str]:
        return [f["name"] for f in box.location.get(fields_path(box), params=params).json()["customFields"]]

    assert names() == ["Deal", "First", "Second"]
    assert names(model="contact") == ["First", "Second"]
    assert names(model="opportunity") == ["Deal"]
    assert box.location.get(fields_path(box), params={"model": "dog"}).status_code == 422


def test_choices_come_from_options_or_boxes(box: Box) -> None:
    size = new_field(box, "Size", "SINGLE_OPTIONS", options=["S", "M", "S"])
    assert size["picklistOptions"] == ["S", "M"]
    boxes = new_field(box, "Names", "TEXTBOX_LIST", textBoxListOptions=[{"label": "First"}, "Last"])
    assert boxes["picklistOptions"] == ["First", "Last"]
    files = new_field(box, "Papers", "FILE_UPLOAD", acceptedFormat=[".pdf"], isMultipleFile=True, maxNumberOfFiles=2)
    assert (files["acceptedFormat"], files["isMultiFileAllowed"], files["maxFileLimit"]) == ([".pdf"], True, 2)
    wrong = box.location.post(fields_path(box), json={"name": "Age", "dataType": "NUMERICAL", "options": ["1"]})
    assert wrong.json()["message"] == ["options do not go with dataType NUMERICAL"]


def test_values_are_found_by_id_and_key_under_every_name(box: Box) -> None:
    pin, born = new_field(box, "Pin", "TEXT")["id"], new_field(box, "Born", "DATE")["id"]
    sizes = new_field(box, "Sizes", "CHECKBOX", options=["S", "M"])["id"]
    given = [
        FieldValueInput(id=pin, value="75310"),
        FieldValueInput(key="born", field_value="1970-01-02"),
        FieldValueInput(key="contact.sizes", fieldValue="S"),
    ]
    assert write(box, given) == {pin: "75310", born: 86_400_000, sizes: ["S"]}
    kept = [FieldValue(id=pin, value="75310"), FieldValue(id=born, value=0)]
    changes = [FieldValueInput(id=pin, value=""), FieldValueInput(id=born, field_value=None)]
    assert write(box, changes, kept) == {}
    assert write(box, [FieldValueInput(id=sizes, value=["M"])], kept) == {pin: "75310", born: 0, sizes: ["M"]}


def test_every_value_that_does_not_fit_is_told(box: Box) -> None:
    age, deal = new_field(box, "Age", "NUMERICAL")["id"], new_field(box, "Deal", "TEXT", model="opportunity")["id"]
    with pytest.raises(Unprocessable) as refusal:
        write(
            box,
            [
                FieldValueInput(id=age, value="old"),
                FieldValueInput(id=deal, value="x"),
                FieldValueInput(value="x"),
                FieldValueInput(key="age"),
                FieldValueInput(id=age, value=3),
            ],
        )
    assert refusal.value.told() == [
        "customFields.0.value must be a number conforming to the specified constraints",
        f"customFields.1 must name a custom field of this location, not {deal}",
        "customFields.2 must have an id or a key",
        "customFields.3.value should not be empty",
    ]


def test_contacts_lose_the_values_of_a_deleted_field(box: Box) -> None:
    pin, rest = new_field(box, "Pin", "TEXT")["id"], new_field(box, "Rest", "TEXT")["id"]
    values = [{"id": pin, "value": "1234"}, {"id": rest, "value": "kept"}]
    contact = box.new_contact(firstName="Ann", customFields=values)
    box.location.delete(f"{fields_path(box)}/{pin}")
    assert box.sandbox.work() == 1
    shown = box.location.get(f"/contacts/{contact}").json()["contact"]
    assert shown["customFields"] == [{"id": rest, "value": "kept"}]


def test_a_neighbour_sees_nothing_of_it(box: Box) -> None:
    field = new_field(box, "Pin", "TEXT")["id"]
    assert box.other.get(fields_path(box)).status_code == 403
    assert box.other.get(f"/locations/{box.other_location_id}/customFields/{field}").status_code == 400
    assert box.other.get(f"/locations/{box.other_location_id}/customFields").json() == {"customFields": []}
