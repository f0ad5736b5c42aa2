"""Tags a sub-account knows: /locations/{locationId}/tags"""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.locations.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Wire, new_id

MOST_LISTED = 10_000


class TagDefinition(Wire):
    """A tag as it is kept: `lower` is what contacts bear, and what tells tags apart."""

    id: str
    name: str
    lower: str
    location_id: str


class Tag(Wire):
    """A tag as it is shown, in the case it was defined with."""

    id: str
    name: str
    location_id: str


class TagName(Body):
    """What a tag is called."""

    name: Annotated[str, Meta(min_length=1, max_length=250)]


class OneTag(Wire):
    """The reply about one tag."""

    tag: Tag


class ManyTags(Wire):
    """Tags by name."""

    tags: list[Tag]


class TagGone(Wire):
    """The reply to deleting."""

    succeded: bool


TAGS = declare(Table("tags", TagDefinition, index=("lower",), unique=("lower",), order="lower"))


@area.get("/locations/{locationId}/tags", scope="locations/tags.readonly")
def get_location_tags(ctx: Ctx, location_id: str) -> ManyTags:
    """All tags the sub-account knows, by name; at most 10,000."""
    return ManyTags(tags=[_seen(t) for t in ctx.db.find(TAGS, sort=(Sort("lower"),), limit=MOST_LISTED)])


@area.post("/locations/{locationId}/tags", scope="locations/tags.write", status=200)
def create_tag(ctx: Ctx, location_id: str, body: TagName) -> OneTag:
    """Define a tag. 400 when there is one of this name, whatever its case."""
    name = _free_name(ctx, body.name)
    tag = TagDefinition(id=new_id(), name=name, lower=name.lower(), location_id=location_id)
    return OneTag(tag=_seen(ctx.db.put(TAGS, tag)))


@area.get("/locations/{locationId}/tags/{tagId}", scope="locations/tags.readonly")
def get_tag_by_id(ctx: Ctx, location_id: str, tag_id: str) -> OneTag:
    """One tag; 400 where there is none with this id."""
    return OneTag(tag=_seen(_tag_or_400(ctx, tag_id)))


@area.put("/locations/{locationId}/tags/{tagId}", scope="locations/tags.write")
def update_tag(ctx: Ctx, location_id: str, tag_id: str, body: TagName) -> OneTag:
    """Rename a tag's definition; contacts keep what they bear. 400 when another tag has this name."""
    tag = _tag_or_400(ctx, tag_id)
    name = _free_name(ctx, body.name, but=tag_id)
    return OneTag(tag=_seen(ctx.db.put(TAGS, replace(tag, name=name, lower=name.lower()))))


@area.delete("/locations/{locationId}/tags/{tagId}", scope="locations/tags.write")
def delete_tag(ctx: Ctx, location_id: str, tag_id: str) -> TagGone:
    """Delete a tag's definition; contacts keep what they bear."""
    return TagGone(succeded=ctx.db.delete(TAGS, _tag_or_400(ctx, tag_id).id))


def define_tags(ctx: Ctx, names: Iterable[str]) -> list[str]:
    """The names as contacts bear them: trimmed, in lower case, each once, in order. Unknown ones are defined."""
    given: dict[str, str] = {}
    for name in names:
        given.setdefault(name.strip().lower(), name.strip())
    given.pop("", None)
    for lower, name in given.items():
        if ctx.db.one(TAGS, Eq("lower", lower)) is None:
            ctx.db.put(TAGS, TagDefinition(id=new_id(), name=name, lower=lower, location_id=ctx.location_id))
    return list(given)


def _tag_or_400(ctx: Ctx, tag_id: str) -> TagDefinition:
    tag = ctx.db.get(TAGS, tag_id)
    if tag is None:
        raise BadRequest(f"Tag with id {tag_id} not found")
    return tag


def _free_name(ctx: Ctx, name: str, but: str = "") -> str:
    """The name as it is kept; 400 where it is taken or nothing but space."""
    name = name.strip()
    if not name:
        raise BadRequest("A tag needs a name")
    there = ctx.db.one(TAGS, Eq("lower", name.lower()))
    if there and there.id != but:
        raise BadRequest(f"This location already has a tag named {there.name}")
    return name


def _seen(tag: TagDefinition) -> Tag:
    return Tag(id=tag.id, name=tag.name, location_id=tag.location_id)
