"""Schemas of objects: /objects"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.custom_fields import (
    CustomField,
    CustomFieldGone,
    ObjectField,
    add_field,
    add_folder,
    as_key,
    field_told,
)
from groundlevel.areas.objects.area import area
from groundlevel.areas.objects.events import ObjectSchemaCreate, ObjectSchemaUpdate, ToldLabels
from groundlevel.areas.objects.reindexing import reindex
from groundlevel.areas.objects.schema import (
    MOST_OBJECTS,
    OBJECTS,
    PREFIX,
    ObjectSchema,
    every_object,
    fields_of_object,
    object_or_400,
)
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_hex, new_id, sent

ObjectLabel = Annotated[str, Meta(min_length=1, max_length=200)]
MOST_SEARCHED = 50


class Labels(Body):
    """What an object is called."""

    singular: ObjectLabel
    plural: ObjectLabel


class LabelsChange(Body):
    """What an object is to be called; what is not sent stays."""

    singular: ObjectLabel | UnsetType = UNSET
    plural: ObjectLabel | UnsetType = UNSET


class PrimaryProperty(Body):
    """The property that a record is shown by."""

    key: Name
    name: ObjectLabel
    data_type: Literal["TEXT", "NUMERICAL"]


class NewObject(Body):
    """An object as callers write it; `custom_objects.` goes before its key where it is missing."""

    labels: Labels
    key: Name
    location_id: str
    primary_display_property_details: PrimaryProperty
    description: Prose | None = None


class ObjectChange(Body):
    """What may be said of an object at any time; what is not sent stays. All searchable properties, by their keys."""

    location_id: str
    searchable_properties: Annotated[list[Name], Meta(max_length=MOST_SEARCHED)]
    labels: LabelsChange | UnsetType = UNSET
    description: Prose | None | UnsetType = UNSET


class ObjectsWanted(Body):
    """Whose objects."""

    location_id: str


class ObjectWanted(ObjectsWanted, kw_only=True):
    """Whose object, and whether its fields are wanted too."""

    fetch_properties: bool = False


class ManyObjects(Wire):
    """Objects: everybody's first."""

    objects: list[ObjectSchema]


class OneObject(Wire):
    """The reply about one object."""

    object: ObjectSchema


class ObjectAndFields(Wire, omit_defaults=False):
    """An object with its fields, if they were wanted. `cache`: whether the answer was kept from before; never, here."""

    object: ObjectSchema
    cache: bool = False
    fields: list[ObjectField] = []


@area.get("/objects/", scope="objects/schema.readonly")
def get_object_by_location_id(ctx: Ctx, query: ObjectsWanted) -> ManyObjects:
    """All objects of a sub-account: contact, opportunity, business, and its own."""
    return ManyObjects(objects=every_object(ctx))


@area.post("/objects/", scope="objects/schema.write", tokens="either")
def create_custom_object_schema(ctx: Ctx, body: NewObject) -> OneObject:
    """Define an object, with the property that its records are shown by and a folder for its fields.

    400 for a key that is taken, and when the sub-account has too many.
    """
    key = _key(body.key)
    if ctx.db.one(OBJECTS, Eq("key", key)):
        raise BadRequest(f"Object with key {key} already exists")
    if ctx.db.count(OBJECTS) >= MOST_OBJECTS:
        raise BadRequest(f"A location can have no more than {MOST_OBJECTS} objects")
    primary = _primary(ctx, key, body)
    schema = ObjectSchema(
        id=new_hex(), standard=False, key=key, location_id=ctx.location_id, date_added=ctx.stamp,
        labels=ToldLabels(singular=body.labels.singular, plural=body.labels.plural), date_updated=ctx.stamp,
        primary_display_property=primary, searchable_properties=[primary], description=body.description,
    )  # fmt: skip
    ctx.emit(ObjectSchemaCreate(**_told(schema)))
    return OneObject(object=ctx.db.put(OBJECTS, schema))


@area.get("/objects/{key}", scope="objects/schema.readonly")
def get_object_schema_by_key(ctx: Ctx, key: str, query: ObjectWanted) -> ObjectAndFields:
    """One object by its key or id, with its fields if `fetchProperties` says so. 400 for an unknown one."""
    schema = object_or_400(ctx, key)
    wanted = fields_of_object(ctx, schema.key) if query.fetch_properties else []
    fields = [field_told(f if f.date_added else replace(f, date_added=schema.date_added)) for f in wanted]
    return ObjectAndFields(object=schema, fields=fields)


@area.put("/objects/{key}", scope="objects/schema.write")
def update_custom_object(ctx: Ctx, key: str, body: ObjectChange) -> OneObject:
    """Change an object's labels, description and searchable properties.

    Records are searched by the new properties as soon as a job has gone through them. Of everybody's objects only
    the searchable properties can be changed. 400 for a property that the object does not have.
    """
    before = object_or_400(ctx, key)
    if before.standard and (body.labels or body.description is not UNSET):
        raise BadRequest("Only the searchable properties of a standard object can be changed")
    known = {f.field_key for f in fields_of_object(ctx, before.key)}
    if wrong := [p for p in body.searchable_properties if p not in known]:
        raise BadRequest(f"searchableProperties must be properties of {before.key}, not {', '.join(wrong)}")
    labels = replace(before.labels, **sent(body.labels)) if body.labels else before.labels
    after = replace(
        before, labels=labels, date_updated=ctx.stamp,
        description=before.description if body.description is UNSET else body.description,
        searchable_properties=list(dict.fromkeys(body.searchable_properties)),
    )  # fmt: skip
    if set(after.searchable_properties) != set(before.searchable_properties):
        reindex(ctx, after.key)
    ctx.emit(ObjectSchemaUpdate(**_told(after)))
    return OneObject(object=ctx.db.put(OBJECTS, after))


@on(CustomFieldGone)
def forget_field(ctx: Ctx, gone: CustomFieldGone) -> None:
    """A deleted field is searched by no more. 400 for the one that records are shown by."""
    schema = ctx.db.one(OBJECTS, Eq("key", gone.model))
    if schema is None:
        return
    if gone.field_key == schema.primary_display_property:
        raise BadRequest(f"{gone.field_key} is the primary display property of its object")
    if gone.field_key in schema.searchable_properties:
        left = [key for key in schema.searchable_properties if key != gone.field_key]
        ctx.db.put(OBJECTS, replace(schema, searchable_properties=left))


def _key(given: str) -> str:
    """422 for a key without letters and digits, or with a dot within."""
    bare = given.removeprefix(PREFIX)
    if not as_key(bare) or "." in bare:
        raise Unprocessable(f"key must be {PREFIX} and a name, not {given}")
    return PREFIX + as_key(bare)


def _primary(ctx: Ctx, key: str, body: NewObject) -> str:
    """Define the property that records are shown by; its whole key."""
    said = body.primary_display_property_details
    bare = as_key(said.key.removeprefix(f"{key}."))
    if not bare or "." in said.key.removeprefix(f"{key}."):
        raise Unprocessable(f"primaryDisplayPropertyDetails.key must be {key}. and a name, not {said.key}")
    folder = add_folder(ctx, key, f"{body.labels.singular} details")
    field = CustomField(
        id=new_id(), name=said.name, field_key=f"{key}.{bare}", data_type=said.data_type, position=0,
        location_id=ctx.location_id, model=key, date_added=ctx.stamp, date_updated=ctx.stamp, parent_id=folder.id,
    )  # fmt: skip
    return add_field(ctx, field).field_key


def _told(schema: ObjectSchema) -> dict[str, Any]:
    same = ("location_id", "id", "key", "labels", "primary_display_property", "searchable_properties")
    told = {name: getattr(schema, name) for name in same}
    kind = "SYSTEM_DEFINED" if schema.standard else "USER_DEFINED"
    return told | {
        "description": schema.description or "", "object_type": kind, "created_at": schema.date_added,
        "updated_at": schema.date_updated,
    }  # fmt: skip
