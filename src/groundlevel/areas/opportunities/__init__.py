"""Deals with contacts, and the pipelines they go through."""

from groundlevel.areas.opportunities.events import (
    OpportunityCreate,
    OpportunityDelete,
    OpportunityStageUpdate,
    OpportunityStatusUpdate,
    OpportunityUpdate,
)
from groundlevel.areas.opportunities.opportunities import create_opportunity, update_opportunity
from groundlevel.areas.opportunities.opportunity import OPPORTUNITIES, Opportunity, opportunity_or_400
from groundlevel.areas.opportunities.pipelines import PIPELINES, Pipeline, Stage, all_pipelines, pipeline_or_400
from groundlevel.areas.opportunities.writing import NewOpportunity, OpportunityChange

__all__ = [
    "OPPORTUNITIES",
    "PIPELINES",
    "NewOpportunity",
    "Opportunity",
    "OpportunityChange",
    "OpportunityCreate",
    "OpportunityDelete",
    "OpportunityStageUpdate",
    "OpportunityStatusUpdate",
    "OpportunityUpdate",
    "Pipeline",
    "Stage",
    "all_pipelines",
    "create_opportunity",
    "opportunity_or_400",
    "pipeline_or_400",
    "update_opportunity",
]
