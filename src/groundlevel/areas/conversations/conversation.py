"""The conversation with a contact: its record, its table, and how it follows the contact and the messages.

Each contact has one at most, whose id is made of the contact's (docs/adr/0052). It comes with the contact.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec.structs import replace

from groundlevel.areas.contacts import CONTACTS, Contact, ContactChanged, ContactCreate
from groundlevel.areas.conversations.message import Message
from groundlevel.areas.conversations.types import AMONG_US, FRESH, SHOWN
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, iso, shown

State = Literal["fresh", "read", "unread"]
"""Whether it has no message yet, or some that were not read."""
Direction = Literal["inbound", "outbound"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TURNED = str.maketrans(_LETTERS, _LETTERS[17:] + _LETTERS[:17])
SAME = timedelta(seconds=1)
NOBODYS, NONE = "unassigned", "-"
"""Whose a conversation is that is nobody's, as callers name it; and what stands for what it has not."""
BEGINNING = 1_000
"""Letters of the last message that a conversation shows."""


class Conversation(Wire):
    """What is said with a contact. Moments in ISO 8601.

    name, email, phone, company, assigned_to and followers are the contact's, kept here to be searched by. manual: by a
    person, from either side. last_action: how the last message from here was sent. mentions: users whom comments name.
    type_and_state, whose_and_state, last_ways: what is asked for, together or alone, made of the others: all indexes
    follow each message, so there are few.
    """

    id: str
    contact_id: str
    date_added: str
    last_message_date: str
    date_updated: str
    state: State
    unread_count: int = 0
    starred: bool | None = None
    last_message_type: str | None = None
    last_message_body: str = ""
    last_message_direction: Direction | None = None
    last_action: Literal["manual", "automated"] | None = None
    last_manual_message_date: str | None = None
    name: str | None = None
    name_lower_case: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    company_lower_case: str | None = None
    assigned_to: str | None = None
    feedback: Literal["positive", "negative"] | None = None
    review_id: str | None = None
    type_and_state: str = ""
    whose_and_state: str = ""
    last_ways: str = ""
    followers: list[str] = shown()
    mentions: list[str] = shown()

    def __post_init__(self) -> None:
        self.type_and_state = f"{self.last_message_type or FRESH} {self.state}"
        self.whose_and_state = f"{self.assigned_to or NOBODYS} {self.state}"
        self.last_ways = f"{self.last_message_direction or NONE} {self.last_action or NONE}"


CONVERSATIONS = declare(
    Table(
        "conversations",
        Conversation,
        order="last_message_date",
        index=("state", "last_manual_message_date", "date_added"),
        sparse=(
            "starred",
            "type_and_state",
            "whose_and_state",
            "last_ways",
        ),
        text=("name_lower_case", "email", "phone", "company_lower_case"),
        many=("followers", "mentions"),
    )
)


def conversation_id(contact_id: str) -> str:
    """The id of a contact's conversation: as good a one as any other, and no two contacts' are alike."""
    return contact_id[::-1].translate(_TURNED)


def conversation_or_400(ctx: Ctx, id: str) -> Conversation:
    """The sub-account's conversation with this id; 400 where there is none."""
    found = ctx.db.get(CONVERSATIONS, id)
    if found is None:
        raise BadRequest(f"Conversation with id {id} not found")
    return found


def conversation_of(ctx: Ctx, contact: Contact) -> Conversation:
    """The contact's conversation, begun if it has none."""
    found = ctx.db.get(CONVERSATIONS, conversation_id(contact.id))
    return found or ctx.db.put(CONVERSATIONS, new_conversation(ctx, contact))


def new_conversation(ctx: Ctx, contact: Contact) -> Conversation:
    """One in which nothing was said yet."""
    return Conversation(
        id=conversation_id(contact.id), contact_id=contact.id, date_added=ctx.stamp, last_message_date=ctx.stamp,
        date_updated=ctx.stamp, state="fresh", followers=contact.followers, **of_contact(contact),
    )  # fmt: skip


def of_contact(contact: Contact | ContactCreate) -> dict[str, Any]:
    """What is kept of the contact."""
    name, company = contact.name, contact.company_name
    return {
        "name": name, "name_lower_case": name and name.lower(), "email": contact.email, "phone": contact.phone,
        "company": company, "company_lower_case": company and company.lower(), "assigned_to": contact.assigned_to,
    }  # fmt: skip


def next_date(ctx: Ctx, conversation: Conversation) -> str:
    """When a message is said to have been made: now, but behind what was said before in the same millisecond."""
    last = conversation.last_message_date
    if last < ctx.stamp or conversation.state == "fresh" or last > iso(ctx.now + SAME):
        return ctx.stamp
    return iso(datetime.fromisoformat(last) + timedelta(milliseconds=1))


def with_message(conversation: Conversation, message: Message) -> Conversation:
    """The conversation after a message, which is its last unless it is dated before that."""
    new: dict[str, Any] = {"date_updated": message.date_updated}
    latest = message.date_added >= conversation.last_message_date or conversation.state == "fresh"
    if latest:
        new |= {
            "last_message_date": max(message.date_added, conversation.last_message_date),
            "last_message_type": SHOWN[message.type],
            "last_message_body": message.body[:BEGINNING],
        }
        if message.type not in AMONG_US:
            new["last_message_direction"] = message.direction
    manual = message.direction == "inbound" or message.source == "app"
    if message.direction == "outbound" and message.type not in AMONG_US:
        new["last_action"] = "manual" if manual else "automated"
    if manual:
        new["last_manual_message_date"] = max(message.date_added, conversation.last_manual_message_date or "")
    if message.mentions:
        new["mentions"] = sorted({*conversation.mentions, *message.mentions})
    unread = conversation.unread_count + (message.direction == "inbound")
    return replace(conversation, **new, unread_count=unread, state="unread" if unread else "read")


@on(ContactCreate)
def begin(ctx: Ctx, come: ContactCreate) -> None:
    """A contact's conversation comes with it, as at the hosted service."""
    made = Conversation(
        id=conversation_id(come.id), contact_id=come.id, date_added=ctx.stamp, last_message_date=ctx.stamp,
        date_updated=ctx.stamp, state="fresh", **of_contact(come),
    )  # fmt: skip
    ctx.db.put(CONVERSATIONS, made)


@on(ContactChanged)
def follow_contact(ctx: Ctx, changed: ContactChanged) -> None:
    """A conversation is found by what its contact is called now, and is whoever's the contact is."""
    contact = changed.contact
    kept = ctx.db.get(CONVERSATIONS, conversation_id(contact.id))
    if kept is None:
        return
    now = replace(kept, **of_contact(contact), followers=contact.followers)
    if now != kept:
        ctx.db.put(CONVERSATIONS, now)


def contact_in(ctx: Ctx, conversation: Conversation) -> Contact:
    """Whom it is with. 400 where the contact is gone."""
    contact = ctx.db.get(CONTACTS, conversation.contact_id)
    if contact is None:
        raise BadRequest(f"Contact with id {conversation.contact_id} not found")
    return contact
