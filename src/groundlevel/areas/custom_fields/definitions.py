"""Definitions of custom fields: /locations/{locationId}/customFields"""

import re
from itertools import count
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.custom_fields.area import area
from groundlevel.areas.custom_fields.values import WITH_OPTIONS, DataType
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_id

Model = Literal["contact", "opportunity"]
FieldName = Annotated[str, Meta(min_length=1, max_length=200)]
Option = Annotated[str, Meta(min_length=1, max_length=500)]
Options = Annotated[list[Option], Meta(max_length=1_000)]
Formats = Annotated[list[Annotated[str, Meta(max_length=50)]], Meta(max_length=100)]
FileCount = Annotated[int, Meta(ge=1, le=50)]
Position = Annotated[int, Meta(ge=0, le=1_000_000)]

MOST_FIELDS = 2_000
"""Definitions that one sub-account may have."""


class CustomFieldGone(Event):
    """A definition was deleted: areas that keep its values forget them."""

    logged = False
    id: str


class CustomField(Wire):
    """A definition. `picklist_options`: the choices of a list, or the labels of a list of text boxes."""

    id: str
    name: str
    field_key: str
    data_type: DataType
    position: int
    location_id: str
    model: Model
    date_added: str
    placeholder: str = ""
    picklist_options: list[str] = []
    is_allowed_custom_option: bool = False
    is_multi_file_allowed: bool = False
    max_file_limit: int | None = None
    accepted_format: list[str] = []

    @property
    def choices(self) -> list[str]:
        """The only values it takes; empty where it takes others too."""
        return [] if self.is_allowed_custom_option else self.picklist_options


class TextBox(Body):
    """One of a list of text boxes, or one choice."""

    label: Option
    prefill_value: Annotated[str, Meta(max_length=5_000)] = ""


class FieldChange(Body):
    """What may be said of a field at any time; what is not sent stays. `options`: the choices, in order."""

    name: FieldName
    placeholder: Name | UnsetType = UNSET
    accepted_format: Formats | UnsetType = UNSET
    is_multiple_file: bool | UnsetType = UNSET
    max_number_of_files: FileCount | UnsetType = UNSET
    text_box_list_options: Annotated[list[Option | TextBox], Meta(max_length=1_000)] | UnsetType = UNSET
    options: Options | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    model: Model | UnsetType = UNSET


class NewField(FieldChange, kw_only=True):
    """A definition as callers write it: its type is said once and for all."""

    data_type: DataType


class FieldsWanted(Body):
    """Of which records."""

    model: Literal["contact", "opportunity", "all"] = "all"


class OneField(Wire):
    """The reply about one field."""

    custom_field: CustomField


class ManyFields(Wire):
    """Fields in their order."""

    custom_fields: list[CustomField]


class FieldGone(Wire):
    """The reply to deleting."""

    succeded: bool


CUSTOM_FIELDS = declare(
    Table(
        "custom_fields",
        CustomField,
        index=("field_key", "model", "position"),
        unique=("field_key",),
        order="date_added",
    )
)


@area.get("/locations/{locationId}/customFields", scope="locations/customFields.readonly")
def get_custom_fields(ctx: Ctx, location_id: str, query: FieldsWanted) -> ManyFields:
    """The sub-account's custom fields by position, those of contacts, of opportunities, or all."""
    of = () if query.model == "all" else (Eq("model", query.model),)
    order = (Sort("position"), Sort("date_added"))
    return ManyFields(custom_fields=ctx.db.find(CUSTOM_FIELDS, *of, sort=order, limit=MOST_FIELDS))


@area.post("/locations/{locationId}/customFields", scope="locations/customFields.write")
def create_custom_field(ctx: Ctx, location_id: str, body: NewField) -> OneField:
    """Define a custom field, of contacts unless `model` says otherwise.

    Its key is made of its name and never changes, nor does its type. 400 when the sub-account has too many.
    """
    if ctx.db.count(CUSTOM_FIELDS) >= MOST_FIELDS:
        raise BadRequest(f"A location can have no more than {MOST_FIELDS} custom fields")
    model: Model = body.model or "contact"
    field = CustomField(
        id=new_id(), name=body.name, field_key=_free_key(ctx, model, body.name), data_type=body.data_type,
        position=0, location_id=location_id, model=model, date_added=ctx.stamp,
    )  # fmt: skip
    return OneField(custom_field=ctx.db.put(CUSTOM_FIELDS, _changed(field, body)))


@area.get("/locations/{locationId}/customFields/{id}", scope="locations/customFields.readonly")
def get_custom_field(ctx: Ctx, location_id: str, id: str) -> OneField:
    """One custom field; 400 where there is none with this id."""
    return OneField(custom_field=custom_field_or_400(ctx, id))


@area.put("/locations/{locationId}/customFields/{id}", scope="locations/customFields.write")
def update_custom_field(ctx: Ctx, location_id: str, id: str, body: FieldChange) -> OneField:
    """Change a custom field; what is not sent stays, and so do the values that records have. 422 for another model."""
    field = custom_field_or_400(ctx, id)
    if body.model and body.model != field.model:
        raise Unprocessable("model cannot be changed")
    return OneField(custom_field=ctx.db.put(CUSTOM_FIELDS, _changed(field, body)))


@area.delete("/locations/{locationId}/customFields/{id}", scope="locations/customFields.write")
def delete_custom_field(ctx: Ctx, location_id: str, id: str) -> FieldGone:
    """Delete a custom field, and its values wherever they are kept."""
    field = custom_field_or_400(ctx, id)
    ctx.emit(CustomFieldGone(id=field.id))
    return FieldGone(succeded=ctx.db.delete(CUSTOM_FIELDS, field.id))


def custom_field_or_400(ctx: Ctx, id: str) -> CustomField:
    """The sub-account's custom field with this id; 400 where there is none."""
    field = ctx.db.get(CUSTOM_FIELDS, id)
    if field is None:
        raise BadRequest(f"Custom field with id {id} not found")
    return field


def _changed(field: CustomField, body: FieldChange) -> CustomField:
    options = body.options
    if options is UNSET and body.text_box_list_options is not UNSET:
        options = [o if isinstance(o, str) else o.label for o in body.text_box_list_options]
    if options and field.data_type not in WITH_OPTIONS:
        raise Unprocessable(f"options do not go with dataType {field.data_type}")
    wanted = {
        "name": body.name,
        "placeholder": body.placeholder,
        "accepted_format": body.accepted_format,
        "is_multi_file_allowed": body.is_multiple_file,
        "max_file_limit": body.max_number_of_files,
        "picklist_options": options if options is UNSET else list(dict.fromkeys(options)),
        "position": body.position,
    }
    return replace(field, **{name: value for name, value in wanted.items() if value is not UNSET})


def _free_key(ctx: Ctx, model: Model, name: str) -> str:
    """`contact.pin_code` for "Pin code", numbered where another field has that already."""
    words = re.findall(r"\w+", name.lower())
    key = f"{model}.{'_'.join(words) or 'field'}"
    numbered = (key if n == 1 else f"{key}_{n}" for n in count(1))
    return next(k for k in numbered if ctx.db.one(CUSTOM_FIELDS, Eq("field_key", k)) is None)
