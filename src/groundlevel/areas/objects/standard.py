"""The objects that every sub-account has: what they are called, and the fields that everybody's records have."""

from hashlib import sha256

from msgspec import Struct

from groundlevel.areas.custom_fields import CustomField, DataType
from groundlevel.kernel.wire import snake


class Standard(Struct, frozen=True):
    """An object of everybody. `fields`: (name in the API, label, type); the first searchable one is what it shows."""

    singular: str
    plural: str
    primary: str
    searchable: tuple[str, ...]
    fields: tuple[tuple[str, str, DataType], ...]


_PLACE: tuple[tuple[str, str, DataType], ...] = (
    ("city", "City", "TEXT"),
    ("state", "State", "TEXT"),
    ("postalCode", "Postal code", "TEXT"),
    ("country", "Country", "TEXT"),
    ("website", "Website", "TEXT"),
)

STANDARD: dict[str, Standard] = {
    "contact": Standard(
        "Contact", "Contacts", "name", ("name", "email", "phone"),
        (
            ("name", "Name", "TEXT"), ("firstName", "First name", "TEXT"), ("lastName", "Last name", "TEXT"),
            ("email", "Email", "TEXT"), ("phone", "Phone", "PHONE"), ("companyName", "Company name", "TEXT"),
            ("address1", "Street address", "TEXT"), *_PLACE, ("timezone", "Time zone", "TEXT"),
            ("dateOfBirth", "Date of birth", "DATE"), ("source", "Source", "TEXT"), ("type", "Type", "TEXT"),
        ),
    ),
    "opportunity": Standard(
        "Opportunity", "Opportunities", "name", ("name",),
        (
            ("name", "Name", "TEXT"), ("pipelineId", "Pipeline", "TEXT"), ("pipelineStageId", "Stage", "TEXT"),
            ("status", "Status", "TEXT"), ("monetaryValue", "Value", "MONETORY"), ("source", "Source", "TEXT"),
            ("assignedTo", "Owner", "TEXT"),
        ),
    ),
    "business": Standard(
        "Company", "Companies", "name", ("name", "email", "phone"),
        (
            ("name", "Name", "TEXT"), ("phone", "Phone", "PHONE"), ("email", "Email", "TEXT"),
            ("address", "Address", "TEXT"), ("description", "Description", "LARGE_TEXT"), *_PLACE,
        ),
    ),
}  # fmt: skip


def standard_id(location_id: str, key: str) -> str:
    """The id of everybody's object at a sub-account, always the same."""
    return sha256(f"{location_id} {key}".encode()).hexdigest()[:24]


def standard_fields(location_id: str, key: str) -> list[CustomField]:
    """The fields that everybody's records of an object have, as definitions. Nobody made them, so nobody can change
    them; none for an object of a sub-account's own."""
    made = STANDARD.get(key)
    if made is None:
        return []
    return [
        CustomField(
            id=standard_id(location_id, f"{key}.{name}"), name=label, field_key=f"{key}.{snake(name)}", data_type=kind,
            position=position, location_id=location_id, model=key, date_added="", show_in_forms=True,
        )
        for position, (name, label, kind) in enumerate(made.fields)
    ]  # fmt: skip
