"""What is said among ourselves, and what happened: messages of a conversation that never leave."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta

from groundlevel.areas.contacts import Contact
from groundlevel.areas.conversations.conversation import (
    CONVERSATIONS,
    contact_in,
    conversation_of,
    conversation_or_400,
    next_date,
    with_message,
)
from groundlevel.areas.conversations.events import told
from groundlevel.areas.conversations.message import MESSAGES, Message, ShownMessage, shown_message
from groundlevel.areas.conversations.types import COMMENT, NUMBERS
from groundlevel.areas.operator import area as operators
from groundlevel.areas.users import check_user
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import Body, Name, Prose, new_id

MENTION = re.compile(r"@\[[^\]]*\]\(([A-Za-z0-9]+)\)")
"""A user who is named in a comment: `@[Anna Alm](id)`."""


class NewComment(Body):
    """A comment that only the sub-account's people see. mentions: users who are to see it, besides those its text names
    as `@[name](id)`."""

    message: Annotated[Prose, Meta(min_length=1)]
    mentions: Annotated[list[Name], Meta(max_length=50)] = []
    user_id: Name | None = None


@operators.post("/operator/locations/{locationId}/conversations/{conversationId}/comments", scope=OPERATOR)
def add_comment(ctx: Ctx, location_id: str, conversation_id: str, body: NewComment) -> ShownMessage:
    """Add a comment to a conversation, and mention users, who find it by that. 400 for an unknown conversation or user.

    Apps are told as of a message that was sent; the contact is not.
    """
    conversation = conversation_or_400(ctx, conversation_id)
    mentions = list(dict.fromkeys([*body.mentions, *MENTION.findall(body.message)]))
    for user_id in [*mentions, *([body.user_id] if body.user_id else [])]:
        check_user(ctx, user_id)
    message = _note(ctx, contact_in(ctx, conversation), COMMENT, body=body.message, mentions=mentions,
        user_id=body.user_id, source="app", status="delivered")  # fmt: skip
    ctx.emit(told(ctx, message))
    return shown_message(ctx, message)


def note_activity(ctx: Ctx, contact: Contact, what: str, text: str, mentions: Sequence[str] = ()) -> Message:
    """Say in a contact's conversation that something happened: `what` is one of CONTACT, OPPORTUNITY, APPOINTMENT,
    INVOICE, PAYMENT and so on. Nobody is told; users in `mentions` find it by that."""
    return _note(ctx, contact, NUMBERS[f"ACTIVITY_{what}"], body=text, mentions=list(mentions))


def _note(ctx: Ctx, contact: Contact, type: int, **fields: Any) -> Message:
    conversation = conversation_of(ctx, contact)
    message = Message(
        id=new_id(), conversation_id=conversation.id, contact_id=contact.id, type=type, direction="outbound",
        date_added=next_date(ctx, conversation), date_updated=ctx.stamp, **fields,
    )  # fmt: skip
    ctx.db.put(MESSAGES, message)
    ctx.db.put(CONVERSATIONS, with_message(conversation, message))
    return message
