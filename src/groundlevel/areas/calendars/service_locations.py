"""Where services are given: /calendars/services/locations"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.calendars.area import area
from groundlevel.areas.locations import own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V3
from groundlevel.kernel.wire import Body, Name, Wire, new_hex, sent, shown

Kind = Literal["offline", "ask_booker"]
Title = Annotated[str, Meta(min_length=1, max_length=1_000)]
Slug = Annotated[str, Meta(min_length=1, max_length=200)]
MOST_KEPT = 500
"""Places that one sub-account may have."""


class NewServiceLocation(Body):
    """A place. `offline`: it has an address; `ask_booker`: whoever books says where, and `address` is its label."""

    location_id: str
    name: Title
    slug: Slug
    phone: Name | None = None
    address: Name | None = None
    cover_image: Name | None = None
    location_type: Kind = "offline"


class ServiceLocationChange(Body):
    """What to change about a place; what is not sent stays."""

    name: Title | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET
    phone: Name | None | UnsetType = UNSET
    address: Name | None | UnsetType = UNSET
    cover_image: Name | None | UnsetType = UNSET
    location_type: Kind | UnsetType = UNSET


class ServiceLocation(Wire):
    """A place where services are given."""

    id: str
    location_id: str
    name: str
    slug: str
    is_active: bool
    is_private: bool
    location_type: Kind
    date_added: str
    cover_image: str | None = None
    address: str | None = None
    phone: str | None = None


class OfLocation(Body):
    """Whose places."""

    location_id: str


class ManyServiceLocations(Wire):
    """Places, the oldest first."""

    service_locations: list[ServiceLocation] = shown()


class ServiceLocationGone(Wire):
    """The reply to deleting one."""

    success: bool
    message: str


SERVICE_LOCATIONS = declare(Table("service_locations", ServiceLocation, index=("slug",), order="date_added"))


@area.get("/calendars/services/locations", scope="calendars.readonly", only=V3)
def get_service_locations(ctx: Ctx, query: OfLocation) -> ManyServiceLocations:
    """The sub-account's places, the oldest first; at most 500."""
    found = ctx.db.find(SERVICE_LOCATIONS, sort=(Sort("date_added"),), limit=MOST_KEPT)
    return ManyServiceLocations(service_locations=found)


@area.post("/calendars/services/locations", scope="calendars.write", only=V3)
def create_service_location(ctx: Ctx, body: NewServiceLocation) -> ServiceLocation:
    """Add a place. 400 for a slug that is taken."""
    place = ServiceLocation(**sent(body), id=new_hex(), is_active=True, is_private=False, date_added=ctx.stamp)
    return _kept(ctx, place)


@area.get("/calendars/services/locations/{serviceLocationId}", scope="calendars.readonly", only=V3)
def get_service_location_by_id(ctx: Ctx, service_location_id: str) -> ServiceLocation:
    """One place. 400 for an unknown one."""
    return place_or_400(ctx, service_location_id)


@area.put("/calendars/services/locations/{serviceLocationId}", scope="calendars.write", only=V3)
def update_service_location(ctx: Ctx, service_location_id: str, body: ServiceLocationChange) -> ServiceLocation:
    """Change a place. 400 for an unknown one, and for a slug that is taken."""
    return _kept(ctx, replace(place_or_400(ctx, service_location_id), **sent(body)))


@area.delete("/calendars/services/locations/{serviceLocationId}", scope="calendars.write", only=V3)
def delete_service_location(ctx: Ctx, service_location_id: str) -> ServiceLocationGone:
    """Delete a place; what is booked there stays booked. 400 for an unknown one."""
    gone = ctx.db.delete(SERVICE_LOCATIONS, place_or_400(ctx, service_location_id).id)
    return ServiceLocationGone(success=gone, message="Service location deleted")


def place_or_400(ctx: Ctx, id: str) -> ServiceLocation:
    """The sub-account's place with this id; 400 where there is none."""
    place = ctx.db.get(SERVICE_LOCATIONS, id)
    if place is None:
        raise BadRequest(f"Service location with id {id} not found")
    return place


def default_place(ctx: Ctx) -> ServiceLocation:
    """Where services are given unless it is said: the oldest place, or the sub-account's own address."""
    oldest = ctx.db.find(SERVICE_LOCATIONS, sort=(Sort("date_added"),), limit=1)
    if oldest:
        return oldest[0]
    own = own_location(ctx)
    place = ServiceLocation(
        id=new_hex(), location_id=own.id, name=own.name, slug="default", is_active=True, is_private=False,
        location_type="offline", date_added=ctx.stamp, address=own.address, phone=own.phone,
    )  # fmt: skip
    return ctx.db.put(SERVICE_LOCATIONS, place)


def _kept(ctx: Ctx, place: ServiceLocation) -> ServiceLocation:
    same = ctx.db.one(SERVICE_LOCATIONS, Eq("slug", place.slug))
    if same is not None and same.id != place.id:
        raise BadRequest(f"Service location with slug {place.slug} already exists")
    return ctx.db.put(SERVICE_LOCATIONS, place)
