"""Entries that an agency adds to the menus: /custom-menus"""

from groundlevel.kernel.area import Area

area = Area("custom_menus", "Custom menus")
