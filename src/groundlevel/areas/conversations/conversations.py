"""Conversations: /conversations/{conversationId}"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.contacts import contact_or_400
from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.conversation import (
    CONVERSATIONS,
    Conversation,
    conversation_id,
    conversation_or_400,
    new_conversation,
)
from groundlevel.areas.conversations.events import tell_unread
from groundlevel.areas.conversations.forgetting import forget_messages_of
from groundlevel.areas.conversations.types import NUMBERS, SHOWN
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.wire import Body, Name, Wire, epoch_ms, sent, shown

PHONE, MAIL, MESSENGER, REVIEW = (1, "TYPE_PHONE"), (2, "TYPE_EMAIL"), (3, "TYPE_FB_MESSENGER"), (4, "TYPE_REVIEW")
BY_MESSENGER = frozenset(SHOWN[NUMBERS[name]] for name in ("FACEBOOK", "CAMPAIGN_FACEBOOK", "FACEBOOK_COMMENT"))
Feedback = Literal["positive", "negative"]
EXISTS = "CONVERSATIONS_CONVERSATION_ALREADY_EXISTS"


class NewConversation(Body):
    """With whom a conversation is to begin."""

    location_id: str
    contact_id: Name


class ConversationChange(Body):
    """What to change about a conversation; what is not sent stays."""

    location_id: str
    unread_count: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
    starred: bool | UnsetType = UNSET
    feedback: Feedback | UnsetType = UNSET


class ShownConversation(Wire):
    """A conversation. type: 1 by phone, 2 by mail, 3 by Facebook, 4 a review. Dates in milliseconds since 1970."""

    id: str
    contact_id: str
    location_id: str
    deleted: bool
    inbox: bool
    type: int
    unread_count: int
    starred: bool
    date_added: int
    date_updated: int
    last_message_date: int
    last_message_body: str
    last_message_type: str | None = None
    assigned_to: str | None = None
    followers: list[str] = shown()


class BegunConversation(Wire):
    """A new conversation."""

    id: str
    date_updated: str
    date_added: str
    deleted: bool
    contact_id: str
    location_id: str
    last_message_date: str
    assigned_to: str | None = None


class Begun(Wire):
    """The reply to beginning one."""

    success: bool
    conversation: BegunConversation


class KeptConversation(Wire):
    """A conversation after a change. lastMessageDate: milliseconds since 1970, as a text."""

    id: str
    location_id: str
    contact_id: str
    unread_count: int
    inbox: bool
    starred: bool
    deleted: bool
    last_message_date: str
    last_message_body: str
    last_message_type: str | None = None
    assigned_to: str | None = None
    feedback: Feedback | None = None


class Kept(Wire):
    """The reply to a change."""

    success: bool
    conversation: KeptConversation


class Removed(Wire):
    """The reply to removing one."""

    success: bool


@area.post("/conversations/", scope="conversations.write")
def create_conversation(ctx: Ctx, body: NewConversation) -> Begun:
    """Begin a conversation with a contact that has none.

    Contacts come with one, so that is seldom: 400 with the code CONVERSATIONS_CONVERSATION_ALREADY_EXISTS and its
    `conversationId` where there is one. 400 for an unknown contact.
    """
    contact = contact_or_400(ctx, body.contact_id)
    if there := ctx.db.get(CONVERSATIONS, conversation_id(contact.id)):
        raise BadRequest("Conversation already exists", canonicalCode=EXISTS, conversationId=there.id)
    made = ctx.db.put(CONVERSATIONS, new_conversation(ctx, contact))
    begun = BegunConversation(
        id=made.id, date_updated=made.date_updated, date_added=made.date_added, deleted=False,
        contact_id=made.contact_id, location_id=ctx.location_id, last_message_date=made.last_message_date,
        assigned_to=made.assigned_to,
    )  # fmt: skip
    return Begun(success=True, conversation=begun)


@area.get("/conversations/{conversationId}", scope="conversations.readonly")
def get_conversation(ctx: Ctx, conversation_id: str) -> ShownConversation:
    """One conversation. 400 for an unknown one."""
    c = conversation_or_400(ctx, conversation_id)
    return ShownConversation(
        id=c.id, contact_id=c.contact_id, location_id=ctx.location_id, deleted=False, inbox=True, type=kind_of(c)[0],
        unread_count=c.unread_count, starred=bool(c.starred), date_added=epoch_ms(c.date_added),
        date_updated=epoch_ms(c.date_updated), last_message_date=epoch_ms(c.last_message_date),
        last_message_type=c.last_message_type, last_message_body=c.last_message_body, assigned_to=c.assigned_to,
        followers=c.followers,
    )  # fmt: skip


@area.put("/conversations/{conversationId}", scope="conversations.write")
def update_conversation(ctx: Ctx, conversation_id: str, body: ConversationChange) -> Kept:
    """Mark a conversation as read or unread, star it, or note the feedback of a live chat. 400 for an unknown one."""
    before, said = conversation_or_400(ctx, conversation_id), sent(body)
    said.pop("location_id")
    after = ctx.db.put(CONVERSATIONS, changed(ctx, before, **said))
    tell_unread(ctx, before, after)
    kept = KeptConversation(
        id=after.id, location_id=ctx.location_id, contact_id=after.contact_id, unread_count=after.unread_count,
        inbox=True, starred=bool(after.starred), deleted=False, last_message_body=after.last_message_body,
        last_message_date=str(epoch_ms(after.last_message_date)), last_message_type=after.last_message_type,
        assigned_to=after.assigned_to, feedback=after.feedback,
    )  # fmt: skip
    return Kept(success=True, conversation=kept)


@area.delete("/conversations/{conversationId}", scope="conversations.write")
def delete_conversation(ctx: Ctx, conversation_id: str) -> Removed:
    """Remove a conversation with all that was said in it. A later message begins it anew. 400 for an unknown one."""
    conversation = conversation_or_400(ctx, conversation_id)
    ctx.db.delete(CONVERSATIONS, conversation.id)
    forget_messages_of(ctx, conversation.id)
    return Removed(success=True)


def changed(ctx: Ctx, before: Conversation, **said: object) -> Conversation:
    """The conversation with other facts; what follows from them follows."""
    after = replace(before, **said, date_updated=ctx.stamp)
    after.starred = after.starred or None
    if "unread_count" in said:
        state = "unread" if after.unread_count else "read" if after.last_message_type else "fresh"
        after = replace(after, state=state)
    return after


def kind_of(c: Conversation) -> tuple[int, str]:
    """By what a conversation is led, as number and name: the first way to reach its contact, in this order."""
    if c.phone:
        return PHONE
    if c.email:
        return MAIL
    if c.last_message_type in BY_MESSENGER:
        return MESSENGER
    return REVIEW if c.review_id else PHONE
