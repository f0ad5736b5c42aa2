"""The search's filters to conditions of the store. Pure: it knows fields, operators and their faults, and no data."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, cast

from msgspec import Meta

from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import (
    All,
    Any_,
    Condition,
    Contains,
    Eq,
    Exists,
    Has,
    HasRange,
    In,
    Not,
    Range,
    Sort,
)
from groundlevel.kernel.wire import Body, epoch_ms, iso, moment

Kind = Literal["text", "lower", "bool", "number", "moment", "day", "list", "ids", "custom"]
Fields = dict[str, tuple[str, Kind]]
"""Field of a search -> attribute of the record, and how its values are compared."""

FIELDS: Fields = {
    "id": ("id", "text"),
    "address": ("address1", "text"),
    "address1": ("address1", "text"),
    "assignedTo": ("assigned_to", "text"),
    "businessId": ("business_id", "text"),
    "businessName": ("business_name", "text"),
    "city": ("city", "text"),
    "companyName": ("company_name", "text"),
    "contactName": ("full_name_lower_case", "lower"),
    "country": ("country", "text"),
    "dateAdded": ("date_added", "moment"),
    "dateOfBirth": ("date_of_birth", "day"),
    "dateUpdated": ("date_updated", "moment"),
    "dnd": ("dnd", "bool"),
    "email": ("email", "lower"),
    "firstName": ("first_name_lower_case", "lower"),
    "firstNameLowerCase": ("first_name_lower_case", "lower"),
    "followers": ("followers", "ids"),
    "fullNameLowerCase": ("full_name_lower_case", "lower"),
    "lastAppointment": ("last_appointment", "moment"),
    "lastName": ("last_name_lower_case", "lower"),
    "lastNameLowerCase": ("last_name_lower_case", "lower"),
    "phone": ("phone", "text"),
    "postalCode": ("postal_code", "text"),
    "source": ("source", "text"),
    "state": ("state", "text"),
    "tags": ("tags", "list"),
    "timezone": ("timezone", "text"),
    "type": ("type", "text"),
    "validEmail": ("valid_email", "bool"),
    "website": ("website", "text"),
}
"""Those of contacts."""

OPERATORS = ("eq", "not_eq", "contains", "not_contains", "exists", "not_exists", "range")
Operator = Literal["eq", "not_eq", "contains", "not_contains", "exists", "not_exists", "range"]
COMPARISONS: dict[str, Literal["<", "<=", ">", ">="]] = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
LONGEST, DEEPEST, MOST = 75, 5, 200
LISTS = ("list", "ids")
"""Fields with several values; those of the first kind are kept in lower case."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CUSTOM = re.compile(r"(?:customFields|custom_fields)\.([A-Za-z0-9]{1,40})")


class Filter(Body):
    """A test of one field (`field`, `operator`, `value`), or a `group` of filters."""

    group: Literal["AND", "OR"] | None = None
    filters: "Annotated[list[Filter], Meta(max_length=100)] | None" = None
    field: str | None = None
    operator: Operator | None = None
    value: Any = None


class Order(Body):
    """One key of the wanted order."""

    field: str
    direction: Literal["asc", "desc"]


BusinessesNamed = Callable[[Condition], list[str]]
"""The ids of the businesses whose name fits: told by whoever has the data."""


class Translator:
    """Collects the faults of all filters, so that they are told together."""

    def __init__(self, fields: Fields, businesses: BusinessesNamed | None = None) -> None:
        self.fields, self.businesses = fields, businesses
        self.wrong: list[str] = []
        self.seen = 0

    def conditions(self, filters: list[Filter]) -> list[Condition]:
        """One condition for each filter; all must hold. 422 with every fault."""
        found = [self._one(f, f"filters.{i}", 1) for i, f in enumerate(filters)]
        if self.wrong:
            raise Unprocessable(*self.wrong)
        return [c for c in found if c is not None]

    def _one(self, f: Filter, name: str, depth: int) -> Condition | None:
        self.seen += 1
        if self.seen > MOST or depth > DEEPEST:
            return self.fault(f"filters must not be more than {MOST} nor deeper than {DEEPEST} groups")
        if f.group is not None or f.filters is not None:
            parts = [self._one(x, f"{name}.filters.{i}", depth + 1) for i, x in enumerate(f.filters or [])]
            good = tuple(c for c in parts if c is not None)
            return Any_(good) if f.group == "OR" else All(good)
        return self.test(f, name)

    def fault(self, text: str) -> None:
        """Note what is wrong, once."""
        if text not in self.wrong:
            self.wrong.append(text)

    def test(self, f: Filter, name: str) -> Condition | None:
        """The condition that one test is; None, and a fault noted, for one that cannot be."""
        custom = _CUSTOM.fullmatch(f.field or "")
        attribute, kind = (
            ("custom_fields." + custom[1], "custom") if custom else self.fields.get(f.field or "", ("", "text"))
        )
        if not attribute:
            return self.fault(f"{name}.field {f.field} is not a field that can be searched")
        if f.operator is None:
            return self.fault(f"{name}.operator must be one of the following values: {', '.join(OPERATORS)}")
        negated = f.operator.startswith("not_")
        found = self._positive(f.operator.removeprefix("not_"), attribute, kind, f.value, f"{name}.value")
        if found is not None and self.businesses and attribute == "business_name":
            found = In("business_id", tuple(self.businesses(_on_name(found))))
        return Not(found) if negated and found is not None else found

    def _positive(self, operator: str, attribute: str, kind: Kind, value: Any, name: str) -> Condition | None:
        match operator:
            case "exists":
                return Exists(attribute)
            case "range":
                return self._range(attribute, kind, value, name)
            case "contains":
                return self._contains(attribute, kind, value, name)
            case _:
                return self._equal(attribute, kind, value, name)

    def _equal(self, attribute: str, kind: Kind, value: Any, name: str) -> Condition | None:
        given: list[Any] = cast(list[Any], value) if isinstance(value, list) else [value]
        if not given or len(given) > MOST:
            return self.fault(f"{name} must contain between 1 and {MOST} values")
        values = [self._value(kind, v, name) for v in given]
        if any(v is None for v in values):
            return None
        if kind in LISTS:
            return _any(Has(attribute, v) for v in values)
        if kind == "custom":
            return _any(Has(attribute, x) for v in values for x in _both_ways(v))
        return Eq(attribute, values[0]) if len(values) == 1 else In(attribute, tuple(values))

    def _contains(self, attribute: str, kind: Kind, value: Any, name: str) -> Condition | None:
        if kind in ("bool", "number", "moment", "day"):
            return self.fault(f"{name}: this field cannot be searched by contains")
        if kind in LISTS:
            return self._equal(attribute, kind, value, name)
        text = self._value("lower" if kind == "lower" else "text", value, name)
        return Contains(attribute, text) if text else None

    def _range(self, attribute: str, kind: Kind, value: Any, name: str) -> Condition | None:
        bounds = cast(dict[str, Any], value) if isinstance(value, dict) else {}
        if not bounds or bounds.keys() - COMPARISONS.keys():
            return self.fault(f"{name} must be an object with some of the following keys: {', '.join(COMPARISONS)}")
        if kind in (*LISTS, "bool"):
            return self.fault(f"{name}: this field cannot be searched by range")
        parts: list[Condition] = []
        for key, bound in bounds.items():
            at = self._value(kind, bound, f"{name}.{key}")
            if at is not None:
                op = COMPARISONS[key]
                parts.append(HasRange(attribute, op, _as_number(at)) if kind == "custom" else Range(attribute, op, at))
        return _stretch(parts) or All(tuple(parts))

    def _value(self, kind: Kind, value: Any, name: str) -> Any:
        """The value as the store compares it; None, and a fault noted, for one that does not fit the field."""
        if kind == "bool":
            known = {True: True, False: False, "true": True, "false": False}
            found = known.get(value) if isinstance(value, bool | str) else None
            return self.fault(f"{name} must be a boolean value") if found is None else found
        if kind == "number":
            found = None if isinstance(value, bool) else _as_number(value)
            return found if isinstance(found, int | float) else self.fault(f"{name} must be a number")
        if kind in ("moment", "day"):
            found = _instant(value)
            if found is None:
                return self.fault(f"{name} must be a valid ISO 8601 date string or milliseconds since 1970")
            return found[:10] if kind == "day" else found
        if kind == "custom" and isinstance(value, int | float | bool) and abs(value) < 2**53:
            return value
        if not isinstance(value, str) or not value:
            return self.fault(f"{name} must be a string")
        if len(value) > LONGEST:
            return self.fault(f"{name} must be shorter than or equal to {LONGEST} characters")
        return value.lower() if kind in ("lower", "list") else value


def _stretch(parts: list[Condition]) -> Condition | None:
    """A lower and an upper bound of one custom field's value as one condition, for which the index has one stretch."""
    match parts:
        case [HasRange(field, one, low), HasRange(_, other, high)] if one[0] != other[0] and isinstance(
            low, str
        ) is isinstance(high, str):
            return HasRange(field, one, low, (other, high))
        case _:
            return None


def _any(parts: Iterable[Condition]) -> Condition:
    """One condition, or any of several."""
    found = tuple(parts)
    return found[0] if len(found) == 1 else Any_(found)


def _instant(value: Any) -> str | None:
    try:
        if isinstance(value, str):
            return iso(moment(value, "value"))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return from_ms(value)
    except Unprocessable:
        pass
    return None


def from_ms(value: float) -> str | None:
    """Milliseconds since 1970 as a stored moment; None beyond the calendar."""
    return iso(_EPOCH + timedelta(milliseconds=value)) if 0 <= value <= 253_402_300_799_999 else None


def _both_ways(value: Any) -> list[Any]:
    """A custom field's value may be kept as a number or as text: look for either."""
    if isinstance(value, str):
        number = _as_number(value)
        return [value] if number is value else [value, number]
    return [value, str(value)]


def _as_number(value: Any) -> Any:
    """A number or a date (as milliseconds) where the text is one, for comparing with a custom field."""
    if not isinstance(value, str):
        return value
    try:
        return float(value) if abs(float(value)) < 1e15 else value
    except ValueError:
        pass

    at = _instant(value)
    return epoch_ms(at) if at else value


def _on_name(found: Condition) -> Condition:
    """The same test, of a business's name."""
    match found:
        case Eq(_, value):
            return Eq("name", value)
        case In(_, values):
            return In("name", values)
        case Contains(_, value):
            return Contains("name", value)
        case Range(_, op, value):
            return Range("name", op, value)
        case All(parts):
            return All(tuple(_on_name(p) for p in parts))
        case _:
            return Exists("name")


def sorts(wanted: list[Order]) -> tuple[Sort, ...]:
    """The order of contacts to the store's keys. 422 for a field that has no order."""
    ordered = {name: f for name, f in FIELDS.items() if f[1] not in LISTS and name != "businessName"}
    return in_order(wanted, ordered, "contacts", "date_added")


def in_order(wanted: list[Order], ordered: Fields, of: str, last: str) -> tuple[Sort, ...]:
    """The same of any records; those alike in it by `last`, when they were added."""
    wrong = [o.field for o in wanted if o.field not in ordered]
    if wrong:
        raise Unprocessable(*(f"sort.field {f} is not a field that {of} can be sorted by" for f in wrong))
    keys = tuple(Sort(ordered[o.field][0], o.direction == "desc") for o in wanted)
    if any(s.field in ("id", last) for s in keys):
        return keys
    return (*keys, Sort(last, keys[-1].descending if keys else True))
