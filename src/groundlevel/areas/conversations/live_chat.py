"""Visitors of a site who chat, and who is typing: /conversations/providers/live-chat/typing"""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.contacts import ContactDelete, contact_or_400
from groundlevel.areas.conversations.addresses import note_address
from groundlevel.areas.conversations.area import area
from groundlevel.areas.conversations.conversation import conversation_of, conversation_or_400
from groundlevel.areas.operator import area as operators
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, iso, new_id

FOR_A_WHILE = timedelta(seconds=10)
"""How long somebody is taken to be typing after saying so."""


class Typing(Body):
    """Whether somebody here is writing to a visitor now."""

    location_id: str
    is_typing: Annotated[str, Meta(pattern="^(true|false)$", extra={"explain": "must be true or false"})] | bool
    visitor_id: Name
    conversation_id: Name


class TypingTold(Wire):
    """The reply: the visitor sees it."""

    success: bool


class NewVisitor(Body):
    """Whose chat it is."""

    contact_id: Name


class Visitor(Wire, omit_defaults=False):
    """A visitor who chats, and until when somebody is taken to be writing to it."""

    id: str
    contact_id: str
    conversation_id: str
    date_added: str
    typing_until: str | None = None


class VisitorSeen(Wire, omit_defaults=False):
    """A visitor, and whether somebody is writing to it."""

    id: str
    contact_id: str
    conversation_id: str
    is_typing: bool


VISITORS = declare(Table("chat_visitors", Visitor, index=("contact_id",), order="date_added"))


@area.post("/conversations/providers/live-chat/typing", scope="conversations/livechat.write")
def live_chat_agent_typing(ctx: Ctx, body: Typing) -> TypingTold:
    """Let a visitor see that somebody is writing, for ten seconds, or not any more.

    400 for an unknown visitor or conversation.
    """
    conversation_or_400(ctx, body.conversation_id)
    visitor = visitor_or_400(ctx, body.visitor_id)
    typing = body.is_typing in (True, "true")
    ctx.db.put(VISITORS, replace(visitor, typing_until=iso(ctx.now + FOR_A_WHILE) if typing else None))
    return TypingTold(success=True)


@operators.post("/operator/locations/{locationId}/visitors", scope=OPERATOR)
def add_visitor(ctx: Ctx, location_id: str, body: NewVisitor) -> VisitorSeen:
    """Begin a live chat with a contact: what it writes as this visitor comes by `Live_Chat`. 400 for an unknown one."""
    contact = contact_or_400(ctx, body.contact_id)
    conversation = conversation_of(ctx, contact)
    visitor = Visitor(id=new_id(), contact_id=contact.id, conversation_id=conversation.id, date_added=ctx.stamp)
    note_address(ctx, contact.id, "Live_Chat", visitor.id)
    return seen(ctx, ctx.db.put(VISITORS, visitor))


@operators.get("/operator/locations/{locationId}/visitors/{visitorId}", scope=OPERATOR)
def get_visitor(ctx: Ctx, location_id: str, visitor_id: str) -> VisitorSeen:
    """A visitor, and whether somebody is writing to it now. 400 for an unknown one."""
    return seen(ctx, visitor_or_400(ctx, visitor_id))


def visitor_or_400(ctx: Ctx, id: str) -> Visitor:
    """The sub-account's visitor with this id."""
    found = ctx.db.get(VISITORS, id)
    if found is None:
        raise BadRequest(f"Visitor with id {id} not found")
    return found


def seen(ctx: Ctx, one: Visitor) -> VisitorSeen:
    """A visitor as it is shown."""
    typing = one.typing_until is not None and one.typing_until > ctx.stamp
    return VisitorSeen(id=one.id, contact_id=one.contact_id, conversation_id=one.conversation_id, is_typing=typing)


@on(ContactDelete)
def forget_visitors(ctx: Ctx, gone: ContactDelete) -> None:
    """They go with the contact."""
    for one in ctx.db.find(VISITORS, Eq("contact_id", gone.id)):
        ctx.db.delete(VISITORS, one.id)
