"""The three ways in which opportunities change: each with its events and with the figures of its stage."""

from msgspec.structs import replace

from groundlevel.areas.opportunities.events import (
    OpportunityAssignedToUpdate,
    OpportunityCreate,
    OpportunityDelete,
    OpportunityEvent,
    OpportunityMonetaryValueUpdate,
    OpportunityStageUpdate,
    OpportunityStatusUpdate,
    OpportunityUpdate,
    told,
)
from groundlevel.areas.opportunities.opportunity import OPPORTUNITIES, Opportunity
from groundlevel.areas.opportunities.totals import retell
from groundlevel.kernel.ctx import Ctx

_TOLD_ALONE: dict[type[OpportunityEvent], tuple[str, ...]] = {
    OpportunityStatusUpdate: ("status",),
    OpportunityStageUpdate: ("pipeline_id", "pipeline_stage_id"),
    OpportunityMonetaryValueUpdate: ("monetary_value",),
    OpportunityAssignedToUpdate: ("assigned_to",),
}
"""Event -> the fields whose change it tells of, beside the event of any change."""


def add(ctx: Ctx, opportunity: Opportunity) -> Opportunity:
    """Store a new one."""
    retell(ctx, None, opportunity)
    ctx.emit(OpportunityCreate(**told(opportunity)))
    return ctx.db.put(OPPORTUNITIES, opportunity)


def keep(ctx: Ctx, before: Opportunity, after: Opportunity) -> Opportunity:
    """Store a changed one, dated now; one in which nothing changed stays as it was, and nobody is told."""
    changed = {f for f in Opportunity.__struct_fields__ if getattr(before, f) != getattr(after, f)}
    if not changed:
        return before
    dates = {"updated_at": ctx.stamp, "last_action_date": ctx.stamp}
    if "status" in changed:
        dates["last_status_change_at"] = ctx.stamp
    if "pipeline_stage_id" in changed:
        dates["last_stage_change_at"] = ctx.stamp
    after = replace(after, **dates, index_version=before.index_version + 1)
    retell(ctx, before, after)
    ctx.emit(OpportunityUpdate(**told(after)))
    for event, fields in _TOLD_ALONE.items():
        if changed.intersection(fields):
            ctx.emit(event(**told(after)))
    return ctx.db.put(OPPORTUNITIES, after)


def remove(ctx: Ctx, opportunity: Opportunity) -> None:
    """Remove one."""
    retell(ctx, opportunity, None)
    ctx.db.delete(OPPORTUNITIES, opportunity.id)
    ctx.emit(OpportunityDelete(**told(opportunity)))
