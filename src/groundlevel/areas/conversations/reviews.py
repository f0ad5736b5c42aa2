"""Reviews on Google, and replies to them: /conversations/messages/review-reply"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.contacts import contact_or_400
from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.conversation import (
    CONVERSATIONS,
    contact_in,
    conversation_of,
    conversation_or_400,
    next_date,
)
from groundlevel.areas.conversations.inbound import Received, receive
from groundlevel.areas.conversations.message import Message, ShownMessage, shown_message
from groundlevel.areas.conversations.messages import Queued
from groundlevel.areas.conversations.sending import Sending, send
from groundlevel.areas.conversations.types import REVIEW
from groundlevel.areas.operator import area as operators
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.wire import Body, Name, Prose, new_id

Stars = Annotated[int, Meta(ge=1, le=5)]


class NewReview(Body):
    """A review that a contact has written. review_id: what Google calls it."""

    contact_id: Name
    review_id: Annotated[Name, Meta(min_length=1)]
    stars: Stars
    text: Prose = ""


class ReviewReply(Body):
    """What is answered to the last review in a conversation."""

    conversation_id: Name
    location_id: str
    message: Annotated[Prose, Meta(min_length=1)]


@operators.post("/operator/locations/{locationId}/reviews", scope=OPERATOR)
def add_review(ctx: Ctx, location_id: str, body: NewReview) -> ShownMessage:
    """Bring a review of a contact's: a message that can be replied to. 400 for an unknown contact."""
    contact = contact_or_400(ctx, body.contact_id)
    conversation = conversation_of(ctx, contact)
    message = Message(
        id=new_id(), conversation_id=conversation.id, contact_id=contact.id, type=REVIEW, direction="inbound",
        date_added=next_date(ctx, conversation), date_updated=ctx.stamp, status="delivered",
        body=f"{'★' * body.stars}{'☆' * (5 - body.stars)} {body.text}".strip(), review_id=body.review_id,
    )  # fmt: skip
    receive(ctx, contact, Received(message=message))
    kept = conversation_of(ctx, contact)
    ctx.db.put(CONVERSATIONS, replace(kept, review_id=body.review_id))
    return shown_message(ctx, message)


@area.post("/conversations/messages/review-reply", scope="conversations/message.write", status=200)
def send_review_reply(ctx: Ctx, body: ReviewReply) -> Queued:
    """Reply to the last review in a conversation. 400 for an unknown conversation, and for one without a review."""
    conversation = conversation_or_400(ctx, body.conversation_id)
    if not conversation.review_id:
        raise BadRequest(f"Conversation with id {conversation.id} has no review to reply to")
    said = Sending(channel="GMB", text=body.message, source="api", answers=conversation.review_id)
    sent = send(ctx, contact_in(ctx, conversation), said)
    return Queued(
        conversation_id=conversation.id, message_id=sent.message.id, status="pending", message_ids=[sent.message.id],
        trace_id=ctx.trace_id,
    )  # fmt: skip
