"""The time zones there are: /locations/{locationId}/timezones"""

from groundlevel.areas.locations.area import area
from groundlevel.areas.locations.countries import zones
from groundlevel.areas.locations.locations import location_or_400
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Wire


class TimeZones(Wire):
    """Names of time zones, by name."""

    time_zones: list[str]


@area.get("/locations/{locationId}/timezones", scope="locations.readonly")
def get_timezones(ctx: Ctx, location_id: str) -> TimeZones:
    """The IANA time zones that a sub-account can be in."""
    location_or_400(ctx, location_id)
    return TimeZones(time_zones=sorted(zones()))
