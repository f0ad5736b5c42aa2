"""Custom fields of any object: /custom-fields"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.custom_fields.area import area
from groundlevel.areas.custom_fields.field import (
    CUSTOM_FIELDS,
    CustomField,
    FieldName,
    FieldOption,
    Label,
    add_field,
    as_key,
    check_object,
    custom_field_or_400,
    fields_of,
    option_key,
    remove_field,
)
from groundlevel.areas.custom_fields.folders import (
    FOLDERS,
    MOST_FOLDERS,
    CustomFieldFolder,
    FieldOrFolderGone,
    OfLocation,
    folder_or_400,
)
from groundlevel.areas.custom_fields.values import WITH_OPTIONS, DataType
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_id

Format = Literal[".pdf", ".docx", ".doc", ".jpg", ".jpeg", ".png", ".gif", ".csv", ".xlsx", ".xls", "all"]
FileLimit = Annotated[int, Meta(ge=1, le=50)]


class ObjectField(Wire):
    """A definition as it is told here; of a folder, what it has of it. `accepted_formats`: one, or several."""

    id: str
    location_id: str
    object_key: str
    date_added: str
    date_updated: str
    parent_id: str
    name: str | None = None
    field_key: str | None = None
    data_type: DataType | None = None
    show_in_forms: bool | None = None
    description: str | None = None
    placeholder: str | None = None
    options: list[FieldOption] | None = None
    accepted_formats: str | list[str] | None = None
    allow_custom_option: bool | None = None
    max_file_limit: int | None = None


class OptionInput(Body):
    """An option as callers write it. In a change `key` says which one is meant; without it, the label does."""

    label: Label
    key: Name | None = None
    url: Name | None = None


class ObjectFieldChange(Body):
    """What may be said of a field at any time; what is not sent stays. `options` has all there were, and new ones."""

    location_id: str
    show_in_forms: bool
    name: FieldName | UnsetType = UNSET
    description: Prose | UnsetType = UNSET
    placeholder: Name | UnsetType = UNSET
    options: Annotated[list[OptionInput], Meta(max_length=1_000)] | UnsetType = UNSET
    accepted_formats: Format | list[Format] | UnsetType = UNSET
    max_file_limit: FileLimit | UnsetType = UNSET


class NewObjectField(ObjectFieldChange, kw_only=True):
    """A definition as callers write it: object, type and key are said once and for all."""

    data_type: DataType
    field_key: Annotated[str, Meta(min_length=1, max_length=300)]
    object_key: Name
    parent_id: Name
    allow_custom_option: bool = False


class OneObjectField(Wire):
    """The reply about one field."""

    field: ObjectField


class ManyObjectFields(Wire):
    """The fields of an object, oldest first, and their folders."""

    fields: list[ObjectField]
    folders: list[CustomFieldFolder]


@area.get("/custom-fields/{id}", scope="locations/customFields.readonly")
def get_custom_field_by_id(ctx: Ctx, id: str) -> OneObjectField:
    """One field, or one folder; 400 where there is neither with this id."""
    folder = ctx.db.get(FOLDERS, id)
    return OneObjectField(field=_folder_told(folder) if folder else field_told(custom_field_or_400(ctx, id)))


@area.get("/custom-fields/object-key/{objectKey}", scope="locations/customFields.readonly")
def get_custom_fields_by_object_key(ctx: Ctx, object_key: str, query: OfLocation) -> ManyObjectFields:
    """The fields of an object and their folders. 400 for an object that is not there."""
    check_object(ctx, object_key)
    folders = ctx.db.find(FOLDERS, Eq("object_key", object_key), limit=MOST_FOLDERS)
    return ManyObjectFields(fields=[field_told(f) for f in fields_of(ctx, object_key)], folders=folders[::-1])


@area.post("/custom-fields/", scope="locations/customFields.write")
def create_custom_field(ctx: Ctx, body: NewObjectField) -> OneObjectField:
    """Define a field of an object, in one of its folders.

    `fieldKey` begins with the object's key, which may be left out. 400 for an unknown object or folder, for a key that
    is taken, and when the sub-account has too many fields.
    """
    check_object(ctx, body.object_key)
    folder_or_400(ctx, body.parent_id, body.object_key)
    field = CustomField(
        id=new_id(), name=body.name or body.field_key.rpartition(".")[2], field_key=_key(body), position=0,
        data_type=body.data_type, location_id=body.location_id, model=body.object_key, date_added=ctx.stamp,
        parent_id=body.parent_id, allow_custom_option=body.allow_custom_option,
    )  # fmt: skip
    return OneObjectField(field=field_told(add_field(ctx, _changed(ctx, field, body))))


@area.put("/custom-fields/{id}", scope="locations/customFields.write")
def update_custom_field(ctx: Ctx, id: str, body: ObjectFieldChange) -> OneObjectField:
    """Change a field; what is not sent stays. 400 where an option is left out: records may have it."""
    field = custom_field_or_400(ctx, id)
    return OneObjectField(field=field_told(ctx.db.put(CUSTOM_FIELDS, _changed(ctx, field, body))))


@area.delete("/custom-fields/{id}", scope="locations/customFields.write")
def delete_custom_field(ctx: Ctx, id: str) -> FieldOrFolderGone:
    """Delete a field, and its values wherever they are kept. 400 for what its object is shown by."""
    field = custom_field_or_400(ctx, id)
    return FieldOrFolderGone(succeded=remove_field(ctx, field), id=field.id, key=field.field_key)


def field_told(field: CustomField) -> ObjectField:
    """The definition as this area and the schemas of objects tell it."""
    same = ("id", "location_id", "date_added", "parent_id", "name", "field_key", "data_type", "show_in_forms")
    told: dict[str, Any] = {name: getattr(field, name) for name in (*same, "max_file_limit")}
    some = field.data_type in WITH_OPTIONS
    formats = field.accepted_format
    return ObjectField(
        **told, object_key=field.model, date_updated=field.date_updated or field.date_added,
        description=field.description or None, placeholder=field.placeholder or None,
        options=field.options if some else None, allow_custom_option=field.allow_custom_option if some else None,
        accepted_formats=(formats[0] if len(formats) == 1 else formats) or None,
    )  # fmt: skip


def _folder_told(folder: CustomFieldFolder) -> ObjectField:
    same = ("id", "location_id", "object_key", "date_added", "date_updated", "name")
    return ObjectField(**{name: getattr(folder, name) for name in same}, parent_id="")


def _key(body: NewObjectField) -> str:
    """422 for a key of another object, and for one without letters and digits."""
    given, start = body.field_key, f"{body.object_key}."
    bare = given.removeprefix(start)
    key = as_key(bare)
    if not key or "." in bare:
        raise Unprocessable(f"fieldKey must be {start} and a name, not {given}")
    return start + key


def _changed(ctx: Ctx, field: CustomField, body: ObjectFieldChange) -> CustomField:
    said = body.accepted_formats
    wanted = {
        "name": body.name,
        "description": body.description,
        "placeholder": body.placeholder,
        "show_in_forms": body.show_in_forms,
        "options": body.options if body.options is UNSET else _options(field, body.options),
        "accepted_format": [said] if isinstance(said, str) else said,
        "max_file_limit": body.max_file_limit,
        "date_updated": ctx.stamp,
    }
    return replace(field, **{name: value for name, value in wanted.items() if value is not UNSET})


def _options(field: CustomField, given: list[OptionInput]) -> list[FieldOption]:
    """What was there before keeps its key, and must be there again."""
    if given and field.data_type not in WITH_OPTIONS:
        raise Unprocessable(f"options do not go with dataType {field.data_type}")
    by_key = {o.key: o for o in field.options}
    by_label = {o.label: o for o in field.options}
    found: dict[str, FieldOption] = {}
    taken = set(by_key)
    for one in given:
        before = by_key.get(one.key or "") or by_label.get(one.label)
        key = before.key if before else option_key(one.key or one.label, taken | found.keys())
        if key in found:
            raise Unprocessable(f"options must not have {one.label} twice")
        found[key] = FieldOption(key=key, label=one.label, url=one.url if field.data_type == "RADIO" else None)
    if gone := [o.label for o in field.options if o.key not in found]:
        raise BadRequest(f"Options cannot be removed: {', '.join(gone)}")
    return list(found.values())
