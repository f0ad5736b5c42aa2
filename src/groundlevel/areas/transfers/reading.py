"""CSV files, row by row, with the place behind each: from there one can go on another time. Pure, but for the file."""

import codecs
import csv
import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

DELIMITERS = ",;\t|"
MOST_COLUMNS, LONGEST, CHUNK = 500, 200_000, 1 << 20
"""Columns that a file may have, characters of a row, and bytes that are read at a time."""

csv.field_size_limit(LONGEST)


class NotReadable(Exception):
    """The file is no CSV that we can read; the text says why and what to do."""


class Row(Struct, frozen=True):
    """A row. line: where it begins, counted from 1. place, lines: the bytes and lines of the file up to its end.

    fault: why it has no cells.
    """

    line: int
    cells: list[str]
    place: int
    lines: int
    fault: str = ""


class Sheet(Struct, frozen=True):
    """What is known of a file beforehand. digest: of all of it. place, lines: the end of its headings."""

    encoding: str
    delimiter: str
    headings: list[str]
    digest: str
    size: int
    place: int
    lines: int


def looked_over(file: BinaryIO, encoding: str = "") -> Sheet:
    """What kind of file it is, from its beginning to its end once. NotReadable where it is none, or has no headings.

    It is in UTF-8 unless said otherwise; a byte order mark, as spreadsheets write, is understood.
    """
    file.seek(0)
    start = file.read(4)
    if not encoding:
        utf16 = start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        if utf16:
            raise NotReadable("The file is in UTF-16; save it as CSV in UTF-8.")
        encoding = "utf-8"
    digest, size = _digest(file, encoding)
    place = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
    file.seek(place)
    first = file.readline(LONGEST).decode(encoding)
    delimiter = max(DELIMITERS, key=first.count)
    head = next(rows(file, Sheet(encoding, delimiter, [], digest, size, place, 0), place, 0), None)
    if head is None or head.fault:
        raise NotReadable("The file has no row of headings.")
    if len(head.cells) > MOST_COLUMNS:
        raise NotReadable(f"The file has more than {MOST_COLUMNS} columns.")
    headings = [cell.strip() for cell in head.cells]
    twice = {heading for heading in headings if heading and headings.count(heading) > 1}
    if twice:
        raise NotReadable(f"The file has several columns called {', '.join(sorted(twice))}; rename them.")
    return Sheet(encoding, delimiter, headings, digest, size, head.place, head.lines)


def _digest(file: BinaryIO, encoding: str) -> tuple[str, int]:
    """A hash of the whole file and its length. NotReadable where it is not in the encoding."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise NotReadable(f"There is no encoding {encoding}; utf-8, cp1252 and latin-1 are usual.") from None
    if "\n".encode(encoding) != b"\n":
        raise NotReadable(f"Files in {encoding} are not read; save it as CSV in UTF-8.")
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while part := file.read(CHUNK):
        try:
            decoder.decode(part)
        except UnicodeDecodeError as error:
            where = size + error.start
            raise NotReadable(
                f"Byte {where:,} of the file is not {encoding}; name its encoding, e.g. cp1252."
            ) from None
        digest.update(part)
        size += len(part)
    return digest.hexdigest(), size


def rows(file: BinaryIO, sheet: Sheet, place: int, lines: int) -> Iterator[Row]:
    """The rows from a place on, the first of whose lines is number `lines` + 1; empty ones are left out.

    Of one that cannot be read, as its quotes do not match, the first line is its only cell, and what follows is read.
    """
    first, end = "", 0

    def counted() -> Iterator[str]:
        nonlocal place, lines, first, end
        for raw in file:
            place += len(raw)
            lines += 1
            line = raw.decode(sheet.encoding)
            if not first:
                first, end = line, place
            yield line

    while True:
        file.seek(place)
        reader = csv.reader(counted(), delimiter=sheet.delimiter, strict=True)
        begun = lines + 1
        try:
            for cells in reader:
                if any(cells):
                    yield Row(begun, cells, place, lines)
                begun, first = lines + 1, ""
            return
        except csv.Error as error:
            place, lines = end, begun
            yield Row(begun, [first.rstrip("\r\n")], place, lines, f"cannot be read as CSV: {error}")
            first = ""
