"""Merge tags: /operator/locations/{locationId}/merge-tags"""

from groundlevel.kernel.area import Area

area = Area("merge_tags", "Merge tags", versionless=True)
