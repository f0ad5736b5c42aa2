"""Businesses: /businesses. Replies to writing call theirs `buiseness`, as the service does."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.businesses.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_hex, sent

BusinessName = Annotated[str, Meta(min_length=1, max_length=1_000)]


class BusinessDeleted(Event):
    """A business was deleted: areas that refer to it forget it."""

    logged = False
    id: str


class Business(Wire):
    """A business."""

    id: str
    name: str
    location_id: str
    created_at: str
    updated_at: str
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    address: str | None = None
    city: str | None = None
    description: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class BusinessKept(Event):
    """A business was added (`new`) or changed: areas that show businesses their own way keep up."""

    logged = False
    business: Business
    new: bool


class Details(Body):
    """What may be said of a business beside its name; null takes it away."""

    phone: Name | UnsetType | None = UNSET
    email: Name | UnsetType | None = UNSET
    website: Name | UnsetType | None = UNSET
    address: Name | UnsetType | None = UNSET
    city: Name | UnsetType | None = UNSET
    description: Prose | UnsetType | None = UNSET
    state: Name | UnsetType | None = UNSET
    postal_code: Name | UnsetType | None = UNSET
    country: Name | UnsetType | None = UNSET


class BusinessChange(Details):
    """A change; what is not sent stays."""

    name: BusinessName | UnsetType = UNSET


class NewBusiness(Details, kw_only=True):
    """A business as callers write it."""

    name: BusinessName
    location_id: str


class BusinessesWanted(Body):
    """A stretch of a sub-account's businesses."""

    location_id: str
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class OneBusiness(Wire):
    """The reply about one business."""

    business: Business


class BusinessWritten(Wire):
    """The reply to creating and changing."""

    success: bool
    buiseness: Business


class ManyBusinesses(Wire):
    """Businesses, newest first."""

    businesses: list[Business]


class BusinessGone(Wire):
    """The reply to deleting."""

    success: bool


BUSINESSES = declare(Table("businesses", Business, index=("name",), order="created_at"))


@area.get("/businesses", scope="businesses.readonly")
def get_businesses_by_location(ctx: Ctx, query: BusinessesWanted) -> ManyBusinesses:
    """The sub-account's businesses, newest first: `limit` of them (100 unless said, at most 1,000) after `skip`."""
    newest = (Sort("created_at", descending=True),)
    return ManyBusinesses(businesses=ctx.db.find(BUSINESSES, sort=newest, limit=query.limit, skip=query.skip))


@area.post("/businesses", scope="businesses.write")
def create_business(ctx: Ctx, body: NewBusiness) -> BusinessWritten:
    """Add a business."""
    return BusinessWritten(success=True, buiseness=add_business(ctx, body, new_hex()))


@area.get("/businesses/{businessId}", scope="businesses.readonly")
def get_business(ctx: Ctx, business_id: str) -> OneBusiness:
    """One business; 400 where there is none with this id."""
    return OneBusiness(business=business_or_400(ctx, business_id))


@area.put("/businesses/{businessId}", scope="businesses.write")
def update_business(ctx: Ctx, business_id: str, body: BusinessChange) -> BusinessWritten:
    """Change a business; what is not sent stays as it is."""
    return BusinessWritten(success=True, buiseness=change_business(ctx, business_id, body))


@area.delete("/businesses/{businessId}", scope="businesses.write")
def delete_business(ctx: Ctx, business_id: str) -> BusinessGone:
    """Delete a business; its contacts stay, without one."""
    return BusinessGone(success=remove_business(ctx, business_id))


def add_business(ctx: Ctx, body: NewBusiness, id: str) -> Business:
    """Keep a new business under an id that nobody has."""
    business = Business(**sent(body), id=id, created_at=ctx.stamp, updated_at=ctx.stamp)
    ctx.emit(BusinessKept(business=business, new=True))
    return ctx.db.put(BUSINESSES, business)


def change_business(ctx: Ctx, business_id: str, body: BusinessChange) -> Business:
    """Keep a change; 400 for an unknown business."""
    business = replace(business_or_400(ctx, business_id), **sent(body), updated_at=ctx.stamp)
    ctx.emit(BusinessKept(business=business, new=False))
    return ctx.db.put(BUSINESSES, business)


def remove_business(ctx: Ctx, business_id: str) -> bool:
    """Delete it, and let others forget it; 400 for an unknown one."""
    ctx.emit(BusinessDeleted(id=business_or_400(ctx, business_id).id))
    return ctx.db.delete(BUSINESSES, business_id)


def business_or_400(ctx: Ctx, business_id: str) -> Business:
    """The sub-account's business with this id; 400 where there is none."""
    business = ctx.db.get(BUSINESSES, business_id)
    if business is None:
        raise BadRequest(f"Business with id {business_id} not found")
    return business
