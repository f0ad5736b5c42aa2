"""What was said: /conversations/{conversationId}/messages, /conversations/messages/{id}"""

from typing import Annotated

from msgspec import Meta

from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.conversation import conversation_or_400
from groundlevel.areas.conversations.message import MESSAGES, ShownMessage, message_or_400, shown_message
from groundlevel.areas.conversations.types import NAMED
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Condition, Eq, In
from groundlevel.kernel.wire import Body, Name, Wire

MOST = 100


class MessagesWanted(Body):
    """Which messages: behind the one with the id `last_message_id`, and of which types, separated by commas."""

    last_message_id: Name | None = None
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 20
    type: Name | None = None


class Page(Wire, omit_defaults=False):
    """Messages, newest first. lastMessageId: of the last one here, with which the next page is asked for."""

    last_message_id: str
    next_page: bool
    messages: list[ShownMessage]


class MessagesOfConversation(Wire):
    """The reply, which has the page nested, as the hosted service does."""

    messages: Page
    trace_id: str


@area.get("/conversations/{conversationId}/messages", scope="conversations/message.readonly")
def get_messages(ctx: Ctx, conversation_id: str, query: MessagesWanted) -> MessagesOfConversation:
    """The messages of a conversation, newest first; `limit` of them (20 unless said, at most 100).

    `type` is a list of types (`TYPE_SMS,TYPE_CALL`); 422 for an unknown one. 400 for an unknown conversation, and for a
    `lastMessageId` that is none of its messages.
    """
    conversation = conversation_or_400(ctx, conversation_id)
    where: list[Condition] = [Eq("conversation_id", conversation.id), *_of_types(query.type)]
    if query.last_message_id:
        last = message_or_400(ctx, query.last_message_id)
        if last.conversation_id != conversation.id:
            raise BadRequest(f"Message with id {last.id} not found")
        found = ctx.db.page(MESSAGES, *where, limit=query.limit + 1, after=(last.date_added, last.id))
    else:
        found = ctx.db.find(MESSAGES, *where, limit=query.limit + 1)
    now = found[: query.limit]
    page = Page(
        last_message_id=now[-1].id if now else "", next_page=len(found) > len(now),
        messages=[shown_message(ctx, m) for m in now],
    )  # fmt: skip
    return MessagesOfConversation(messages=page, trace_id=ctx.trace_id)


@area.get("/conversations/messages/{id}", scope="conversations/message.readonly")
def get_message(ctx: Ctx, id: str) -> ShownMessage:
    """One message. 400 for an unknown one."""
    return shown_message(ctx, message_or_400(ctx, id))


def _of_types(text: str | None) -> list[Condition]:
    names = [part for one in (text or "").split(",") if (part := one.strip())]
    if unknown := [name for name in names if name not in NAMED]:
        raise Unprocessable(f"type must be one of the published types, and {unknown[0]} is not")
    return [In("type", tuple({NAMED[name] for name in names}))] if names else []
