"""Agencies: /companies"""

from groundlevel.kernel.area import Area

area = Area("companies", "Companies")
