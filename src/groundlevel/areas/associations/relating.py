"""The relation itself: its record, its table, and how relations go when what they relate is gone."""

from typing import Any

from groundlevel.areas.associations.events import RelationDelete
from groundlevel.areas.businesses import BusinessDeleted
from groundlevel.areas.contacts import ContactDelete
from groundlevel.areas.opportunities import OpportunityDelete
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Any_, Condition, Eq, In, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

PORTION = 500
MOST_RELATED = 100_000
"""Relations of one record that a search of records can look along."""


class Relation(Wire):
    """Two records that have to do with each other. `pair` is what no other relation may have."""

    id: str
    location_id: str
    association_id: str
    first_object_key: str
    first_record_id: str
    second_object_key: str
    second_record_id: str
    date_added: str
    pair: str


RELATIONS = declare(
    Table(
        "relations",
        Relation,
        sparse=("association_id", "first_record_id", "second_record_id", "pair"),
        unique=("pair",),
        order="date_added",
    )
)

TOLD = (
    "location_id", "id", "association_id", "first_object_key", "first_record_id", "second_object_key",
    "second_record_id",
)  # fmt: skip


def of_record(record_id: str) -> Condition:
    """Its relations, whichever side it is on."""
    return Any_((Eq("first_record_id", record_id), Eq("second_record_id", record_id)))


def related_ids(ctx: Ctx, record_ids: list[str], association_ids: list[str] | None = None) -> list[str]:
    """The ids of all records that any of these is related to; by these associations, if some are named.

    400 where one of them has too many relations to look along.
    """
    named = (In("association_id", tuple(association_ids)),) if association_ids is not None else ()
    found: dict[str, None] = {}
    for id in record_ids:
        for one, other in (("first_record_id", "second_record_id"), ("second_record_id", "first_record_id")):
            rows = ctx.db.find(RELATIONS, Eq(one, id), *named, limit=MOST_RELATED)
            if len(rows) == MOST_RELATED:
                raise BadRequest(f"Record with id {id} has too many relations to search along")
            found |= dict.fromkeys(getattr(row, other) for row in rows)
    return list(found)


def told(relation: Relation) -> dict[str, Any]:
    """The fields of a relation that replies and events carry."""
    return {name: getattr(relation, name) for name in TOLD}


@on(ContactDelete)
def forget_contact(ctx: Ctx, gone: ContactDelete) -> None:
    """Relations go with their contact."""
    forget_relations(ctx, gone.id)


@on(OpportunityDelete)
def forget_opportunity(ctx: Ctx, gone: OpportunityDelete) -> None:
    """Relations go with their opportunity."""
    forget_relations(ctx, gone.id)


@on(BusinessDeleted)
def forget_business(ctx: Ctx, gone: BusinessDeleted) -> None:
    """Relations go with their business."""
    forget_relations(ctx, gone.id)


def forget_association(ctx: Ctx, association_id: str) -> None:
    """Remove the relations of an association: a portion at once, what is left by a job."""
    if _removed(ctx, Eq("association_id", association_id)):
        ctx.later(forget_associated, association_id=association_id)


def forget_relations(ctx: Ctx, record_id: str) -> None:
    """Remove the relations of a record: a portion at once, what is left by a job."""
    if _removed(ctx, of_record(record_id)):
        ctx.later(forget_related, record_id=record_id)


@job()
def forget_associated(ctx: Ctx, association_id: str) -> None:
    """Go on removing the relations of a deleted association."""
    forget_association(ctx, association_id)


@job()
def forget_related(ctx: Ctx, record_id: str) -> None:
    """Go on removing the relations of a deleted record."""
    forget_relations(ctx, record_id)


def _removed(ctx: Ctx, which: Condition) -> bool:
    """Remove a portion; whether there may be more."""
    found = ctx.db.find(RELATIONS, which, limit=PORTION)
    for one in found:
        ctx.db.delete(RELATIONS, one.id)
        ctx.emit(RelationDelete(**told(one)))
    return len(found) == PORTION
