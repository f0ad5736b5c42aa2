"""How many opportunities there are in each stage and what they are worth, kept up to date with every change.

A board of a pipeline with half a million opportunities shows these figures with every page, so they are not added up
when they are asked for. The rows of a stage are several, chosen by the opportunity's id: two changes at once seldom
want the same one.
"""

from collections.abc import Iterable
from zlib import crc32

from groundlevel.areas.opportunities.forecasts import STATUSES, Status, effective
from groundlevel.areas.opportunities.opportunity import Opportunity
from groundlevel.areas.opportunities.pipelines import Pipeline, Stage
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

SHARES = 8
"""Rows that each stage's figures are spread over."""


class Sums(Wire):
    """Of opportunities of one status: how many, their value, and of those with an estimate of their own the value
    (`rated`) and what can be expected of it (`weighted`)."""

    count: int = 0
    value: float = 0
    rated: float = 0
    weighted: float = 0


class StageTotal(Wire):
    """A share of a stage's figures, by status."""

    id: str
    pipeline_id: str
    pipeline_stage_id: str
    sums: dict[Status, Sums]


class StageAggregation(Wire, omit_defaults=False):
    """The figures of a stage. What is weighted is multiplied by how likely it is to be won."""

    pipeline_stage_id: str
    total_count: int
    total_value: float
    weighted_value: float
    open_value: float
    open_weighted_value: float
    won_value: float


STAGE_TOTALS = declare(Table("stage_totals", StageTotal, index=("pipeline_id",)))


def retell(ctx: Ctx, before: Opportunity | None, after: Opportunity | None) -> None:
    """Take what an opportunity was out of the figures, and put in what it is."""
    if before and after and _counted(before) == _counted(after):
        return
    for opportunity, sign in ((before, -1), (after, 1)):
        if opportunity:
            id = f"{opportunity.pipeline_stage_id}.{crc32(opportunity.id.encode()) % SHARES}"
            row = ctx.db.get(STAGE_TOTALS, id) or StageTotal(
                id=id, pipeline_id=opportunity.pipeline_id, pipeline_stage_id=opportunity.pipeline_stage_id, sums={}
            )
            _add(row.sums, opportunity, sign)
            ctx.db.put(STAGE_TOTALS, row)


def forget_totals(ctx: Ctx, pipeline_id: str) -> None:
    """Drop a pipeline's figures."""
    for row in ctx.db.each(STAGE_TOTALS, Eq("pipeline_id", pipeline_id)):
        ctx.db.delete(STAGE_TOTALS, row.id)


Figures = dict[str, dict[Status, Sums]]
"""Stage -> status -> sums."""


def kept_figures(ctx: Ctx, pipeline: Pipeline) -> Figures:
    """All of a pipeline's, as they are kept."""
    found: Figures = {}
    for row in ctx.db.each(STAGE_TOTALS, Eq("pipeline_id", pipeline.id)):
        of_stage = found.setdefault(row.pipeline_stage_id, {})
        for status, part in row.sums.items():
            whole = of_stage.setdefault(status, Sums())
            for name in Sums.__struct_fields__:
                setattr(whole, name, round(getattr(whole, name) + getattr(part, name), 4))
    return found


def added_up(opportunities: Iterable[Opportunity]) -> Figures:
    """Those of some opportunities."""
    found: Figures = {}
    for one in opportunities:
        _add(found.setdefault(one.pipeline_stage_id, {}), one, 1)
    return found


def aggregation(stage: Stage, sums: dict[Status, Sums], statuses: Iterable[Status] = STATUSES) -> StageAggregation:
    """A stage's figures as they are told, of these statuses."""
    of = {status: sums.get(status, Sums()) for status in statuses}
    opened, won = of.get("open", Sums()), of.get("won", Sums())
    likely = opened.weighted + (opened.value - opened.rated) * stage.stage_win_probability / 100
    return StageAggregation(
        pipeline_stage_id=stage.id,
        total_count=sum(s.count for s in of.values()),
        total_value=round(sum(s.value for s in of.values()), 2),
        weighted_value=round(likely + won.value, 2),
        open_value=round(opened.value, 2),
        open_weighted_value=round(likely, 2),
        won_value=round(won.value, 2),
    )


def _counted(o: Opportunity) -> tuple[object, ...]:
    return o.pipeline_stage_id, o.status, o.monetary_value, o.forecast_probability


def _add(sums: dict[Status, Sums], o: Opportunity, sign: int) -> None:
    """Rounded, so that what is put in can be taken out again without a rest."""
    of, own = sums.setdefault(o.status, Sums()), o.forecast_probability
    value = round(o.monetary_value, 4) * sign
    of.count += sign
    of.value = round(of.value + value, 4)
    if own is not None:
        of.rated = round(of.rated + value, 4)
        of.weighted = round(of.weighted + round(value * effective(o.status, own, 0) / 100, 4), 4)
