"""Properties of records: what each type of field takes, how it is kept and how it is shown."""

from typing import Any

import pytest

from groundlevel.areas.custom_fields import CustomField, DataType, FieldOption, properties_shown, properties_written
from groundlevel.areas.custom_fields.values import Violation

PET = "custom_objects.pet"
OPTIONS = [FieldOption(key="a", label="Option A"), FieldOption(key="b", label="Option B")]


def field(kind: DataType, **said: Any) -> CustomField:
    return CustomField(
        id=kind, name=kind, field_key=f"{PET}.it", data_type=kind, position=0, location_id="l", model=PET,
        date_added="", options=OPTIONS, **said,
    )  # fmt: skip


SHOWN: list[tuple[DataType, Any, Any]] = [
    ("TEXT", "plain", "plain"),
    ("NUMERICAL", "12", 12),
    ("MONETORY", 9.5, {"currency": "default", "value": 9.5}),
    ("MONETORY", {"currency": "EUR", "value": "3"}, {"currency": "EUR", "value": 3}),
    ("DATE", "2024-07-11T23:00:00-05:00", "2024-07-12"),
    ("DATE", 0, "1970-01-01"),
    ("SINGLE_OPTIONS", "Option A", "a"),
    ("RADIO", "b", "b"),
    ("MULTIPLE_OPTIONS", ["Option B", "a", "b"], ["b", "a"]),
    ("CHECKBOX", "a", ["a"]),
    ("FILE_UPLOAD", ["https://f/1", {"url": "https://f/2", "name": "x"}],
     [{"url": "https://f/1"}, {"url": "https://f/2", "name": "x"}]),
    ("PHONE", "+917000000000", "+917000000000"),
]  # fmt: skip

REFUSED: list[tuple[DataType, Any, str]] = [
    ("NUMERICAL", "many", "properties.it must be a number conforming to the specified constraints"),
    ("MONETORY", {"amount": 3}, "properties.it must be a number, or an object with currency and value"),
    ("RADIO", "c", "properties.it must be one of the following values: a, b"),
    ("FILE_UPLOAD", [{"name": "x"}], "properties.it must be a list of objects with the url of a file"),
    ("TEXTBOX_LIST", ["x"], "properties.it must be an object"),
    ("TEXTBOX_LIST", {"c": "x"}, "properties.it must have none but the following keys: a, b"),
]


@pytest.mark.parametrize(("kind", "value", "shown"), SHOWN)
def test_it_is_shown_as(kind: DataType, value: Any, shown: Any) -> None:
    kept = properties_written([field(kind)], [], {"it": value})
    assert [p.id for p in kept] == [f"{PET}.it"]
    assert properties_shown(PET, kept) == {"it": shown}
    again = properties_written([field(kind)], kept, {f"{PET}.it": properties_shown(PET, kept)["it"]})
    assert again == kept
    assert properties_written([field(kind)], kept, {"it": None}) == []


@pytest.mark.parametrize(("kind", "value", "words"), REFUSED)
def test_it_is_refused_with(kind: DataType, value: Any, words: str) -> None:
    with pytest.raises(Violation) as refusal:
        properties_written([field(kind)], [], {"it": value})
    assert refusal.value.args == (words,)


def test_text_boxes_are_properties_of_their_own() -> None:
    boxes = field("TEXTBOX_LIST")
    kept = properties_written([boxes], [], {"it": {"Option A": "1", "b": "2"}})
    assert properties_shown(PET, kept) == {"it.a": "1", "it.b": "2"}
    kept = properties_written([boxes], kept, {"it.a": "", f"{PET}.it.b": "3"})
    assert properties_shown(PET, kept) == {"it.b": "3"}
    assert properties_written([boxes], kept, {"it": None}) == []


def test_every_fault_is_told() -> None:
    files = field("FILE_UPLOAD", max_file_limit=1)
    with pytest.raises(Violation) as refusal:
        properties_written([files], [], {"it": ["https://f/1", "https://f/2"], "that": 1, "it.a": "x"})
    assert refusal.value.args == (
        "properties.it must contain no more than 1 elements",
        "properties.property that should not exist",
        "properties.property it.a should not exist",
    )
    free = field("RADIO", allow_custom_option=True)
    assert properties_shown(PET, properties_written([free], [], {"it": "other"})) == {"it": "other"}
