"""What can happen to contacts, notes and tasks, with the payloads that webhooks carry."""

from typing import Any, ClassVar

from groundlevel.areas.contacts.contact import Channel, Contact, DndSettings
from groundlevel.areas.custom_fields import FieldValue
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event
from groundlevel.kernel.wire import Wire, shown


class ContactEvent(Event):
    """What all events of a contact say of it."""

    location_id: str
    id: str
    date_added: str
    dnd: bool
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    address1: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    postal_code: str | None = None
    company_name: str | None = None
    website: str | None = None
    source: str | None = None
    assigned_to: str | None = None
    date_of_birth: str | None = None
    tags: list[str] = shown()
    attachments: list[str] = shown()
    custom_fields: list[FieldValue] = shown()


class ContactCreate(ContactEvent):
    """A contact was added."""


class ContactUpdate(ContactEvent):
    """A contact's data changed (other than its tags and its do-not-disturb)."""


class ContactDelete(ContactEvent):
    """A contact was removed."""


class ContactTagUpdate(ContactEvent):
    """A contact's tags changed."""


class ContactChanged(Event):
    """Anything about a contact changed; it is this now."""

    logged: ClassVar[bool] = False
    contact: Contact


class ToldChannel(Wire, omit_defaults=False):
    """A channel's do-not-disturb as webhooks tell it."""

    status: str
    message: str
    code: str


class ToldDnd(Wire, rename=None):
    """Channel by channel, under the names that webhooks use in every version."""

    Call: ToldChannel | None = None
    Email: ToldChannel | None = None
    SMS: ToldChannel | None = None
    WhatsApp: ToldChannel | None = None
    GMB: ToldChannel | None = None
    FB: ToldChannel | None = None
    RCS: ToldChannel | None = None


class ContactDndUpdate(ContactEvent, kw_only=True):
    """A contact's do-not-disturb changed."""

    dnd_settings: ToldDnd


class NoteEvent(Event):
    """What all events of a note say of it."""

    location_id: str
    id: str
    contact_id: str
    body: str
    date_added: str


class NoteCreate(NoteEvent):
    """A note was added."""


class NoteUpdate(NoteEvent):
    """A note changed."""


class NoteDelete(NoteEvent):
    """A note was removed."""


class TaskEvent(Event):
    """What all events of a task say of it."""

    location_id: str
    id: str
    contact_id: str
    title: str
    date_added: str
    due_date: str
    body: str | None = None
    assigned_to: str | None = None


class TaskCreate(TaskEvent):
    """A task was added."""


class TaskComplete(TaskEvent):
    """A task was completed."""


class TaskDelete(TaskEvent):
    """A task was removed."""


_TOLD = tuple(f for f in ContactEvent.__struct_fields__ if f not in ("attachments", "date_of_birth"))


def told(contact: Contact) -> dict[str, Any]:
    """The fields of a contact that its events carry. The birthday is a moment there."""
    fields = {f: getattr(contact, f) for f in _TOLD}
    born = contact.date_of_birth
    return fields | {"date_of_birth": f"{born}T00:00:00.000Z" if born else None}


def told_dnd(ctx: Ctx, settings: DndSettings | None) -> ToldDnd:
    """The channels, with who changed them where no message was given (code 103: by an integration)."""
    settings = settings or DndSettings()
    by = f"Updated by '{ctx.caller.token_id}' at {ctx.stamp}"

    def tell(channel: Channel | None) -> ToldChannel | None:
        return channel and ToldChannel(status=channel.status, message=channel.message or by, code=channel.code or "103")

    return ToldDnd(
        Call=tell(settings.call), Email=tell(settings.email), SMS=tell(settings.sms), WhatsApp=tell(settings.whats_app),
        GMB=tell(settings.gmb), FB=tell(settings.fb), RCS=tell(settings.rcs),
    )  # fmt: skip
