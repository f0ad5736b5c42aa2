"""Sub-accounts: /locations"""

from groundlevel.kernel.area import Area

area = Area("locations", "Locations")
