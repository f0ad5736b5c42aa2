"""What can be booked of people, for a time and a price: /calendars/services/catalog"""

from datetime import timedelta
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.events import ServiceGone
from groundlevel.areas.calendars.service_categories import category_or_400
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Has, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V3
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_hex, sent

Title = Annotated[str, Meta(min_length=1, max_length=1_000)]
Slug = Annotated[str, Meta(min_length=1, max_length=200)]
Unit = Literal["mins", "hours"]
Length = Annotated[int, Meta(ge=1, le=10_000)] | Annotated[float, Meta(ge=0.1, le=10_000)]
Buffer = Annotated[int, Meta(ge=0, le=10_000)] | Annotated[float, Meta(ge=0, le=10_000)]
Price = Annotated[int, Meta(ge=0, le=100_000_000)] | Annotated[float, Meta(ge=0, le=100_000_000)]
MOST_LISTED = 1_000
DURATION = timedelta(minutes=30)
"""How long a service takes that does not say so."""


class Payment(Body):
    """What a service costs, and what of it is paid beforehand, in units of the currency or per cent."""

    amount: Price = 0
    deposit: Price | None = None
    deposit_type: Literal["percentage", "amount"] | None = None


class Terms(Body):
    """How long it takes, the time that is kept free around it, and what it costs."""

    service_duration: Length | None = None
    service_duration_unit: Unit | None = None
    pre_buffer: Buffer | None = None
    pre_buffer_unit: Unit | None = None
    post_buffer: Buffer | None = None
    post_buffer_unit: Unit | None = None
    payment: Payment | None = None


class Variation(Terms, kw_only=True):
    """A way of giving a service, with terms of its own; what it does not say is as the service says. Has an `id`."""

    name: Title
    id: Name | None = None


Variations = Annotated[list[Variation], Meta(max_length=100)]


class Staff(Body):
    """A user who gives the service."""

    id: Name


class NewService(Terms, kw_only=True):
    """A service as callers write it. Without `serviceCategoryId` it goes to the default category."""

    location_id: str
    name: Title
    slug: Slug
    staff: Annotated[list[Staff], Meta(min_length=1, max_length=100)]
    description: Prose | None = None
    event_color: Name | None = None
    cover_image: Name | None = None
    service_category_id: Name | None = None
    is_private: bool = False
    form_id: Name | None = None
    variations: Variations = []


class ServiceChange(Body):
    """What to change about a service; what is not sent stays. `variations` are sent whole: those with `id` stay."""

    name: Title | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET
    staff: Annotated[list[Staff], Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    description: Prose | None | UnsetType = UNSET
    event_color: Name | None | UnsetType = UNSET
    cover_image: Name | None | UnsetType = UNSET
    service_category_id: Name | UnsetType = UNSET
    is_private: bool | UnsetType = UNSET
    form_id: Name | None | UnsetType = UNSET
    variations: Variations | UnsetType = UNSET
    service_duration: Length | UnsetType = UNSET
    service_duration_unit: Unit | UnsetType = UNSET
    pre_buffer: Buffer | UnsetType = UNSET
    pre_buffer_unit: Unit | UnsetType = UNSET
    post_buffer: Buffer | UnsetType = UNSET
    post_buffer_unit: Unit | UnsetType = UNSET
    payment: Payment | UnsetType = UNSET


class ShownService(Wire):
    """A service as it is shown."""

    id: str
    location_id: str
    name: str
    slug: str
    service_category_id: str
    is_private: bool
    staff: list[Staff]
    variations: list[Variation]
    description: str | None = None
    event_color: str | None = None
    cover_image: str | None = None
    form_id: str | None = None
    service_duration: int | float | None = None
    service_duration_unit: Unit | None = None
    pre_buffer: int | float | None = None
    pre_buffer_unit: Unit | None = None
    post_buffer: int | float | None = None
    post_buffer_unit: Unit | None = None
    payment: Payment | None = None


class Times(Struct, frozen=True):
    """How long a service takes, and the time that its staff needs before and after it."""

    duration: timedelta
    before: timedelta
    after: timedelta


class Service(ShownService, kw_only=True):
    """A service as it is kept. `known_as`: its id and those of its variations."""

    date_added: str
    known_as: list[str] = []

    def __post_init__(self) -> None:
        """What it is found by follows from the rest."""
        self.known_as = [self.id, *(v.id for v in self.variations if v.id)]

    def times(self, id: str) -> Times:
        """The times of the service, or of its variation with this id."""
        variation = next((v for v in self.variations if v.id == id), None)

        def of(name: str, otherwise: timedelta) -> timedelta:
            for one in (variation, self):
                amount = getattr(one, name, None)
                if amount is not None:
                    hours = getattr(one, f"{name}_unit") == "hours"
                    return timedelta(minutes=amount * (60 if hours else 1))
            return otherwise

        nothing = timedelta(0)
        return Times(of("service_duration", DURATION), of("pre_buffer", nothing), of("post_buffer", nothing))


class ServicesWanted(Body):
    """Which services. `isPrivate`: only those that are shown to nobody, or only the others."""

    location_id: str
    service_category_id: Name | None = None
    is_private: bool | None = None


class OneService(Wire):
    """The reply about one service."""

    service: ShownService


class ManyServices(Wire):
    """Services by name."""

    services: list[ShownService]


class ServiceDeleted(Wire):
    """The reply to deleting one."""

    success: bool
    message: str


SERVICES = declare(
    Table(
        "services",
        Service,
        index=("name", "slug"),
        sparse=("service_category_id",),
        many=("known_as",),
        order="date_added",
    )
)


@area.get("/calendars/services/catalog", scope="calendars.readonly", only=V3)
def get_services_catalog(ctx: Ctx, query: ServicesWanted) -> ManyServices:
    """The sub-account's services by name, at most 1,000; those of one category, private or public ones, or all."""
    where = (Eq("service_category_id", query.service_category_id),) if query.service_category_id else ()
    found = ctx.db.find(SERVICES, *where, sort=(Sort("name"),), limit=MOST_LISTED)
    return ManyServices(services=[_seen(one) for one in found if query.is_private in (None, one.is_private)])


@area.post("/calendars/services/catalog", scope="calendars.write", only=V3)
def create_service_catalog(ctx: Ctx, body: NewService) -> OneService:
    """Add a service that can be booked of its staff. It takes 30 minutes unless it says otherwise.

    400 for an unknown user or category, and for a slug that is taken.
    """
    fields = sent(body)
    category = category_or_400(ctx, fields.pop("service_category_id"))
    service = Service(**fields, id=new_hex(), service_category_id=category.id, date_added=ctx.stamp)
    return OneService(service=_seen(_kept(ctx, service, None)))


@area.get("/calendars/services/catalog/{serviceId}", scope="calendars.readonly", only=V3)
def get_service_catalog_by_id(ctx: Ctx, service_id: str) -> OneService:
    """One service. 400 for an unknown one."""
    return OneService(service=_seen(service_or_400(ctx, service_id)))


@area.put("/calendars/services/catalog/{serviceId}", scope="calendars.write", only=V3)
def update_service_catalog(ctx: Ctx, service_id: str, body: ServiceChange) -> OneService:
    """Change a service; what is booked already stays as it is. 400 for an unknown one, and as for a new one."""
    before = service_or_400(ctx, service_id)
    if body.service_category_id is not UNSET:
        category_or_400(ctx, body.service_category_id)
    return OneService(service=_seen(_kept(ctx, replace(before, **sent(body)), before)))


@area.delete("/calendars/services/catalog/{serviceId}", scope="calendars.write", only=V3)
def delete_service_catalog(ctx: Ctx, service_id: str) -> ServiceDeleted:
    """Delete a service; what is booked already stays booked. 400 for an unknown one."""
    gone = ctx.db.delete(SERVICES, service_or_400(ctx, service_id).id)
    ctx.emit(ServiceGone(service_id=service_id))
    return ServiceDeleted(success=gone, message="Service deleted")


def service_or_400(ctx: Ctx, id: str) -> Service:
    """The sub-account's service with this id; 400 where there is none."""
    service = ctx.db.get(SERVICES, id)
    if service is None:
        raise BadRequest(f"Service with id {id} not found")
    return service


def bookable_or_400(ctx: Ctx, id: str) -> Service:
    """The service with this id, or the one that has the variation with this id; 400 where there is none."""
    return ctx.db.one(SERVICES, Has("known_as", id)) or service_or_400(ctx, id)


def _kept(ctx: Ctx, service: Service, before: Service | None) -> Service:
    """400 for a slug that is taken, for unknown users, and for variations that the service did not have."""
    same = ctx.db.one(SERVICES, Eq("slug", service.slug))
    if same is not None and same.id != service.id:
        raise BadRequest(f"Service with slug {service.slug} already exists")
    for one in service.staff:
        check_user(ctx, one.id)
    known = set(before.known_as) if before else set[str]()
    for variation in service.variations:
        if variation.id and variation.id not in known:
            raise BadRequest(f"Variation with id {variation.id} not found")
    named = [replace(v, id=v.id or new_hex()) for v in service.variations]
    return ctx.db.put(SERVICES, replace(service, variations=named))


def _seen(service: Service) -> ShownService:
    return ShownService(**{name: getattr(service, name) for name in ShownService.__struct_fields__})
