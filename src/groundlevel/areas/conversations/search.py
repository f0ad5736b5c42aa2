"""Search of conversations: GET /conversations/search"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.conversation import CONVERSATIONS, NONE, Conversation, conversation_id
from groundlevel.areas.conversations.conversations import kind_of
from groundlevel.areas.conversations.types import COMMENT, FRESH, NAMED, SHOWN
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Any_, Condition, Eq, Has, In, Range, Sort, Text
from groundlevel.kernel.wire import Body, Name, Wire, epoch_ms, iso

MOST_LISTED, MOST_NAMED, COUNTED = 100, 100, 10_000
LAST_MS = 253_402_300_799_999
Millis = Annotated[int, Meta(ge=0, le=LAST_MS)]
SortBy = Literal["last_manual_message_date", "last_message_date", "score_profile", "overdue_at", "due_at"]
EVERY = ("fresh", "read", "unread")
STATES: dict[str, tuple[str, ...]] = {
    "read": ("fresh", "read"), "unread": ("unread",), "recents": ("read", "unread"),
}  # fmt: skip
"""Status -> the states that conversations of it are in. Recent ones are those in which something was said."""


class Wanted(Body):
    """Which conversations. Ids of users are separated by commas; `unassigned` is those of nobody.

    start_after_date: the sort value of the last one before (milliseconds since 1970), and behind a comma its id, if
    none of the same moment is to be missed: what `sort` of a found one says. start_date, end_date: when they began.
    """

    location_id: str
    contact_id: Name | None = None
    assigned_to: Name | None = None
    followers: Name | None = None
    mentions: Name | None = None
    query: Annotated[str, Meta(max_length=200)] | None = None
    sort: Literal["asc", "desc"] = "desc"
    start_after_date: list[Name] = []
    id: Name | None = None
    limit: Annotated[int, Meta(ge=1, le=MOST_LISTED)] = 20
    last_message_type: Name | None = None
    last_message_action: Literal["automated", "manual"] | None = None
    last_message_direction: Literal["inbound", "outbound"] | None = None
    status: Literal["all", "read", "unread", "starred", "recents"] = "all"
    sort_by: SortBy = "last_message_date"
    sort_score_profile: Name | None = None
    score_profile: Name | None = None
    score_profile_min: float | None = None
    score_profile_max: float | None = None
    start_date: Millis | None = None
    end_date: Millis | None = None


class FoundConversation(Wire, omit_defaults=False):
    """A conversation with what its contact is called. Dates in milliseconds since 1970; what is missing is empty.

    `sort` is its place in the order: what `startAfterDate` takes.
    """

    id: str
    contact_id: str
    location_id: str
    last_message_body: str
    last_message_type: str
    type: str
    unread_count: int
    full_name: str
    contact_name: str
    email: str
    phone: str
    company_name: str
    starred: bool
    inbox: bool
    deleted: bool
    is_last_message_internal_comment: bool
    date_added: int
    date_updated: int
    last_message_date: int
    last_manual_message_date: int | None
    last_message_direction: str | None
    last_outbound_message_action: str | None
    assigned_to: str | None
    followers: list[str]
    mentions: list[str]
    tags: list[str]
    sort: list[int | str | None]


class FoundConversations(Wire):
    """A page of conversations. `total` is counted up to 10,000."""

    conversations: list[FoundConversation]
    total: int
    trace_id: str


@area.get("/conversations/search", scope="conversations.readonly", slow=True)
def search_conversation(ctx: Ctx, query: Wanted) -> FoundConversations:
    """Search the sub-account's conversations; `limit` of them (20 unless said, at most 100), latest first unless said.

    `query` is a piece of the contact's name, company, e-mail or phone. What has no value of the kind that is sorted by
    comes last; no conversation has a score or a due date here, so those orders are that of the last message. 422 for
    what is unknown.
    """
    field = "last_manual_message_date" if query.sort_by == "last_manual_message_date" else "last_message_date"
    order, where = (Sort(field, query.sort == "desc"),), _conditions(query)
    if query.start_after_date:
        found = _behind(ctx, query, order, where)
    else:
        found = ctx.db.find(CONVERSATIONS, *where, sort=order, limit=query.limit)
    tags = _tags(ctx, found)
    return FoundConversations(
        conversations=[_found(ctx, c, field, tags.get(c.contact_id, [])) for c in found],
        total=ctx.db.count(CONVERSATIONS, *where, up_to=COUNTED),
        trace_id=ctx.trace_id,
    )


def _conditions(query: Wanted) -> list[Condition]:
    """Everything that has to hold. 422 with every fault."""
    wrong: list[str] = []
    where: list[Condition] = [Eq("id", query.id)] if query.id else []
    if query.contact_id:
        where.append(Eq("id", conversation_id(query.contact_id)))
    if query.last_message_type and query.last_message_type not in (FRESH, *NAMED):
        wrong.append("lastMessageType must be one of the published types")
    if query.status == "starred":
        where.append(Eq("starred", value=True))
    where += [*_of_state(query, wrong), *_of_the_last(query)]
    for name, ids in (("followers", query.followers), ("mentions", query.mentions)):
        if ids:
            where.append(_any(tuple(Has(name, id) for id in _listed(name, ids, wrong))))
    if query.score_profile or query.score_profile_min is not None or query.score_profile_max is not None:
        where.append(In("id", ()))
    if query.start_date is not None:
        where.append(Range("date_added", ">=", _moment(query.start_date)))
    if query.end_date is not None:
        where.append(Range("date_added", "<=", _moment(query.end_date)))
    if query.query and query.query.strip():
        where.append(Text(query.query.strip().lower()))
    if wrong:
        raise Unprocessable(*wrong)
    return where


def _of_state(query: Wanted, wrong: list[str]) -> list[Condition]:
    """What is asked of the state, the last message's type and whose it is: together, as there are indexes for that."""
    states, where = STATES.get(query.status, EVERY), list[Condition]()
    shown = FRESH if query.last_message_type == FRESH else SHOWN.get(NAMED.get(query.last_message_type or "", -1))
    if shown:
        where.append(_typed(shown, states))
    if query.assigned_to:
        users = _listed("assignedTo", query.assigned_to, wrong)
        where.append(_assigned(users, states))
    elif states != EVERY and not shown:
        where.append(Eq("state", states[0]) if len(states) == 1 else In("state", states))
    return where


def _typed(shown: str, states: tuple[str, ...]) -> Condition:
    """What its last message is, in which states: only one without a message is fresh."""
    possible = (state for state in states if state != "fresh" or shown == FRESH)
    return _of_both("type_and_state", tuple(f"{shown} {state}" for state in possible))


def _assigned(users: list[str], states: tuple[str, ...]) -> Condition:
    """Whose it is, in which states."""
    return _of_both("whose_and_state", tuple(f"{user} {state}" for user in users for state in states))


def _of_the_last(query: Wanted) -> list[Condition]:
    """From which side its last message came, and how the last one from here was sent."""
    if not (query.last_message_direction or query.last_message_action):
        return []
    sides = [query.last_message_direction] if query.last_message_direction else ["inbound", "outbound", NONE]
    ways = [query.last_message_action] if query.last_message_action else ["manual", "automated", NONE]
    return [_of_both("last_ways", tuple(f"{side} {way}" for side in sides for way in ways))]


def _of_both(field: str, both: tuple[str, ...]) -> Condition:
    return Eq(field, both[0]) if len(both) == 1 else In(field, both)


def _any(conditions: tuple[Condition, ...]) -> Condition:
    return conditions[0] if len(conditions) == 1 else Any_(conditions)


def _listed(name: str, text: str, wrong: list[str]) -> list[str]:
    found = [part for one in text.split(",") if (part := one.strip())]
    if len(found) > MOST_NAMED:
        wrong.append(f"{name} must contain no more than {MOST_NAMED} elements")
    return found


def _behind(ctx: Ctx, query: Wanted, order: tuple[Sort, ...], where: list[Condition]) -> list[Conversation]:
    """From behind a place onwards: of a moment alone, everything of that moment is left out."""
    ms, *rest = [part for one in query.start_after_date for part in one.split(",")]
    if not ms.isdecimal() or int(ms) > LAST_MS or len(rest) > 1:
        raise Unprocessable("startAfterDate must be the sort value of the last conversation")
    at = _moment(int(ms))
    if rest:
        return ctx.db.page(CONVERSATIONS, *where, sort=order, limit=query.limit, after=(at, rest[0]))
    beyond = Range(order[0].field, "<" if order[0].descending else ">", at)
    return ctx.db.find(CONVERSATIONS, *where, beyond, sort=order, limit=query.limit)


def _moment(ms: int) -> str:
    return iso(datetime.fromtimestamp(ms / 1000, UTC))


def _tags(ctx: Ctx, found: list[Conversation]) -> dict[str, list[str]]:
    ids = tuple(c.contact_id for c in found)
    return {contact.id: contact.tags for contact in ctx.db.find(CONTACTS, In("id", ids), limit=len(ids))} if ids else {}


def _found(ctx: Ctx, c: Conversation, field: str, tags: list[str]) -> FoundConversation:
    at: str | None = getattr(c, field)
    manual = c.last_manual_message_date
    called = c.name or c.company or c.email or c.phone or ""
    return FoundConversation(
        id=c.id, contact_id=c.contact_id, location_id=ctx.location_id, last_message_body=c.last_message_body,
        last_message_type=c.last_message_type or FRESH, type=kind_of(c)[1], unread_count=c.unread_count,
        full_name=c.name or "", contact_name=called, email=c.email or "", phone=c.phone or "",
        company_name=c.company or "", starred=bool(c.starred), inbox=True, deleted=False,
        is_last_message_internal_comment=c.last_message_type == SHOWN[COMMENT], date_added=epoch_ms(c.date_added),
        date_updated=epoch_ms(c.date_updated), last_message_date=epoch_ms(c.last_message_date),
        last_manual_message_date=epoch_ms(manual) if manual else None,
        last_message_direction=c.last_message_direction, last_outbound_message_action=c.last_action,
        assigned_to=c.assigned_to, followers=c.followers, mentions=c.mentions, tags=tags,
        sort=[epoch_ms(at) if at else None, c.id],
    )  # fmt: skip
