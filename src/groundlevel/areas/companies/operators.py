"""Agencies, as an operator makes them: /operator/companies"""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.companies.companies import COMPANIES, Company, OneCompany, company_or_400
from groundlevel.areas.companies.plans import NUMBERS, Plan
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Sort
from groundlevel.kernel.wire import Body, Name, Wire, new_id, sent


class AboutCompany(Body):
    """What may be said of an agency beside its name. `domain`: of its own name for the service, null for none."""

    email: Name | None | UnsetType = UNSET
    phone: Name | None | UnsetType = UNSET
    website: Name | None | UnsetType = UNSET
    logo_url: Name | None | UnsetType = UNSET
    domain: Name | None | UnsetType = UNSET
    spare_domain: Name | None | UnsetType = UNSET
    subdomain: Name | None | UnsetType = UNSET
    privacy_policy: Name | None | UnsetType = UNSET
    terms_conditions: Name | None | UnsetType = UNSET
    address: Name | None | UnsetType = UNSET
    city: Name | None | UnsetType = UNSET
    state: Name | None | UnsetType = UNSET
    postal_code: Name | None | UnsetType = UNSET
    country: Name | None | UnsetType = UNSET
    timezone: Name | None | UnsetType = UNSET
    referral_id: Name | None | UnsetType = UNSET
    stripe_connect_id: Name | None | UnsetType = UNSET
    business_niche: Name | None | UnsetType = UNSET
    business_category: Name | None | UnsetType = UNSET
    business_affinity_group: Name | None | UnsetType = UNSET
    terms_of_service_version: Name | None | UnsetType = UNSET
    terms_of_service_accepted_by: Name | None | UnsetType = UNSET
    terms_of_service_accepted_date: Name | None | UnsetType = UNSET
    privacy_policy_version: Name | None | UnsetType = UNSET
    privacy_policy_accepted_by: Name | None | UnsetType = UNSET
    privacy_policy_accepted_date: Name | None | UnsetType = UNSET
    affiliate_policy_version: Name | None | UnsetType = UNSET
    affiliate_policy_accepted_by: Name | None | UnsetType = UNSET
    affiliate_policy_accepted_date: Name | None | UnsetType = UNSET
    is_reselling: bool | UnsetType = UNSET
    is_enterprise_account: bool | UnsetType = UNSET
    premium_upgraded: bool | UnsetType = UNSET
    upgrade_enabled_for_clients: bool | UnsetType = UNSET
    cancel_enabled_for_clients: bool | UnsetType = UNSET
    auto_suspend_enabled: bool | UnsetType = UNSET
    disable_email_service: bool | UnsetType = UNSET
    enable_new_sub_account_default_data: bool | UnsetType = UNSET
    enable_depreciated_features: bool | UnsetType = UNSET
    twilio_trial_mode: bool | UnsetType = UNSET
    twilio_free_credits: Annotated[float, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET


class CompanyChange(AboutCompany):
    """What to change about an agency."""

    name: Name | UnsetType = UNSET


class NewCompany(AboutCompany, kw_only=True):
    """What an operator says of a new agency."""

    name: Name
    plan: Plan = "agency-pro"
    is_sandbox_account: bool = False


class PlanChange(Body):
    """The plan an agency shall have from now on; `is_sandbox_account`: with the limits of a sandbox."""

    plan: Plan | UnsetType = UNSET
    is_sandbox_account: bool | UnsetType = UNSET


class ManyCompanies(Wire):
    """The agencies of this installation."""

    companies: list[Company]


@area.post("/operator/companies", scope=OPERATOR)
def create_company(ctx: Ctx, body: NewCompany) -> OneCompany:
    """Add an agency."""
    fields = sent(body)
    fields["plan"] = NUMBERS[body.plan]
    company = Company(**fields, id=new_id(), date_added=ctx.stamp)
    return OneCompany(company=ctx.db.put(COMPANIES, company))


@area.get("/operator/companies", scope=OPERATOR)
def list_companies(ctx: Ctx) -> ManyCompanies:
    """The agencies of this installation, oldest first; at most 1,000."""
    return ManyCompanies(companies=ctx.db.find(COMPANIES, sort=(Sort("date_added"),), limit=1_000))


@area.put("/operator/companies/{companyId}", scope=OPERATOR)
def update_company(ctx: Ctx, company_id: str, body: CompanyChange) -> OneCompany:
    """Change an agency; what is not sent stays as it is."""
    return OneCompany(company=ctx.db.put(COMPANIES, replace(company_or_400(ctx, company_id), **sent(body))))


@area.put("/operator/companies/{companyId}/plan", scope=OPERATOR)
def change_company_plan(ctx: Ctx, company_id: str, body: PlanChange) -> OneCompany:
    """Change an agency's plan. What its tokens may do follows within one second, on every process."""
    fields = sent(body)
    if body.plan:
        fields["plan"] = NUMBERS[body.plan]
    return OneCompany(company=ctx.db.put(COMPANIES, replace(company_or_400(ctx, company_id), **fields)))
