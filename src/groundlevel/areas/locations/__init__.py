"""Sub-accounts, their settings and tags."""

from groundlevel.areas.locations.area import area
from groundlevel.areas.locations.countries import check_timezone
from groundlevel.areas.locations.custom_values import CUSTOM_VALUES, CustomValue, key_of
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
from groundlevel.areas.locations.templates import Template, template_or_400

__all__ = [
    "CUSTOM_VALUES",
    "LOCATIONS",
    "TAGS",
    "CustomValue",
    "Location",
    "LocationAdded",
    "LocationRemoved",
    "LocationSettings",
    "Tag",
    "TagDefinition",
    "Template",
    "add_location",
    "area",
    "check_timezone",
    "company_of",
    "define_tags",
    "key_of",
    "location_or_400",
    "own_location",
    "template_or_400",
]
