"""CSV files of all kinds, going on from any place in them, and what their columns are."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundlevel.areas.transfers.columns import WrongColumns, guessed, said, targets_of
from groundlevel.areas.transfers.contacts_in import FIELDS
from groundlevel.areas.transfers.reading import NotReadable, Row, looked_over, rows


def read(data: bytes, encoding: str = "") -> list[Row]:
    file = io.BytesIO(data)
    sheet = looked_over(file, encoding)
    return list(rows(file, sheet, sheet.place, sheet.lines))


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        (b"a,b\n1,2\n", [["1", "2"]]),
        (b"\xef\xbb\xbfa;b\r\n1;\xc3\xa4\r\n", [["1", "ä"]]),
        (b"a\tb\n1\t2,3", [["1", "2,3"]]),
        (b'a,b\n"1\n2","say ""x"""\n\n,\n3,4', [["1\n2", 'say "x"'], ["3", "4"]]),
    ],
)
def test_rows_of_all_dialects(data: bytes, cells: list[list[str]]) -> None:
    assert [row.cells for row in read(data)] == cells


def test_a_row_that_cannot_be_read_takes_no_other_with_it() -> None:
    found = read(b'a,b\n"1,2\n3,4\n5,6\n')
    assert [(row.line, row.cells) for row in found] == [(2, ['"1,2']), (3, ["3", "4"]), (4, ["5", "6"])]
    assert found[0].fault == "cannot be read as CSV: unexpected end of data"


def test_another_encoding_is_named() -> None:
    assert read("a\nä\n".encode("cp1252"), "cp1252")[0].cells == ["ä"]
    for data, encoding, why in (
        ("a\nä\n".encode("cp1252"), "", "Byte 2 of the file is not utf-8; name its encoding, e.g. cp1252."),
        ("a\n".encode("utf-16"), "", "The file is in UTF-16; save it as CSV in UTF-8."),
        (b"a\n", "utf-16", "Files in utf-16 are not read; save it as CSV in UTF-8."),
        (b"a\n", "klingon", "There is no encoding klingon; utf-8, cp1252 and latin-1 are usual."),
        (b"", "", "The file has no row of headings."),
        (b"a,b,a\n", "", "The file has several columns called a; rename them."),
    ):
        with pytest.raises(NotReadable) as refused:
            read(data, encoding)
        assert str(refused.value) == why


texts = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=5)


@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=8), st.integers(0, 7))
def test_one_can_go_on_behind_any_row(cells: list[list[str]], stop: int) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["a", "b"], *cells])
    file = io.BytesIO(out.getvalue().encode())
    sheet = looked_over(file)
    every = list(rows(file, sheet, sheet.place, sheet.lines))
    assert [row.cells for row in every] == [row for row in cells if any(row)]
    if every:
        here = every[min(stop, len(every) - 1)]
        assert list(rows(file, sheet, here.place, here.lines)) == every[every.index(here) + 1 :]


TARGETS = targets_of(FIELDS, [])


def test_columns_are_guessed_by_their_headings() -> None:
    headings = ["First Name", "SURNAME", "E-mail", "Mobile Phone", "Phone", "zip/post code", "Zip", "Shoe size", ""]
    assert guessed(headings, TARGETS) == [
        "first_name", "last_name", "email", "phone", "", "", "postal_code", "", "",
    ]  # fmt: skip


def test_columns_that_are_said_go_before_guesses() -> None:
    assert said(["Mobile", "Phone", "Mail"], TARGETS, {"Phone": "phone", "Mail": ""}) == ["", "phone", ""]
    assert said(["Who"], TARGETS, {"Who": "firstName"}) == ["first_name"]
    for mapping, why in (
        ({"No": "phone"}, "The file has no column No. It has: A, B."),
        ({"A": "phone", "B": "phone"}, "Several columns are said to be phone."),
        ({}, "None of the columns is a field that we know; say which is which."),
    ):
        with pytest.raises(WrongColumns) as refused:
            said(["A", "B"], TARGETS, mapping)
        assert str(refused.value) == why
    with pytest.raises(WrongColumns, match=r"There is no field shoe\. A column can be: first_name, "):
        said(["A"], TARGETS, {"A": "shoe"})
