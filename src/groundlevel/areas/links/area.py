"""Trigger links: /links"""

from groundlevel.kernel.area import Area

area = Area("links", "Trigger links")
