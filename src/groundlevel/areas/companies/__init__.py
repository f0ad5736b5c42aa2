"""Agencies."""

from groundlevel.areas.companies.companies import COMPANIES, Company, check_company, company_or_400

__all__ = ["COMPANIES", "Company", "check_company", "company_or_400"]
