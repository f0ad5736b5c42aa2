"""Ways to let events of objects, records, associations and relations happen: see `webhooks_trigger`."""

from collections.abc import Callable
from typing import Any

import msgspec

from groundlevel.areas.associations.associations import (
    Labels,
    NewAssociation,
    create_association,
    delete_association,
    update_association,
)
from groundlevel.areas.associations.associations import OfLocation as Here
from groundlevel.areas.associations.relations import NewRelation, create_relation, delete_relation
from groundlevel.areas.objects.records import (
    OfLocation,
    create_object_record,
    delete_object_record,
    update_object_record,
)
from groundlevel.areas.objects.schemas import NewObject, ObjectChange, create_custom_object_schema, update_custom_object
from groundlevel.areas.objects.writing import NewRecord, RecordChange
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import new_id

Fields = dict[str, Any]
Do = Callable[[Ctx, Fields], object]


def _object(ctx: Ctx, fields: Fields) -> str:
    key = f"trigger_{new_id().lower()}"
    said = {
        "key": key, "labels": {"singular": "Trigger", "plural": "Triggers"}, "locationId": ctx.location_id,
        "primaryDisplayPropertyDetails": {"key": "name", "name": "Name", "dataType": "TEXT"},
    }  # fmt: skip
    return create_custom_object_schema(ctx, msgspec.convert(said | fields, NewObject)).object.key


def _changed_object(ctx: Ctx, fields: Fields) -> None:
    said: Fields = {"locationId": ctx.location_id, "searchableProperties": [], "description": "Changed"}
    update_custom_object(ctx, _object(ctx, {}), msgspec.convert(said | fields, ObjectChange))


def _record(ctx: Ctx, fields: Fields) -> tuple[str, str]:
    """The key of an object and the id of a record of its; `fields` are of the record, not of its properties."""
    said = {"locationId": ctx.location_id, "properties": {"name": "Trigger"}}
    key = _object(ctx, {})
    return key, create_object_record(ctx, key, msgspec.convert(said | fields, NewRecord)).record.id


def _changed_record(ctx: Ctx, fields: Fields) -> None:
    change = msgspec.convert({"properties": {"name": "Changed"}} | fields, RecordChange)
    update_object_record(ctx, *_record(ctx, {}), OfLocation(location_id=ctx.location_id), change)


def _association(ctx: Ctx, fields: Fields, key: str = "contact") -> str:
    said = {
        "locationId": ctx.location_id, "key": f"trigger_{new_id()}", "firstObjectKey": key, "secondObjectKey": key,
        "firstObjectLabel": "First", "secondObjectLabel": "Second",
    }  # fmt: skip
    return create_association(ctx, msgspec.convert(said | fields, NewAssociation)).id


def _changed_association(ctx: Ctx, fields: Fields) -> None:
    said = {"firstObjectLabel": "One", "secondObjectLabel": "Other"}
    update_association(ctx, _association(ctx, {}), msgspec.convert(said | fields, Labels))


def _relation(ctx: Ctx, fields: Fields) -> str:
    """Of two records of an object, unless the fields name all of it."""
    key, first = _record(ctx, {})
    second = create_object_record(ctx, key, NewRecord(location_id=ctx.location_id, properties={})).record.id
    said = {"locationId": ctx.location_id, "firstRecordId": first, "secondRecordId": second}
    whole = said | {"associationId": fields.get("associationId") or _association(ctx, {}, key)} | fields
    return create_relation(ctx, msgspec.convert(whole, NewRelation)).id


OF_OBJECTS: dict[str, Do] = {
    "ObjectSchemaCreate": _object,
    "ObjectSchemaUpdate": _changed_object,
    "RecordCreate": _record,
    "RecordUpdate": _changed_record,
    "RecordDelete": lambda ctx, fields: delete_object_record(ctx, *_record(ctx, fields)),
    "AssociationCreate": _association,
    "AssociationUpdate": _changed_association,
    "AssociationDelete": lambda ctx, fields: delete_association(ctx, _association(ctx, fields)),
    "RelationCreate": _relation,
    "RelationDelete": lambda ctx, fields: delete_relation(
        ctx, _relation(ctx, fields), Here(location_id=ctx.location_id)
    ),
}
"""Event -> what is done for it."""
