"""Phone numbers of sub-accounts: pools, search and purchase: /phone-system"""

from groundlevel.kernel.area import Area

area = Area("phone-system", "Phone numbers")
