"""Trigger links: addresses that lead elsewhere, and by which it is known who followed them."""

from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.links.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Sort, Table, Text
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import V3, Since
from groundlevel.kernel.wire import Body, Wire, new_id

MOST_LISTED = 10_000
LinkName = Annotated[str, Meta(min_length=1, max_length=250)]
Address = Annotated[str, Meta(min_length=1, max_length=2_000)]


class LinkDeleted(Event):
    """A link was deleted: what is known of it goes too."""

    logged = False
    id: str


class ShownLink(Wire):
    """A trigger link. `field_key`: how texts refer to it."""

    id: str
    name: str
    redirect_to: str
    field_key: str
    location_id: str


class Link(ShownLink, kw_only=True):
    """A trigger link as it is kept, with what it is searched by."""

    date_added: str
    name_lower_case: str = ""

    def __post_init__(self) -> None:
        """What is searched follows the name."""
        self.name_lower_case = self.name.lower()


class LinkChange(Body):
    """Name and target, in place of those before. The target is an http or https address."""

    name: LinkName
    redirect_to: Address


class NewLink(LinkChange):
    """A link as callers write it."""

    location_id: str


class OfLocation(Body):
    """Whose links."""

    location_id: str


class LinksWanted(OfLocation):
    """Which stretch of a sub-account's links, by a piece of their names."""

    query: Annotated[str, Meta(max_length=250)] = ""
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 20


class OneLink(Wire):
    """The reply about one link."""

    link: ShownLink


class ManyLinks(Wire):
    """Links, newest first."""

    links: list[ShownLink]


class LinkGone(Wire):
    """The reply to deleting."""

    succeded: bool
    succeeded: Annotated[bool, Since(V3)]


LINKS = declare(Table("links", Link, index=("name_lower_case",), text=("name_lower_case",), order="date_added"))


@area.get("/links/", scope="links.readonly")
def get_links(ctx: Ctx, query: OfLocation) -> ManyLinks:
    """The sub-account's links, newest first; at most 10,000."""
    return ManyLinks(links=[_seen(link) for link in ctx.db.find(LINKS, limit=MOST_LISTED)])


@area.post("/links/", scope="links.write")
def create_link(ctx: Ctx, body: NewLink) -> OneLink:
    """Add a link. It can be followed at once; 422 for a target that is no http or https address."""
    id = new_id()
    link = Link(
        id=id, name=body.name, redirect_to=_checked(body.redirect_to), field_key=f"{{{{trigger_link.{id}}}}}",
        location_id=body.location_id, date_added=ctx.stamp,
    )  # fmt: skip
    return OneLink(link=_seen(ctx.db.put(LINKS, link)))


@area.get("/links/search", scope="links.readonly", slow=True)
def search_trigger_links(ctx: Ctx, query: LinksWanted) -> ManyLinks:
    """The sub-account's links with a piece of text in their name, or all, by name.

    `limit` of them (20 unless said, at most 1,000) after `skip`.
    """
    text = query.query.strip().lower()
    wanted = (Text(text),) if text else ()
    found = ctx.db.find(LINKS, *wanted, sort=(Sort("name_lower_case"),), limit=query.limit, skip=query.skip)
    return ManyLinks(links=[_seen(link) for link in found])


@area.get("/links/id/{linkId}", scope="links.readonly")
def get_link_by_id(ctx: Ctx, link_id: str, query: OfLocation) -> OneLink:
    """One link; 400 where there is none with this id."""
    return OneLink(link=_seen(link_or_400(ctx, link_id)))


@area.put("/links/{linkId}", scope="links.write", status=201)
def update_link(ctx: Ctx, link_id: str, body: LinkChange) -> OneLink:
    """Change a link: who follows it from now on comes to the new target."""
    link = replace(link_or_400(ctx, link_id), name=body.name, redirect_to=_checked(body.redirect_to))
    return OneLink(link=_seen(ctx.db.put(LINKS, link)))


@area.delete("/links/{linkId}", scope="links.write", status=201)
def delete_link(ctx: Ctx, link_id: str) -> LinkGone:
    """Delete a link: it leads nowhere from now on."""
    link = link_or_400(ctx, link_id)
    ctx.emit(LinkDeleted(id=link.id))
    ctx.db.delete(LINKS, link.id)
    return LinkGone(succeded=True, succeeded=True)


def link_or_400(ctx: Ctx, link_id: str) -> Link:
    """The sub-account's link with this id; 400 where there is none."""
    link = ctx.db.get(LINKS, link_id)
    if link is None:
        raise BadRequest(f"Link with id {link_id} not found")
    return link


def address_of(settings: Settings, link: Link, contact_id: str = "") -> str:
    """Where a link can be followed; by a contact, if it is known who does."""
    whose = f"?contact_id={contact_id}" if contact_id else ""
    return f"{settings.public_url.rstrip('/')}/l/{link.location_id}/{link.id}{whose}"


def _checked(address: str) -> str:
    """422 for what a browser must not be sent to: only http and https, and nothing that breaks a header."""
    try:
        found = urlsplit(address)
        fits = found.scheme in ("http", "https") and bool(found.hostname) and address.isprintable()
        fits = fits and " " not in address and "\\" not in address and (found.port is None or found.port > 0)
    except ValueError:
        fits = False
    if not fits:
        raise Unprocessable("redirectTo must be a URL address")
    return address


def _seen(link: Link) -> ShownLink:
    return ShownLink(**{name: getattr(link, name) for name in ShownLink.__struct_fields__})
