"""Associations: how records of two objects may be related. /associations"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.associations.area import area
from groundlevel.areas.associations.events import AssociationCreate, AssociationDelete, AssociationUpdate
from groundlevel.areas.associations.relating import forget_association
from groundlevel.areas.custom_fields import check_object
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Any_, Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_hex

Cardinality = Literal["ONE_TO_ONE", "ONE_TO_MANY", "MANY_TO_ONE", "MANY_TO_MANY"]
MIRRORED: dict[Cardinality, Cardinality] = {"ONE_TO_MANY": "MANY_TO_ONE", "MANY_TO_ONE": "ONE_TO_MANY"}
AssociationKey = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_]{1,100}$(?!\n)", extra={"explain": "must be letters, digits and underscores"})
]
Label = Annotated[str, Meta(min_length=1, max_length=200)]
Limit = Annotated[int, Meta(ge=1, le=1_000)]
Skip = Annotated[int, Meta(ge=0, le=1_000_000)]

MOST_ASSOCIATIONS = 500
"""Associations that one sub-account may have."""


class Association(Wire):
    """How records of two objects may be related, and what the one is to the other.

    `first_object_to_second_object_cardinality` ends with how many second records a first one may have, the other with
    how many first ones a second may have.
    """

    id: str
    location_id: str
    key: str
    first_object_key: str
    first_object_label: str
    second_object_key: str
    second_object_label: str
    association_type: str
    first_object_to_second_object_cardinality: Cardinality
    second_object_to_first_object_cardinality: Cardinality
    date_added: str
    date_updated: str

    @property
    def symmetric(self) -> bool:
        """Whether it makes no difference which of two records is the first."""
        ends = (self.first_object_key, self.first_object_label)
        return ends == (self.second_object_key, self.second_object_label)


class Labels(Body):
    """What the records are to each other."""

    first_object_label: Label
    second_object_label: Label


class NewAssociation(Labels, kw_only=True):
    """An association as callers write it; many to many unless a cardinality is said, which implies the other one."""

    location_id: str
    key: AssociationKey
    first_object_key: Name
    second_object_key: Name
    first_object_to_second_object_cardinality: Cardinality | UnsetType = UNSET
    second_object_to_first_object_cardinality: Cardinality | UnsetType = UNSET


class OfLocation(Body):
    """Whose associations."""

    location_id: str


class MaybeOfLocation(Body):
    """Whose associations: the caller's own sub-account's unless said."""

    location_id: str | UnsetType = UNSET


class AssociationsWanted(Body):
    """A stretch of a sub-account's associations."""

    location_id: str
    skip: Skip = 0
    limit: Limit = 100


class ManyAssociations(Wire, omit_defaults=False):
    """Associations, oldest first; of a stretch, where it is and how many there are in all."""

    associations: list[Association]
    total: int


class AssociationGone(Wire):
    """The reply to deleting."""

    deleted: bool
    id: str
    message: str


ASSOCIATIONS = declare(
    Table(
        "associations",
        Association,
        index=("key",),
        sparse=("first_object_key", "second_object_key"),
        unique=("key",),
        order="date_added",
    )
)


@area.post("/associations/", scope="associations.write")
def create_association(ctx: Ctx, body: NewAssociation) -> Association:
    """Define an association. 400 for a key that is taken, an unknown object, and where there are too many."""
    check_object(ctx, body.first_object_key)
    check_object(ctx, body.second_object_key)
    if ctx.db.one(ASSOCIATIONS, Eq("key", body.key)):
        raise BadRequest(f"Association with key {body.key} already exists")
    if ctx.db.count(ASSOCIATIONS) >= MOST_ASSOCIATIONS:
        raise BadRequest(f"A location can have no more than {MOST_ASSOCIATIONS} associations")
    there, back = _cardinalities(body)
    made = Association(
        id=new_hex(), location_id=ctx.location_id, key=body.key, association_type="USER_DEFINED",
        first_object_key=body.first_object_key, first_object_label=body.first_object_label,
        second_object_key=body.second_object_key, second_object_label=body.second_object_label,
        first_object_to_second_object_cardinality=there, second_object_to_first_object_cardinality=back,
        date_added=ctx.stamp, date_updated=ctx.stamp,
    )  # fmt: skip
    ctx.emit(AssociationCreate(**_told(made)))
    return ctx.db.put(ASSOCIATIONS, made)


@area.get("/associations/", scope="associations.readonly")
def find_associations(ctx: Ctx, query: AssociationsWanted) -> ManyAssociations:
    """The sub-account's associations: `limit` of them (100 unless said, at most 1,000) after `skip`."""
    every = ctx.db.find(ASSOCIATIONS, limit=MOST_ASSOCIATIONS)[::-1]
    return ManyAssociations(associations=every[query.skip : query.skip + query.limit], total=len(every))


@area.get("/associations/{associationId}", scope="associations.readonly")
def get_association_by_id(ctx: Ctx, association_id: str) -> Association:
    """One association; 400 where there is none with this id."""
    return association_or_400(ctx, association_id)


@area.get("/associations/key/{key_name}", scope="associations.readonly")
def get_association_key_by_key_name(ctx: Ctx, key_name: str, query: OfLocation) -> Association:
    """One association by its key; 400 where there is none."""
    found = ctx.db.one(ASSOCIATIONS, Eq("key", key_name))
    if found is None:
        raise BadRequest(f"Association with id {key_name} not found")
    return found


@area.get("/associations/objectKey/{objectKey}", scope="associations.readonly")
def get_association_by_object_keys(ctx: Ctx, object_key: str, query: MaybeOfLocation) -> ManyAssociations:
    """The associations of an object, on either side. 400 for an object that is not there."""
    check_object(ctx, object_key)
    either = Any_((Eq("first_object_key", object_key), Eq("second_object_key", object_key)))
    found = ctx.db.find(ASSOCIATIONS, either, limit=MOST_ASSOCIATIONS)[::-1]
    return ManyAssociations(associations=found, total=len(found))


@area.put("/associations/{associationId}", scope="associations.write")
def update_association(ctx: Ctx, association_id: str, body: Labels) -> Association:
    """Change what the records are to each other; the rest of an association stays as it is."""
    before = association_or_400(ctx, association_id)
    after = replace(
        before,
        first_object_label=body.first_object_label,
        second_object_label=body.second_object_label,
        date_updated=ctx.stamp,
    )
    ctx.emit(AssociationUpdate(**_told(after), **_cardinalities_told(after)))
    return ctx.db.put(ASSOCIATIONS, after)


@area.delete("/associations/{associationId}", scope="associations.write")
def delete_association(ctx: Ctx, association_id: str) -> AssociationGone:
    """Delete an association and all of its relations."""
    gone = association_or_400(ctx, association_id)
    ctx.emit(AssociationDelete(**_told(gone), **_cardinalities_told(gone)))
    forget_association(ctx, gone.id)
    deleted = ctx.db.delete(ASSOCIATIONS, gone.id)
    return AssociationGone(deleted=deleted, id=gone.id, message="Association deleted successfully")


def association_or_400(ctx: Ctx, association_id: str) -> Association:
    """The sub-account's association with this id; 400 where there is none."""
    found = ctx.db.get(ASSOCIATIONS, association_id)
    if found is None:
        raise BadRequest(f"Association with id {association_id} not found")
    return found


def _cardinalities(body: NewAssociation) -> tuple[Cardinality, Cardinality]:
    there, back = body.first_object_to_second_object_cardinality, body.second_object_to_first_object_cardinality
    if there is UNSET:
        there = MIRRORED.get(back, back) if back is not UNSET else "MANY_TO_MANY"
    return there, (back if back is not UNSET else MIRRORED.get(there, there))


_TOLD = (
    "location_id", "id", "key", "association_type", "first_object_key", "first_object_label", "second_object_key",
    "second_object_label",
)  # fmt: skip


def _told(one: Association) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _TOLD}


def _cardinalities_told(one: Association) -> dict[str, Any]:
    names = ("first_object_to_second_object_cardinality", "second_object_to_first_object_cardinality")
    return {name: getattr(one, name) for name in names}
