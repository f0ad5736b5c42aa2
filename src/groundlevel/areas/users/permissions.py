"""What a user may do: switches for parts of the product, and scopes."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import Body, Wire

PUBLISHED = """
campaigns.readonly campaigns.write calendars.readonly calendars/events.write calendars/groups.write calendars.write
contacts.write contacts/bulkActions.write workflows.readonly workflows.write triggers.write funnels.write
forms.write surveys.write quizzes.write websites.write medias.write medias.readonly opportunities.write
opportunities/leadValue.readonly opportunities/bulkActions.write pipelines.create reporting/phone.readonly
reporting/adwords.readonly reporting/facebookAds.readonly reporting/attributions.readonly
prospecting/auditReport.write reporting/reports.readonly reporting/agent.readonly reporting/reports.write
reporting/stats.export payments.write payments/records.write payments/orders.readonly payments/orders.export
payments/orders.import payments/orders.collectPayment payments/subscriptions.readonly payments/subscriptions.write
payments/subscriptions.update payments/subscriptions.export payments/subscriptions.pauseResumeCancel
payments/subscriptions.sharePaymentMethod payments/transactions.readonly payments/transactions.export
payments/transactions.import payments/transactions.refund payments/transactions.viewReceipts
payments/taxesSettings.readonly payments/settings.readonly payments/taxesSettings.updateInclusiveExclusive
payments/taxesSettings.manageRates payments/taxesSettings.configureAutomatic products.readonly products.write
products.delete products.duplicate products.bulkActions payments/settings.write payments/settings.configureReceipt
payments/settings.configureSubscription invoices.write invoices.readonly invoices/schedule.readonly
invoices/schedule.write invoices/template.readonly invoices/template.write reputation/review.write
reputation/listing.write reputation/reviewsAIAgents.write reputation/gbp.write conversations.write
conversations.readonly conversations/message.readonly conversations/message.write contentAI.write ai-studio.readonly
ai-studio.write dashboard/stats.readonly locations/tags.write locations/tags.readonly marketing.write eliza.write
settings.write socialplanner/post.write socialplanner/account.readonly socialplanner/account.write
socialplanner/category.readonly socialplanner/category.write socialplanner/csv.readonly socialplanner/csv.write
socialplanner/group.write socialplanner/hashtag.readonly socialplanner/hashtag.write socialplanner/oauth.readonly
socialplanner/oauth.write socialplanner/post.readonly socialplanner/recurring.readonly socialplanner/recurring.write
socialplanner/review.readonly socialplanner/review.write socialplanner/rss.readonly socialplanner/rss.write
socialplanner/search.readonly socialplanner/setting.readonly socialplanner/setting.write socialplanner/stat.readonly
socialplanner/tag.readonly socialplanner/tag.write socialplanner/filters.readonly socialplanner/medias.readonly
socialplanner/medias.write socialplanner/watermarks.readonly socialplanner/watermarks.write
socialplanner/metatag.readonly socialplanner/facebook.readonly socialplanner/linkedin.readonly
socialplanner/twitter.readonly socialplanner/notification.readonly socialplanner/notification.write
socialplanner/snapshot.readonly socialplanner/snapshot.write marketing/affiliate.write blogs.write membership.write
communities.write gokollab.write certificates.write certificates.readonly adPublishing.write adPublishing.readonly
prospecting.write prospecting.readonly prospecting/reports.readonly private-integration-location.readonly
private-integration-location.write private-integration-company.readonly private-integration-company.write
native-integrations.readonly native-integrations.write wordpress.write wordpress.read custom-menu-link.write
qrcodes.write users/team-management.write users/team-management.readonly loginas.write
users-sso-login-management.write users-sso-login-management.readonly sso-config.write snapshots/api.readonly
snapshots/api.create snapshots/api.edit snapshots/api.push snapshots/api.refresh snapshots/api.share
snapshots/api.delete internaltools.location-transfer.write internaltools.location-transfer.readonly
affiliateportal.write affiliateportal.readonly companies.write internaltools.billing.write
internaltools.billing.readonly internaltools.billing-common.readonly internaltools.billing-common.write
voice-ai-agents.write voice-ai-agents.readonly voice-ai-common.readonly voice-ai-common.write
voice-ai-agent-goals.readonly voice-ai-agent-goals.write voice-ai-dashboard.readonly agency/launchpad.write
agency/launchpad.readonly launchpad/location.write launchpad/location.readonly text-ai-agents.write
text-ai-agent-goals.readonly text-ai-agent-goals.write text-ai-agent-training.write
text-ai-agents-dashboard.readonly locations.create locations.delete askai.write copilot.readonly
locations.export.list locations.features-limits.manage locations.pause-resume locations.agency-subaccounts.manage
locations.billing.manage locations.details.manage audit-logs.readonly audit-logs.export
"""
NAMES = frozenset(PUBLISHED.split())
"""The scopes that a user can have. Source: the published contract of users."""

Scopes = Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=len(NAMES))]


class Permissions(Wire, omit_defaults=False):
    """Which parts of the product a user sees; the defaults are the service's."""

    campaigns_enabled: bool = True
    campaigns_read_only: bool = False
    contacts_enabled: bool = True
    workflows_enabled: bool = True
    workflows_read_only: bool = False
    triggers_enabled: bool = True
    funnels_enabled: bool = True
    websites_enabled: bool = False
    opportunities_enabled: bool = True
    dashboard_stats_enabled: bool = True
    bulk_requests_enabled: bool = True
    appointments_enabled: bool = True
    reviews_enabled: bool = True
    online_listings_enabled: bool = True
    phone_call_enabled: bool = True
    conversations_enabled: bool = True
    assigned_data_only: bool = False
    adwords_reporting_enabled: bool = False
    membership_enabled: bool = False
    facebook_ads_reporting_enabled: bool = False
    attributions_reporting_enabled: bool = False
    settings_enabled: bool = True
    tags_enabled: bool = True
    lead_value_enabled: bool = True
    marketing_enabled: bool = True
    agent_reporting_enabled: bool = True
    bot_service: bool = False
    social_planner: bool = True
    blogging_enabled: bool = True
    invoice_enabled: bool = True
    affiliate_manager_enabled: bool = True
    content_ai_enabled: bool = True
    refunds_enabled: bool = True
    record_payment_enabled: bool = True
    cancel_subscription_enabled: bool = True
    payments_enabled: bool = True
    communities_enabled: bool = True
    export_payments_enabled: bool = True


class PermissionsChange(Body):
    """The switches to change; what is not sent stays."""

    campaigns_enabled: bool | UnsetType = UNSET
    campaigns_read_only: bool | UnsetType = UNSET
    contacts_enabled: bool | UnsetType = UNSET
    workflows_enabled: bool | UnsetType = UNSET
    workflows_read_only: bool | UnsetType = UNSET
    triggers_enabled: bool | UnsetType = UNSET
    funnels_enabled: bool | UnsetType = UNSET
    websites_enabled: bool | UnsetType = UNSET
    opportunities_enabled: bool | UnsetType = UNSET
    dashboard_stats_enabled: bool | UnsetType = UNSET
    bulk_requests_enabled: bool | UnsetType = UNSET
    appointments_enabled: bool | UnsetType = UNSET
    reviews_enabled: bool | UnsetType = UNSET
    online_listings_enabled: bool | UnsetType = UNSET
    phone_call_enabled: bool | UnsetType = UNSET
    conversations_enabled: bool | UnsetType = UNSET
    assigned_data_only: bool | UnsetType = UNSET
    adwords_reporting_enabled: bool | UnsetType = UNSET
    membership_enabled: bool | UnsetType = UNSET
    facebook_ads_reporting_enabled: bool | UnsetType = UNSET
    attributions_reporting_enabled: bool | UnsetType = UNSET
    settings_enabled: bool | UnsetType = UNSET
    tags_enabled: bool | UnsetType = UNSET
    lead_value_enabled: bool | UnsetType = UNSET
    marketing_enabled: bool | UnsetType = UNSET
    agent_reporting_enabled: bool | UnsetType = UNSET
    bot_service: bool | UnsetType = UNSET
    social_planner: bool | UnsetType = UNSET
    blogging_enabled: bool | UnsetType = UNSET
    invoice_enabled: bool | UnsetType = UNSET
    affiliate_manager_enabled: bool | UnsetType = UNSET
    content_ai_enabled: bool | UnsetType = UNSET
    refunds_enabled: bool | UnsetType = UNSET
    record_payment_enabled: bool | UnsetType = UNSET
    cancel_subscription_enabled: bool | UnsetType = UNSET
    payments_enabled: bool | UnsetType = UNSET
    communities_enabled: bool | UnsetType = UNSET
    export_payments_enabled: bool | UnsetType = UNSET


def check_scopes(*lists: list[str] | None) -> None:
    """422 naming every scope that there is none of."""
    unknown = dict.fromkeys(scope for scopes in lists for scope in scopes or () if scope not in NAMES)
    if unknown:
        raise Unprocessable(*(f"scopes: there is no scope {scope}" for scope in unknown))
