"""What calendars need to be booked, rooms and equipment: /calendars/resources/{resourceType}"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.calendar import calendar_or_400
from groundlevel.areas.calendars.events import CalendarGone, ServiceGone
from groundlevel.areas.calendars.service_catalog import SERVICES
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Eq, Has, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_id, sent, shown

KINDS = ("equipments", "rooms")
Kind = Literal["equipments", "rooms"]
Count = Annotated[int, Meta(ge=0, le=100_000)]
Calendars = Annotated[list[Name], Meta(max_length=100)]


class NewResource(Body):
    """A room or a kind of equipment, and the calendars or services that need it.

    Of a room counts `capacity`; of equipment, `quantity` less `outOfService`.
    """

    location_id: str
    name: Annotated[str, Meta(min_length=1, max_length=1_000)]
    description: Prose
    quantity: Count
    out_of_service: Count
    capacity: Count
    calendar_ids: Calendars


class ResourceChange(Body):
    """What to change about a resource; what is not sent stays. `calendarIds` are sent whole."""

    location_id: str | UnsetType = UNSET
    name: Annotated[str, Meta(min_length=1, max_length=1_000)] | UnsetType = UNSET
    description: Prose | UnsetType = UNSET
    quantity: Count | UnsetType = UNSET
    out_of_service: Count | UnsetType = UNSET
    capacity: Count | UnsetType = UNSET
    calendar_ids: Calendars | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class Resource(Wire):
    """A room or a kind of equipment, and the calendars that need it. One that is not active is needed by none."""

    id: str
    location_id: str
    name: str
    resource_type: Kind
    is_active: bool
    description: str
    quantity: int
    out_of_service: int
    capacity: int
    date_added: str
    calendar_ids: list[str] = shown()

    @property
    def at_once(self) -> int:
        """How many appointments it can serve at the same time."""
        return self.capacity if self.resource_type == "rooms" else max(0, self.quantity - self.out_of_service)


class ResourcesWanted(Body):
    """Which stretch of a sub-account's rooms or equipment."""

    location_id: str
    limit: Annotated[int, Meta(ge=1, le=1_000)]
    skip: Annotated[int, Meta(ge=0, le=1_000_000)]


class ResourceGone(Wire):
    """The reply to deleting one."""

    success: bool


RESOURCES = declare(
    Table(
        "calendar_resources",
        Resource,
        index=("name",),
        sparse=("resource_type",),
        many=("calendar_ids",),
        order="date_added",
    )
)


@area.get("/calendars/resources/{resourceType}", scope="calendars/resources.readonly")
def fetch_calendar_resources(ctx: Ctx, resource_type: str, query: ResourcesWanted) -> list[Resource]:
    """The sub-account's rooms or equipment, by name."""
    kind = _kind(resource_type)
    return ctx.db.find(RESOURCES, Eq("resource_type", kind), sort=(Sort("name"),), limit=query.limit, skip=query.skip)


@area.post("/calendars/resources/{resourceType}", scope="calendars/resources.write")
def create_calendar_resource(ctx: Ctx, resource_type: str, body: NewResource) -> Resource:
    """Add a room or a kind of equipment: from now on, its calendars are booked only while it has room.

    400 for an unknown calendar, and for equipment of several calendars: it belongs to one.
    """
    resource = Resource(
        **sent(body), id=new_id(), resource_type=_kind(resource_type), is_active=True, date_added=ctx.stamp
    )
    return _kept(ctx, resource)


@area.get("/calendars/resources/{resourceType}/{id}", scope="calendars/resources.readonly")
def get_calendar_resource(ctx: Ctx, resource_type: str, id: str) -> Resource:
    """One room or kind of equipment. 400 for an unknown one."""
    return resource_or_400(ctx, _kind(resource_type), id)


@area.put("/calendars/resources/{resourceType}/{id}", scope="calendars/resources.write")
def update_calendar_resource(ctx: Ctx, resource_type: str, id: str, body: ResourceChange) -> Resource:
    """Change a room or a kind of equipment. What is booked already stays booked. 400 as for a new one."""
    return _kept(ctx, replace(resource_or_400(ctx, _kind(resource_type), id), **sent(body)))


@area.delete("/calendars/resources/{resourceType}/{id}", scope="calendars/resources.write")
def delete_calendar_resource(ctx: Ctx, resource_type: str, id: str) -> ResourceGone:
    """Delete a room or a kind of equipment; its calendars can be booked without it. 400 for an unknown one."""
    return ResourceGone(success=ctx.db.delete(RESOURCES, resource_or_400(ctx, _kind(resource_type), id).id))


def resource_or_400(ctx: Ctx, kind: Kind, id: str) -> Resource:
    """The sub-account's room or equipment with this id; 400 where there is none."""
    resource = ctx.db.get(RESOURCES, id)
    if resource is None or resource.resource_type != kind:
        raise BadRequest(f"Resource with id {id} not found")
    return resource


def resources_for(ctx: Ctx, calendar_id: str) -> list[Resource]:
    """The active rooms and equipment that a calendar needs to be booked, by id."""
    return [one for one in ctx.db.each(RESOURCES, Has("calendar_ids", calendar_id)) if one.is_active]


@on(CalendarGone)
def free_calendar(ctx: Ctx, gone: CalendarGone) -> None:
    """No resource belongs to a calendar that is gone."""
    _free(ctx, gone.calendar_id)


@on(ServiceGone)
def free_service(ctx: Ctx, gone: ServiceGone) -> None:
    """Nor to a service."""
    _free(ctx, gone.service_id)


def _free(ctx: Ctx, id: str) -> None:
    for one in list(ctx.db.each(RESOURCES, Has("calendar_ids", id))):
        ctx.db.put(RESOURCES, replace(one, calendar_ids=[other for other in one.calendar_ids if other != id]))


def _kept(ctx: Ctx, resource: Resource) -> Resource:
    calendars = list(dict.fromkeys(resource.calendar_ids))
    for calendar_id in calendars:
        if ctx.db.get(SERVICES, calendar_id) is None:
            calendar_or_400(ctx, calendar_id)
    if resource.resource_type == "equipments" and len(calendars) > 1:
        raise BadRequest("Equipment can belong to one calendar only")
    return ctx.db.put(RESOURCES, replace(resource, calendar_ids=calendars))


def _kind(said: str) -> Kind:
    if said not in KINDS:
        raise Unprocessable(f"resourceType must be one of the following values: {', '.join(KINDS)}")
    return said
