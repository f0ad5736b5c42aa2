"""What can happen to schemas and records, with the payloads that webhooks carry."""

from typing import Any

from msgspec import json

from groundlevel.areas.custom_fields import Property, properties_shown
from groundlevel.kernel.events import Event
from groundlevel.kernel.wire import Wire, shown


class ToldLabels(Wire):
    """What an object is called."""

    singular: str
    plural: str


class ObjectSchemaEvent(Event):
    """What all events of a schema say of it."""

    location_id: str
    id: str
    key: str
    labels: ToldLabels
    description: str
    primary_display_property: str
    created_at: str
    updated_at: str
    object_type: str
    searchable_properties: list[str] = shown()


class ObjectSchemaCreate(ObjectSchemaEvent):
    """An object was defined."""


class ObjectSchemaUpdate(ObjectSchemaEvent):
    """An object's labels, description or searchable properties changed."""


class ToldProperty(Wire):
    """A property, and its value as a text; lists and the like as JSON."""

    key: str
    value_string: str


class RecordEvent(Event):
    """What all events of a record say of it."""

    location_id: str
    id: str
    owners: list[str] = shown()
    followers: list[str] = shown()
    properties: list[ToldProperty] = shown()


class RecordCreate(RecordEvent):
    """A record was added."""


class RecordUpdate(RecordEvent):
    """A record changed."""


class RecordDelete(RecordEvent):
    """A record was removed."""


def told_properties(object_key: str, kept: list[Property]) -> list[ToldProperty]:
    """The properties as events carry them."""
    days = properties_shown(object_key, [p for p in kept if p.day])
    named = ((p.id.removeprefix(f"{object_key}."), p.value) for p in kept)
    return [ToldProperty(key=name, value_string=_text(days.get(name, value))) for name, value in named]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.encode(value).decode()
