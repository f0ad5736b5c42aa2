"""Search by a query string: GET /opportunities/search"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from msgspec import Meta

from groundlevel.areas.campaigns import CAMPAIGN_MEMBERSHIPS
from groundlevel.areas.contacts import PageMeta, searched
from groundlevel.areas.locations import own_location
from groundlevel.areas.opportunities.aggregations import Board
from groundlevel.areas.opportunities.area import area
from groundlevel.areas.opportunities.forecasts import day
from groundlevel.areas.opportunities.opportunity import OPPORTUNITIES, Opportunity
from groundlevel.areas.opportunities.replies import Beside, ShownOpportunity, Telling
from groundlevel.areas.opportunities.search import DEEPEST
from groundlevel.areas.opportunities.totals import StageAggregation
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Condition, Eq, In, Range
from groundlevel.kernel.versions import V2, V3, Was
from groundlevel.kernel.wire import Body, Name, Wire, epoch_ms, iso

LAST_MS = 253_402_300_799_999
OF_A_CAMPAIGN = 2_000
"""How many contacts of a campaign, its latest, opportunities are looked for of."""


class Wanted(Body):
    """Which opportunities. start_after and start_after_id: from the `meta` of the page before, both or neither.

    `date` and `end_date` are days (mm-dd-yyyy) in the sub-account's time zone, both included. `order` is taken and
    not minded, as at the hosted service.
    """

    location_id: Annotated[str, Was("location_id")]
    q: Annotated[str, Meta(max_length=200)] | None = None
    pipeline_id: Annotated[Name | None, Was("pipeline_id")] = None
    pipeline_stage_id: Annotated[Name | None, Was("pipeline_stage_id")] = None
    contact_id: Annotated[Name | None, Was("contact_id")] = None
    assigned_to: Annotated[Name | None, Was("assigned_to")] = None
    status: Literal["open", "won", "lost", "abandoned", "all"] = "all"
    campaign_id: Name | None = None
    id: Name | None = None
    order: Name | None = None
    date: Name | None = None
    end_date: Name | None = None
    start_after: Annotated[int, Meta(ge=0, le=LAST_MS)] | None = None
    start_after_id: Name | None = None
    country: Name | None = None
    page: Annotated[int, Meta(ge=1, le=DEEPEST)] = 1
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    get_tasks: bool = False
    get_notes: bool = False
    get_calendar_events: bool = False


class OpportunitiesPage(Wire):
    """A page of opportunities; `aggregations` are the figures of every stage, where a pipeline is named."""

    opportunities: list[ShownOpportunity]
    meta: PageMeta
    aggregations: dict[str, list[StageAggregation]]
    trace_id: str


@area.get("/opportunities/search", scope="opportunities.readonly", only=V3, slow=True)
def search_opportunity(ctx: Ctx, query: Wanted) -> OpportunitiesPage:
    """The location's opportunities, newest first: of a pipeline, a stage, a status, a user and so on.

    `q` is a piece of the opportunity's name or of its contact's name, company, e-mail or phone. A page after 10,000
    is reached by `startAfter` and `startAfterId` only. 422 for a day that is none.
    """
    return _page(ctx, query, {})


@area.get("/opportunities/search", scope="opportunities.readonly", only=V2, slow=True)
def search_opportunity_before(ctx: Ctx, query: Wanted) -> OpportunitiesPage:
    """The same. The address of its next page has the older names of its parameters."""
    renamed = ("location_id", "pipeline_id", "pipeline_stage_id", "contact_id", "assigned_to")
    return _page(ctx, query, {name: name for name in renamed})


def _page(ctx: Ctx, query: Wanted, names: dict[str, str]) -> OpportunitiesPage:
    board = Board(ctx, _conditions(ctx, query))
    where = board.where
    continued = query.start_after is not None and query.start_after_id is not None
    skip = (query.page - 1) * query.limit
    if continued:
        at = iso(datetime.fromtimestamp((query.start_after or 0) / 1000, UTC))
        found = ctx.db.page(OPPORTUNITIES, *where, limit=query.limit + 1, after=(at, query.start_after_id))
    elif skip + query.limit > DEEPEST:
        raise Unprocessable(f"page * limit must not be greater than {DEEPEST}; go on with startAfter and startAfterId")
    else:
        found = ctx.db.find(OPPORTUNITIES, *where, limit=query.limit + 1, skip=skip)
    now, more = found[: query.limit], len(found) > query.limit
    total = board.total()
    telling = Telling(ctx, now, Beside(query.get_notes, query.get_tasks, query.get_calendar_events))
    stages = board.stages(total)
    return OpportunitiesPage(
        opportunities=[ShownOpportunity(**telling.fields(o)) for o in now],
        meta=_meta(ctx, query, now, total, names if more else None),
        aggregations={} if stages is None else {"stages": stages},
        trace_id=ctx.trace_id,
    )


def _conditions(ctx: Ctx, query: Wanted) -> list[Condition]:
    same = {
        "id": query.id, "pipeline_id": query.pipeline_id, "pipeline_stage_id": query.pipeline_stage_id,
        "contact_id": query.contact_id, "assigned_to": query.assigned_to, "contact_country": query.country,
        "status": None if query.status == "all" else query.status,
    }  # fmt: skip
    where: list[Condition] = [Eq(field, value) for field, value in same.items() if value]
    if query.campaign_id:
        members = ctx.db.find(CAMPAIGN_MEMBERSHIPS, Eq("campaign_id", query.campaign_id), limit=OF_A_CAMPAIGN)
        where.append(In("contact_id", tuple(m.contact_id for m in members)))
    where += _days(ctx, query)
    return [*where, searched(query.q)] if query.q and query.q.strip() else where


def _days(ctx: Ctx, query: Wanted) -> list[Condition]:
    """From the first moment of one day to the last of another. 422 with every fault."""
    said = {"date": query.date, "endDate": query.end_date}
    days = {name: day(text) for name, text in said.items() if text}
    if wrong := [f"{name} must be a date, mm-dd-yyyy" for name, found in days.items() if found is None]:
        raise Unprocessable(*wrong)
    zone = ZoneInfo(own_location(ctx).timezone)
    first, last = days.get("date"), days.get("endDate")
    where: list[Condition] = [Range("created_at", ">=", _begins(first, zone))] if first else []
    return [*where, Range("created_at", "<", _begins(last, zone, 1))] if last else where


def _begins(day: date, zone: ZoneInfo, later: int = 0) -> str:
    try:
        return iso(datetime.combine(day + timedelta(days=later), time(), zone))
    except OverflowError:
        return "9999" if day.year > 1 else "0001"


def _meta(ctx: Ctx, query: Wanted, found: Sequence[Opportunity], total: int, names: dict[str, str] | None) -> PageMeta:
    """`names`: under which names the next page is asked for; None where there is none."""
    meta = PageMeta(total=total, current_page=query.page, prev_page=query.page - 1 or None)
    if found:
        meta.start_after, meta.start_after_id = epoch_ms(found[-1].created_at), found[-1].id
    if names is not None:
        said: dict[str, Any] = {f: getattr(query, f) for f in Wanted.__struct_fields__}
        said |= {"start_after": meta.start_after, "start_after_id": meta.start_after_id, "page": query.page + 1}
        fields = zip(Wanted.__struct_fields__, Wanted.__struct_encode_fields__, strict=True)
        asked = {names.get(f, encoded): _word(said[f]) for f, encoded in fields if said[f] not in (None, False)}
        meta.next_page = query.page + 1
        meta.next_page_url = f"{ctx.settings.public_url}/opportunities/search?" + urlencode(asked)
    return meta


def _word(value: Any) -> Any:
    return "true" if value is True else value
