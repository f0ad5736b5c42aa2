"""What becomes of opportunities when something they hang on changes or is gone. What may be many is done in portions.

With its contact an opportunity goes, and with its pipeline; from a stage that is gone it moves to the first one that is
left (source: the hosted service's pages on pipelines and contacts). A deleted user, or reason, stays known, so what is
theirs stays theirs.
"""

from msgspec.structs import replace

from groundlevel.areas.contacts import ContactDelete, ContactUpdate
from groundlevel.areas.custom_fields import CustomFieldGone
from groundlevel.areas.opportunities.events import PipelineGone, StageGone
from groundlevel.areas.opportunities.keeping import keep, remove
from groundlevel.areas.opportunities.opportunity import OPPORTUNITIES, of_contact
from groundlevel.areas.opportunities.pipelines import PIPELINES
from groundlevel.areas.opportunities.totals import forget_totals
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Eq, Exists

PORTION = 500


@on(ContactUpdate)
def follow_contact(ctx: Ctx, told: ContactUpdate) -> None:
    """Opportunities are found by what their contact is called now."""
    now = of_contact(told)
    for opportunity in ctx.db.each(OPPORTUNITIES, Eq("contact_id", told.id)):
        if any(getattr(opportunity, field) != value for field, value in now.items()):
            ctx.db.put(OPPORTUNITIES, replace(opportunity, **now))


@on(ContactDelete)
def forget_contact(ctx: Ctx, gone: ContactDelete) -> None:
    """A contact's opportunities go with it."""
    for opportunity in ctx.db.each(OPPORTUNITIES, Eq("contact_id", gone.id)):
        remove(ctx, opportunity)


@on(PipelineGone)
def forget_pipeline(ctx: Ctx, gone: PipelineGone) -> None:
    """A pipeline's opportunities go with it."""
    ctx.later(remove_opportunities, pipeline_id=gone.pipeline_id)


@on(StageGone)
def forget_stage(ctx: Ctx, gone: StageGone) -> None:
    """Opportunities stay, in another stage."""
    ctx.later(leave_stage, pipeline_id=gone.pipeline_id, stage_id=gone.stage_id)


@on(CustomFieldGone)
def forget_field(ctx: Ctx, gone: CustomFieldGone) -> None:
    """Values go with their field."""
    if gone.model == "opportunity":
        ctx.later(forget_opportunity_values, field_id=gone.id)


@job()
def remove_opportunities(ctx: Ctx, pipeline_id: str) -> None:
    """Remove a portion of a deleted pipeline's opportunities, and go on with the next."""
    found = ctx.db.find(OPPORTUNITIES, Eq("pipeline_id", pipeline_id), limit=PORTION)
    for opportunity in found:
        remove(ctx, opportunity)
    if len(found) == PORTION:
        ctx.later(remove_opportunities, pipeline_id=pipeline_id)
    else:
        forget_totals(ctx, pipeline_id)


@job()
def leave_stage(ctx: Ctx, pipeline_id: str, stage_id: str) -> None:
    """Move a portion of the opportunities of a stage that is gone, and go on with the next."""
    pipeline = ctx.db.get(PIPELINES, pipeline_id)
    if pipeline is None:
        return  # and its opportunities with it
    found = ctx.db.find(OPPORTUNITIES, Eq("pipeline_stage_id", stage_id), limit=PORTION)
    for opportunity in found:
        keep(ctx, opportunity, replace(opportunity, pipeline_stage_id=pipeline.stages[0].id))
    if len(found) == PORTION:
        ctx.later(leave_stage, pipeline_id=pipeline_id, stage_id=stage_id)


@job()
def forget_opportunity_values(ctx: Ctx, field_id: str) -> None:
    """Take the values of a deleted field off a portion of opportunities, and go on with the next."""
    found = ctx.db.find(OPPORTUNITIES, Exists(f"custom_fields.{field_id}"), limit=PORTION)
    for opportunity in found:
        left = [v for v in opportunity.custom_fields if v.id != field_id]
        ctx.db.put(OPPORTUNITIES, replace(opportunity, custom_fields=left))
    if len(found) == PORTION:
        ctx.later(forget_opportunity_values, field_id=field_id)
