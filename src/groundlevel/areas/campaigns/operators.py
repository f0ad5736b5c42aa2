"""Campaigns, as an operator makes them: /operator/locations/{locationId}/campaigns"""

from typing import Annotated

from msgspec import Meta

from groundlevel.areas.campaigns.campaigns import CAMPAIGNS, Campaign, Status, campaign_or_400
from groundlevel.areas.campaigns.memberships import drop_memberships
from groundlevel.areas.contacts import Succeeded
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Body, new_id


class NewCampaign(Body):
    """What an operator says of a new campaign."""

    name: Annotated[str, Meta(min_length=1, max_length=1_000)]
    status: Status = "draft"


@area.post("/operator/locations/{locationId}/campaigns", scope=OPERATOR)
def create_campaign(ctx: Ctx, location_id: str, body: NewCampaign) -> Campaign:
    """Add a campaign to a sub-account; a draft unless said otherwise."""
    campaign = Campaign(id=new_id(), name=body.name, status=body.status, location_id=location_id, date_added=ctx.stamp)
    return ctx.db.put(CAMPAIGNS, campaign)


@area.delete("/operator/locations/{locationId}/campaigns/{campaignId}", scope=OPERATOR)
def delete_campaign(ctx: Ctx, location_id: str, campaign_id: str) -> Succeeded:
    """Remove a campaign; its contacts are in it no more. 400 for an unknown one."""
    campaign = campaign_or_400(ctx, campaign_id)
    drop_memberships(ctx, "campaign_id", campaign.id)
    ctx.db.delete(CAMPAIGNS, campaign.id)
    return Succeeded()
