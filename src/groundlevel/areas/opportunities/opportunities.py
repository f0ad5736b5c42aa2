"""Opportunities: /opportunities/{id}"""

from typing import Annotated

from msgspec.structs import replace

from groundlevel.areas.contacts import Contact, contact_or_400
from groundlevel.areas.opportunities.area import area
from groundlevel.areas.opportunities.keeping import add, keep, remove
from groundlevel.areas.opportunities.opportunity import OPPORTUNITIES, Opportunity, of_contact, opportunity_or_400
from groundlevel.areas.opportunities.replies import OneOpportunity, ShownOpportunity, Telling, one
from groundlevel.areas.opportunities.writing import (
    NewOpportunity,
    OpportunityChange,
    StatusChange,
    UpsertedOpportunity,
    changed,
)
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Eq
from groundlevel.kernel.versions import V3, Since
from groundlevel.kernel.wire import Wire, new_id


class Done(Wire, omit_defaults=False):
    """Done. Both spellings are sent since v3."""

    success: Annotated[bool, Since(V3)] = True
    succeded: bool = True


class Upserted(Wire, omit_defaults=False):
    """The reply to an upsert; `new` tells which it was."""

    new: bool
    opportunity: ShownOpportunity
    trace_id: str


@area.post("/opportunities/", scope="opportunities.write")
def create_opportunity(ctx: Ctx, body: NewOpportunity) -> OneOpportunity:
    """Add an opportunity with a contact, in the first stage of its pipeline unless it names another.

    Its source is the contact's. 400 with the code OPPORTUNITY_NO_DUPLICATE when the location allows a contact one
    opportunity in a pipeline and there is one: `meta` tells which. 400 for an unknown contact, pipeline, stage or
    user, 422 for `status` all, which is no status.
    """
    contact = contact_or_400(ctx, body.contact_id)
    return one(ctx, add(ctx, changed(ctx, _blank(ctx, contact), body)))


@area.get("/opportunities/{id}", scope="opportunities.readonly")
def get_opportunity(ctx: Ctx, id: str) -> OneOpportunity:
    """One opportunity, with its contact and custom fields."""
    return one(ctx, opportunity_or_400(ctx, id))


@area.put("/opportunities/{id}", scope="opportunities.write")
def update_opportunity(ctx: Ctx, id: str, body: OpportunityChange) -> OneOpportunity:
    """Change an opportunity; what is not sent stays as it is.

    In another pipeline it begins with the first stage unless `pipelineStageId` names one of that. An expected end
    that is put off counts as slipped.
    """
    before = opportunity_or_400(ctx, id)
    return one(ctx, keep(ctx, before, changed(ctx, before, body)))


@area.delete("/opportunities/{id}", scope="opportunities.write")
def delete_opportunity(ctx: Ctx, id: str) -> Done:
    """Remove an opportunity. Its contact stays."""
    remove(ctx, opportunity_or_400(ctx, id))
    return Done()


@area.put("/opportunities/{id}/status", scope="opportunities.write")
def update_opportunity_status(ctx: Ctx, id: str, body: StatusChange) -> Done:
    """Say that an opportunity was won, lost (and why) or abandoned, or is open again."""
    before = opportunity_or_400(ctx, id)
    keep(ctx, before, changed(ctx, before, body))
    return Done()


@area.post("/opportunities/upsert", scope="opportunities.write", status=200)
def upsert_opportunity(ctx: Ctx, body: UpsertedOpportunity) -> Upserted:
    """Change the opportunity with this id, or the contact's newest one in the pipeline, or add one.

    A new one needs `contactId`; it is open, and called as its contact, unless it says otherwise. 400 for an unknown
    id, contact, pipeline, stage, user or lost reason.
    """
    before = _meant(ctx, body)
    if before is None:
        if not body.contact_id:
            raise Unprocessable("contactId should not be empty")
        blank = _blank(ctx, contact_or_400(ctx, body.contact_id))
        after = add(ctx, _followed(ctx, changed(ctx, blank, body), body))
    else:
        after = keep(ctx, before, _followed(ctx, changed(ctx, before, body), body))
    told = ShownOpportunity(**Telling(ctx, [after]).fields(after))
    return Upserted(new=before is None, opportunity=told, trace_id=ctx.trace_id)


def _meant(ctx: Ctx, body: UpsertedOpportunity) -> Opportunity | None:
    if body.id:
        return opportunity_or_400(ctx, body.id)
    if not body.contact_id:
        return None
    of_contact = Eq("contact_id", body.contact_id), Eq("pipeline_id", body.pipeline_id)
    return next(iter(ctx.db.find(OPPORTUNITIES, *of_contact, limit=1)), None)


def _followed(ctx: Ctx, opportunity: Opportunity, body: UpsertedOpportunity) -> Opportunity:
    """With the followers that an upsert leaves it. 400 for a new one who does not work for this location."""
    followers = [] if body.is_remove_all_followers else list(opportunity.followers)
    if body.followers_action_type == "remove":
        followers = [u for u in followers if u not in body.followers]
    else:
        for user_id in dict.fromkeys(body.followers):
            if user_id not in followers:
                check_user(ctx, user_id)
                followers.append(user_id)
    opportunity.followers = followers
    return opportunity


def _blank(ctx: Ctx, contact: Contact) -> Opportunity:
    """A new opportunity of the contact, of which nothing is said yet."""
    name = contact.name or contact.email or contact.phone or contact.company_name or ""
    bare = Opportunity(
        id=new_id(), location_id=ctx.location_id, contact_id=contact.id, pipeline_id="", pipeline_stage_id="",
        name=name, name_lower_case=name.lower(), status="open", monetary_value=0, source=contact.source,
        created_at=ctx.stamp, updated_at=ctx.stamp, last_status_change_at=ctx.stamp, last_stage_change_at=ctx.stamp,
        last_action_date=ctx.stamp,
    )  # fmt: skip
    return replace(bare, **of_contact(contact))
