"""Where a record stands in an order, as `searchAfter` says it: its value for each key, then its id. Pure."""

from typing import Any

from groundlevel.areas.contacts.filters import from_ms
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Sort
from groundlevel.kernel.wire import epoch_ms

Order = tuple[Sort, ...]


def place(record: Any, order: Order, moments: frozenset[str]) -> list[Any]:
    """The record's place; `moments` are told in milliseconds since 1970."""
    found = [(getattr(record, s.field), s.field) for s in order]
    return [*(epoch_ms(value) if value and field in moments else value for value, field in found), record.id]


def behind(given: list[Any], order: Order, moments: frozenset[str], numbers: frozenset[str] = frozenset()) -> list[Any]:
    """The values behind which the page begins. 422 unless they are of the wanted order."""
    wrong = Unprocessable("searchAfter must be the searchAfter of a record found with the same sort")
    if len(given) != len(order) + 1 or not isinstance(given[-1], str):
        raise wrong
    return [*(_value(v, s.field, moments, numbers, wrong) for v, s in zip(given, order, strict=False)), given[-1]]


def _value(value: Any, field: str, moments: frozenset[str], numbers: frozenset[str], wrong: Unprocessable) -> Any:
    if value is None:
        return None
    if field in moments:
        at = from_ms(float(value)) if _is_number(value) else None
        if at is None:
            raise wrong
        return at
    if field in numbers and _is_number(value):
        return float(value)
    if field in numbers or not isinstance(value, str | bool):
        raise wrong
    return value


def _is_number(value: Any) -> bool:
    """A number, also as a text: published schemas say that the elements are texts."""
    if isinstance(value, str):
        return value.removeprefix("-").replace(".", "", 1).isdecimal() and len(value) < 30
    return isinstance(value, int | float) and not isinstance(value, bool)
