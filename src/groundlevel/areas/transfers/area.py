"""Records from files, and into files: /operator/locations/{locationId}/imports and /exports"""

from groundlevel.kernel.area import Area

area = Area("transfers", "Imports and exports", versionless=True)
