"""Contacts, their notes and tasks."""

from groundlevel.areas.contacts.contact import CONTACTS, Contact, OneContact, contact_or_400
from groundlevel.areas.contacts.events import ContactCreate, ContactDelete, ContactUpdate
from groundlevel.areas.contacts.replies import Succeeded

__all__ = [
    "CONTACTS",
    "Contact",
    "ContactCreate",
    "ContactDelete",
    "ContactUpdate",
    "OneContact",
    "Succeeded",
    "contact_or_400",
]
