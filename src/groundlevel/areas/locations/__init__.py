"""Sub-accounts, their settings and tags."""

from groundlevel.areas.locations.locations import (
    LOCATIONS,
    Location,
    LocationSettings,
    add_location,
    company_of,
    location_or_400,
    own_location,
)

__all__ = [
    "LOCATIONS",
    "Location",
    "LocationSettings",
    "add_location",
    "company_of",
    "location_or_400",
    "own_location",
]
