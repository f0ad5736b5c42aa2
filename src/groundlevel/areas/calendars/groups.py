"""Groups of calendars: /calendars/groups"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.calendars.addresses import drop_address, keep_address
from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.calendar import CALENDARS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Prose, Wire, new_id, sent

MOST_GROUPS = 1_000
"""Groups that one sub-account may have."""
Slug = Annotated[str, Meta(min_length=1, max_length=200)]


class GroupChange(Body):
    """A group as it shall be; all of it is said each time."""

    name: Annotated[str, Meta(min_length=1, max_length=1_000)]
    description: Prose
    slug: Slug


class NewGroup(GroupChange, kw_only=True):
    """A group to add."""

    location_id: str
    is_active: bool = True


class GroupStatus(Body):
    """Whether a group can be booked in."""

    is_active: bool


class SlugAsked(Body):
    """A slug that one would like."""

    location_id: str
    slug: Slug


class OfLocation(Body):
    """Whose groups."""

    location_id: str


class Group(Wire):
    """Calendars that are shown together under one slug."""

    id: str
    location_id: str
    name: str
    description: str
    slug: str
    is_active: bool
    date_added: str


class OneGroup(Wire):
    """The reply about one group."""

    group: Group


class ManyGroups(Wire):
    """Groups by name."""

    groups: list[Group]


class Available(Wire):
    """Whether a slug is free."""

    available: bool


class GroupDone(Wire):
    """Done."""

    success: bool


GROUPS = declare(Table("calendar_groups", Group, index=("name",), unique=("slug",), order="date_added"))


@area.get("/calendars/groups", scope="calendars/groups.readonly")
def get_groups(ctx: Ctx, query: OfLocation) -> ManyGroups:
    """The sub-account's groups of calendars, by name."""
    return ManyGroups(groups=ctx.db.find(GROUPS, sort=(Sort("name"),), limit=MOST_GROUPS))


@area.post("/calendars/groups", scope="calendars/groups.write")
def create_calendar_group(ctx: Ctx, body: NewGroup) -> OneGroup:
    """Add a group. 400 for a slug that another one has."""
    _refuse_taken(ctx, body.slug)
    if ctx.db.count(GROUPS) >= MOST_GROUPS:
        raise BadRequest(f"A location can have no more than {MOST_GROUPS} calendar groups")
    return OneGroup(group=_kept(ctx, Group(id=new_id(), date_added=ctx.stamp, **sent(body))))


@area.post("/calendars/groups/validate-slug", scope="calendars/groups.write", status=200, reads=True)
def validate_groups_slug(ctx: Ctx, body: SlugAsked) -> Available:
    """Whether no group has this slug."""
    return Available(available=ctx.db.one(GROUPS, Eq("slug", body.slug)) is None)


@area.put("/calendars/groups/{groupId}", scope="calendars/groups.write")
def edit_group(ctx: Ctx, group_id: str, body: GroupChange) -> OneGroup:
    """Change a group. 400 for an unknown one, and for a slug that another one has."""
    group = group_or_400(ctx, group_id)
    _refuse_taken(ctx, body.slug, but=group.id)
    return OneGroup(group=_kept(ctx, replace(group, **sent(body))))


@area.delete("/calendars/groups/{groupId}", scope="calendars/groups.write")
def delete_group(ctx: Ctx, group_id: str) -> GroupDone:
    """Remove a group; its calendars stay, in none. 400 for an unknown one."""
    ctx.db.delete(GROUPS, group_or_400(ctx, group_id).id)
    drop_address(ctx, group_id)
    for calendar in ctx.db.each(CALENDARS, Eq("group_id", group_id)):
        ctx.db.put(CALENDARS, replace(calendar, group_id=None, date_updated=ctx.stamp))
    return GroupDone(success=True)


@area.put("/calendars/groups/{groupId}/status", scope="calendars/groups.write")
def disable_group(ctx: Ctx, group_id: str, body: GroupStatus) -> GroupDone:
    """Let a group be booked in, or not. 400 for an unknown one."""
    ctx.db.put(GROUPS, replace(group_or_400(ctx, group_id), is_active=body.is_active))
    return GroupDone(success=True)


def group_or_400(ctx: Ctx, group_id: str) -> Group:
    """The sub-account's group with this id; 400 where there is none."""
    group = ctx.db.get(GROUPS, group_id)
    if group is None:
        raise BadRequest(f"Calendar group with id {group_id} not found")
    return group


def _kept(ctx: Ctx, group: Group) -> Group:
    keep_address(ctx, "group", group.id, group.slug)
    return ctx.db.put(GROUPS, group)


def _refuse_taken(ctx: Ctx, slug: str, but: str = "") -> None:
    other = ctx.db.one(GROUPS, Eq("slug", slug))
    if other and other.id != but:
        raise BadRequest(f"The slug {slug} is already taken")
