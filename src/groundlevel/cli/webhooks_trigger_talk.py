"""Ways to let events of conversations happen: see `webhooks_trigger`."""

from collections.abc import Callable
from typing import Any
from zlib import crc32

import msgspec

from groundlevel.areas.contacts.contacts import create_contact
from groundlevel.areas.contacts.writing import NewContact
from groundlevel.areas.conversations.conversation import conversation_id
from groundlevel.areas.conversations.conversations import ConversationChange, update_conversation
from groundlevel.areas.conversations.messages import NewMessage, send_a_new_message
from groundlevel.areas.conversations.provided import NewInbound, add_an_inbound_message
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.wire import new_id

Fields = dict[str, Any]
Do = Callable[[Ctx, Fields], object]


def _contact(ctx: Ctx, fields: Fields) -> str:
    """The one that is named, or a new one."""
    if "contactId" in fields:
        return str(fields["contactId"])
    email = f"trigger-{new_id().lower()}@example.com"
    said = {"firstName": "Trigger", "email": email, "phone": f"+1415555{crc32(email.encode()) % 10_000:04}"}
    return create_contact(ctx, msgspec.convert({**said, "locationId": ctx.location_id}, NewContact)).contact.id


def _comes(ctx: Ctx, fields: Fields) -> str:
    said = {"type": "SMS", "message": "Hello", "contactId": _contact(ctx, fields), **fields}
    return add_an_inbound_message(ctx, msgspec.convert(said, NewInbound, strict=False)).contact_id


def _goes(ctx: Ctx, fields: Fields) -> None:
    said = {"type": "SMS", "message": "Hello", "contactId": _contact(ctx, fields), **fields}
    send_a_new_message(ctx, msgspec.convert(said, NewMessage, strict=False))


def _read(ctx: Ctx, fields: Fields) -> None:
    contact = _comes(ctx, {name: value for name, value in fields.items() if name == "contactId"})
    said = {name: value for name, value in fields.items() if name != "contactId"} | {"locationId": ctx.location_id}
    if len(said) > 1:  # what has come in is news by itself
        update_conversation(ctx, conversation_id(contact), msgspec.convert(said, ConversationChange, strict=False))


OF_TALK: dict[str, Do] = {"InboundMessage": _comes, "OutboundMessage": _goes, "ConversationUnreadUpdate": _read}
"""Event -> what is done for it. A text goes to a number of the range kept for fiction, unless a contact is named."""
