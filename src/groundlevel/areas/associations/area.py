"""Which records have to do with each other, and how: /associations"""

from groundlevel.kernel.area import Area

area = Area("associations", "Associations")
