"""What is said of a request that does not fit, and that all of it is said."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

from groundlevel.kernel.explain import violations
from groundlevel.kernel.wire import Body, When


class Inner(Body):
    """Something in something else."""

    count: int


class Whole(Body):
    """A field of each kind, none of them required."""

    text: str | UnsetType = UNSET
    short: Annotated[str, Meta(min_length=2, max_length=3)] | UnsetType = UNSET
    coded: Annotated[str, Meta(pattern="^a+$")] | UnsetType = UNSET
    number: Annotated[int, Meta(ge=1, le=5)] | UnsetType = UNSET
    real: float | UnsetType = UNSET
    flag: bool | UnsetType = UNSET
    kind: Literal["red", "green"] | UnsetType = UNSET
    when: When | UnsetType = UNSET
    inner: Inner | UnsetType = UNSET
    many: Annotated[list[Inner], Meta(min_length=1, max_length=2)] | UnsetType = UNSET
    texts: list[str] | UnsetType = UNSET
    maybe: str | None | UnsetType = UNSET
    either: str | int | None | UnsetType = UNSET
    extra: dict[str, Any] | UnsetType = UNSET
    two_words: str | UnsetType = UNSET
    whatever: Any = None


CASES: list[tuple[Any, list[str]]] = [
    ({}, []),
    ([], ["body must be an object"]),
    (None, ["body must be an object"]),
    ({"text": 1}, ["text must be a string"]),
    ({"text": None}, ["text must be a string"]),
    ({"twoWords": 1}, ["twoWords must be a string"]),
    ({"two_words": "x"}, ["property two_words should not exist"]),
    ({"short": "x"}, ["short must be longer than or equal to 2 characters"]),
    ({"short": "xxxx"}, ["short must be shorter than or equal to 3 characters"]),
    ({"coded": "b"}, ["coded must match ^a+$ regular expression"]),
    ({"number": "1"}, ["number must be an integer number"]),
    ({"number": 1.5}, ["number must be an integer number"]),
    ({"number": True}, ["number must be an integer number"]),
    ({"number": 6}, ["number must not be greater than 5"]),
    ({"number": 0}, ["number must not be less than 1"]),
    ({"real": "x"}, ["real must be a number conforming to the specified constraints"]),
    ({"real": 1}, []),
    ({"flag": "true"}, ["flag must be a boolean value"]),
    ({"flag": 1}, ["flag must be a boolean value"]),
    ({"kind": "blue"}, ["kind must be one of the following values: green, red"]),
    ({"when": "soon"}, ["when must be a valid ISO 8601 date string"]),
    ({"when": 5}, ["when must be a valid ISO 8601 date string"]),
    ({"inner": 5}, ["inner must be an object"]),
    ({"inner": {}}, ["inner.count must be an integer number"]),
    ({"inner": {"count": 1, "x": 2}}, ["inner.property x should not exist"]),
    ({"many": {}}, ["many must be an array"]),
    ({"many": []}, ["many must contain at least 1 elements"]),
    ({"many": [{"count": 1}] * 3}, ["many must contain no more than 2 elements"]),
    ({"many": [{"count": 1}, {"count": "x"}]}, ["many.1.count must be an integer number"]),
    ({"texts": ["a", 1, 2]}, ["each value in texts must be a string"]),
    ({"maybe": None}, []),
    ({"maybe": 5}, ["maybe must be a string"]),
    ({"either": None}, []),
    ({"either": 5}, []),
    ({"either": []}, ["either must be a string"]),
    ({"extra": []}, ["extra must be an object"]),
    ({"whatever": [{"a": None}]}, []),
    (
        {"text": 1, "x": 1, "inner": {"y": 1}, "flag": None},
        ["property x should not exist", "text must be a string", "flag must be a boolean value",
         "inner.property y should not exist", "inner.count must be an integer number"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("value", "told"), CASES)
def test_every_violation_is_told(value: Any, told: list[str]) -> None:
    assert violations(value, Whole) == told


@pytest.mark.parametrize(("value", "told"), CASES)
def test_it_agrees_with_the_decoder(value: Any, told: list[str]) -> None:
    try:
        msgspec.json.decode(msgspec.json.encode(value), type=Whole)
        fits = True
    except msgspec.ValidationError:
        fits = False
    assert fits == (told == [])


class Required(Body):
    """Fields that must be there."""

    location_id: str
    limit: Annotated[int, Meta(le=100)]
    flag: bool


def test_what_is_missing_is_told_as_what_it_should_be() -> None:
    assert violations({}, Required) == [
        "locationId must be a string", "limit must be an integer number", "flag must be a boolean value",
    ]  # fmt: skip


def test_texts_stand_for_numbers_in_queries() -> None:
    good = {"locationId": "x", "limit": "5", "flag": "true"}
    assert violations(good, Required, strict=False) == []
    wrong = {"locationId": ["a", "b"], "limit": "101", "flag": "maybe", "page": "1"}
    assert violations(wrong, Required, strict=False) == [
        "property page should not exist", "locationId must be a string", "limit must not be greater than 100",
        "flag must be a boolean value",
    ]  # fmt: skip


def test_a_body_may_be_a_list() -> None:
    assert violations({}, list[Inner]) == ["body must be an array"]
    assert violations([{"count": 1}, {"count": "1", "x": 1}], list[Inner]) == [
        "body.1.property x should not exist", "body.1.count must be an integer number",
    ]  # fmt: skip
