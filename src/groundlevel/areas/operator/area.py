"""What only the operator of an installation may do: /operator"""

from groundlevel.kernel.area import Area

area = Area("operator", "Operator", versionless=True)
