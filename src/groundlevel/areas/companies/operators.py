"""Agencies, as an operator makes them: /operator/companies"""

from groundlevel.areas.companies.companies import COMPANIES, Company, OneCompany
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Sort
from groundlevel.kernel.wire import Body, Name, Wire, new_id, sent


class NewCompany(Body):
    """What an operator says of a new agency."""

    name: Name
    email: Name | None = None
    phone: Name | None = None
    website: Name | None = None
    timezone: Name | None = None
    country: Name | None = None


class ManyCompanies(Wire):
    """The agencies of this installation."""

    companies: list[Company]


@area.post("/operator/companies", scope=OPERATOR)
def create_company(ctx: Ctx, body: NewCompany) -> OneCompany:
    """Add an agency."""
    company = Company(**sent(body), id=new_id(), date_added=ctx.stamp)
    return OneCompany(company=ctx.db.put(COMPANIES, company))


@area.get("/operator/companies", scope=OPERATOR)
def list_companies(ctx: Ctx) -> ManyCompanies:
    """The agencies of this installation, oldest first; at most 1,000."""
    return ManyCompanies(companies=ctx.db.find(COMPANIES, sort=(Sort("date_added"),), limit=1_000))
