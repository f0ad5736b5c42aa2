"""Contacts, their notes and tasks; and the filters that searches of records share with theirs."""

from groundlevel.areas.contacts.contact import CONTACTS, Contact, OneContact, contact_or_400
from groundlevel.areas.contacts.contacts import alike, reached_at, upserted
from groundlevel.areas.contacts.events import ContactCreate, ContactDelete, ContactUpdate
from groundlevel.areas.contacts.filters import Fields, Filter, Order, Translator, in_order
from groundlevel.areas.contacts.followers import FollowersAdded, FollowersRemoved
from groundlevel.areas.contacts.listing import PageMeta, searched
from groundlevel.areas.contacts.notes import NOTES, Note
from groundlevel.areas.contacts.places import behind, place
from groundlevel.areas.contacts.replies import Succeeded
from groundlevel.areas.contacts.tasks import TASKS, ShownTask, Task, shown_task
from groundlevel.areas.contacts.writing import ContactChange

__all__ = [
    "CONTACTS",
    "NOTES",
    "TASKS",
    "Contact",
    "ContactChange",
    "ContactCreate",
    "ContactDelete",
    "ContactUpdate",
    "Fields",
    "Filter",
    "FollowersAdded",
    "FollowersRemoved",
    "Note",
    "OneContact",
    "Order",
    "PageMeta",
    "ShownTask",
    "Succeeded",
    "Task",
    "Translator",
    "alike",
    "behind",
    "contact_or_400",
    "in_order",
    "place",
    "reached_at",
    "searched",
    "shown_task",
    "upserted",
]
