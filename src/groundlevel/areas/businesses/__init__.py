"""Businesses (companies in the sense of a CRM) that contacts belong to."""

from groundlevel.areas.businesses.businesses import BUSINESSES, FORGETTERS, Business, business_or_400

__all__ = ["BUSINESSES", "FORGETTERS", "Business", "business_or_400"]
