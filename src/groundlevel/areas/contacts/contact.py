"""The contact itself: its record, its table, and how other areas get hold of one."""

from typing import Annotated, Literal

from msgspec import Meta

from groundlevel.areas.custom_fields import FieldValue
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.versions import Was
from groundlevel.kernel.wire import Body, Prose, Wire, shown


class Channel(Body):
    """Whether one channel is closed to us. `permanent`: the contact said so itself, and only it can take it back."""

    status: Literal["active", "inactive", "permanent"]
    message: Prose | None = None
    code: Annotated[str, Meta(max_length=100)] | None = None


class DndSettings(Body):
    """Do not disturb, channel by channel."""

    call: Annotated[Channel | None, Was("Call")] = None
    email: Annotated[Channel | None, Was("Email")] = None
    sms: Annotated[Channel | None, Was("SMS")] = None
    whats_app: Annotated[Channel | None, Was("WhatsApp")] = None
    gmb: Annotated[Channel | None, Was("GMB")] = None
    fb: Annotated[Channel | None, Was("FB")] = None
    rcs: Annotated[Channel | None, Was("RCS")] = None


class InboundChannel(Body):
    """Whether messages from the contact are refused."""

    status: Literal["active", "inactive"]
    message: Prose | None = None


class InboundDndSettings(Body):
    """Do not disturb, for what comes in."""

    all: InboundChannel | None = None


class Attribution(Wire, omit_defaults=False):
    """Where a contact came from. `medium_id` names the integration that made it."""

    url: str
    session_source: str
    medium: str
    medium_id: str


class Contact(Wire):
    """A person. Stored whole; what is answered about it is this, or a part of it."""

    id: str
    location_id: str
    date_added: str
    date_updated: str
    type: str
    source: str
    dnd: bool
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    first_name_lower_case: str | None = None
    last_name_lower_case: str | None = None
    full_name_lower_case: str | None = None
    email: str | None = None
    email_lower_case: str | None = None
    phone: str | None = None
    company_name: str | None = None
    business_id: str | None = None
    address1: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    postal_code: str | None = None
    website: str | None = None
    timezone: str | None = None
    gender: str | None = None
    date_of_birth: str | None = None
    assigned_to: str | None = None
    valid_email: bool | None = None
    last_appointment: str | None = None
    dnd_settings: DndSettings | None = None
    inbound_dnd_settings: InboundDndSettings | None = None
    attribution_source: Attribution | None = None
    last_attribution_source: Attribution | None = None
    tags: list[str] = shown()
    custom_fields: list[FieldValue] = shown()
    followers: list[str] = shown()
    additional_emails: list[str] = shown()


class OneContact(Wire):
    """The reply about one contact."""

    contact: Contact


CONTACTS = declare(
    Table(
        "contacts",
        Contact,
        order="date_added",
        index=("date_updated", "full_name_lower_case", "first_name_lower_case", "last_name_lower_case"),
        sparse=(
            "email",
            "phone",
            "city",
            "state",
            "country",
            "postal_code",
            "company_name",
            "business_id",
            "source",
            "assigned_to",
            "last_appointment",
            "date_of_birth",
        ),
        text=("full_name_lower_case", "email", "phone"),
        many=("tags", "followers", "custom_fields"),
    )
)


def contact_or_400(ctx: Ctx, contact_id: str) -> Contact:
    """The contact of this location with the id. The service answers 400, not 404, where there is none."""
    contact = ctx.db.get(CONTACTS, contact_id)
    if contact is None:
        raise BadRequest(f"Contact with id {contact_id} not found")
    return contact


def full_name(contact: Contact) -> str:
    """What to call the contact: its name, else its email or phone."""
    return contact.name or contact.email or contact.phone or ""
