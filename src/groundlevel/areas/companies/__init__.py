"""Agencies."""

from groundlevel.areas.companies.companies import COMPANIES, Company, company_or_400

__all__ = ["COMPANIES", "Company", "company_or_400"]
