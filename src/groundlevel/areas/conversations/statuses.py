"""What becomes of messages: told by whoever carries them. PUT /conversations/messages/{messageId}/status"""

from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.conversation import CONVERSATIONS
from groundlevel.areas.conversations.emails import (
    EMAILS,
    Address,
    Email,
    RecipientChange,
    carried_by_caller,
    email_or_400,
    keep_email,
    recipients_after,
)
from groundlevel.areas.conversations.message import MESSAGES, Fault, Message, message_or_400
from groundlevel.areas.conversations.messages import Queued
from groundlevel.areas.conversations.sending import show
from groundlevel.areas.outbox import Became, Left, follows
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.wire import Body, Name

Told = Literal["delivered", "failed", "pending", "read"]


class FaultInput(Body):
    """Why a message has not arrived."""

    code: Name = ""
    type: Name = ""
    message: Annotated[str, Meta(max_length=2_000)] = ""


class StatusChange(Body):
    """What became of a message. emailMessageId: of which mail of a thread; unless said, of its last one.

    recipients: what became of that at each; one that is only an address is as the mail is.
    """

    status: Told
    error: FaultInput | None = None
    email_message_id: Name | None = None
    recipients: Annotated[list[RecipientChange | Address], Meta(max_length=500)] = []


@area.put("/conversations/messages/{messageId}/status", scope="conversations/message.write")
def update_message_status(ctx: Ctx, message_id: str, body: StatusChange) -> Queued:
    """Say what became of a message that was given to a provider, and if it failed, why.

    403 for whoever has not carried it: only the provider's own app (a private integration, where the provider is the
    sub-account's own) may say. 400 for an unknown message, and for a mail that is none of its thread.
    """
    message = message_or_400(ctx, message_id)
    email = _meant(ctx, message, body.email_message_id)
    whose = email.provider_id if email else message.provider_id
    carried_by_caller(ctx, whose, email.id if email else message.id)
    fault = None
    if body.error:
        fault = Fault(code=body.error.code, type=body.error.type, message=body.error.message)
    if email:
        told = [RecipientChange(one, body.status) if isinstance(one, str) else one for one in body.recipients]
        keep_email(ctx, replace(email, status=body.status, fault=fault, recipients=recipients_after(email, told)))
    else:
        message = ctx.db.put(MESSAGES, replace(message, status=body.status, fault=fault, date_updated=ctx.stamp))
    return Queued(
        conversation_id=message.conversation_id, message_id=message.id, status=body.status,
        email_message_id=email.id if email else None, trace_id=ctx.trace_id,
    )  # fmt: skip


def _meant(ctx: Ctx, message: Message, email_id: str | None) -> Email | None:
    """Of a thread, the mail that is named, or else the last one that was sent. 400 for one that is not in it."""
    if email_id and email_id not in message.emails:
        raise BadRequest(f"Email message with id {email_id} not found")
    if email_id:
        return email_or_400(ctx, email_id)
    found = (ctx.db.get(EMAILS, id) for id in reversed(message.emails))
    return next((one for one in found if one and one.direction == "outbound"), None)


@on(Left)
def follow_outbox(ctx: Ctx, left: Left) -> None:
    """A message is as far as it has come on its way. What was scheduled is in its conversation only now."""
    message = ctx.db.get(MESSAGES, left.message_id)
    if message is None:
        return
    fault = Fault(code=left.code, message=left.reason) if left.became == "failed" else None
    at = {"date_added": ctx.stamp} if left.first else {}
    email = ctx.db.get(EMAILS, left.id)
    if _moves((email or message).status, left.became):
        if email:
            email = keep_email(ctx, replace(email, status=left.became, fault=fault, **at))
            message = ctx.db.get(MESSAGES, left.message_id) or message
        else:
            message = replace(message, status=left.became, fault=fault, date_updated=ctx.stamp, **at)
            ctx.db.put(MESSAGES, message)
    conversation = ctx.db.get(CONVERSATIONS, message.conversation_id) if left.first else None
    if conversation:
        show(ctx, conversation, message, email)


def _moves(before: str | None, after: Became) -> bool:
    """Whether it is so from now on: what is sent again begins anew."""
    return after == "pending" or follows(before or "pending", after)
