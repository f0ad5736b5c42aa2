"""The filters of a search of records to conditions of the store."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, cast

from msgspec import Meta

from groundlevel.areas.contacts import Fields, Filter, Translator
from groundlevel.areas.custom_fields import CustomField
from groundlevel.kernel.store import All, Any_, Condition, Eq, Exists, Has, HasRange, In, Prefix
from groundlevel.kernel.wire import Body

Operator = Literal["eq", "not_eq", "contains", "not_contains", "exists", "not_exists", "range", "nested"]
MOST_IDS = 200
NESTED = ("recordId", "associationId")

OF_RECORDS: Fields = {
    "id": ("id", "text"),
    "createdAt": ("date_added", "moment"),
    "dateAdded": ("date_added", "moment"),
    "updatedAt": ("date_updated", "moment"),
    "dateUpdated": ("date_updated", "moment"),
}
"""Field of the search -> attribute of a record, and how its values are compared. People and properties come besides."""

RelatedTo = Callable[[list[str], list[str] | None], list[str]]
"""The ids of the records related to any of these, by any of these associations: told by whoever has the data."""


class RecordFilter(Body):
    """A test of one field (`field`, `operator`, `value`), or a `group` of filters.

    `{field: relations, operator: nested, value: [{field: recordId, operator: eq, value: […]}]}` are the records that
    are related to these; a second one with `associationId`, by these associations.
    """

    group: Literal["AND", "OR"] | None = None
    filters: "Annotated[list[RecordFilter], Meta(max_length=100)] | None" = None
    field: str | None = None
    operator: Operator | None = None
    value: Any = None


class RecordTranslator(Translator):
    """Knows an object's properties, and relations."""

    def __init__(self, object_key: str, fields: list[CustomField], related: RelatedTo) -> None:
        people: Fields = {role: (f"people.{object_key}.{role}", "ids") for role in ("owner", "followers")}
        super().__init__({**OF_RECORDS, **people, **_properties(fields)})
        self.related = related

    def of_records(self, filters: list[RecordFilter]) -> list[Condition]:
        """One condition for each filter; all must hold. 422 with every fault."""
        return self.conditions([_plain(f) for f in filters])

    def test(self, f: Filter, name: str) -> Condition | None:
        """The condition that one test is; None, and a fault noted, for one that cannot be."""
        nested = cast(str | None, f.operator) == "nested"
        if nested != (f.field == "relations"):
            return self.fault(f"{name}: relations are searched by the operator nested, and nothing else is")
        return self._nested(f.value, f"{name}.value") if nested else super().test(f, name)

    def _nested(self, value: Any, name: str) -> Condition | None:
        given: list[Any] = cast(list[Any], value) if isinstance(value, list) else [value]
        asked: dict[str, list[str]] = {}
        for i, one in enumerate(given):
            said = cast(dict[str, Any], one) if isinstance(one, dict) else {}
            ids: Any = said.get("value")
            ids = [ids] if isinstance(ids, str) else ids
            if said.get("field") not in NESTED or said.get("operator") != "eq" or not _are_ids(ids):
                return self.fault(f"{name}.{i} must be a filter of {' or '.join(NESTED)} by eq, with ids")
            asked.setdefault(said["field"], []).extend(ids)
        if "recordId" not in asked:
            return self.fault(f"{name} must have a filter of recordId")
        return In("id", tuple(self.related(asked["recordId"], asked.get("associationId"))))


def _are_ids(value: Any) -> bool:
    if not isinstance(value, list) or not 0 < len(cast(list[Any], value)) <= MOST_IDS:
        return False
    return all(isinstance(id, str) and len(id) <= 100 for id in cast(list[Any], value))


def _plain(f: RecordFilter) -> Filter:
    """The same tree of the filters that all searches share; what only records have is left to `test`."""
    inner = None if f.filters is None else [_plain(x) for x in f.filters]
    return Filter(group=f.group, filters=inner, field=f.field, operator=cast(Any, f.operator), value=f.value)


def _properties(fields: list[CustomField]) -> Fields:
    found: Fields = {}
    for field in fields:
        boxes = [f".{o.key}" for o in field.options] if field.data_type == "TEXTBOX_LIST" else [""]
        for box in boxes:
            found[f"properties.{field.bare_key}{box}"] = f"properties.{field.field_key}{box}", "custom"
            found[f"properties.{field.field_key}{box}"] = f"properties.{field.field_key}{box}", "custom"
    return found


def scoped(c: Condition) -> bool:
    """Whether only records of the object can fit: it needs a property of it, somebody's part in it, or a title."""
    match c:
        case Has(field) | HasRange(field) | Exists(field):
            return field.startswith(("properties.", "people."))
        case Prefix("title"):
            return True
        case All(parts):
            return any(scoped(part) for part in parts)
        case Any_(parts):
            return bool(parts) and all(scoped(part) for part in parts)
        case _:
            return False


def within(object_key: str, where: list[Condition]) -> list[Condition]:
    """The conditions, for records of this object alone."""
    return where if any(scoped(c) for c in where) else [*where, Eq("object_key", object_key)]
