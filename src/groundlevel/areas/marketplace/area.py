"""Apps that agencies install, and what they charge: /marketplace"""

from groundlevel.kernel.area import Area

area = Area("marketplace", "Marketplace")
