"""All messages of a sub-account, page by page: GET /conversations/messages/export"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.conversation import conversation_id
from groundlevel.areas.conversations.message import MESSAGES, Message, ShownMessage, shown_message
from groundlevel.areas.conversations.types import EXPORTED, MAILS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.store import Condition, Eq, In, Not, Range, Sort
from groundlevel.kernel.wire import Body, Name, When, Wire, iso, moment

COUNTED = 10_000
FIELDS = {"createdAt": "date_added", "updatedAt": "date_updated"}


class ExportWanted(Body):
    """Which messages, in which order, from which place on. Without a channel: all but mail."""

    location_id: str
    limit: Annotated[int, Meta(ge=10, le=500)] = 100
    cursor: Name | None = None
    sort_by: Literal["createdAt", "updatedAt"] = "createdAt"
    sort_order: Literal["asc", "desc"] = "desc"
    conversation_id: Name | None = None
    contact_id: Name | None = None
    channel: Literal["Call", "SMS", "Email", "WhatsApp", "Instagram", "Facebook"] | None = None
    start_date: When | None = None
    end_date: When | None = None


class Exported(Wire):
    """A page of messages. `nextCursor`: with what the next one is asked for; missing on the last."""

    messages: list[ShownMessage]
    total: int
    trace_id: str
    next_cursor: str | None = None


@area.get("/conversations/messages/export", scope="conversations/message.readonly", slow=True)
def export_messages_by_location(ctx: Ctx, query: ExportWanted) -> Exported:
    """Messages of the sub-account, or of one conversation or contact; newest first unless said otherwise.

    `limit` of them (100 unless said, 10 to 500) from `cursor` on. `startDate` and `endDate` are of when they were made,
    both included. `total` is counted up to 10,000. 422 for a cursor of another order.
    """
    field = FIELDS[query.sort_by]
    where, order = _conditions(query), (Sort(field, query.sort_order == "desc"),)
    if query.cursor:
        after = _place(query.cursor, query)
        found = ctx.db.page(MESSAGES, *where, sort=order, limit=query.limit + 1, after=after)
    else:
        found = ctx.db.find(MESSAGES, *where, sort=order, limit=query.limit + 1)
    now = found[: query.limit]
    return Exported(
        messages=[shown_message(ctx, m) for m in now],
        total=ctx.db.count(MESSAGES, *where, up_to=COUNTED),
        next_cursor=_cursor(now[-1], query) if len(found) > len(now) else None,
        trace_id=ctx.trace_id,
    )


def _conditions(query: ExportWanted) -> list[Condition]:
    where: list[Condition] = []
    if query.conversation_id:
        where.append(Eq("conversation_id", query.conversation_id))
    if query.contact_id:
        where.append(Eq("conversation_id", conversation_id(query.contact_id)))
    types = tuple(sorted(EXPORTED[query.channel] if query.channel else MAILS))
    of_types = Eq("type", types[0]) if len(types) == 1 else In("type", types)
    where.append(of_types if query.channel else Not(of_types))
    if query.start_date:
        where.append(Range("date_added", ">=", iso(moment(query.start_date, "startDate"))))
    if query.end_date:
        where.append(Range("date_added", "<=", iso(moment(query.end_date, "endDate"))))
    return where


def _cursor(last: Message, query: ExportWanted) -> str:
    told = [query.sort_by, query.sort_order, getattr(last, FIELDS[query.sort_by]), last.id]
    return urlsafe_b64encode(msgspec.json.encode(told)).decode().rstrip("=")


def _place(cursor: str, query: ExportWanted) -> tuple[str, str]:
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        by, order, at, id = msgspec.json.decode(raw, type=tuple[str, str, str, str])
    except (ValueError, msgspec.MsgspecError):
        raise Unprocessable("cursor must be the nextCursor of the page before") from None
    if (by, order) != (query.sort_by, query.sort_order):
        raise Unprocessable("cursor must be used with the same sortBy and sortOrder")
    return at, id
