"""Businesses that contacts belong to: /businesses"""

from groundlevel.kernel.area import Area

area = Area("businesses", "Businesses")
