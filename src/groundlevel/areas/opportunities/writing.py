"""What a caller says of an opportunity, and what is kept of it."""

from datetime import date
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.custom_fields import FieldValueInput, written
from groundlevel.areas.locations import own_location
from groundlevel.areas.opportunities.forecasts import Status, day, expected
from groundlevel.areas.opportunities.lost_reasons import reason_or_400
from groundlevel.areas.opportunities.opportunity import OPPORTUNITIES, Opportunity
from groundlevel.areas.opportunities.pipelines import pipeline_or_400, stage_or_400
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.versions import V3, Since
from groundlevel.kernel.wire import Body, Name, sent

Title = Annotated[str, Meta(min_length=1, max_length=1_000)]
Amount = Annotated[float, Meta(ge=-1e12, le=1e12)]
Percent = Annotated[float, Meta(ge=0, le=100)]
FieldValues = Annotated[list[FieldValueInput], Meta(max_length=500)]


class Said(Body):
    """What can be said in every way of writing; what is not sent stays as it is, null and empty text clear.

    `forecast_expected_close_date`: YYYY/MM/DD, MM/DD/YYYY, either with `-` or `.`, or ISO 8601.
    """

    pipeline_stage_id: Name | UnsetType = UNSET
    monetary_value: Amount | None | UnsetType = UNSET
    forecast_expected_close_date: Annotated[Name | None | UnsetType, Since(V3)] = UNSET
    forecast_probability: Annotated[Percent | None | UnsetType, Since(V3)] = UNSET
    assigned_to: Name | None | UnsetType = UNSET


class OpportunityChange(Said):
    """What to change about an opportunity."""

    pipeline_id: Name | UnsetType = UNSET
    name: Title | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    custom_fields: FieldValues | UnsetType = UNSET


class NewOpportunity(Said, kw_only=True):
    """An opportunity to add; without a stage it is in its pipeline's first one."""

    pipeline_id: Name
    location_id: str
    contact_id: Name
    name: Title
    status: Status
    custom_fields: FieldValues | UnsetType = UNSET


class StatusChange(Body):
    """What became of an opportunity; `lost_reason_id` goes with `lost` only."""

    status: Status
    lost_reason_id: Name | None | UnsetType = UNSET


class UpsertedOpportunity(Said, kw_only=True):
    """An opportunity to change (by its id, or as the contact's in the pipeline) or to add.

    followers: users, to add or (`followers_action_type`) remove; `is_remove_all_followers` removes all there are.
    """

    location_id: str
    pipeline_id: Name
    id: Name | None = None
    contact_id: Name | None = None
    followers: Annotated[list[Name], Meta(max_length=500)] = []
    is_remove_all_followers: bool = False
    followers_action_type: Literal["add", "remove"] = "add"
    name: Title | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    lost_reason_id: Name | None | UnsetType = UNSET


_OTHERWISE = frozenset(
    ("location_id", "contact_id", "id", "followers", "is_remove_all_followers", "followers_action_type")
)
"""What bodies say beside an opportunity's own fields."""


def changed(ctx: Ctx, kept: Opportunity, body: Said | StatusChange) -> Opportunity:
    """The opportunity after the change.

    422 with every fault of its values; 400 for a pipeline, stage, user or lost reason that is not there, and for a
    move into a pipeline in which the contact may not have a second one.
    """
    said = {name: value for name, value in sent(body).items() if name not in _OTHERWISE}
    new = _checked(ctx, kept, said)
    if "name" in new:
        new["name_lower_case"] = new["name"].lower()
    if "monetary_value" in new:
        new["monetary_value"] = new["monetary_value"] or 0
    if said.get("pipeline_id") or said.get("pipeline_stage_id"):
        new |= _moved(ctx, kept, said)
    if "assigned_to" in said:
        new["assigned_to"] = said["assigned_to"] or None
        check_user(ctx, new["assigned_to"])
    if new.get("status", kept.status) != "lost":
        new["lost_reason_id"] = None
    elif said.get("lost_reason_id"):
        new["lost_reason_id"] = reason_or_400(ctx, said["lost_reason_id"]).id
    return replace(kept, **new)


def _checked(ctx: Ctx, kept: Opportunity, said: dict[str, Any]) -> dict[str, Any]:
    """The fields as they are kept. 422 with every fault."""
    new = {k: v for k, v in said.items() if k not in ("pipeline_id", "pipeline_stage_id", "lost_reason_id")}
    new |= {k: int(v) for k, v in new.items() if isinstance(v, float) and v.is_integer()}  # so that 40 stays 40
    wrong: list[str] = []
    if said.get("lost_reason_id") and said.get("status", kept.status) != "lost":
        wrong.append("lostReasonId must be sent with the status lost only")
    if "forecast_expected_close_date" in said:
        new |= _forecast(ctx, kept, new.pop("forecast_expected_close_date"), wrong)
    if "custom_fields" in said:
        try:
            new["custom_fields"] = written(ctx, "opportunity", kept.custom_fields, said["custom_fields"])
        except Unprocessable as problem:
            wrong += problem.messages
    if wrong:
        raise Unprocessable(*wrong)
    return new


def _forecast(ctx: Ctx, kept: Opportunity, text: str | None, wrong: list[str]) -> dict[str, Any]:
    end: date | None = day(text) if text else None
    if text and end is None:
        wrong.append("forecastExpectedCloseDate must be a valid date")
        return {}
    return expected(kept, end, ctx.stamp)


def _moved(ctx: Ctx, kept: Opportunity, said: dict[str, Any]) -> dict[str, str]:
    """Where it is after the change: another pipeline begins with its first stage."""
    pipeline = pipeline_or_400(ctx, said.get("pipeline_id") or kept.pipeline_id)
    stays = pipeline.id == kept.pipeline_id and kept.pipeline_stage_id
    stage = stage_or_400(pipeline, said.get("pipeline_stage_id") or (kept.pipeline_stage_id if stays else None))
    if pipeline.id != kept.pipeline_id:
        refuse_duplicate(ctx, kept.contact_id, pipeline.id)
    return {"pipeline_id": pipeline.id, "pipeline_stage_id": stage.id}


def refuse_duplicate(ctx: Ctx, contact_id: str, pipeline_id: str) -> None:
    """400 when the location allows a contact one opportunity in a pipeline, and there is one."""
    if own_location(ctx).settings.allow_duplicate_opportunity:
        return
    other = ctx.db.one(OPPORTUNITIES, Eq("contact_id", contact_id), Eq("pipeline_id", pipeline_id))
    if other:
        raise BadRequest(
            "Can not create duplicate opportunity for the contact.",
            code="OPPORTUNITY_NO_DUPLICATE",
            meta={"existingId": other.id},
        )
