"""What a caller says of a record, and what is kept of it."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.custom_fields import Violation, properties_written
from groundlevel.areas.objects.events import RecordCreate, RecordDelete, RecordUpdate, told_properties
from groundlevel.areas.objects.record import RECORDS, Author, Record
from groundlevel.areas.objects.reindexing import indexed
from groundlevel.areas.objects.schema import ObjectSchema, fields_of_object
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import Body, Name

Properties = dict[Annotated[str, Meta(max_length=1_000)], Any]


class RecordChange(Body):
    """What may be said of a record; what is not sent stays, and so does each property that is not named.

    Properties go by the keys of the object's fields, with or without the object's own before; null takes one away.
    """

    owner: Annotated[list[Name], Meta(max_length=1)] | UnsetType = UNSET
    followers: Annotated[list[Name], Meta(max_length=10)] | UnsetType = UNSET
    properties: Properties | UnsetType = UNSET


class NewRecord(RecordChange, kw_only=True):
    """A record as callers write it."""

    location_id: str


def blank(ctx: Ctx, schema: ObjectSchema, id: str) -> Record:
    """A record of the object that has nothing yet."""
    author = author_of(ctx)
    return Record(
        id=id, location_id=ctx.location_id, object_id=schema.id, object_key=schema.key, date_added=ctx.stamp,
        date_updated=ctx.stamp, title="", created_by=author, last_updated_by=author,
    )  # fmt: skip


def changed(ctx: Ctx, schema: ObjectSchema, before: Record, body: RecordChange) -> Record:
    """The record after the change. 422 with every fault of its properties; 400 for an unknown user."""
    properties = before.properties
    if body.properties is not UNSET:
        try:
            properties = properties_written(fields_of_object(ctx, schema.key), properties, body.properties)
        except Violation as violation:
            raise Unprocessable(*violation.args) from None
    owner = before.owner if body.owner is UNSET else body.owner
    followers = before.followers if body.followers is UNSET else list(dict.fromkeys(body.followers))
    for user in (*owner, *followers):
        check_user(ctx, user)
    after = replace(
        before, owner=owner, followers=followers, properties=properties, date_updated=ctx.stamp,
        last_updated_by=author_of(ctx),
    )  # fmt: skip
    return indexed(schema, after)


def author_of(ctx: Ctx) -> Author:
    """Whoever calls, as the author of a record."""
    return Author(channel="OAUTH", created_at=ctx.stamp, source="PUBLIC_API", source_id=ctx.caller.token_id)


def keep_new(ctx: Ctx, record: Record) -> Record:
    """Keep a record that was not there, and tell of it."""
    ctx.emit(RecordCreate(**told(record)))
    return ctx.db.put(RECORDS, record)


def keep_changed(ctx: Ctx, record: Record) -> Record:
    """Keep a record after a change, and tell of it."""
    ctx.emit(RecordUpdate(**told(record)))
    return ctx.db.put(RECORDS, record)


def remove(ctx: Ctx, record: Record) -> bool:
    """Delete a record, and tell of it."""
    ctx.emit(RecordDelete(**told(record)))
    return ctx.db.delete(RECORDS, record.id)


def told(record: Record) -> dict[str, Any]:
    """The fields of a record that its events carry."""
    return {
        "location_id": record.location_id, "id": record.id, "owners": record.owner, "followers": record.followers,
        "properties": told_properties(record.object_key, record.properties),
    }  # fmt: skip
