"""Records of objects: /objects/{schemaKey}/records"""

from typing import Any

from groundlevel.areas.associations import forget_relations
from groundlevel.areas.businesses import remove_business
from groundlevel.areas.custom_fields import properties_shown
from groundlevel.areas.objects.area import area
from groundlevel.areas.objects.companies import BUSINESS, create_company, update_company
from groundlevel.areas.objects.record import Record, record_or_400
from groundlevel.areas.objects.schema import ObjectSchema, object_or_400
from groundlevel.areas.objects.writing import NewRecord, RecordChange, blank, changed, keep_changed, keep_new, remove
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.wire import Body, Wire, new_hex, shown

ELSEWHERE = ("contact", "opportunity")
"""Objects whose records have an API of their own."""


class OfLocation(Body):
    """Whose records."""

    location_id: str


class RecordShown(Wire):
    """A record; `owner` and `followers` are ids of users, of the first at most one."""

    id: str
    date_added: str
    date_updated: str
    properties: dict[str, Any]
    owner: list[str] = shown()
    followers: list[str] = shown()


class OneRecord(Wire):
    """The reply about one record."""

    record: RecordShown


class RecordGone(Wire):
    """The reply to deleting."""

    id: str
    success: bool


@area.post("/objects/{schemaKey}/records", scope="objects/record.write")
def create_object_record(ctx: Ctx, schema_key: str, body: NewRecord) -> OneRecord:
    """Add a record to a sub-account's own object, or a business.

    422 with every fault of its properties. 400 for an unknown object or user, and for contacts and opportunities,
    which are added elsewhere.
    """
    schema = records_of(ctx, schema_key)
    if schema.key == BUSINESS:
        return _one(create_company(ctx, schema, body))
    return _one(keep_new(ctx, changed(ctx, schema, blank(ctx, schema, new_hex()), body)))


@area.get("/objects/{schemaKey}/records/{id}", scope="objects/record.readonly")
def get_record_by_id(ctx: Ctx, schema_key: str, id: str) -> OneRecord:
    """One record; 400 where there is none with this id."""
    return _one(record_or_400(ctx, records_of(ctx, schema_key).key, id))


@area.put("/objects/{schemaKey}/records/{id}", scope="objects/record.write")
def update_object_record(ctx: Ctx, schema_key: str, id: str, query: OfLocation, body: RecordChange) -> OneRecord:
    """Change a record; what is not sent stays as it is. 422 with every fault of its properties."""
    schema = records_of(ctx, schema_key)
    before = record_or_400(ctx, schema.key, id)
    if schema.key == BUSINESS:
        return _one(update_company(ctx, schema, before, body))
    return _one(keep_changed(ctx, changed(ctx, schema, before, body)))


@area.delete("/objects/{schemaKey}/records/{id}", scope="objects/record.write")
def delete_object_record(ctx: Ctx, schema_key: str, id: str) -> RecordGone:
    """Delete a record and its relations."""
    record = record_or_400(ctx, records_of(ctx, schema_key).key, id)
    if record.object_key == BUSINESS:
        return RecordGone(id=id, success=remove_business(ctx, id))
    forget_relations(ctx, id)
    return RecordGone(id=id, success=remove(ctx, record))


def records_of(ctx: Ctx, schema_key: str) -> ObjectSchema:
    """The object, if its records are kept here; 400 for one that is unknown, for contacts and for opportunities."""
    schema = object_or_400(ctx, schema_key)
    if schema.key in ELSEWHERE:
        raise BadRequest(f"Records of {schema.key} are not supported here")
    return schema


def _one(record: Record) -> OneRecord:
    same = ("id", "date_added", "date_updated", "owner", "followers")
    properties = properties_shown(record.object_key, record.properties)
    return OneRecord(record=RecordShown(**{name: getattr(record, name) for name in same}, properties=properties))
