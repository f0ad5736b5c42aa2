"""The figures of a pipeline's stages that go with a search of it."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from groundlevel.areas.opportunities.forecasts import STATUSES, Status
from groundlevel.areas.opportunities.opportunity import OPPORTUNITIES
from groundlevel.areas.opportunities.pipelines import PIPELINES, Pipeline
from groundlevel.areas.opportunities.totals import Figures, StageAggregation, added_up, aggregation, kept_figures
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import All, Condition, Eq, In

MOST_ADDED_UP, MOST_PIPELINES = 2_000, 20
"""How many opportunities are added up for one search, and of how many pipelines figures are told."""
_KEPT = {"pipeline_id", "pipeline_stage_id", "status"}


class Asked(Struct):
    """What a search says of pipelines, stages and statuses, and whether that is all it says."""

    pipelines: list[str] = []
    stages: list[str] | None = None
    statuses: list[str] | None = None
    alone: bool = True


def asked(where: Iterable[Condition]) -> Asked:
    """Read it off the conditions."""
    found = Asked()
    for condition in _opened(where):
        values = _values(condition)
        match condition:
            case Eq("pipeline_id") | In("pipeline_id"):
                found.pipelines = [v for v in found.pipelines if v in values] if found.pipelines else values
            case Eq("pipeline_stage_id") | In("pipeline_stage_id"):
                found.stages = [v for v in values if found.stages is None or v in found.stages]
            case Eq("status") | In("status"):
                found.statuses = [v for v in values if found.statuses is None or v in found.statuses]
            case _:
                found.alone = False
    return found


def aggregated(ctx: Ctx, where: Sequence[Condition], total: int) -> list[StageAggregation] | None:
    """The figures of every stage of the pipelines that a search is about; None where it is about none.

    They are those of the opportunities that are found, and None where a search is about more than its pipelines,
    stages and statuses and finds more than can be added up meanwhile.
    """
    of = asked(where)
    if not of.pipelines or len(of.pipelines) > MOST_PIPELINES or not (of.alone or total <= MOST_ADDED_UP):
        return None
    pipelines = [p for id in of.pipelines if (p := ctx.db.get(PIPELINES, id))]
    if of.alone:
        figures: Figures = {}
        for pipeline in pipelines:
            figures |= kept_figures(ctx, pipeline)
    else:
        figures = added_up(ctx.db.find(OPPORTUNITIES, *where, limit=MOST_ADDED_UP))
    return [one for pipeline in pipelines for one in _stages(pipeline, of, figures)]


def _stages(pipeline: Pipeline, of: Asked, figures: Figures) -> Iterable[StageAggregation]:
    statuses: list[Status] = [s for s in STATUSES if of.statuses is None or s in of.statuses]
    for stage in pipeline.stages:
        if of.stages is None or stage.id in of.stages:
            yield aggregation(stage, figures.get(stage.id, {}), statuses)


def _opened(where: Iterable[Condition]) -> Iterable[Condition]:
    for condition in where:
        if isinstance(condition, All):
            yield from _opened(condition.conditions)
        else:
            yield condition


def _values(condition: Condition) -> list[str]:
    if isinstance(condition, Eq):
        return [str(condition.value)]
    return [str(v) for v in condition.values] if isinstance(condition, In) else []
