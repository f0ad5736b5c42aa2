"""Values of custom fields, as callers write them and as records keep them."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from groundlevel.areas.custom_fields.field import CUSTOM_FIELDS, CustomField
from groundlevel.areas.custom_fields.values import Violation, is_empty, normalised
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Name, Wire


class FieldValueInput(Body):
    """A value for the field with this `id` or `key`, under any of the names in use. None and "" take it away."""

    id: Name | None = None
    key: Name | None = None
    value: Any | UnsetType = UNSET
    fieldValue: Any | UnsetType = UNSET
    field_value: Any | UnsetType = msgspec.field(name="field_value", default=UNSET)


class FieldValue(Wire):
    """A kept value, in the one form its field's type has."""

    id: str
    value: Any


def written(ctx: Ctx, model: str, kept: list[FieldValue], given: list[FieldValueInput]) -> list[FieldValue]:
    """The values of a record after `given` was written over `kept`. 422 with every violation.

    `model` is the key of the object that the record is of: its fields, and no others, may be written.
    """
    values = {v.id: v.value for v in kept}
    wrong: list[str] = []
    for i, one in enumerate(given):
        name = f"customFields.{i}"
        value = next((v for v in (one.value, one.fieldValue, one.field_value) if v is not UNSET), UNSET)
        field = _field(ctx, model, one)
        if field is None:
            wrong.append(f"{name} {_unknown(one)}")
        elif value is UNSET:
            wrong.append(f"{name}.value should not be empty")
        elif is_empty(value):
            values.pop(field.id, None)
        else:
            try:
                values[field.id] = normalised(field.data_type, field.labels, value)
            except Violation as violation:
                wrong.append(f"{name}.value {violation}")
    if wrong:
        raise Unprocessable(*wrong)
    return [FieldValue(id=id, value=value) for id, value in values.items()]


def _field(ctx: Ctx, model: str, one: FieldValueInput) -> CustomField | None:
    field = ctx.db.get(CUSTOM_FIELDS, one.id) if one.id else None
    if field is None and one.key:
        key = one.key if one.key.startswith(f"{model}.") else f"{model}.{one.key}"
        field = ctx.db.one(CUSTOM_FIELDS, Eq("field_key", key))
    return field if field and field.model == model else None


def _unknown(one: FieldValueInput) -> str:
    if not one.id and not one.key:
        return "must have an id or a key"
    return f"must name a custom field of this location, not {one.id or one.key}"
