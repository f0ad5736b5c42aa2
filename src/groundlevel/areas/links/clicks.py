"""Who has followed a link, how often and when last: /operator/locations/{locationId}/links/{linkId}/clicks

Anybody can follow a link, so what is kept of it is bounded: a row for all together, and one for each contact.
"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.contacts import CONTACTS, ContactDelete
from groundlevel.areas.links.links import LINKS, LinkDeleted, link_or_400
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event, on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Eq, Exists, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Wire

PORTION = 500


class LinkClicked(Event):
    """A link was followed; by a contact, if that is known."""

    logged = False
    link_id: str
    contact_id: str | None = None


class Clicks(Wire):
    """How often a link was followed, by a contact or (without one) by anybody."""

    id: str
    link_id: str
    clicks: int
    first_at: str
    last_at: str
    contact_id: str | None = None


class Stretch(Body):
    """Which of the contacts."""

    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class ClicksOfLink(Wire):
    """How often a link was followed at all, and by which contacts, the last one first."""

    clicks: int
    contacts: list[Clicks]


CLICKS = declare(Table("link_clicks", Clicks, index=("link_id",), sparse=("contact_id",), order="last_at"))


@area.get("/operator/locations/{locationId}/links/{linkId}/clicks", scope=OPERATOR, slow=True)
def get_link_clicks(ctx: Ctx, location_id: str, link_id: str, query: Stretch) -> ClicksOfLink:
    """How often a link was followed, and by which contacts, the last one first. 400 for an unknown link."""
    link = link_or_400(ctx, link_id)
    everybody = ctx.db.get(CLICKS, link.id)
    named = (Eq("link_id", link.id), Exists("contact_id"))
    contacts = ctx.db.find(CLICKS, *named, limit=query.limit, skip=query.skip)
    return ClicksOfLink(clicks=everybody.clicks if everybody else 0, contacts=contacts)


def follow(ctx: Ctx, link_id: str, contact_id: str, *, counted: bool) -> str | None:
    """Where a link leads, or None where there is none. If it is `counted`, that it is followed is counted and said.

    A contact that the sub-account does not have counts as somebody.
    """
    link = ctx.db.get(LINKS, link_id)
    if link is None or not counted:
        return link.redirect_to if link else None
    known = contact_id if contact_id and ctx.db.get(CONTACTS, contact_id) else None
    _count(ctx, link.id, link.id, None)
    if known:
        _count(ctx, f"{link.id}:{known}", link.id, known)
    ctx.emit(LinkClicked(link_id=link.id, contact_id=known))
    return link.redirect_to


@on(LinkDeleted)
def forget_link(ctx: Ctx, gone: LinkDeleted) -> None:
    """Clicks go with their link."""
    ctx.later(forget_clicks, field="link_id", value=gone.id)


@on(ContactDelete)
def forget_contact(ctx: Ctx, gone: ContactDelete) -> None:
    """What a contact followed goes with it; the links' own counts stay."""
    if ctx.db.one(CLICKS, Eq("contact_id", gone.id)):
        ctx.later(forget_clicks, field="contact_id", value=gone.id)


@job()
def forget_clicks(ctx: Ctx, field: str, value: str) -> None:
    """Remove a portion of clicks, and go on with the next."""
    found = ctx.db.find(CLICKS, Eq(field, value), limit=PORTION)
    for row in found:
        ctx.db.delete(CLICKS, row.id)
    if len(found) == PORTION:
        ctx.later(forget_clicks, field=field, value=value)


def _count(ctx: Ctx, id: str, link_id: str, contact_id: str | None) -> None:
    kept = ctx.db.get(CLICKS, id)
    blank = Clicks(id=id, link_id=link_id, clicks=0, first_at=ctx.stamp, last_at="", contact_id=contact_id)
    kept = kept or blank
    ctx.db.put(CLICKS, replace(kept, clicks=kept.clicks + 1, last_at=ctx.stamp))
