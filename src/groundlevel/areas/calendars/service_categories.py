"""What sorts services: /operator/locations/{locationId}/service-categories"""

from typing import Annotated

from msgspec import Meta

from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Wire, new_hex

DEFAULT = "General"
"""What the category of services is called that are given none."""


class NewCategory(Body):
    """What an operator says of a category."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]


class ServiceCategory(Wire):
    """A category of services."""

    id: str
    name: str
    date_added: str


class ManyCategories(Wire):
    """Categories by name."""

    categories: list[ServiceCategory]


CATEGORIES = declare(Table("service_categories", ServiceCategory, index=("name",), order="date_added"))


@area.get("/operator/locations/{locationId}/service-categories", scope=OPERATOR)
def list_service_categories(ctx: Ctx, location_id: str) -> ManyCategories:
    """A sub-account's categories of services, by name; at most 1,000."""
    return ManyCategories(categories=ctx.db.find(CATEGORIES, sort=(Sort("name"),), limit=1_000))


@area.post("/operator/locations/{locationId}/service-categories", scope=OPERATOR)
def create_service_category(ctx: Ctx, location_id: str, body: NewCategory) -> ServiceCategory:
    """Add a category; services name it by its id. 400 for a name that is there."""
    if ctx.db.one(CATEGORIES, Eq("name", body.name)):
        raise BadRequest(f"Service category with name {body.name} already exists")
    return ctx.db.put(CATEGORIES, ServiceCategory(id=new_hex(), name=body.name, date_added=ctx.stamp))


def category_or_400(ctx: Ctx, id: str | None) -> ServiceCategory:
    """The category with this id, 400 where there is none; without an id the default one, made when first needed."""
    if id is None:
        found = ctx.db.one(CATEGORIES, Eq("name", DEFAULT))
        return found or ctx.db.put(CATEGORIES, ServiceCategory(id=new_hex(), name=DEFAULT, date_added=ctx.stamp))
    found = ctx.db.get(CATEGORIES, id)
    if found is None:
        raise BadRequest(f"Service category with id {id} not found")
    return found
