"""Adding, changing and removing sub-accounts: /locations"""

from datetime import timedelta
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.companies import company_or_400, count_location
from groundlevel.areas.locations.area import area
from groundlevel.areas.locations.countries import Country, check_timezone
from groundlevel.areas.locations.events import LocationCreate, LocationRemoved, LocationUpdate
from groundlevel.areas.locations.locations import (
    LOCATIONS,
    Location,
    LocationSettings,
    Social,
    add_location,
    forget_home,
    location_or_400,
    tell,
)
from groundlevel.kernel.caller import TOKENS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import JOBS, SYSTEM, job
from groundlevel.kernel.store import Eq, Range
from groundlevel.kernel.store.table import TABLES
from groundlevel.kernel.wire import Body, Name, Wire, new_id, sent

LocationName = Annotated[str, Meta(min_length=1, max_length=1_000)]

PORTION = 500
"""Rows of a removed sub-account that one unit of work clears away from each table."""
UNDER_WAY = timedelta(minutes=1)
"""By when every request that was let in before a removal has ended."""


class Prospect(Body):
    """Whom to talk to at a sub-account."""

    first_name: Name
    last_name: Name
    email: Name


class SettingsChange(Body):
    """Settings as agencies change them; what is not sent stays."""

    allow_duplicate_contact: bool | UnsetType = UNSET
    allow_duplicate_opportunity: bool | UnsetType = UNSET
    allow_facebook_name_merge: bool | UnsetType = UNSET
    disable_contact_timezone: bool | UnsetType = UNSET


class Twilio(Body):
    """An account at a carrier."""

    sid: Name
    auth_token: Name


class Mailgun(Body):
    """An account at a mail service."""

    api_key: Name
    domain: Name


class Snapshot(Body):
    """What to furnish a sub-account with."""

    id: Name
    override: bool = False


class Details(Body):
    """What may be said of a sub-account beside its name. `twilio` and `mailgun` are taken and not kept."""

    phone: Name | UnsetType = UNSET
    address: Name | UnsetType = UNSET
    city: Name | UnsetType = UNSET
    state: Name | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    postal_code: Name | UnsetType = UNSET
    website: Name | UnsetType = UNSET
    timezone: Name | UnsetType = UNSET
    prospect_info: Prospect | UnsetType = UNSET
    settings: SettingsChange | UnsetType = UNSET
    social: Social | UnsetType = UNSET
    twilio: Twilio | UnsetType = UNSET
    mailgun: Mailgun | UnsetType = UNSET


class LocationOfAgency(Details, kw_only=True):
    """A new sub-account of a known agency. `snapshot_id` is taken and not used."""

    name: LocationName
    snapshot_id: Name | UnsetType = UNSET


class NewLocation(LocationOfAgency, kw_only=True):
    """A new sub-account."""

    company_id: Name


class LocationChange(Details, kw_only=True):
    """A change; what is not sent stays. `snapshot` is taken and not used."""

    company_id: Name
    name: LocationName | UnsetType = UNSET
    snapshot: Snapshot | UnsetType = UNSET


class Removal(Body):
    """delete_twilio_account: whether its numbers are given back to its gateways; the account itself is not closed."""

    delete_twilio_account: bool


class LocationGone(Wire):
    """The reply to removing."""

    success: bool
    message: str


@area.post("/locations", scope="locations.write", tokens="agency", status=200)
def create_location(ctx: Ctx, body: NewLocation) -> Location:
    """Add a sub-account to the agency. 403 for another agency, 422 for an unknown time zone.

    `snapshotId`, `twilio` and `mailgun` are accepted and have no effect.
    """
    return tell(ctx, LocationCreate, add_location(ctx, new_location(ctx, body)))


@area.put("/locations/{locationId}", scope="locations.write", tokens="agency")
def put_location(ctx: Ctx, location_id: str, body: LocationChange) -> Location:
    """Change a sub-account; what is not sent stays as it is. 403 for another agency, 422 for an unknown time zone.

    `snapshot`, `twilio` and `mailgun` are accepted and have no effect.
    """
    location = location_or_400(ctx, location_id)
    changed = ctx.db.put(LOCATIONS, replace(location, **_fields(body, location.settings)))
    return tell(ctx, LocationUpdate, changed)


@area.delete("/locations/{locationId}", scope="locations.internal-access-only", tokens="agency")
def delete_location(ctx: Ctx, location_id: str, query: Removal) -> LocationGone:
    """Remove a sub-account for good. Its tokens end now, its records are cleared away soon after.

    And once more a minute later, for requests that were under way.
    """
    location = location_or_400(ctx, location_id)
    system = ctx.db.elsewhere(SYSTEM)
    for token in system.each(TOKENS, Eq("company_id", location.company_id)):
        if token.location_id == location.id:
            system.delete(TOKENS, token.id)
    ctx.db.delete(LOCATIONS, location.id)
    forget_home(ctx, location.id)
    count_location(ctx, company_or_400(ctx, location.company_id), -1)
    carrier_too = query.delete_twilio_account
    ctx.emit(LocationRemoved(company_id=location.company_id, location_id=location.id, carrier_too=carrier_too))
    for at in (ctx.now, ctx.now + UNDER_WAY):
        ctx.later(clear_location, at=at, before=ctx.stamp)
    return LocationGone(success=True, message=f"Deleted location with id: {location.id}")


@job()
def clear_location(ctx: Ctx, before: str = "") -> None:
    """Clear away what a removed sub-account has left, a portion a time: records, and jobs of `before` its end."""
    more = clear_jobs(ctx, before)
    for table in [t for t in TABLES.values() if t.owner == "location"]:
        rows = ctx.db.find(table, limit=PORTION)
        for row in rows:
            ctx.db.delete(table, row.id)
        more |= len(rows) == PORTION
    if more:
        ctx.later(clear_location, before=before)


def clear_jobs(ctx: Ctx, before: str) -> bool:
    """Drop a portion of what was still to be done for a removed sub-account; whether there may be more."""
    system = ctx.db.elsewhere(SYSTEM)
    waiting = system.find(JOBS, Eq("location_id", ctx.location_id), Range("date_added", "<", before), limit=PORTION)
    for one in waiting:
        system.delete(JOBS, one.id)
    return len(waiting) == PORTION


def new_location(ctx: Ctx, body: LocationOfAgency) -> Location:
    """The sub-account that the body describes, of the agency this call is about."""
    bare = Location(
        id=new_id(), company_id=ctx.company_id, name=body.name, date_added=ctx.stamp, settings=LocationSettings()
    )
    return replace(bare, **_fields(body, bare.settings))


def changed_settings(settings: LocationSettings, change: SettingsChange) -> LocationSettings:
    """The settings after a change."""
    return replace(settings, **sent(change))


def _fields(body: Details, settings: LocationSettings) -> dict[str, Any]:
    fields = sent(body)
    for name in ("twilio", "mailgun", "snapshot", "snapshot_id", "company_id"):
        fields.pop(name, None)
    check_timezone(fields.get("timezone"))
    prospect = fields.pop("prospect_info", None)
    if prospect:
        fields |= {"first_name": prospect.first_name, "last_name": prospect.last_name, "email": prospect.email}
    if body.settings:
        fields["settings"] = changed_settings(settings, body.settings)
    return fields
