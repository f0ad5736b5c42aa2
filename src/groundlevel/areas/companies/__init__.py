"""Agencies."""

from groundlevel.areas.companies.companies import COMPANIES, Company, company_or_400, count_location
from groundlevel.areas.companies.plans import PRICED, check_advanced, terms_of

__all__ = ["COMPANIES", "PRICED", "Company", "check_advanced", "company_or_400", "count_location", "terms_of"]
