"""Objects of a sub-account's own and everybody's, and their records: /objects"""

from groundlevel.kernel.area import Area

area = Area("objects", "Objects")
