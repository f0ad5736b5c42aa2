"""Campaigns and who is in them."""

from groundlevel.areas.campaigns.campaigns import CAMPAIGNS, Campaign, campaign_or_400
from groundlevel.areas.campaigns.memberships import CAMPAIGN_MEMBERSHIPS, CampaignMembership

__all__ = ["CAMPAIGNS", "CAMPAIGN_MEMBERSHIPS", "Campaign", "CampaignMembership", "campaign_or_400"]
