"""Sub-accounts, as an operator makes and sets them: /operator/companies/{companyId}/locations"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.locations.events import LocationCreate, LocationUpdate
from groundlevel.areas.locations.locations import (
    LOCATIONS,
    Location,
    LocationSettings,
    add_location,
    location_or_400,
    tell,
)
from groundlevel.areas.locations.writing import LocationOfAgency, SettingsChange, changed_settings, new_location
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Wire

Matched = Annotated[list[Literal["email", "phone"]], Meta(max_length=2)]


class OperatorSettings(SettingsChange):
    """Settings as operators change them. `contact_match`: what makes two contacts one, the first first."""

    contact_match: Matched | UnsetType = UNSET


class SettingsNow(Wire):
    """The settings after a change."""

    settings: LocationSettings


@area.post("/operator/companies/{companyId}/locations", scope=OPERATOR)
def create_operator_location(ctx: Ctx, company_id: str, body: LocationOfAgency) -> Location:
    """Add a sub-account to an agency. 400 for an unknown agency, 422 for an unknown time zone."""
    return tell(ctx, LocationCreate, add_location(ctx, new_location(ctx, body)))


@area.put("/operator/locations/{locationId}/settings", scope=OPERATOR)
def update_location_settings(ctx: Ctx, location_id: str, body: OperatorSettings) -> SettingsNow:
    """Change what decides on duplicates; what is not sent stays. 400 for an unknown sub-account."""
    location = location_or_400(ctx, location_id)
    changed = replace(location, settings=changed_settings(location.settings, body))
    return SettingsNow(settings=tell(ctx, LocationUpdate, ctx.db.put(LOCATIONS, changed)).settings)
