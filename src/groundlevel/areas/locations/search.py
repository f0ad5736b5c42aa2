"""Finding sub-accounts: /locations/search"""

from typing import Annotated, Literal

from msgspec import Meta

from groundlevel.areas.locations.area import area
from groundlevel.areas.locations.locations import LOCATIONS, Location, own_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Eq, Sort
from groundlevel.kernel.wire import Body, Name, Wire


class LocationsWanted(Body):
    """A stretch of an agency's sub-accounts, oldest first unless `order` is `desc`."""

    company_id: Name | None = None
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 10
    order: Literal["asc", "desc"] = "asc"
    email: Name | None = None


class ManyLocations(Wire):
    """Sub-accounts."""

    locations: list[Location]


@area.get("/locations/search", scope="locations.readonly", tokens="either")
def search_locations(ctx: Ctx, query: LocationsWanted) -> ManyLocations:
    """The agency's sub-accounts, or those with an e-mail address; a sub-account finds itself only.

    `limit` of them (10 unless said, at most 1,000) after `skip`. 403 for another agency.
    """
    if ctx.location_id:
        own = own_location(ctx)
        mine = [own] if not query.skip and query.email in (None, own.email) else []
        return ManyLocations(locations=mine)
    wanted = (Eq("email", query.email),) if query.email else ()
    order = (Sort("date_added", descending=query.order == "desc"),)
    return ManyLocations(
        locations=ctx.db.find(LOCATIONS, *wanted, sort=order, limit=query.limit, skip=query.skip)
    )  # fmt: skip
