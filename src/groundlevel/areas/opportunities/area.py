"""Deals with contacts, and the pipelines they go through: /opportunities"""

from groundlevel.kernel.area import Area

area = Area("opportunities", "Opportunities")
