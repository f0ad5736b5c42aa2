"""The record of an object: one table for those of all objects, found by their properties through one index."""

from collections.abc import Collection
from typing import Any, cast

from groundlevel.areas.associations import with_records
from groundlevel.areas.custom_fields import Property
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, shown


class Author(Wire):
    """Who wrote something, and how."""

    channel: str
    created_at: str
    source: str
    source_id: str


class Record(Wire):
    """A record as it is kept.

    `title` is the object's key and what the record is shown by, in lower case: so that records of one object lie
    together, in order. `search_text` are the values of the searchable properties, in lower case. `people`: owner and
    followers once more, as properties of the object are kept, so that whose it is finds records of one object alone.
    """

    id: str
    location_id: str
    object_id: str
    object_key: str
    date_added: str
    date_updated: str
    title: str
    created_by: Author
    last_updated_by: Author
    search_text: str = ""
    owner: list[str] = shown()
    followers: list[str] = shown()
    properties: list[Property] = shown()
    people: list[Property] = []

    def __post_init__(self) -> None:
        """What it is found by follows from whose it is."""
        whose = (("owner", self.owner), ("followers", self.followers))
        self.people = [Property(id=f"{self.object_key}.{role}", value=ids) for role, ids in whose if ids]


RECORDS = declare(
    Table(
        "records",
        Record,
        order="date_added",
        index=("object_key", "date_updated", "title"),
        text=("search_text",),
        many=("properties", "people"),
    )
)

SEPARATOR = "/"
TITLE = 200
"""Characters of what a record is shown by that orders and short searches know."""


def titled(object_key: str, primary: str, properties: list[Property]) -> str:
    """A record's title."""
    value = next((p.value for p in properties if p.id == primary), "")
    return f"{object_key}{SEPARATOR}{str(value).lower()[:TITLE]}"


def text_of(searchable: Collection[str], properties: list[Property]) -> str:
    """What a record is searched by: a line for each text, number and choice of its searchable properties."""
    found: list[str] = []
    for p in properties:
        if p.id in searchable or p.id.rpartition(".")[0] in searchable:
            value: Any = p.value
            values = cast(list[Any], value) if isinstance(value, list) else [value]
            found += [str(v).lower() for v in values if isinstance(v, str | int | float) and not p.day]
    return "\n".join(found)


@with_records
def record_or_400(ctx: Ctx, object_key: str, id: str) -> Record:
    """The object's record with this id; 400 where there is none."""
    record = ctx.db.get(RECORDS, id)
    if record is None or record.object_key != object_key:
        raise BadRequest(f"Record with id {id} not found")
    return record
