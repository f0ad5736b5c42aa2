"""Businesses (companies in the sense of a CRM) that contacts belong to."""

from groundlevel.areas.businesses.businesses import BUSINESSES, Business, BusinessDeleted, business_or_400

__all__ = ["BUSINESSES", "Business", "BusinessDeleted", "business_or_400"]
