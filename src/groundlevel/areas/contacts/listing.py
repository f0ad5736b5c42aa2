"""Lists of contacts: /contacts/, /contacts/business/{businessId}"""

import re
from datetime import UTC, datetime
from operator import attrgetter
from typing import Annotated, Any
from urllib.parse import urlencode

from msgspec import Meta

from groundlevel.areas.businesses import business_or_400
from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import CONTACTS, Attribution, Contact
from groundlevel.areas.custom_fields import FieldValue
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Forbidden
from groundlevel.kernel.store import Condition, Eq, Text
from groundlevel.kernel.versions import V2
from groundlevel.kernel.wire import Body, Wire, epoch_ms, iso, shown

FIRST_MS, LAST_MS = 0, 253_402_300_799_999
Limit = Annotated[int, Meta(ge=1, le=100)]
Query = Annotated[str, Meta(max_length=75)]


def searched(query: str) -> Text:
    """A piece of text to look for. One of digits and signs is looked for in phones, which are kept without signs."""
    digits = re.sub(r"[\s().+-]", "", query)
    return Text(digits if digits.isdigit() and len(digits) > 2 else query.strip().lower())


class ListedContact(Wire):
    """A contact as lists show it."""

    id: str
    location_id: str
    contact_name: str | None
    date_added: str
    date_updated: str
    type: str
    source: str
    dnd: bool
    first_name: str | None = None
    last_name: str | None = None
    first_name_raw: str | None = None
    last_name_raw: str | None = None
    company_name: str | None = None
    email: str | None = None
    phone: str | None = None
    address1: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    postal_code: str | None = None
    website: str | None = None
    timezone: str | None = None
    date_of_birth: str | None = None
    assigned_to: str | None = None
    business_id: str | None = None
    tags: list[str] = shown()
    followers: list[str] = shown()
    additional_emails: list[str] = shown()
    attributions: list[Attribution] = shown()
    custom_fields: list[FieldValue] = shown()


SAME = tuple(f for f in ListedContact.__struct_fields__ if f in Contact.__struct_fields__)


_same_of = attrgetter(*SAME)


def as_listed(contact: Contact) -> dict[str, Any]:
    """The fields of a contact in a list."""
    fields: dict[str, Any] = dict(zip(SAME, _same_of(contact), strict=True))
    fields["contact_name"] = contact.name
    fields["first_name_raw"] = contact.first_name
    fields["last_name_raw"] = contact.last_name
    fields["attributions"] = [a for a in (contact.attribution_source, contact.last_attribution_source) if a]
    return fields


class ContactsQuery(Body):
    """start_after and start_after_id: from the `meta` of the page before, both or neither."""

    location_id: str | None = None
    start_after_id: str | None = None
    start_after: Annotated[int, Meta(ge=FIRST_MS, le=LAST_MS)] | None = None
    query: Query | None = None
    limit: Limit = 20


class PageMeta(Wire):
    """Where a page stands, and how to get the next one."""

    total: int
    current_page: int
    prev_page: int | None = None
    next_page: int | None = None
    next_page_url: str | None = None
    start_after_id: str | None = None
    start_after: int | None = None


class ContactsPage(Wire):
    """A page of contacts; `count` is the number of all that fit."""

    contacts: list[ListedContact]
    count: int
    meta: PageMeta
    trace_id: str


@area.get("/contacts/", scope="contacts.readonly", only=V2, slow=True)
def get_contacts(ctx: Ctx, query: ContactsQuery) -> ContactsPage:
    """The location's contacts, newest first, with a piece of a name, email or phone if `query` says one.

    The page after needs both startAfter and startAfterId: with only one of them the first page comes again.
    403 without a locationId. For a query, numbers over 10,000 are not counted further.
    """
    if query.location_id is None:
        raise Forbidden("The token does not have access to this location.")
    where: list[Condition] = [searched(query.query)] if query.query else []
    continued = query.start_after is not None and query.start_after_id is not None
    if continued:
        at = iso(datetime.fromtimestamp((query.start_after or 0) / 1000, UTC))
        found = ctx.db.page(CONTACTS, *where, limit=query.limit + 1, after=(at, query.start_after_id))
    else:
        found = ctx.db.find(CONTACTS, *where, limit=query.limit + 1)
    shown_now, more = found[: query.limit], len(found) > query.limit
    total = ctx.db.count(CONTACTS, *where, up_to=10_000)
    return ContactsPage(
        contacts=[ListedContact(**as_listed(c)) for c in shown_now],
        count=total,
        meta=_meta(ctx, query, shown_now[-1] if shown_now else None, total, 2 if continued else 1, more),
        trace_id=ctx.trace_id,
    )


def _meta(ctx: Ctx, query: ContactsQuery, last: Contact | None, total: int, page: int, more: bool) -> PageMeta:
    """A page reached by a cursor counts as the second: the service does not count further either."""
    meta = PageMeta(total=total, current_page=page, prev_page=page - 1 or None)
    if last:
        meta.start_after, meta.start_after_id = epoch_ms(last.date_added), last.id
    if last and more:
        said = {"locationId": query.location_id, "limit": query.limit, "query": query.query}
        said |= {"startAfter": meta.start_after, "startAfterId": meta.start_after_id}
        meta.next_page = page + 1
        meta.next_page_url = f"{ctx.settings.public_url}/contacts/?" + urlencode({k: v for k, v in said.items() if v})
    return meta


class OfBusinessQuery(Body):
    """Which of a business's contacts. `start_after`: the last one's dateAdded in ms and id."""

    location_id: str
    limit: Limit = 25
    skip: Annotated[int, Meta(ge=0, le=10_000)] = 0
    query: Query | None = None
    start_after: list[str] = []


class ContactsOfBusiness(Wire):
    """Contacts of a business; `count` is the number of all of them."""

    contacts: list[ListedContact]
    count: int
    trace_id: str


@area.get("/contacts/business/{businessId}", scope="contacts.readonly", slow=True)
def get_contacts_by_business_id(ctx: Ctx, business_id: str, query: OfBusinessQuery) -> ContactsOfBusiness:
    """The contacts that belong to a business, newest first."""
    business = business_or_400(ctx, business_id)
    where: list[Condition] = [Eq("business_id", business.id), *([searched(query.query)] if query.query else [])]
    if len(query.start_after) == 2 and re.fullmatch("[0-9]{1,15}", query.start_after[0]):
        at = iso(datetime.fromtimestamp(min(int(query.start_after[0]), LAST_MS) / 1000, UTC))
        found = ctx.db.page(CONTACTS, *where, limit=query.limit, after=(at, query.start_after[1]))
    else:
        found = ctx.db.find(CONTACTS, *where, limit=query.limit, skip=query.skip)
    return ContactsOfBusiness(
        contacts=[ListedContact(**as_listed(c)) for c in found],
        count=ctx.db.count(CONTACTS, *where, up_to=10_000),
        trace_id=ctx.trace_id,
    )
