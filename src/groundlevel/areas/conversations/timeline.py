"""A conversation as people read it, for operators: /operator/locations/{locationId}/conversations/{conversationId}/…"""

from typing import Annotated

from msgspec import Meta

from groundlevel.areas.conversations.conversation import conversation_or_400
from groundlevel.areas.conversations.emails import EMAILS, Email, ShownEmail, shown_email
from groundlevel.areas.conversations.message import MESSAGES, Message, ShownMessage, shown_message
from groundlevel.areas.operator import area as operators
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Condition, Eq, Exists, Not, Range
from groundlevel.kernel.wire import Body, When, Wire, iso, moment


class TimelineWanted(Body):
    """How much, and before which moment, if not the latest."""

    before: When | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class Said(Wire):
    """Something that was said or happened: a message, or a mail of a thread (then `text` says it plainly).

    scheduled_for: of what is to leave later, when.
    """

    at: str
    message: ShownMessage | None = None
    email: ShownEmail | None = None
    text: str = ""
    scheduled_for: str | None = None


class Timeline(Wire, omit_defaults=False):
    """What was said, the latest first, and whether there is more before."""

    entries: list[Said]
    more: bool


@operators.get("/operator/locations/{locationId}/conversations/{conversationId}/timeline", scope=OPERATOR)
def get_timeline(ctx: Ctx, location_id: str, conversation_id: str, query: TimelineWanted) -> Timeline:
    """What was said in a conversation, the latest first: each mail by itself, whatever thread it is of.

    `limit` of them (50 unless said, at most 200). 400 for an unknown conversation.
    """
    conversation = conversation_or_400(ctx, conversation_id)
    where: list[Condition] = [Eq("conversation_id", conversation.id)]
    if query.before:
        where.append(Range("date_added", "<", iso(moment(query.before, "before"))))
    most = query.limit + 1
    said = [_message(ctx, one) for one in ctx.db.find(MESSAGES, *where, Not(Exists("emails")), limit=most)]
    said += [_email(ctx, one) for one in ctx.db.find(EMAILS, *where, limit=most)]
    said.sort(key=lambda one: one.at, reverse=True)
    return Timeline(entries=said[: query.limit], more=len(said) > query.limit)


def _message(ctx: Ctx, one: Message) -> Said:
    return Said(at=one.date_added, message=shown_message(ctx, one), text=one.body, scheduled_for=_later(one))


def _email(ctx: Ctx, one: Email) -> Said:
    return Said(at=one.date_added, email=shown_email(ctx, one), text=one.text or one.body, scheduled_for=_later(one))


def _later(one: Message | Email) -> str | None:
    return one.scheduled_for if one.status == "scheduled" else None
