"""Relations of records: /associations/relations"""

from collections.abc import Callable
from typing import Annotated, TypeVar

from msgspec import Meta

from groundlevel.areas.associations.area import area
from groundlevel.areas.associations.associations import Association, Limit, OfLocation, Skip, association_or_400
from groundlevel.areas.associations.events import RelationCreate, RelationDelete
from groundlevel.areas.associations.relating import RELATIONS, Relation, of_record, told
from groundlevel.areas.businesses import business_or_400
from groundlevel.areas.contacts import contact_or_400
from groundlevel.areas.opportunities import opportunity_or_400
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, In
from groundlevel.kernel.wire import Body, Name, Wire, new_hex

Known = Callable[[Ctx, str, str], object]
K = TypeVar("K", bound=Known)
_RECORDS: dict[str, Known] = {
    "contact": lambda ctx, _, id: contact_or_400(ctx, id),
    "opportunity": lambda ctx, _, id: opportunity_or_400(ctx, id),
    "business": lambda ctx, _, id: business_or_400(ctx, id),
}
OTHERS = ""


class NewRelation(Body):
    """Which records to relate: the first is of the association's first object, the second of its second."""

    location_id: str
    association_id: Name
    first_record_id: Name
    second_record_id: Name


class RelationsWanted(Body):
    """A stretch of a record's relations, of all associations or of these."""

    location_id: str
    skip: Skip = 0
    limit: Limit = 100
    association_ids: Annotated[list[Name], Meta(max_length=100)] | None = None


class RelationTold(Wire):
    """Two records that have to do with each other."""

    id: str
    location_id: str
    association_id: str
    first_object_key: str
    first_record_id: str
    second_object_key: str
    second_record_id: str


class ManyRelations(Wire, omit_defaults=False):
    """A stretch of relations, newest first, and how many there are; counting stops at 10,000."""

    relations: list[RelationTold]
    total: int
    skip: int
    limit: int


def with_records(known: K) -> K:
    """Say whose the records of further objects are: `known(ctx, object_key, id)` raises a problem for no such one."""
    _RECORDS[OTHERS] = known
    return known


@area.post("/associations/relations", scope="associations/relation.write")
def create_relation(ctx: Ctx, body: NewRelation) -> RelationTold:
    """Relate two records by an association.

    400 for an unknown association or record, for two records that it relates already, and where its cardinality
    allows a record one only, which it has.
    """
    by = association_or_400(ctx, body.association_id)
    first, second = body.first_record_id, body.second_record_id
    for key, id in ((by.first_object_key, first), (by.second_object_key, second)):
        (_RECORDS.get(key) or _RECORDS[OTHERS])(ctx, key, id)
    if first == second:
        raise BadRequest("Could not create relation: a record cannot be related to itself")
    pair = _pair(by, first, second)
    if ctx.db.one(RELATIONS, Eq("pair", pair)):
        raise BadRequest(
            f"Could not create relation: duplicate relation of object Ids for given association {by.id}",
        )
    _refuse_second(ctx, by, first, second)
    made = Relation(
        id=new_hex(), location_id=ctx.location_id, association_id=by.id, first_object_key=by.first_object_key,
        first_record_id=first, second_object_key=by.second_object_key, second_record_id=second, date_added=ctx.stamp,
        pair=pair,
    )  # fmt: skip
    ctx.emit(RelationCreate(**told(made)))
    return RelationTold(**told(ctx.db.put(RELATIONS, made)))


@area.get("/associations/relations/{recordId}", scope="associations/relation.readonly")
def get_relations_by_record_id(ctx: Ctx, record_id: str, query: RelationsWanted) -> ManyRelations:
    """The relations of a record, newest first: `limit` of them (100 unless said, at most 1,000) after `skip`.

    None for a record that nobody knows: an id alone does not tell of which object it is.
    """
    named = (In("association_id", tuple(query.association_ids)),) if query.association_ids else ()
    where = (of_record(record_id), *named)
    found = ctx.db.find(RELATIONS, *where, limit=query.limit, skip=query.skip)
    total = ctx.db.count(RELATIONS, *where, up_to=10_000)
    shown = [RelationTold(**told(one)) for one in found]
    return ManyRelations(relations=shown, total=total, skip=query.skip, limit=query.limit)


@area.delete("/associations/relations/{relationId}", scope="associations/relation.write")
def delete_relation(ctx: Ctx, relation_id: str, query: OfLocation) -> RelationTold:
    """Relate two records no longer. 400 for an unknown relation."""
    gone = ctx.db.get(RELATIONS, relation_id)
    if gone is None:
        raise BadRequest(f"Relation with id {relation_id} not found")
    ctx.db.delete(RELATIONS, gone.id)
    ctx.emit(RelationDelete(**told(gone)))
    return RelationTold(**told(gone))


def _pair(by: Association, first: str, second: str) -> str:
    ends = sorted((first, second)) if by.symmetric else (first, second)
    return ":".join((by.id, *ends))


def _refuse_second(ctx: Ctx, by: Association, first: str, second: str) -> None:
    """400 where one of the records may have one relation only, and has it. Either side counts, if both are alike."""
    sides = (
        (by.first_object_to_second_object_cardinality, "first_record_id", first),
        (by.second_object_to_first_object_cardinality, "second_record_id", second),
    )
    for cardinality, side, id in sides:
        if cardinality.endswith("_TO_MANY"):
            continue
        which = of_record(id) if by.symmetric else Eq(side, id)
        if ctx.db.find(RELATIONS, which, Eq("association_id", by.id), limit=1):
            text = f"the cardinality of association {by.id} is {cardinality}, and {id} has a relation already"
            raise BadRequest(f"Could not create relation: {text}")
