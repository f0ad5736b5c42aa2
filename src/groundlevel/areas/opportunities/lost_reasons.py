"""Why opportunities are lost: /opportunities/lost-reason"""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.contacts import Succeeded
from groundlevel.areas.operator import area as operator
from groundlevel.areas.opportunities.area import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Contains, Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_id

ReasonName = Annotated[str, Meta(min_length=1, max_length=200)]
MOST_REASONS = 1_000
"""Reasons that one sub-account may have, deleted ones aside."""


class LostReason(Wire):
    """A reason to give for what was lost. One that is deleted stays known to the opportunities that have it."""

    id: str
    name: str
    location_id: str
    created_at: str
    updated_at: str
    deleted: bool = False


class ReasonsWanted(Body):
    """Which reasons. `name`: just this one; `query`: a piece of the name; `deleted`: those that are."""

    location_id: str
    name: Name | None = None
    deleted: bool = False
    query: Name | None = None
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    get_count: bool = False


class ManyReasons(Wire):
    """A stretch of the reasons; `total`, of all that fit, where it was asked for."""

    lost_reasons: list[LostReason]
    total: int | None = None


class ReasonInput(Body):
    """What an operator says of a reason."""

    name: ReasonName


class ReasonChange(Body):
    """What to change about a reason; what is not sent stays. `deleted: false` brings it back."""

    name: ReasonName | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET


LOST_REASONS = declare(Table("lost_reasons", LostReason, index=("name",), order="created_at"))


@area.get("/opportunities/lost-reason", scope="opportunities.readonly")
def get_lost_reason(ctx: Ctx, query: ReasonsWanted) -> ManyReasons:
    """The sub-account's reasons for losing an opportunity, by name."""
    where: list[Eq | Contains] = [Eq("name", query.name)] if query.name else []
    where += [Contains("name", query.query)] if query.query else []
    every = ctx.db.find(LOST_REASONS, *where, sort=(Sort("name"),), limit=10 * MOST_REASONS)
    fit = [r for r in every if r.deleted == query.deleted]
    found = fit[query.skip : query.skip + query.limit]
    return ManyReasons(lost_reasons=found, total=len(fit) if query.get_count else None)


def reason_or_400(ctx: Ctx, reason_id: str) -> LostReason:
    """The sub-account's reason with this id, if it is not deleted; 400 where there is none."""
    reason = ctx.db.get(LOST_REASONS, reason_id)
    if reason is None or reason.deleted:
        raise BadRequest(f"Lost reason with id {reason_id} not found")
    return reason


@operator.post("/operator/locations/{locationId}/lost-reasons", scope=OPERATOR)
def create_lost_reason(ctx: Ctx, location_id: str, body: ReasonInput) -> LostReason:
    """Add a reason for losing an opportunity. 400 for a name that is there, whatever its case."""
    _refuse_taken(ctx, body.name)
    reason = LostReason(
        id=new_id(), name=body.name, location_id=location_id, created_at=ctx.stamp, updated_at=ctx.stamp
    )
    return ctx.db.put(LOST_REASONS, reason)


@operator.put("/operator/locations/{locationId}/lost-reasons/{lostReasonId}", scope=OPERATOR)
def update_lost_reason(ctx: Ctx, location_id: str, lost_reason_id: str, body: ReasonChange) -> LostReason:
    """Rename a reason, or bring a deleted one back. 400 for an unknown one, and for a name that is there."""
    reason = ctx.db.get(LOST_REASONS, lost_reason_id)
    if reason is None:
        raise BadRequest(f"Lost reason with id {lost_reason_id} not found")
    name = reason.name if body.name is UNSET else body.name
    deleted = reason.deleted if body.deleted is UNSET else body.deleted
    if not deleted:
        _refuse_taken(ctx, name, but=reason.id)
    return ctx.db.put(LOST_REASONS, replace(reason, name=name, deleted=deleted, updated_at=ctx.stamp))


@operator.delete("/operator/locations/{locationId}/lost-reasons/{lostReasonId}", scope=OPERATOR)
def delete_lost_reason(ctx: Ctx, location_id: str, lost_reason_id: str) -> Succeeded:
    """Delete a reason: nothing more is lost for it. Opportunities that have it keep it. 400 for an unknown one."""
    reason = reason_or_400(ctx, lost_reason_id)
    ctx.db.put(LOST_REASONS, replace(reason, deleted=True, updated_at=ctx.stamp))
    return Succeeded()


def _refuse_taken(ctx: Ctx, name: str, but: str = "") -> None:
    others = [r for r in ctx.db.each(LOST_REASONS) if r.id != but and not r.deleted]
    if name.lower() in {r.name.lower() for r in others}:
        raise BadRequest(f"Lost reason with name {name} already exists")
    if len(others) >= MOST_REASONS:
        raise BadRequest(f"A location can have no more than {MOST_REASONS} lost reasons")
