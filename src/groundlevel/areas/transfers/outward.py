"""Records as rows of files: which columns each kind has, and what stands in them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import msgspec
from msgspec import Struct

from groundlevel.areas.businesses import BUSINESSES
from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.custom_fields import fields_of, properties_shown
from groundlevel.areas.objects import RECORDS
from groundlevel.areas.opportunities import OPPORTUNITIES
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Table

Values = Callable[[Any], dict[str, Any]]


class Outward(Struct, frozen=True):
    """What goes out: from a table, the columns of the file, what a record has in them, and whether it is meant."""

    table: Table[Any]
    columns: list[str]
    values: Values
    meant: Callable[[Any], bool] = lambda _: True


PLAIN: dict[str, tuple[Table[Any], str, str]] = {
    "contacts": (
        CONTACTS,
        "contact",
        "id first_name last_name email phone company_name address1 city state postal_code country website timezone"
        " gender date_of_birth source assigned_to dnd tags followers business_id type date_added date_updated",
    ),
    "opportunities": (
        OPPORTUNITIES,
        "opportunity",
        "id name contact_id pipeline_id pipeline_stage_id status monetary_value source assigned_to followers"
        " lost_reason_id created_at updated_at last_status_change_at last_stage_change_at",
    ),
    "businesses": (
        BUSINESSES,
        "",
        "id name phone email website address city state postal_code country description created_at updated_at",
    ),
}
"""Table, the key of the object whose custom fields its records have, and the columns before those."""


def outward(ctx: Ctx, kind: str) -> Outward:
    """The kind of records that goes out: one of `PLAIN`, or the key of an object, whose records are meant."""
    if kind not in PLAIN:
        return _of_object(ctx, kind)
    table, model, names = PLAIN[kind]
    plain = {table.member(name): name for name in names.split()}
    own = {field.id: field.field_key for field in fields_of(ctx, model)} if model else {}

    def values(record: Any) -> dict[str, Any]:
        found: dict[str, Any] = {column: getattr(record, name) for column, name in plain.items()}
        return found | {own[v.id]: v.value for v in (record.custom_fields if own else ()) if v.id in own}

    return Outward(table, [*plain, *own.values()], values)


def _of_object(ctx: Ctx, key: str) -> Outward:
    plain = ["id", "owner", "followers", "dateAdded", "dateUpdated"]
    own = [field.bare_key for field in fields_of(ctx, key)]

    def values(record: Any) -> dict[str, Any]:
        found = (record.id, record.owner, record.followers, record.date_added, record.date_updated)
        return dict(zip(plain, found, strict=True)) | properties_shown(key, record.properties)

    return Outward(RECORDS, [*plain, *own], values, lambda record: record.object_key == key)


def rows_of(ctx: Ctx, out: Outward) -> Iterator[list[str]]:
    """The cells of every record, in the order of their ids, read in portions."""
    for record in ctx.db.each(out.table):
        if out.meant(record):
            values = out.values(record)
            yield [text_of(values.get(column)) for column in out.columns]


def text_of(value: Any) -> str:
    """A cell: nothing for nothing, texts as they are, those of a list with semicolons between, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in cast(Sequence[Any], value)):
        return "; ".join(cast(list[str], value))
    return msgspec.json.encode(value).decode()
