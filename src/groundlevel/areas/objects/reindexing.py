"""What has to be done to many records, in portions: searching them by other properties, forgetting a deleted field."""

from msgspec.structs import replace

from groundlevel.areas.custom_fields import CustomFieldGone
from groundlevel.areas.objects.record import RECORDS, Record, text_of, titled
from groundlevel.areas.objects.schema import ObjectSchema, object_or_400
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Condition, Eq, Exists, Sort

PORTION = 500
NEWEST = Sort("date_added", descending=True)


def reindex(ctx: Ctx, object_key: str) -> None:
    """Let all records of an object be searched by its searchable properties as they are then."""
    ctx.later(reindex_records, object_key=object_key, after=[])


def indexed(schema: ObjectSchema, record: Record) -> Record:
    """The record with what it is ordered and searched by."""
    return replace(
        record,
        title=titled(schema.key, schema.primary_display_property, record.properties),
        search_text=text_of(frozenset(schema.searchable_properties), record.properties),
    )


@job()
def reindex_records(ctx: Ctx, object_key: str, after: list[str]) -> None:
    """Do a portion, newest first, and go on with the next; records added meanwhile are right already."""
    schema = object_or_400(ctx, object_key)
    found = _portion(ctx, Eq("object_key", object_key), after)
    for record in found:
        now = indexed(schema, record)
        if now != record:
            ctx.db.put(RECORDS, now)
    if len(found) == PORTION:
        ctx.later(reindex_records, object_key=object_key, after=_end(found))


@on(CustomFieldGone)
def forget_values(ctx: Ctx, gone: CustomFieldGone) -> None:
    """Values go with their field, those of its text boxes too."""
    if gone.model not in ("contact", "opportunity"):
        for key in (gone.field_key, *gone.boxes):
            ctx.later(forget_property, object_key=gone.model, key=key, after=[])


@job()
def forget_property(ctx: Ctx, object_key: str, key: str, after: list[str]) -> None:
    """Take a property off a portion of records, newest first, and go on with the next."""
    schema = object_or_400(ctx, object_key)
    found = _portion(ctx, Exists(f"properties.{key}"), after)
    for record in found:
        left = [p for p in record.properties if p.id != key]
        ctx.db.put(RECORDS, indexed(schema, replace(record, properties=left)))
    if len(found) == PORTION:
        ctx.later(forget_property, object_key=object_key, key=key, after=_end(found))


def _portion(ctx: Ctx, where: Condition, after: list[str]) -> list[Record]:
    """Records behind the one that was the last before; so none is looked at twice, however many there are."""
    if after:
        return ctx.db.page(RECORDS, where, sort=(NEWEST,), limit=PORTION, after=after)
    return ctx.db.find(RECORDS, where, sort=(NEWEST,), limit=PORTION)


def _end(found: list[Record]) -> list[str]:
    return [found[-1].date_added, found[-1].id]
