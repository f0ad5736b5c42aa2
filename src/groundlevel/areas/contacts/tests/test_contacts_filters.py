"""Filters of the search to conditions of the store."""

from typing import Any

import pytest
from msgspec import convert

from groundlevel.areas.contacts.filters import FIELDS, LISTS, Filter, Order, Translator, from_ms, sorts
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import All, Any_, Condition, Contains, Eq, Exists, Has, HasRange, In, Not, Range, Sort

TRANSLATED: list[tuple[dict[str, Any], Condition]] = [
    ({"field": "city", "operator": "eq", "value": "Lund"}, Eq("city", "Lund")),
    ({"field": "email", "operator": "eq", "value": "A@B.se"}, Eq("email", "a@b.se")),
    ({"field": "city", "operator": "eq", "value": ["a", "b"]}, In("city", ("a", "b"))),
    ({"field": "city", "operator": "not_eq", "value": "a"}, Not(Eq("city", "a"))),
    ({"field": "address", "operator": "contains", "value": "Ö"}, Contains("address1", "Ö")),
    ({"field": "firstName", "operator": "contains", "value": "Ö"}, Contains("first_name_lower_case", "ö")),
    ({"field": "phone", "operator": "exists"}, Exists("phone")),
    ({"field": "phone", "operator": "not_exists", "value": 1}, Not(Exists("phone"))),
    ({"field": "tags", "operator": "eq", "value": ["A", "b"]}, Any_((Has("tags", "a"), Has("tags", "b")))),
    ({"field": "dnd", "operator": "eq", "value": "false"}, Eq("dnd", False)),
    ({"field": "dateAdded", "operator": "range", "value": {"gte": 0}},
     All((Range("date_added", ">=", "1970-01-01T00:00:00.000Z"),))),
    ({"field": "dateOfBirth", "operator": "eq", "value": "1990-05-17T10:00:00Z"}, Eq("date_of_birth", "1990-05-17")),
    ({"field": "customFields.x", "operator": "range", "value": {"lt": "5"}},
     All((HasRange("custom_fields.x", "<", 5.0),))),
    ({"field": "customFields.x", "operator": "eq", "value": 5},
     Any_((Has("custom_fields.x", 5), Has("custom_fields.x", "5")))),
    ({"field": "businessName", "operator": "contains", "value": "Alm"}, In("business_id", ("b1", "b2"))),
    ({"group": "OR", "filters": [{"field": "id", "operator": "eq", "value": "x"}]}, Any_((Eq("id", "x"),))),
]  # fmt: skip

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"field": "shoe", "operator": "eq", "value": "x"}, "filters.0.field shoe is not a field that can be searched"),
    ({"operator": "eq"}, "filters.0.field None is not a field that can be searched"),
    ({"field": "customFields.a b", "operator": "exists"},
     "filters.0.field customFields.a b is not a field that can be searched"),
    ({"field": "city"}, "filters.0.operator must be one of the following values: "
     "eq, not_eq, contains, not_contains, exists, not_exists, range"),
    ({"field": "city", "operator": "eq", "value": ""}, "filters.0.value must be a string"),
    ({"field": "city", "operator": "eq", "value": []}, "filters.0.value must contain between 1 and 200 values"),
    ({"field": "city", "operator": "eq", "value": "x" * 76},
     "filters.0.value must be shorter than or equal to 75 characters"),
    ({"field": "dnd", "operator": "eq", "value": 1}, "filters.0.value must be a boolean value"),
    ({"field": "tags", "operator": "range", "value": {"gt": "a"}},
     "filters.0.value: this field cannot be searched by range"),
    ({"field": "city", "operator": "range", "value": {"above": "a"}},
     "filters.0.value must be an object with some of the following keys: lt, lte, gt, gte"),
    ({"field": "dateAdded", "operator": "eq", "value": -1},
     "filters.0.value must be a valid ISO 8601 date string or milliseconds since 1970"),
    ({"group": "AND", "filters": [{"field": "x", "operator": "eq"}]},
     "filters.0.filters.0.field x is not a field that can be searched"),
]  # fmt: skip


def translate(*filters: dict[str, Any]) -> list[Condition]:
    return Translator(FIELDS, lambda _: ["b1", "b2"]).conditions(convert(list(filters), list[Filter]))


@pytest.mark.parametrize(("said", "condition"), TRANSLATED)
def test_a_filter_and_its_condition(said: dict[str, Any], condition: Condition) -> None:
    assert translate(said) == [condition]


def test_every_fault_is_told_at_once() -> None:
    for said, fault in FAULTS:
        with pytest.raises(Unprocessable) as refused:
            translate(said)
        assert refused.value.messages == [fault]
    with pytest.raises(Unprocessable) as refused:
        translate({"field": "x", "operator": "eq"}, {"field": "dnd", "operator": "eq"}, {"field": "city"})
    assert [m.split(" ")[0] for m in refused.value.messages] == [
        "filters.0.field", "filters.1.value", "filters.2.operator",
    ]  # fmt: skip


def test_groups_have_their_limits() -> None:
    with pytest.raises(Unprocessable):
        translate(*[{"field": "city", "operator": "exists"}] * 201)
    assert len(translate(*[{"field": "city", "operator": "exists"}] * 200)) == 200


def test_orders() -> None:
    wanted = [Order(field="city", direction="asc"), Order(field="dateAdded", direction="desc")]
    assert sorts(wanted) == (Sort("city"), Sort("date_added", True))
    with pytest.raises(Unprocessable) as refused:
        sorts([Order(field=f, direction="asc") for f in ("followers", "businessName", "customFields.x")])
    assert len(refused.value.messages) == 3


def test_every_field_but_the_lists_can_be_sorted_by() -> None:
    for field, (_, kind) in FIELDS.items():
        if kind not in LISTS and field != "businessName":
            first, *rest = sorts([Order(field=field, direction="desc")])
            assert first == Sort(FIELDS[field][0], True)
            assert rest == ([] if field in ("id", "dateAdded") else [Sort("date_added", True)])


@pytest.mark.parametrize(
    ("ms", "moment"),
    [(0, "1970-01-01T00:00:00.000Z"), (1.0, "1970-01-01T00:00:00.001Z"), (-1, None), (253_402_300_800_000, None),
     (253_402_300_799_999, "9999-12-31T23:59:59.999Z")],
)  # fmt: skip
def test_milliseconds(ms: float, moment: str | None) -> None:
    assert from_ms(ms) == moment
