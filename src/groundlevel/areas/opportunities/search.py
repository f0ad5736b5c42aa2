"""Search with filters, groups and orders: POST /opportunities/search"""

from typing import Annotated, Any

from msgspec import Meta

from groundlevel.areas.contacts import Fields, Filter, Order, Translator, behind, in_order, place, searched
from groundlevel.areas.opportunities.aggregations import Board
from groundlevel.areas.opportunities.area import area
from groundlevel.areas.opportunities.opportunity import OPPORTUNITIES
from groundlevel.areas.opportunities.replies import Beside, FoundOpportunity, Telling
from groundlevel.areas.opportunities.totals import StageAggregation
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.versions import V3, Since
from groundlevel.kernel.wire import Body, Wire

FIELDS: Fields = {
    "id": ("id", "text"),
    "name": ("name_lower_case", "lower"),
    "monetary_value": ("monetary_value", "number"),
    "pipeline_id": ("pipeline_id", "text"),
    "pipeline_stage_id": ("pipeline_stage_id", "text"),
    "status": ("status", "text"),
    "lost_reason_id": ("lost_reason_id", "text"),
    "source": ("source", "text"),
    "assigned_to": ("assigned_to", "text"),
    "followers": ("followers", "ids"),
    "contact_id": ("contact_id", "text"),
    "contact_name": ("contact_name_lower_case", "lower"),
    "company_name": ("company_name_lower_case", "lower"),
    "email": ("contact_email", "lower"),
    "phone": ("contact_phone", "text"),
    "date_added": ("created_at", "moment"),
    "date_updated": ("updated_at", "moment"),
    "last_status_change_date": ("last_status_change_at", "moment"),
    "last_stage_change_date": ("last_stage_change_at", "moment"),
}
"""Those of opportunities."""
ORDERED = (
    "date_added", "date_updated", "name", "monetary_value", "last_status_change_date", "last_stage_change_date",
)  # fmt: skip
MOMENTS = frozenset(attribute for attribute, kind in FIELDS.values() if kind == "moment")
NUMBERS = frozenset(("monetary_value",))
DEEPEST = 10_000
"""How far pages reach by number; further only by `searchAfter`."""


class AdditionalDetails(Body):
    """What of the contacts is told beside. Of conversations nothing is known yet, so none is told."""

    notes: bool = False
    tasks: bool = False
    calendar_events: bool = False
    un_read_conversations: bool = False


class SearchBody(Body):
    """page and limit, or search_after from the last opportunity of the page before. Pages 0 and 1 are the first."""

    location_id: str
    limit: Annotated[int, Meta(ge=1, le=500)]
    page: Annotated[int, Meta(ge=0, le=DEEPEST)] = 1
    search_after: Annotated[list[Any], Meta(max_length=10)] = []
    query: Annotated[str, Meta(max_length=75)] = ""
    filters: Annotated[list[Filter], Meta(max_length=100)] = []
    sort: Annotated[list[Order], Meta(max_length=5)] = []
    additional_details: AdditionalDetails | None = None


class FoundOpportunities(Wire):
    """A page of what fits. `total` is exact for pipelines, with their stages and statuses; else it is counted up to
    100,000 for a single filter with an index, and up to 10,000.

    `stage_aggregations`: the figures of every stage, where the search is about a pipeline; `aggregations` has them
    for both versions.
    """

    opportunities: list[FoundOpportunity]
    total: int
    aggregations: dict[str, list[StageAggregation]]
    trace_id: str
    stage_aggregations: Annotated[list[StageAggregation] | None, Since(V3)] = None


@area.post("/opportunities/search", scope="opportunities.readonly", status=200, reads=True, slow=True)
def search_opportunities_advanced(ctx: Ctx, body: SearchBody) -> FoundOpportunities:
    """Search the location's opportunities.

    Filters all have to hold; `{group, filters}` nests them with AND or OR. Operators: eq, not_eq, contains,
    not_contains, exists, not_exists, range {gt, gte, lt, lte}. Newest first unless `sort` says otherwise; missing
    values come last. Pages reach 10,000 opportunities by number, and any depth by `searchAfter`.
    """
    where = Translator(FIELDS).conditions(body.filters)
    where += [searched(body.query)] if body.query.strip() else []
    board = Board(ctx, where)
    order = in_order(body.sort, {name: FIELDS[name] for name in ORDERED}, "opportunities", "created_at")
    if body.search_after:
        after = behind(body.search_after, order, MOMENTS, NUMBERS)
        found = ctx.db.page(OPPORTUNITIES, *board.where, sort=order, limit=body.limit, after=after)
    else:
        skip = (max(body.page, 1) - 1) * body.limit
        if skip + body.limit > max(DEEPEST, body.limit):
            raise Unprocessable(f"page * limit must not be greater than {DEEPEST}; go on with searchAfter")
        found = ctx.db.find(OPPORTUNITIES, *board.where, sort=order, limit=body.limit, skip=skip)
    total = board.total()
    more = body.additional_details or AdditionalDetails()
    telling = Telling(ctx, found, Beside(more.notes, more.tasks, more.calendar_events))
    stages = board.stages(total)
    return FoundOpportunities(
        opportunities=[FoundOpportunity(**telling.fields(o), search_after=place(o, order, MOMENTS)) for o in found],
        total=total,
        aggregations={} if stages is None else {"stages": stages},
        trace_id=ctx.trace_id,
        stage_aggregations=stages,
    )
