"""Search of records: POST /objects/{schemaKey}/records/search"""

from typing import Annotated, Any

from msgspec import Meta

from groundlevel.areas.associations import related_ids
from groundlevel.areas.contacts import Fields, Order, behind, in_order, place
from groundlevel.areas.custom_fields import properties_shown
from groundlevel.areas.objects.area import area
from groundlevel.areas.objects.filters import OF_RECORDS, RecordFilter, RecordTranslator, within
from groundlevel.areas.objects.record import RECORDS, SEPARATOR, Author, Record
from groundlevel.areas.objects.records import records_of
from groundlevel.areas.objects.schema import ObjectSchema, fields_of_object
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Condition, Contains, Eq, Has, HasRange, In, Prefix, Range, Sort, Text
from groundlevel.kernel.wire import Body, Wire, shown

DEEPEST = 10_000
"""How far pages reach by number; further only by `searchAfter`."""
COUNTED, COUNTED_BY_INDEX = 10_000, 100_000
"""Where counting stops, and where it does for a single filter that an index answers."""
MOMENTS = frozenset(("date_added", "date_updated"))
SORTED: Fields = {name: f for name, f in OF_RECORDS.items() if f[0] in MOMENTS}


class SearchRecords(Body):
    """page and page_limit, or search_after from the last record of the page before."""

    location_id: str
    page: Annotated[int, Meta(ge=1, le=DEEPEST)]
    page_limit: Annotated[int, Meta(ge=1, le=500)]
    query: Annotated[str, Meta(max_length=75)] = ""
    search_after: Annotated[list[Any], Meta(max_length=10)] = []
    filters: Annotated[list[RecordFilter], Meta(max_length=100)] = []
    sort: Annotated[list[Order], Meta(max_length=3)] = []


class FoundRecord(Wire):
    """A record in a search. `search_after` is the place behind it."""

    id: str
    location_id: str
    object_id: str
    object_key: str
    created_at: str
    updated_at: str
    created_by: Author
    last_updated_by: Author
    properties: dict[str, Any]
    owner: list[str] = shown()
    followers: list[str] = shown()
    search_after: list[Any] = shown()


class FoundRecords(Wire):
    """A page of what fits. `total` is counted up to 100,000 for a single filter with an index, else up to 10,000."""

    records: list[FoundRecord]
    total: int


@area.post("/objects/{schemaKey}/records/search", scope="objects/record.readonly", status=200, reads=True, slow=True)
def search_object_records(ctx: Ctx, schema_key: str, body: SearchRecords) -> FoundRecords:
    """Search the records of an object.

    `query` is looked for in the searchable properties, in one of them as `property:text`; under three characters, at
    the beginning of what records are shown by. Filters are as those of contacts, of `id`, `owner`, `followers`,
    `createdAt`, `updatedAt` and `properties.<key>`, and of relations by the operator `nested`. Newest first unless
    `sort` says createdAt, updatedAt or the primary display property. Pages reach 10,000 records by number, and any
    depth by `searchAfter`.
    """
    schema = records_of(ctx, schema_key)
    where = _conditions(ctx, schema, body)
    order = in_order(body.sort, {**SORTED, **_titles(schema)}, "records", "date_added")
    if any(key.field == "title" for key in order):
        where = [*where, Prefix("title", schema.key + SEPARATOR)]
    if body.search_after:
        after = behind(body.search_after, order, MOMENTS)
        found = ctx.db.page(RECORDS, *where, sort=order, limit=body.page_limit, after=after)
    else:
        skip = (body.page - 1) * body.page_limit
        if skip + body.page_limit > max(DEEPEST, body.page_limit):
            raise Unprocessable(f"page * pageLimit must not be greater than {DEEPEST}; go on with searchAfter")
        found = ctx.db.find(RECORDS, *where, sort=order, limit=body.page_limit, skip=skip)
    by_index = len(where) == 1 and isinstance(where[0], Eq | In | Range | Prefix | Has | HasRange)
    total = ctx.db.count(RECORDS, *where, up_to=COUNTED_BY_INDEX if by_index else COUNTED)
    return FoundRecords(records=[_found(one, order) for one in found], total=total)


def _conditions(ctx: Ctx, schema: ObjectSchema, body: SearchRecords) -> list[Condition]:
    fields = fields_of_object(ctx, schema.key) if body.filters or ":" in body.query else []
    translator = RecordTranslator(schema.key, fields, lambda ids, by: related_ids(ctx, ids, by))
    where = translator.of_records(body.filters)
    if query := body.query.strip():
        name, colon, text = query.partition(":")
        asked = next((f.field_key for f in fields if name in (f.bare_key, f.field_key)), "") if colon else ""
        where += _in_one(asked, text.strip()) if asked in schema.searchable_properties else _searched(schema, query)
    return within(schema.key, where)


def _in_one(key: str, text: str) -> list[Condition]:
    """A text in one searchable property; being in one of them, it is in what is searched."""
    return [Contains(f"properties.{key}", text), *([Text(text)] if len(text) >= 3 else [])]


def _searched(schema: ObjectSchema, query: str) -> list[Condition]:
    short = Prefix("title", f"{schema.key}{SEPARATOR}{query.lower()}")
    return [Text(query) if len(query) >= 3 else short]


def _titles(schema: ObjectSchema) -> Fields:
    bare = schema.primary_display_property.removeprefix(f"{schema.key}.")
    return {f"properties.{key}": ("title", "lower") for key in (bare, schema.primary_display_property)}


def _found(record: Record, order: tuple[Sort, ...]) -> FoundRecord:
    same = ("id", "location_id", "object_id", "object_key", "created_by", "last_updated_by", "owner", "followers")
    told: dict[str, Any] = {name: getattr(record, name) for name in same}
    return FoundRecord(
        **told,
        created_at=record.date_added,
        updated_at=record.date_updated,
        properties=properties_shown(record.object_key, record.properties),
        search_after=place(record, order, MOMENTS),
    )
