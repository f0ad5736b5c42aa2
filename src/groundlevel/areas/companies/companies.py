"""Companies (agencies): the owners of locations, users and plans."""

from typing import Any
from zlib import crc32

import msgspec
from msgspec.structs import replace

from groundlevel.areas.companies.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire


def _shown(value: Any) -> Any:
    """A default that is nevertheless written out."""
    return msgspec.field(default_factory=lambda: value)


class Onboarding(Wire, omit_defaults=False):
    """How far the agency has come in setting itself up."""

    pending: bool = False


class Company(Wire):
    """An agency. `plan`: 1 Starter, 2 Unlimited, 3 Agency Pro. `domain`: of its own name for the service, if any."""

    id: str
    name: str
    date_added: str
    email: str | None = None
    phone: str | None = None
    website: str | None = None
    logo_url: str | None = None
    domain: str | None = None
    spare_domain: str | None = None
    subdomain: str | None = None
    privacy_policy: str | None = None
    terms_conditions: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    timezone: str | None = None
    referral_id: str | None = None
    stripe_connect_id: str | None = None
    business_niche: str | None = None
    business_category: str | None = None
    business_affinity_group: str | None = None
    terms_of_service_version: str | None = None
    terms_of_service_accepted_by: str | None = None
    terms_of_service_accepted_date: str | None = None
    privacy_policy_version: str | None = None
    privacy_policy_accepted_by: str | None = None
    privacy_policy_accepted_date: str | None = None
    affiliate_policy_version: str | None = None
    affiliate_policy_accepted_by: str | None = None
    affiliate_policy_accepted_date: str | None = None
    relationship_number: str | None = None
    status: str = _shown("active_subscription")
    plan: int = _shown(3)
    currency: str = _shown("USD")
    customer_type: str = _shown("agency")
    location_count: int = _shown(0)
    is_sandbox_account: bool = _shown(False)
    is_reselling: bool = _shown(False)
    is_enterprise_account: bool = _shown(False)
    premium_upgraded: bool = _shown(False)
    upgrade_enabled_for_clients: bool = _shown(False)
    cancel_enabled_for_clients: bool = _shown(False)
    auto_suspend_enabled: bool = _shown(False)
    disable_email_service: bool = _shown(False)
    enable_new_sub_account_default_data: bool = _shown(False)
    enable_depreciated_features: bool = _shown(False)
    twilio_trial_mode: bool = _shown(False)
    twilio_free_credits: float = _shown(0)
    onboarding_info: Onboarding = msgspec.field(default_factory=Onboarding)

    def __post_init__(self) -> None:
        """The number by which people tell agencies apart comes of the id."""
        number = crc32(self.id.encode()) % 1_000_000
        self.relationship_number = self.relationship_number or f"0-{number // 1000:03}-{number % 1000:03}"


class OneCompany(Wire):
    """The reply about one agency."""

    company: Company


COMPANIES = declare(Table("companies", Company, order="date_added", owner="system"))


@area.get("/companies/{companyId}", scope="companies.readonly", tokens="agency")
def get_company(ctx: Ctx, company_id: str) -> OneCompany:
    """The agency of the token."""
    return OneCompany(company=company_or_400(ctx, company_id))


def company_or_400(ctx: Ctx, company_id: str) -> Company:
    """The agency with this id; 400 where there is none."""
    company = ctx.db.elsewhere(SYSTEM).get(COMPANIES, company_id)
    if company is None:
        raise BadRequest(f"Company with id {company_id} not found")
    return company


def put_company(ctx: Ctx, company: Company) -> Company:
    """Keep an agency: its row is the system's."""
    return ctx.db.elsewhere(SYSTEM).put(COMPANIES, company)


def count_location(ctx: Ctx, company: Company, more: int) -> None:
    """The agency has so many sub-accounts more."""
    put_company(ctx, replace(company, location_count=company.location_count + more))
