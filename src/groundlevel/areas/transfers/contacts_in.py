"""Contacts of files: what `POST /contacts/upsert` makes of a row, but that empty cells say nothing and tags add up."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from groundlevel.areas.contacts import CONTACTS, ContactChange, alike, reached_at, upserted
from groundlevel.areas.conversations import CONVERSATIONS
from groundlevel.areas.custom_fields import CustomField, fields_of
from groundlevel.areas.locations import TAGS, own_location
from groundlevel.areas.transfers.ahead import Ahead
from groundlevel.areas.transfers.cells import several, truth, value_of
from groundlevel.areas.transfers.columns import Target, targets_of
from groundlevel.areas.transfers.kinds import Kind
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.explain import violations
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import camel

SOURCE = "import"
FIELDS = {
    "first_name": "given_name forename vorname",
    "last_name": "surname family_name nachname",
    "name": "full_name contact_name contact",
    "email": "email_address e-mail mail primary_email",
    "phone": "phone_number mobile mobile_phone telephone cell tel primary_phone",
    "company_name": "company business business_name organization organisation account",
    "address1": "address street street_address address_line_1",
    "city": "town",
    "state": "province region county",
    "postal_code": "zip zip_code postcode",
    "country": "country_code",
    "website": "url web homepage",
    "timezone": "time_zone",
    "gender": "sex",
    "date_of_birth": "birthday birth_date dob",
    "source": "lead_source contact_source",
    "assigned_to": "owner assigned_user",
    "dnd": "do_not_disturb",
    "tags": "tag labels",
}
"""What a column can be, and how else people head it."""


def targets(ctx: Ctx) -> list[Target]:
    """The fields of contacts, the sub-account's own among them."""
    return targets_of(FIELDS, fields_of(ctx, "contact"))


class TakingContacts:
    """See `Taking`."""

    def __init__(self, ctx: Ctx) -> None:
        self.location = own_location(ctx)
        self.custom: dict[str, CustomField] = {field.field_key: field for field in fields_of(ctx, "contact")}

    def read(self, cells: Mapping[str, str]) -> ContactChange:
        """What `PUT /contacts/{contactId}` takes."""
        said: dict[str, Any] = {}
        own: list[dict[str, Any]] = []
        for name, text in cells.items():
            if name == "tags":
                said[name] = several(text)
            elif name == "dnd":
                said[name] = truth(text)
            elif name in FIELDS:
                said[_NAMES[name]] = text
            elif field := self.custom.get(name):
                own.append({"id": field.id, "value": value_of(field, text)})
        if own:
            said["customFields"] = own
        try:
            return msgspec.convert(said, ContactChange)
        except msgspec.ValidationError:
            raise Unprocessable(*violations(said, ContactChange)) from None

    def foresee(self, db: Ahead, said: Sequence[ContactChange]) -> None:
        """Who has these emails and phones, and which tags there are."""
        reached = [reached_at(body, self.location) for body in said]
        db.foresee(CONTACTS, "email", [email for email, _ in reached if email])
        db.foresee(CONTACTS, "phone", [phone for _, phone in reached if phone])
        db.foresee(TAGS, "lower", {tag.strip().lower() for body in said if body.tags for tag in body.tags})

    def keep(self, ctx: Ctx, said: ContactChange) -> str:
        """Upsert it; where it came from is `SOURCE` unless the file says."""
        found = alike(ctx, self.location, said)
        if found is None:
            said.source = said.source or SOURCE
        elif said.tags is not UNSET:
            said.tags = [*found[1].tags, *said.tags]
        contact = upserted(ctx, self.location, said, found)
        return "" if found else contact.id


_NAMES = {name: camel(name) for name in FIELDS}

CONTACTS_IN = Kind("contacts", targets, TakingContacts, {CONTACTS: ("email", "phone"), CONVERSATIONS: ()})
