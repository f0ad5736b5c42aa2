"""Pipelines, as an operator makes them: /operator/locations/{locationId}/pipelines

The hosted service has the same operations since August 2026; the published files do not. Their rules are its own.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.contacts import Succeeded
from groundlevel.areas.operator import area
from groundlevel.areas.opportunities.events import PipelineGone, StageGone
from groundlevel.areas.opportunities.pipelines import (
    MOST_PIPELINES,
    PIPELINES,
    ColorRenderMode,
    Pipeline,
    Stage,
    all_pipelines,
    pipeline_or_400,
)
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.wire import Body, Name, new_id, new_uuid, sent

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Position = Annotated[int, Meta(ge=0, le=1_000_000)]
Percent = Annotated[float, Meta(ge=0, le=100)]


class StageInput(Body):
    """A stage to have. `id`: of one that is there already and stays; `position`: where not that in the list."""

    name: Title
    id: Name | None = None
    position: Position | None = None
    stage_win_probability: Percent | None = None
    show_in_funnel: bool = True
    show_in_pie_chart: bool = True
    color: Annotated[str, Meta(max_length=30)] | None = None


Stages = Annotated[list[StageInput], Meta(min_length=1, max_length=100)]


class NewPipeline(Body):
    """A pipeline to add, with at least one stage. Without a position it comes last."""

    name: Title
    stages: Stages
    position: Position | None = None
    show_in_funnel: bool = True
    show_in_pie_chart: bool = True
    use_opportunity_probability: bool = False
    color_render_mode: ColorRenderMode = "dot"


class PipelineChange(Body):
    """What to change about a pipeline; what is not sent stays. `stages` replaces all of them."""

    name: Title | UnsetType = UNSET
    stages: Stages | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    show_in_funnel: bool | UnsetType = UNSET
    show_in_pie_chart: bool | UnsetType = UNSET
    use_opportunity_probability: bool | UnsetType = UNSET
    color_render_mode: ColorRenderMode | UnsetType = UNSET


@area.post("/operator/locations/{locationId}/pipelines", scope=OPERATOR)
def create_pipeline(ctx: Ctx, location_id: str, body: NewPipeline) -> Pipeline:
    """Add a pipeline with its stages.

    400 for a name that another pipeline has, whatever its case; 422 for two stages of one name. Unless every stage
    has a win probability, all get one by their position: evenly more from the first to the last.
    """
    others = all_pipelines(ctx)
    if len(others) >= MOST_PIPELINES:
        raise BadRequest(f"A location can have no more than {MOST_PIPELINES} pipelines")
    _refuse_taken(others, body.name)
    last = max((p.position for p in others), default=-1) + 1
    pipeline = Pipeline(
        id=new_id(), location_id=location_id, name=body.name, date_added=ctx.stamp, date_updated=ctx.stamp,
        position=last if body.position is None else body.position, stages=_stages((), body.stages),
        show_in_funnel=body.show_in_funnel, show_in_pie_chart=body.show_in_pie_chart,
        use_opportunity_probability=body.use_opportunity_probability, color_render_mode=body.color_render_mode,
    )  # fmt: skip
    return ctx.db.put(PIPELINES, pipeline)


@area.put("/operator/locations/{locationId}/pipelines/{pipelineId}", scope=OPERATOR)
def update_pipeline(ctx: Ctx, location_id: str, pipeline_id: str, body: PipelineChange) -> Pipeline:
    """Change a pipeline; what is not sent stays as it is.

    `stages` is all it has from now on: those with an `id` stay, the others are new. Opportunities in a stage that is
    left out move to the first one that is left, soon after. 400 for an unknown pipeline or stage, and for a name
    that is taken.
    """
    before, said = pipeline_or_400(ctx, pipeline_id), sent(body)
    if body.name is not UNSET:
        _refuse_taken([p for p in all_pipelines(ctx) if p.id != before.id], body.name)
    if body.stages is not UNSET:
        said["stages"] = _stages(before.stages, body.stages)
    after = ctx.db.put(PIPELINES, replace(before, **said, date_updated=ctx.stamp))
    for stage in before.stages:
        if after.stage(stage.id) is None:
            ctx.emit(StageGone(pipeline_id=after.id, stage_id=stage.id))
    return after


@area.delete("/operator/locations/{locationId}/pipelines/{pipelineId}", scope=OPERATOR)
def delete_pipeline(ctx: Ctx, location_id: str, pipeline_id: str) -> Succeeded:
    """Remove a pipeline, and soon after all opportunities in it. 400 for an unknown one."""
    ctx.db.delete(PIPELINES, pipeline_or_400(ctx, pipeline_id).id)
    ctx.emit(PipelineGone(pipeline_id=pipeline_id))
    return Succeeded()


def _refuse_taken(others: list[Pipeline], name: str) -> None:
    if name.lower() in {p.name.lower() for p in others}:
        raise BadRequest(f"Pipeline with name {name} already exists")


def _stages(kept: Sequence[Stage], given: list[StageInput]) -> list[Stage]:
    """The stages in their order, numbered from 0. 422 with every fault; 400 for an id that is not there."""
    names = [s.name.lower() for s in given]
    wrong = [f"stages.{i}.name must be unique" for i, name in enumerate(names) if name in names[:i]]
    ids = [s.id for s in given if s.id]
    wrong += [f"stages.{i}.id must be unique" for i, id in enumerate(ids) if id in ids[:i]]
    if wrong:
        raise Unprocessable(*wrong)
    unknown = next((id for id in ids if id not in {s.id for s in kept}), None)
    if unknown:
        raise BadRequest(f"Pipeline stage with id {unknown} not found")
    placed = sorted(enumerate(given), key=lambda one: one[0] if one[1].position is None else one[1].position)
    chances = [s.stage_win_probability for _, s in placed]
    even = [round(100 * (n + 1) / (len(given) + 1), 2) for n in range(len(given))]
    return [
        Stage(
            id=s.id or new_uuid(), name=s.name, position=n, show_in_funnel=s.show_in_funnel,
            show_in_pie_chart=s.show_in_pie_chart, stage_win_probability=even[n] if None in chances else chance or 0,
            color=s.color,
        )
        for n, ((_, s), chance) in enumerate(zip(placed, chances, strict=True))
    ]  # fmt: skip
