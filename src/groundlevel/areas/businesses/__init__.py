"""Businesses (companies in the sense of a CRM) that contacts belong to."""

from groundlevel.areas.businesses.businesses import (
    BUSINESSES,
    Business,
    BusinessChange,
    BusinessDeleted,
    BusinessKept,
    NewBusiness,
    add_business,
    business_or_400,
    change_business,
    remove_business,
)

__all__ = [
    "BUSINESSES",
    "Business",
    "BusinessChange",
    "BusinessDeleted",
    "BusinessKept",
    "NewBusiness",
    "add_business",
    "business_or_400",
    "change_business",
    "remove_business",
]
