"""What an agency's plan includes.

Source: Starter and Unlimited have basic access to the API, tokens of single sub-accounts; Agency Pro has agency tokens
and apps too. A sandbox has limits of its own.
"""

from typing import Literal

from groundlevel.areas.companies.companies import COMPANIES, Company
from groundlevel.kernel.caller import NOT_IN_PLAN, Terms
from groundlevel.kernel.limits import Budget
from groundlevel.kernel.problems import Forbidden
from groundlevel.kernel.store import Unit

Plan = Literal["starter", "unlimited", "agency-pro"]

NUMBERS: dict[Plan, int] = {"starter": 1, "unlimited": 2, "agency-pro": 3}
"""How an agency's record tells its plan."""
PRICED = {1: "agency_monthly_97", 2: "agency_monthly_297", 3: "agency_monthly_497"}
"""How the installers of an app are told it."""

ADVANCED = 3
SANDBOX = Budget(25, 10_000)
"""Requests of each token in ten seconds and in a day."""


def terms_of(db: Unit, company_id: str) -> Terms:
    """What an agency's plan lets its callers do; for a unit of work that sees the system's rows."""
    company = db.get(COMPANIES, company_id)
    if company is None:
        return Terms()
    return Terms(company.plan >= ADVANCED, SANDBOX if company.is_sandbox_account else None)


def check_advanced(company: Company) -> None:
    """403 where the agency's plan includes neither agency tokens nor apps."""
    if company.plan < ADVANCED:
        raise Forbidden(NOT_IN_PLAN)
