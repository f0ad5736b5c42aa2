"""What each type of custom field takes, and the one form in which it is kept."""

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import ISO_8601, moment

DataType = Literal[
    "TEXT",
    "LARGE_TEXT",
    "NUMERICAL",
    "PHONE",
    "MONETORY",
    "CHECKBOX",
    "SINGLE_OPTIONS",
    "MULTIPLE_OPTIONS",
    "RADIO",
    "DATE",
    "TEXTBOX_LIST",
    "FILE_UPLOAD",
    "EMAIL",
    "FLOAT",
    "TIME",
    "SIGNATURE",
]

WITH_OPTIONS = ("CHECKBOX", "SINGLE_OPTIONS", "MULTIPLE_OPTIONS", "RADIO", "TEXTBOX_LIST")

LINE, PAGE, ITEMS = 5_000, 100_000, 200
"""Most characters of a text and of a large text, and most elements of a list or object."""
LARGEST = 1e15

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999  # the years 1 to 9999
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_MOMENT = re.compile(ISO_8601)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{3,40}(\s?(x|ext\.?)\s?\d{1,8})?", re.ASCII)


class Violation(Exception):
    """The value does not fit; the text goes on from the value's name ("must be …")."""


def is_empty(value: Any) -> bool:
    """Whether writing this value takes the field's value away."""
    return value is None or value in ("", [], {})


def normalised(data_type: DataType, options: Sequence[str], value: Any) -> Any:
    """The value in the form in which it is kept. `options`: the only choices; none means any. Else a Violation."""
    if data_type in ("SINGLE_OPTIONS", "RADIO"):
        return _chosen(_text(value, LINE), options)
    if data_type in ("CHECKBOX", "MULTIPLE_OPTIONS"):
        return _choices(value, options)
    if data_type == "TEXTBOX_LIST":
        return _boxes(value, options)
    return _PLAIN[data_type](value)


def _text(value: Any, most: int) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(_number(value))
    if not isinstance(value, str):
        raise Violation("must be a string")
    if len(value) > most:
        raise Violation(f"must be shorter than or equal to {most} characters")
    return value


def _line(value: Any) -> str:
    return _text(value, LINE)


def _page(value: Any) -> str:
    return _text(value, PAGE)


def _number(value: Any) -> int | float:
    """Numbers, and texts that are one."""
    if isinstance(value, str) and len(value) <= 100 and _NUMBER.fullmatch(value.strip()):
        value = float(value) if re.search("[.eE]", value) else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Violation("must be a number conforming to the specified constraints")
    if math.isnan(value) or not -LARGEST <= value <= LARGEST:
        raise Violation("must be a number between -1e15 and 1e15")
    return value


def _date(value: Any) -> int:
    """Milliseconds since 1970, given as such or as an ISO 8601 date (in UTC unless it says otherwise)."""
    try:
        if isinstance(value, str) and _MOMENT.search(value):
            return (moment(value, "") - _EPOCH) // _MS
        number = _number(value)
    except (Unprocessable, Violation):
        raise Violation("must be a valid ISO 8601 date string or milliseconds since 1970") from None
    if number != int(number) or not _FIRST_MS <= number <= _LAST_MS:
        raise Violation("must be a valid ISO 8601 date string or milliseconds since 1970")
    return int(number)


def _matching(pattern: re.Pattern[str], words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        text = _text(value, LINE).strip()
        if not pattern.fullmatch(text):
            raise Violation(f"must be {words}")
        return text

    return check


def _chosen(value: str, options: Sequence[str]) -> str:
    if options and value not in options:
        raise Violation(f"must be one of the following values: {', '.join(options)}")
    return value


def _choices(value: Any, options: Sequence[str]) -> list[str]:
    """One choice or several; each is kept once, in the order given."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise Violation("must be an array")
    items = cast(list[Any], value)
    if len(items) > ITEMS:
        raise Violation(f"must contain no more than {ITEMS} elements")
    if not all(isinstance(item, str) for item in items):
        raise Violation("must contain strings only")
    return list(dict.fromkeys(_chosen(_text(item, LINE), options) for item in items))


def _members(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Violation("must be an object")
    members = cast(dict[str, Any], value)
    if len(members) > ITEMS:
        raise Violation(f"must contain no more than {ITEMS} elements")
    return members


def _boxes(value: Any, options: Sequence[str]) -> dict[str, str]:
    """The text of each box, by its label."""
    return {_chosen(label, options): _text(text, LINE) for label, text in _members(value).items()}


def _files(value: Any) -> dict[str, Any]:
    """What is known of each file, by the file's id."""
    files = _members(value)
    if not all(isinstance(file, dict) for file in files.values()):
        raise Violation("must be an object of objects, one a file")
    return files


def _signature(value: Any) -> Any:
    """An image's address or data, or what is known of its file."""
    return _members(value) if isinstance(value, dict) else _page(value)


_PLAIN: dict[DataType, Callable[[Any], Any]] = {
    "TEXT": _line,
    "LARGE_TEXT": _page,
    "NUMERICAL": _number,
    "FLOAT": _number,
    "MONETORY": _number,
    "PHONE": _matching(_PHONE, "a phone number"),
    "EMAIL": _matching(_EMAIL, "an email"),
    "TIME": _matching(_TIME, "a time of day, HH:mm"),
    "DATE": _date,
    "FILE_UPLOAD": _files,
    "SIGNATURE": _signature,
}
