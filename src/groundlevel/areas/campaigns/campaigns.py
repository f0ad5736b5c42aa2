"""Campaigns: /campaigns"""

from typing import Literal

from groundlevel.areas.campaigns.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire

Status = Literal["draft", "published"]
MOST_LISTED = 10_000


class Campaign(Wire):
    """A campaign."""

    id: str
    name: str
    status: Status
    location_id: str
    date_added: str


class CampaignsWanted(Body):
    """Which campaigns: a sub-account's, those of one status (`draft`, `published`) or all."""

    location_id: str
    status: Name | None = None


class ManyCampaigns(Wire):
    """Campaigns, newest first."""

    campaigns: list[Campaign]


CAMPAIGNS = declare(Table("campaigns", Campaign, index=("status",), order="date_added"))


@area.get("/campaigns", scope="campaigns.readonly")
def get_campaigns(ctx: Ctx, query: CampaignsWanted) -> ManyCampaigns:
    """The sub-account's campaigns, newest first, at most 10,000; a status that no campaign has finds none."""
    wanted = () if query.status is None else (Eq("status", query.status),)
    return ManyCampaigns(campaigns=ctx.db.find(CAMPAIGNS, *wanted, limit=MOST_LISTED))


def campaign_or_400(ctx: Ctx, campaign_id: str) -> Campaign:
    """The sub-account's campaign with this id; 400 where there is none."""
    campaign = ctx.db.get(CAMPAIGNS, campaign_id)
    if campaign is None:
        raise BadRequest(f"Campaign with id {campaign_id} not found")
    return campaign
