"""Businesses as records of an object: the same data under other names, so that they are found as all records are.

What everybody keeps of a business is the business's; a sub-account's own fields are the record's.
"""

from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from groundlevel.areas.businesses import (
    BusinessChange,
    BusinessDeleted,
    BusinessKept,
    NewBusiness,
    add_business,
    change_business,
)
from groundlevel.areas.custom_fields import Property, properties_shown
from groundlevel.areas.objects.record import RECORDS, Record, record_or_400
from groundlevel.areas.objects.reindexing import indexed
from groundlevel.areas.objects.schema import ObjectSchema, object_or_400
from groundlevel.areas.objects.standard import standard_fields
from groundlevel.areas.objects.writing import (
    NewRecord,
    RecordChange,
    author_of,
    blank,
    changed,
    keep_changed,
    keep_new,
    remove,
)
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.explain import violations
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.wire import camel, new_hex

BUSINESS = "business"


def create_company(ctx: Ctx, schema: ObjectSchema, body: NewRecord) -> Record:
    """Add a business as a record. 422 with every fault; it needs a name."""
    record = _written(ctx, schema, blank(ctx, schema, new_hex()), body)
    said = {**_standard(ctx, record), "locationId": ctx.location_id}
    if wrong := violations(said, NewBusiness):
        raise Unprocessable(*(f"properties.{text}" for text in wrong))
    ctx.db.put(RECORDS, record)
    add_business(ctx, msgspec.convert(said, NewBusiness), record.id)
    return record_or_400(ctx, BUSINESS, record.id)


def update_company(ctx: Ctx, schema: ObjectSchema, before: Record, body: RecordChange) -> Record:
    """Change a business as a record; what is not sent stays. 422 with every fault."""
    record = _written(ctx, schema, before, body)
    had, has = _standard(ctx, before), _standard(ctx, record)
    said = {**dict.fromkeys(had), **has}
    if wrong := violations(said, BusinessChange):
        raise Unprocessable(*(f"properties.{text}" for text in wrong))
    ctx.db.put(RECORDS, record)
    change_business(ctx, record.id, msgspec.convert(said, BusinessChange))
    return record_or_400(ctx, BUSINESS, record.id)


@on(BusinessKept)
def keep_up(ctx: Ctx, kept: BusinessKept) -> None:
    """The record of a business has what the business has."""
    schema, business = object_or_400(ctx, BUSINESS), kept.business
    before = ctx.db.get(RECORDS, business.id) or blank(ctx, schema, business.id)
    standard = {f.field_key: f.bare_key for f in standard_fields(ctx.location_id, BUSINESS)}
    own = [p for p in before.properties if p.id not in standard]
    values = ((key, getattr(business, name)) for key, name in standard.items())
    new = [Property(id=key, value=value) for key, value in values if value]
    after = indexed(schema, replace(before, properties=[*new, *own], date_updated=ctx.stamp))
    (keep_new if kept.new else keep_changed)(ctx, replace(after, last_updated_by=author_of(ctx)))


@on(BusinessDeleted)
def forget(ctx: Ctx, gone: BusinessDeleted) -> None:
    """The record of a business goes with it."""
    record = ctx.db.get(RECORDS, gone.id)
    if record:
        remove(ctx, record)


def _written(ctx: Ctx, schema: ObjectSchema, before: Record, body: RecordChange) -> Record:
    if body.owner is not UNSET or body.followers is not UNSET:
        raise BadRequest("owner and followers are supported with custom objects only")
    return changed(ctx, schema, before, body)


def _standard(ctx: Ctx, record: Record) -> dict[str, Any]:
    """What a record says of a business, under the names that businesses have for it."""
    shown = properties_shown(BUSINESS, record.properties)
    names = [f.bare_key for f in standard_fields(ctx.location_id, BUSINESS)]
    return {camel(name): shown[name] for name in names if name in shown}
