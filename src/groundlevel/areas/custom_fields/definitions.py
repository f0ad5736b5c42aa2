"""Custom fields of contacts and opportunities: /locations/{locationId}/customFields"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.custom_fields.field import (
    CUSTOM_FIELDS,
    MOST_FIELDS,
    CustomField,
    FieldName,
    FieldOption,
    Label,
    add_field,
    as_key,
    custom_field_or_400,
    free_key,
    options_of,
    remove_field,
)
from groundlevel.areas.custom_fields.folders import folder_or_400
from groundlevel.areas.custom_fields.values import WITH_OPTIONS, DataType
from groundlevel.areas.locations import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import In, Sort
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_id

Model = Literal["contact", "opportunity"]
MODELS = ("contact", "opportunity")
Options = Annotated[list[Label], Meta(max_length=1_000)]
Formats = Annotated[list[Annotated[str, Meta(max_length=50)]], Meta(max_length=100)]
FileCount = Annotated[int, Meta(ge=1, le=50)]
Position = Annotated[int, Meta(ge=0, le=1_000_000)]


class LocationField(Wire):
    """A definition as it is told here. `picklist_options`: the choices of a list, or the labels of text boxes."""

    id: str
    name: str
    field_key: str
    data_type: DataType
    position: int
    location_id: str
    model: str
    date_added: str
    parent_id: str | None = None
    description: str = ""
    placeholder: str = ""
    picklist_options: list[str] = []
    is_allowed_custom_option: bool = False
    is_multi_file_allowed: bool = False
    max_file_limit: int | None = None
    accepted_format: list[str] = []


class TextBox(Body):
    """One of a list of text boxes, or one choice."""

    label: Label
    prefill_value: Annotated[str, Meta(max_length=5_000)] = ""


class FieldChange(Body):
    """What may be said of a field at any time; what is not sent stays. `options`: the choices, in order."""

    name: FieldName
    placeholder: Name | UnsetType = UNSET
    description: Prose | UnsetType = UNSET
    accepted_format: Formats | UnsetType = UNSET
    is_multiple_file: bool | UnsetType = UNSET
    max_number_of_files: FileCount | UnsetType = UNSET
    text_box_list_options: Annotated[list[Label | TextBox], Meta(max_length=1_000)] | UnsetType = UNSET
    options: Options | UnsetType = UNSET
    is_allowed_custom_option: bool | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    parent_id: Name | UnsetType = UNSET
    model: Model | UnsetType = UNSET


class NewField(FieldChange, kw_only=True):
    """A definition as callers write it: its type and its key are said once and for all."""

    data_type: DataType
    field_key: Name | UnsetType = UNSET


class FieldsWanted(Body):
    """Of which records."""

    model: Literal["contact", "opportunity", "all"] = "all"


class OneField(Wire):
    """The reply about one field."""

    custom_field: LocationField


class ManyFields(Wire):
    """Fields in their order."""

    custom_fields: list[LocationField]


class FieldGone(Wire):
    """The reply to deleting."""

    succeded: bool


@area.get("/locations/{locationId}/customFields", scope="locations/customFields.readonly")
def get_custom_fields(ctx: Ctx, location_id: str, query: FieldsWanted) -> ManyFields:
    """The sub-account's custom fields by position, those of contacts, of opportunities, or both."""
    models = MODELS if query.model == "all" else (query.model,)
    order = (Sort("position"), Sort("date_added"))
    found = ctx.db.find(CUSTOM_FIELDS, In("model", models), sort=order, limit=MOST_FIELDS)
    return ManyFields(custom_fields=[_told(field) for field in found])


@area.post("/locations/{locationId}/customFields", scope="locations/customFields.write")
def create_custom_field(ctx: Ctx, location_id: str, body: NewField) -> OneField:
    """Define a custom field, of contacts unless `model` says otherwise.

    Its key is made of its name unless `fieldKey` says it, and never changes, nor does its type. 400 when the
    sub-account has too many, or a field with this key.
    """
    model = body.model or "contact"
    field = CustomField(
        id=new_id(), name=body.name, field_key=_key(ctx, model, body), data_type=body.data_type,
        position=0, location_id=location_id, model=model, date_added=ctx.stamp,
    )  # fmt: skip
    return OneField(custom_field=_told(add_field(ctx, _changed(ctx, field, body))))


@area.get("/locations/{locationId}/customFields/{id}", scope="locations/customFields.readonly")
def get_custom_field(ctx: Ctx, location_id: str, id: str) -> OneField:
    """One custom field, by its id or its key; 400 where there is none."""
    return OneField(custom_field=_told(_own_or_400(ctx, id)))


@area.put("/locations/{locationId}/customFields/{id}", scope="locations/customFields.write")
def update_custom_field(ctx: Ctx, location_id: str, id: str, body: FieldChange) -> OneField:
    """Change a custom field; what is not sent stays, and so do the values that records have. 422 for another model."""
    field = _own_or_400(ctx, id)
    if body.model and body.model != field.model:
        raise Unprocessable("model cannot be changed")
    return OneField(custom_field=_told(ctx.db.put(CUSTOM_FIELDS, _changed(ctx, field, body))))


@area.delete("/locations/{locationId}/customFields/{id}", scope="locations/customFields.write")
def delete_custom_field(ctx: Ctx, location_id: str, id: str) -> FieldGone:
    """Delete a custom field, and its values wherever they are kept."""
    return FieldGone(succeded=remove_field(ctx, _own_or_400(ctx, id)))


def _own_or_400(ctx: Ctx, id: str) -> CustomField:
    """Fields of other objects are not told here."""
    field = custom_field_or_400(ctx, id)
    if field.model not in MODELS:
        raise BadRequest(f"Custom field with id {id} not found")
    return field


def _key(ctx: Ctx, model: str, body: NewField) -> str:
    said = as_key(body.field_key.removeprefix(f"{model}.")) if body.field_key else ""
    return f"{model}.{said}" if said else free_key(ctx, model, body.name)


def _told(field: CustomField) -> LocationField:
    same = ("id", "name", "field_key", "data_type", "position", "location_id", "model", "date_added", "description")
    told: dict[str, Any] = {name: getattr(field, name) for name in (*same, *_FILES, "placeholder")}
    return LocationField(
        **told,
        parent_id=field.parent_id or None,
        picklist_options=[o.label for o in field.options],
        is_allowed_custom_option=field.allow_custom_option,
    )


_FILES = ("is_multi_file_allowed", "max_file_limit", "accepted_format")


def _changed(ctx: Ctx, field: CustomField, body: FieldChange) -> CustomField:
    options = _options(field, body)
    if options and field.data_type not in WITH_OPTIONS:
        raise Unprocessable(f"options do not go with dataType {field.data_type}")
    if body.parent_id:
        folder_or_400(ctx, body.parent_id, field.model)
    wanted = {
        "name": body.name,
        "placeholder": body.placeholder,
        "description": body.description,
        "accepted_format": body.accepted_format,
        "is_multi_file_allowed": body.is_multiple_file,
        "max_file_limit": body.max_number_of_files,
        "options": options,
        "allow_custom_option": body.is_allowed_custom_option,
        "position": body.position,
        "parent_id": body.parent_id,
        "date_updated": ctx.stamp,
    }
    return replace(field, **{name: value for name, value in wanted.items() if value is not UNSET})


def _options(field: CustomField, body: FieldChange) -> list[FieldOption] | UnsetType:
    if body.options is not UNSET:
        return options_of(field.options, body.options)
    if body.text_box_list_options is UNSET:
        return UNSET
    boxes = [TextBox(label=b) if isinstance(b, str) else b for b in body.text_box_list_options]
    filled = {box.label: box.prefill_value for box in boxes}
    found = options_of(field.options, [box.label for box in boxes])
    return [replace(option, prefill_value=filled[option.label] or None) for option in found]
