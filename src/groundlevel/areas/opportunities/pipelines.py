"""Pipelines and their stages: /opportunities/pipelines"""

from typing import Annotated, Literal

from groundlevel.areas.opportunities.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V3, Since
from groundlevel.kernel.wire import Body, Wire

ColorRenderMode = Literal["dot", "bg-tint", "none"]
MOST_PIPELINES = 500
"""Pipelines that one sub-account may have."""


class Stage(Wire):
    """A step of a pipeline. `stage_win_probability`: how many of a hundred opportunities in it are won."""

    id: str
    name: str
    position: int
    show_in_funnel: bool
    show_in_pie_chart: bool
    stage_win_probability: int | float
    color: str | None = None


class Pipeline(Wire):
    """The steps that opportunities go through, in their order; there is always one.

    `use_opportunity_probability`: the stages' probabilities were set, not reckoned from their positions.
    """

    id: str
    location_id: str
    name: str
    position: int
    date_added: str
    date_updated: str
    show_in_funnel: bool
    show_in_pie_chart: bool
    use_opportunity_probability: Annotated[bool, Since(V3)]
    color_render_mode: ColorRenderMode
    stages: list[Stage]

    def stage(self, stage_id: str) -> Stage | None:
        """The stage with this id, if it is one of this pipeline's."""
        return next((s for s in self.stages if s.id == stage_id), None)


class WhosePipelines(Body):
    """Of which sub-account."""

    location_id: str


class ManyPipelines(Wire):
    """Pipelines in their order."""

    pipelines: list[Pipeline]


PIPELINES = declare(Table("pipelines", Pipeline, index=("position",), order="date_added"))


@area.get("/opportunities/pipelines", scope="opportunities.readonly")
def get_pipelines(ctx: Ctx, query: WhosePipelines) -> ManyPipelines:
    """The sub-account's pipelines with their stages, in the order in which they are shown."""
    return ManyPipelines(pipelines=all_pipelines(ctx))


def all_pipelines(ctx: Ctx) -> list[Pipeline]:
    """Every pipeline of the sub-account, by position."""
    return ctx.db.find(PIPELINES, sort=(Sort("position"), Sort("date_added")), limit=MOST_PIPELINES)


def pipeline_or_400(ctx: Ctx, pipeline_id: str) -> Pipeline:
    """The sub-account's pipeline with this id; 400 where there is none."""
    pipeline = ctx.db.get(PIPELINES, pipeline_id)
    if pipeline is None:
        raise BadRequest(f"Pipeline with id {pipeline_id} not found")
    return pipeline


def stage_or_400(pipeline: Pipeline, stage_id: str | None) -> Stage:
    """The pipeline's stage with this id, its first one where none is named; 400 for one it does not have."""
    found = pipeline.stage(stage_id) if stage_id else pipeline.stages[0]
    if found is None:
        raise BadRequest(f"Pipeline stage with id {stage_id} not found")
    return found
