"""People who work in the CRM: /users"""

from groundlevel.kernel.area import Area

area = Area("users", "Users")
