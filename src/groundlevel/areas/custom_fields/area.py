"""Definitions of custom fields: /locations/{locationId}/customFields"""

from groundlevel.kernel.area import Area

area = Area("custom-fields", "Custom fields")
