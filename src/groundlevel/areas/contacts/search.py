"""Search with filters, groups and orders: POST /contacts/search"""

from typing import Annotated, Any

from msgspec import Meta

from groundlevel.areas.businesses import BUSINESSES
from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import CONTACTS, Contact
from groundlevel.areas.contacts.filters import FIELDS, Filter, Order, Translator, sorts
from groundlevel.areas.contacts.listing import ListedContact, Query, as_listed, searched
from groundlevel.areas.contacts.places import behind, place
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Condition, Eq, Has, HasRange, In, Prefix, Range, Sort
from groundlevel.kernel.wire import Body, Wire, shown

DEEPEST = 10_000
"""How far pages reach by number; further only by `searchAfter`."""
COUNTED, COUNTED_BY_INDEX = 10_000, 100_000
"""Where counting stops, and where it does for a single filter that an index answers."""
_MOMENTS = frozenset(attribute for attribute, kind in FIELDS.values() if kind == "moment")


class SearchBody(Body):
    """page and page_limit, or search_after from the last contact of the page before."""

    location_id: str
    page_limit: Annotated[int, Meta(ge=1, le=500)]
    page: Annotated[int, Meta(ge=1, le=DEEPEST)] | None = None
    search_after: Annotated[list[Any], Meta(max_length=10)] | None = None
    query: Query | None = None
    filters: Annotated[list[Filter], Meta(max_length=100)] = []
    sort: Annotated[list[Order], Meta(max_length=5)] = []


class FoundContact(ListedContact, kw_only=True):
    """A contact in a search. `search_after` is the place behind it."""

    address: str | None = None
    first_name_lower_case: str | None = None
    last_name_lower_case: str | None = None
    valid_email: bool | None = None
    search_after: list[Any] = shown()


class FoundContacts(Wire, omit_defaults=False):
    """A page of what fits. `total` is counted up to 100,000 for a single filter with an index, else up to 10,000."""

    contacts: list[FoundContact]
    total: int
    trace_id: str


@area.post("/contacts/search", scope="contacts.readonly", status=200, reads=True, slow=True)
def search_contacts_advanced(ctx: Ctx, body: SearchBody) -> FoundContacts:
    """Search the location's contacts.

    Filters all have to hold; `{group, filters}` nests them with AND or OR. Operators: eq, not_eq, contains,
    not_contains, exists, not_exists, range {gt, gte, lt, lte}. Newest first unless `sort` says otherwise; missing
    values come last. Pages reach 10,000 contacts by number, and any depth by `searchAfter`.
    """
    where = _conditions(ctx, body)
    order = sorts(body.sort)
    if body.search_after:
        found = ctx.db.page(
            CONTACTS, *where, sort=order, limit=body.page_limit, after=behind(body.search_after, order, _MOMENTS)
        )
    else:
        skip = ((body.page or 1) - 1) * body.page_limit
        if skip + body.page_limit > max(DEEPEST, body.page_limit):
            raise Unprocessable(f"page * pageLimit must not be greater than {DEEPEST}; go on with searchAfter")
        found = ctx.db.find(CONTACTS, *where, sort=order, limit=body.page_limit, skip=skip)
    by_index = len(where) == 1 and isinstance(where[0], Eq | In | Range | Prefix | Has | HasRange)
    total = ctx.db.count(CONTACTS, *where, up_to=COUNTED_BY_INDEX if by_index else COUNTED)
    return FoundContacts(contacts=[_found(c, order) for c in found], total=total, trace_id=ctx.trace_id)


def _conditions(ctx: Ctx, body: SearchBody) -> list[Condition]:
    def businesses(condition: Condition) -> list[str]:
        return [b.id for b in ctx.db.find(BUSINESSES, condition, limit=500)]

    where = Translator(FIELDS, businesses).conditions(body.filters)
    return [*where, searched(body.query)] if body.query else where


def _found(contact: Contact, order: tuple[Sort, ...]) -> FoundContact:
    fields = as_listed(contact)
    fields["address"] = contact.address1
    fields["first_name_lower_case"] = contact.first_name_lower_case
    fields["last_name_lower_case"] = contact.last_name_lower_case
    fields["valid_email"] = contact.valid_email
    return FoundContact(**fields, search_after=place(contact, order, _MOMENTS))
