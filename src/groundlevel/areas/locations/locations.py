"""Locations (sub-accounts): /locations/{locationId}"""

import msgspec

from groundlevel.areas.companies import company_or_400, count_location
from groundlevel.areas.locations.area import area
from groundlevel.areas.locations.events import LocationAdded, LocationCreate, LocationUpdate
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Owners, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, shown


class LocationSettings(Wire, omit_defaults=False):
    """What decides on duplicates. `contact_match`: by which of a contact's fields, the first one first."""

    allow_duplicate_contact: bool = False
    allow_duplicate_opportunity: bool = False
    allow_facebook_name_merge: bool = False
    disable_contact_timezone: bool = False
    contact_match: list[str] = shown()


class Social(Body):
    """Where else a sub-account is found."""

    facebook_url: Name | None = None
    google_plus: Name | None = None
    linked_in: Name | None = None
    foursquare: Name | None = None
    twitter: Name | None = None
    yelp: Name | None = None
    instagram: Name | None = None
    youtube: Name | None = None
    pinterest: Name | None = None
    blog_rss: Name | None = None
    google_places_id: Name | None = None


class Location(Wire):
    """A sub-account: what its contacts, calendars and conversations belong to."""

    id: str
    company_id: str
    name: str
    date_added: str
    settings: LocationSettings
    country: str = msgspec.field(default_factory=lambda: "US")  # a plain default would not be shown
    timezone: str = msgspec.field(default_factory=lambda: "UTC")
    address: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    website: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    social: Social | None = None


class Premises(Wire):
    """A sub-account as the business that it is."""

    name: str
    country: str
    timezone: str
    address: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    website: str | None = None


class LocationInFull(Location, kw_only=True):
    """A sub-account, and the business that it is."""

    business: Premises


class OneLocation(Wire):
    """The reply about one sub-account."""

    location: LocationInFull


LOCATIONS = declare(Table("locations", Location, index=("name", "email"), order="date_added", owner="company"))


class Home(Wire):
    """Which company a location belongs to."""

    id: str
    company_id: str


HOMES = declare(Table("location_homes", Home, owner="system"))


@area.get("/locations/{locationId}", scope="locations.readonly", tokens="either")
def get_location(ctx: Ctx, location_id: str) -> OneLocation:
    """One sub-account, with its settings."""
    location = location_or_400(ctx, location_id)
    business = Premises(**{name: getattr(location, name) for name in Premises.__struct_fields__})
    fields = {name: getattr(location, name) for name in Location.__struct_fields__}
    return OneLocation(location=LocationInFull(**fields, business=business))


def location_or_400(ctx: Ctx, location_id: str) -> Location:
    """The caller's sub-account with this id; 400 where there is none."""
    location = ctx.db.get(LOCATIONS, location_id)
    if location is None:
        raise BadRequest(f"Location with id {location_id} not found")
    return location


def own_location(ctx: Ctx) -> Location:
    """The sub-account this call is about."""
    return location_or_400(ctx, ctx.location_id)


def company_of(db: Unit, location_id: str) -> str | None:
    """The company a location belongs to, or None; for a unit of work that sees the system's rows."""
    home = db.get(HOMES, location_id)
    return home.company_id if home else None


def add_location(ctx: Ctx, location: Location) -> Location:
    """Store a new sub-account of an existing company."""
    count_location(ctx, company_or_400(ctx, location.company_id), 1)
    ctx.db.elsewhere(Owners(system=True)).put(HOMES, Home(id=location.id, company_id=location.company_id))
    ctx.db.elsewhere(Owners(company=location.company_id)).put(LOCATIONS, location)
    ctx.emit(LocationAdded(company_id=location.company_id, location_id=location.id))
    return location


def tell(ctx: Ctx, kind: type[LocationCreate] | type[LocationUpdate], location: Location) -> Location:
    """Say that a sub-account was added or changed."""
    ctx.emit(kind(id=location.id, company_id=location.company_id, name=location.name, email=location.email))
    return location


def forget_home(ctx: Ctx, location_id: str) -> None:
    """Let a location that is removed belong to no company."""
    ctx.db.elsewhere(Owners(system=True)).delete(HOMES, location_id)
