"""Deals with contacts, and the pipelines they go through."""

from groundlevel.areas.opportunities.events import OpportunityCreate, OpportunityDelete, OpportunityUpdate
from groundlevel.areas.opportunities.opportunity import OPPORTUNITIES, Opportunity, opportunity_or_400
from groundlevel.areas.opportunities.pipelines import PIPELINES, Pipeline, Stage, all_pipelines, pipeline_or_400

__all__ = [
    "OPPORTUNITIES",
    "PIPELINES",
    "Opportunity",
    "OpportunityCreate",
    "OpportunityDelete",
    "OpportunityUpdate",
    "Pipeline",
    "Stage",
    "all_pipelines",
    "opportunity_or_400",
    "pipeline_or_400",
]
