"""Companies (agencies): the owners of locations, users and plans."""

from groundlevel.areas.companies.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire


class Company(Wire):
    """An agency."""

    id: str
    name: str
    date_added: str
    email: str | None = None
    phone: str | None = None
    website: str | None = None
    timezone: str | None = None
    country: str | None = None
    status: str = "active_subscription"


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
