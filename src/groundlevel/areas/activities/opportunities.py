"""Deals, as they are told in the conversation with their contact."""

from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.conversations import note_activity
from groundlevel.areas.opportunities import (
    PIPELINES,
    OpportunityCreate,
    OpportunityStageUpdate,
    OpportunityStatusUpdate,
)
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on

WHAT = "OPPORTUNITY"


@on(OpportunityCreate)
def tell_created(ctx: Ctx, made: OpportunityCreate) -> None:
    """A deal was begun."""
    _tell(ctx, made.contact_id, f"Opportunity {made.name} was created in {_stage(ctx, made)}")


@on(OpportunityStageUpdate)
def tell_stage(ctx: Ctx, moved: OpportunityStageUpdate) -> None:
    """A deal is in another stage."""
    _tell(ctx, moved.contact_id, f"Opportunity {moved.name} was moved to {_stage(ctx, moved)}")


@on(OpportunityStatusUpdate)
def tell_status(ctx: Ctx, changed: OpportunityStatusUpdate) -> None:
    """A deal was won, lost, abandoned or opened again."""
    _tell(ctx, changed.contact_id, f"Opportunity {changed.name} is now {changed.status}")


def _stage(ctx: Ctx, of: OpportunityCreate | OpportunityStageUpdate) -> str:
    pipeline = ctx.db.get(PIPELINES, of.pipeline_id)
    stage = pipeline.stage(of.pipeline_stage_id) if pipeline else None
    return f"{pipeline.name}: {stage.name}" if pipeline and stage else "no stage"


def _tell(ctx: Ctx, contact_id: str, text: str) -> None:
    contact = ctx.db.get(CONTACTS, contact_id)
    if contact:
        note_activity(ctx, contact, WHAT, text)
