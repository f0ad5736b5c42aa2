"""Who is in which campaign: /contacts/{contactId}/campaigns"""

from groundlevel.areas.campaigns.area import area
from groundlevel.areas.campaigns.campaigns import campaign_or_400
from groundlevel.areas.contacts import ContactDelete, Succeeded, contact_or_400
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Wire


class CampaignMembership(Wire):
    """A contact in a campaign; its id is made of theirs, so that nobody is in one twice."""

    id: str
    contact_id: str
    campaign_id: str
    date_added: str


class Nothing(Body):
    """There is nothing to say."""


CAMPAIGN_MEMBERSHIPS = declare(
    Table("campaign_memberships", CampaignMembership, index=("contact_id", "campaign_id"), order="date_added")
)


@area.post("/contacts/{contactId}/campaigns/{campaignId}", scope="contacts.write")
def add_contact_to_campaign(ctx: Ctx, contact_id: str, campaign_id: str, body: Nothing) -> Succeeded:
    """Put a contact into a campaign; one that is in it already stays as it is. 400 for an unknown one of either."""
    contact, campaign = contact_or_400(ctx, contact_id), campaign_or_400(ctx, campaign_id)
    key = _key(contact.id, campaign.id)
    if ctx.db.get(CAMPAIGN_MEMBERSHIPS, key) is None:
        member = CampaignMembership(id=key, contact_id=contact.id, campaign_id=campaign.id, date_added=ctx.stamp)
        ctx.db.put(CAMPAIGN_MEMBERSHIPS, member)
    return Succeeded()


@area.delete("/contacts/{contactId}/campaigns/{campaignId}", scope="contacts.write")
def remove_contact_from_campaign(ctx: Ctx, contact_id: str, campaign_id: str) -> Succeeded:
    """Take a contact out of a campaign; one that is not in it stays out. 400 for an unknown one of either."""
    contact, campaign = contact_or_400(ctx, contact_id), campaign_or_400(ctx, campaign_id)
    ctx.db.delete(CAMPAIGN_MEMBERSHIPS, _key(contact.id, campaign.id))
    return Succeeded()


@area.delete(
    "/contacts/{contactId}/campaigns/remove-all",
    scope="contacts.write",
    was="/contacts/{contactId}/campaigns/removeAll",
)
def remove_contact_from_every_campaign(ctx: Ctx, contact_id: str) -> Succeeded:
    """Take a contact out of all campaigns. 400 for an unknown contact."""
    drop_memberships(ctx, "contact_id", contact_or_400(ctx, contact_id).id)
    return Succeeded()


@on(ContactDelete)
def leave_campaigns(ctx: Ctx, event: ContactDelete) -> None:
    """A contact that is gone is in no campaign."""
    drop_memberships(ctx, "contact_id", event.id)


def drop_memberships(ctx: Ctx, field: str, id: str) -> None:
    """Remove all memberships of a contact (`contact_id`) or in a campaign (`campaign_id`)."""
    for member in ctx.db.each(CAMPAIGN_MEMBERSHIPS, Eq(field, id)):
        ctx.db.delete(CAMPAIGN_MEMBERSHIPS, member.id)


def _key(contact_id: str, campaign_id: str) -> str:
    return f"{contact_id}.{campaign_id}"
