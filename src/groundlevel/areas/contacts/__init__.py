"""Contacts, their notes and tasks; and the filters that searches of records share with theirs."""

from groundlevel.areas.contacts.contact import CONTACTS, Channel, Contact, DndSettings, OneContact, contact_or_400
from groundlevel.areas.contacts.contacts import alike, reached_at, update_contact, upserted
from groundlevel.areas.contacts.events import (
    ContactChanged,
    ContactCreate,
    ContactDelete,
    ContactDndUpdate,
    ContactUpdate,
)
from groundlevel.areas.contacts.filters import Fields, Filter, Order, Translator, in_order
from groundlevel.areas.contacts.followers import FollowersAdded, FollowersRemoved
from groundlevel.areas.contacts.identity import normal_phone
from groundlevel.areas.contacts.listing import PageMeta, searched
from groundlevel.areas.contacts.notes import NOTES, Note
from groundlevel.areas.contacts.own_word import OwnChannel, close_channel, open_channel
from groundlevel.areas.contacts.places import behind, place
from groundlevel.areas.contacts.replies import Succeeded
from groundlevel.areas.contacts.tasks import TASKS, ShownTask, Task, shown_task
from groundlevel.areas.contacts.writing import ContactChange

__all__ = [
    "CONTACTS",
    "NOTES",
    "TASKS",
    "Channel",
    "Contact",
    "ContactChange",
    "ContactChanged",
    "ContactCreate",
    "ContactDelete",
    "ContactDndUpdate",
    "ContactUpdate",
    "DndSettings",
    "Fields",
    "Filter",
    "FollowersAdded",
    "FollowersRemoved",
    "Note",
    "OneContact",
    "Order",
    "OwnChannel",
    "PageMeta",
    "ShownTask",
    "Succeeded",
    "Task",
    "Translator",
    "alike",
    "behind",
    "close_channel",
    "contact_or_400",
    "in_order",
    "normal_phone",
    "open_channel",
    "place",
    "reached_at",
    "searched",
    "shown_task",
    "update_contact",
    "upserted",
]
