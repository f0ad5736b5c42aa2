"""Sub-accounts, their settings and tags."""

from groundlevel.areas.locations.events import LocationAdded, LocationRemoved
from groundlevel.areas.locations.locations import (
    LOCATIONS,
    Location,
    LocationSettings,
    add_location,
    company_of,
    location_or_400,
    own_location,
)
from groundlevel.areas.locations.tags import TAGS, Tag, TagDefinition, define_tags

__all__ = [
    "LOCATIONS",
    "TAGS",
    "Location",
    "LocationAdded",
    "LocationRemoved",
    "LocationSettings",
    "Tag",
    "TagDefinition",
    "add_location",
    "company_of",
    "define_tags",
    "location_or_400",
    "own_location",
]
