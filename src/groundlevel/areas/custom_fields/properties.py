"""Properties of an object's records: values under the keys of its fields, as written and as they are kept."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from groundlevel.areas.custom_fields.field import CustomField
from groundlevel.areas.custom_fields.values import ITEMS, LINE, Violation, is_empty, normalised
from groundlevel.kernel.wire import Wire

CURRENCY = "default"
"""The currency of an amount that names none: the sub-account's."""
FILES = "files"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MS = 86_400_000


class Property(Wire):
    """A kept value. `id` is the whole key of its field, and of a text box besides: so it is found by an index.

    `currency`: of an amount, whose value is the number alone. `day`: whether it is one; its value is the milliseconds
    since 1970 at its beginning in UTC, which filters compare.
    """

    id: str
    value: Any
    currency: str | None = None
    day: bool = False


def properties_written(fields: Sequence[CustomField], kept: list[Property], given: dict[str, Any]) -> list[Property]:
    """The properties of a record after `given` was written over `kept`; null and empty take away.

    `given` has them under the keys of the fields, with or without the object's before. A Violation has every fault,
    one in each argument.
    """
    by_key = {name: field for field in fields for name in (field.bare_key, field.field_key)}
    values = {p.id: p for p in kept}
    wrong: list[str] = []
    for name, value in given.items():
        box = ""
        field = by_key.get(name)
        if field is None:
            head, _, box = name.rpartition(".")
            field = by_key.get(head)
        if field is None or (box and field.data_type != "TEXTBOX_LIST"):
            wrong.append(f"properties.property {name} should not exist")
            continue
        try:
            _write(values, field, {box: value} if box else value)
        except Violation as violation:
            wrong.append(f"properties.{name} {violation}")
    if wrong:
        raise Violation(*wrong)
    return list(values.values())


def properties_shown(model: str, kept: list[Property]) -> dict[str, Any]:
    """The properties of a record of the object with this key, as they are answered."""
    return {p.id.removeprefix(f"{model}."): _shown(p) for p in kept}


def _shown(kept: Property) -> Any:
    if kept.currency is not None:
        return {"currency": kept.currency, "value": kept.value}
    value = kept.value
    if kept.day:
        return (_EPOCH + timedelta(milliseconds=value)).date().isoformat()
    return cast(dict[str, Any], value).get(FILES) if isinstance(value, dict) else value


def _write(values: dict[str, Property], field: CustomField, value: Any) -> None:
    """Put one field's value where it belongs, or take it away."""
    key = field.field_key
    if field.data_type == "TEXTBOX_LIST":
        return _write_boxes(values, field, value)
    if is_empty(value):
        values.pop(key, None)
        return None
    currency = None
    if field.data_type == "MONETORY":
        value, currency = _amount(value)
    day = field.data_type == "DATE"
    values[key] = Property(id=key, value=_normal(field, value), currency=currency, day=day)
    return None


def _normal(field: CustomField, value: Any) -> Any:
    match field.data_type:
        case "DATE":
            return _day(value)
        case "FILE_UPLOAD":
            return {FILES: _files(value, field.max_file_limit or ITEMS)}
        case "SINGLE_OPTIONS" | "RADIO" | "CHECKBOX" | "MULTIPLE_OPTIONS":
            return normalised(field.data_type, field.keys, _chosen(field, value))
        case kind:
            return normalised(kind, (), value)


def _write_boxes(values: dict[str, Property], field: CustomField, value: Any) -> None:
    """The text of each box, by its key or its label; null takes all of them away."""
    if not is_empty(value) and not isinstance(value, dict):
        raise Violation("must be an object")
    start = f"{field.field_key}."
    if is_empty(value):
        for key in [k for k in values if k.startswith(start)]:
            del values[key]
        return
    for name, text in cast(dict[str, Any], value).items():
        box = _chosen(field, name)
        if box not in {o.key for o in field.options}:
            raise Violation(f"must have none but the following keys: {', '.join(o.key for o in field.options)}")
        if is_empty(text):
            values.pop(start + box, None)
        else:
            values[start + box] = Property(id=start + box, value=normalised("TEXT", (), text))


def _chosen(field: CustomField, value: Any) -> Any:
    """Options by their keys, where callers gave labels."""
    known = {o.label: o.key for o in field.options}
    if isinstance(value, list):
        return [_chosen(field, one) for one in cast(list[Any], value)]
    return known.get(value, value) if isinstance(value, str) and value not in known.values() else value


def _amount(value: Any) -> tuple[Any, str]:
    """A number alone, or with its currency."""
    if not isinstance(value, dict):
        return value, CURRENCY
    given = cast(dict[str, Any], value)
    currency = given.get("currency", CURRENCY)
    if given.keys() - {"currency", "value"} or not isinstance(currency, str) or len(currency) > 20:
        raise Violation("must be a number, or an object with currency and value")
    return given.get("value"), currency


def _day(value: Any) -> int:
    """The beginning of the day of a date, of a moment or of milliseconds since 1970, in UTC."""
    at = normalised("DATE", (), value)
    return at - at % _DAY_MS


def _files(value: Any, most: int) -> list[dict[str, Any]]:
    """What is known of each file: an object with its `url`, or the address alone."""
    given = cast(list[Any], value) if isinstance(value, list) else [value]
    if len(given) > most:
        raise Violation(f"must contain no more than {most} elements")
    found: list[dict[str, Any]] = [{"url": one} if isinstance(one, str) else one for one in given]
    for one in found:
        url = one.get("url") if isinstance(one, dict) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if not isinstance(url, str) or not url or len(url) > LINE:
            raise Violation("must be a list of objects with the url of a file")
    return found
