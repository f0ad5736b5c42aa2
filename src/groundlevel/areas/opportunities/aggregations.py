"""The figures of a pipeline's stages that go with a search of it."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from msgspec import Struct

from groundlevel.areas.opportunities.forecasts import STATUSES, Status
from groundlevel.areas.opportunities.opportunity import OPPORTUNITIES, paired
from groundlevel.areas.opportunities.pipelines import PIPELINES, Pipeline
from groundlevel.areas.opportunities.totals import Figures, StageAggregation, added_up, aggregation, kept_figures
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import All, Condition, Eq, Has, HasRange, In, Prefix, Range

MOST_ADDED_UP, MOST_PIPELINES = 1_000, 20
"""How many opportunities are added up for one search, and of how many pipelines figures are told."""
COUNTED, COUNTED_BY_INDEX = 10_000, 100_000
"""Where counting stops, and where it does for a single filter that an index answers."""


class Asked(Struct):
    """What a search says of pipelines, stages and statuses, and whether that is all it says."""

    pipelines: list[str] | None = None
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
                found.pipelines = [v for v in values if found.pipelines is None or v in found.pipelines]
            case Eq("pipeline_stage_id") | In("pipeline_stage_id"):
                found.stages = [v for v in values if found.stages is None or v in found.stages]
            case Eq("status") | In("status"):
                found.statuses = [v for v in values if found.statuses is None or v in found.statuses]
            case _:
                found.alone = False
    return found


class Board:
    """A search as its pipelines, stages and statuses, and the figures that are kept of them."""

    def __init__(self, ctx: Ctx, where: Sequence[Condition]) -> None:
        self.ctx, self.of = ctx, asked(where)
        ids = self.of.pipelines or []
        self.pipelines = [p for id in ids if (p := ctx.db.get(PIPELINES, id))] if len(ids) <= MOST_PIPELINES else []
        self.where = self._narrowed(where)

    def _narrowed(self, where: Sequence[Condition]) -> list[Condition]:
        """The same in fewer conditions, which are found faster: a stage tells its pipeline, for one."""
        found = list(where)
        stages = {stage.id for pipeline in self.pipelines for stage in pipeline.stages}
        if self.of.stages is not None and stages.issuperset(self.of.stages):
            found = [c for c in found if not (isinstance(c, Eq | In) and c.field == "pipeline_id")]
        said = {c.field: c for c in found if isinstance(c, Eq)}
        for field, pair in (("status", "stage_status"), ("assigned_to", "stage_user")):
            if "pipeline_stage_id" in said and field in said:
                both = said.pop("pipeline_stage_id"), said.pop(field)
                found = [c for c in found if c not in both]
                found.append(Eq(pair, paired(str(both[0].value), str(both[1].value))))
        return found

    def total(self) -> int:
        """How many fit: as far as it is counted, or as it is kept."""
        if self.of.alone and self.pipelines:
            return sum(stage.total_count for stage in self.stages(0) or ())
        where = self.where
        by_index = len(where) == 1 and isinstance(where[0], Eq | In | Range | Prefix | Has | HasRange)
        return self.ctx.db.count(OPPORTUNITIES, *where, up_to=COUNTED_BY_INDEX if by_index else COUNTED)

    def stages(self, total: int) -> list[StageAggregation] | None:
        """The figures of every stage of the pipelines that a search is about; None where it is about none.

        They are those of the opportunities that are found, and None where a search is about more than its pipelines,
        stages and statuses and finds more than can be added up meanwhile.
        """
        if not self.pipelines or not (self.of.alone or total <= MOST_ADDED_UP):
            return None
        if not self.of.alone:
            figures = added_up(self.ctx.db.find(OPPORTUNITIES, *self.where, limit=MOST_ADDED_UP))
            return self._told(figures)
        return self._told(self._kept)

    @cached_property
    def _kept(self) -> Figures:
        return {stage: of for p in self.pipelines for stage, of in kept_figures(self.ctx, p).items()}

    def _told(self, figures: Figures) -> list[StageAggregation]:
        return [one for pipeline in self.pipelines for one in _stages(pipeline, self.of, figures)]


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
