"""What each type of field takes, and how it is kept."""

import math
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundlevel.areas.custom_fields.values import DataType, Violation, is_empty, normalised

COLOURS = ["red", "green", "blue"]

KEPT: list[tuple[str, list[str], Any, Any]] = [
    ("TEXT", [], "plain", "plain"),
    ("TEXT", [], 12, "12"),
    ("LARGE_TEXT", [], "x" * 100_000, "x" * 100_000),
    ("NUMERICAL", [], 12, 12),
    ("NUMERICAL", [], " -3 ", -3),
    ("NUMERICAL", [], 10**15, 10**15),
    ("FLOAT", [], "1.5e3", 1500.0),
    ("MONETORY", [], "19.99", 19.99),
    ("PHONE", [], " +46 (0)18-123 45 ", "+46 (0)18-123 45"),
    ("EMAIL", [], "a@b.se", "a@b.se"),
    ("TIME", [], "09:30", "09:30"),
    ("DATE", [], "1970-01-02", 86_400_000),
    ("DATE", [], "2021-07-02T05:18:26.704Z", 1_625_203_106_704),
    ("DATE", [], "2021-07-02T07:18:26+02:00", 1_625_203_106_000),
    ("DATE", [], 1_625_203_106_704, 1_625_203_106_704),
    ("DATE", [], "1625203106704", 1_625_203_106_704),
    ("DATE", [], "0001-01-01", -62_135_596_800_000),
    ("SINGLE_OPTIONS", COLOURS, "red", "red"),
    ("SINGLE_OPTIONS", [], "anything", "anything"),
    ("RADIO", COLOURS, "blue", "blue"),
    ("CHECKBOX", COLOURS, "red", ["red"]),
    ("MULTIPLE_OPTIONS", COLOURS, ["blue", "red", "blue"], ["blue", "red"]),
    ("TEXTBOX_LIST", ["First", "Last"], {"First": "Anna"}, {"First": "Anna"}),
    ("FILE_UPLOAD", [], {"f1": {"url": "u", "meta": {"n": 3}}}, {"f1": {"url": "u", "meta": {"n": 3}}}),
    ("SIGNATURE", [], "https://files/s.png", "https://files/s.png"),
    ("SIGNATURE", [], {"url": "https://files/s.png"}, {"url": "https://files/s.png"}),
]  # fmt: skip

REFUSED: list[tuple[str, list[str], Any, str]] = [
    ("TEXT", [], ["a"], "must be a string"),
    ("TEXT", [], True, "must be a string"),
    ("TEXT", [], "x" * 5_001, "must be shorter than or equal to 5000 characters"),
    ("NUMERICAL", [], "twelve", "must be a number conforming to the specified constraints"),
    ("NUMERICAL", [], "1_000", "must be a number conforming to the specified constraints"),
    ("NUMERICAL", [], "nan", "must be a number conforming to the specified constraints"),
    ("NUMERICAL", [], True, "must be a number conforming to the specified constraints"),
    ("FLOAT", [], math.nan, "must be a number between -1e15 and 1e15"),
    ("FLOAT", [], "1e999", "must be a number between -1e15 and 1e15"),
    ("MONETORY", [], 10**15 + 1, "must be a number between -1e15 and 1e15"),
    ("PHONE", [], "call me", "must be a phone number"),
    ("EMAIL", [], "a@b", "must be an email"),
    ("TIME", [], "24:00", "must be a time of day, HH:mm"),
    ("DATE", [], "2021-02-30", "must be a valid ISO 8601 date string or milliseconds since 1970"),
    ("DATE", [], "0001-01-01T00:00:00+05:00", "must be a valid ISO 8601 date string or milliseconds since 1970"),
    ("DATE", [], 1.5, "must be a valid ISO 8601 date string or milliseconds since 1970"),
    ("DATE", [], 253_402_300_800_000, "must be a valid ISO 8601 date string or milliseconds since 1970"),
    ("RADIO", COLOURS, "pink", "must be one of the following values: red, green, blue"),
    ("CHECKBOX", COLOURS, ["red", "pink"], "must be one of the following values: red, green, blue"),
    ("CHECKBOX", COLOURS, 7, "must be an array"),
    ("MULTIPLE_OPTIONS", [], ["a", 1], "must contain strings only"),
    ("MULTIPLE_OPTIONS", [], ["a"] * 201, "must contain no more than 200 elements"),
    ("TEXTBOX_LIST", ["First"], {"Second": "x"}, "must be one of the following values: First"),
    ("TEXTBOX_LIST", [], ["x"], "must be an object"),
    ("FILE_UPLOAD", [], {"f1": "https://files/1"}, "must be an object of objects, one a file"),
    ("SIGNATURE", [], [], "must be a string"),
]


@pytest.mark.parametrize(("data_type", "options", "value", "kept"), KEPT)
def test_it_is_kept_as(data_type: DataType, options: list[str], value: Any, kept: Any) -> None:
    found = normalised(data_type, options, value)
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize(("data_type", "options", "value", "words"), REFUSED)
def test_it_is_refused_with(data_type: DataType, options: list[str], value: Any, words: str) -> None:
    with pytest.raises(Violation, match="must") as refusal:
        normalised(data_type, options, value)
    assert str(refusal.value) == words


def test_every_type_is_in_the_table() -> None:
    assert {row[0] for row in KEPT} == set(get_args(DataType))


@pytest.mark.parametrize(("value", "empty"), [(None, True), ("", True), ([], True), (0, False), (False, False)])
def test_what_takes_a_value_away(value: Any, empty: bool) -> None:
    assert is_empty(value) is empty


TYPES = st.sampled_from(get_args(DataType))
OPTIONS = st.lists(st.text(max_size=5), max_size=3)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.dates().map(str) | st.datetimes().map(lambda d: d.isoformat()) | st.emails() | st.integers().map(str)
)  # fmt: skip
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner))


@given(TYPES, OPTIONS, VALUES)
def test_nothing_but_a_violation_is_raised_and_what_is_kept_stays(
    data_type: DataType, options: list[str], value: Any
) -> None:
    try:
        kept = normalised(data_type, options, value)
    except Violation:
        return
    assert normalised(data_type, options, kept) == kept


@given(st.floats() | st.integers() | st.text())
def test_numbers_are_finite_and_in_bounds(value: Any) -> None:
    try:
        kept = normalised("FLOAT", [], value)
    except Violation:
        return
    assert math.isfinite(kept) and abs(kept) <= 1e15
