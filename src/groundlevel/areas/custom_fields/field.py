"""The definition of a custom field: one record and one table, whichever object it is of and whoever defines it."""

import re
from collections.abc import Callable
from itertools import count
from typing import Annotated

from msgspec import Meta

from groundlevel.areas.custom_fields.values import DataType
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import Event
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

FieldName = Annotated[str, Meta(min_length=1, max_length=200)]
Label = Annotated[str, Meta(min_length=1, max_length=500)]

MOST_FIELDS = 2_000
"""Definitions that one sub-account may have."""
OF_EVERYBODY = ("contact", "opportunity", "business")
"""The objects that every sub-account has."""


class CustomFieldGone(Event):
    """A definition was deleted: areas that keep its values forget them; one that cannot do without raises a problem.

    `model`: the key of the object it was of. `boxes`: the keys of its text boxes' values, where it was a list of them.
    """

    logged = False
    id: str
    model: str
    field_key: str
    boxes: list[str]


class FieldOption(Wire):
    """A choice, or one of a list of text boxes. Its key never changes; `url` is its picture's."""

    key: str
    label: str
    url: str | None = None
    prefill_value: str | None = None


class CustomField(Wire):
    """A definition as it is kept. `model`: the key of the object it is of. `parent_id`: its folder's."""

    id: str
    name: str
    field_key: str
    data_type: DataType
    position: int
    location_id: str
    model: str
    date_added: str
    date_updated: str = ""
    parent_id: str = ""
    description: str = ""
    placeholder: str = ""
    show_in_forms: bool = True
    options: list[FieldOption] = []
    allow_custom_option: bool = False
    is_multi_file_allowed: bool = False
    max_file_limit: int | None = None
    accepted_format: list[str] = []

    @property
    def bare_key(self) -> str:
        """What the field is called among the properties of its object: its key without the object's."""
        return self.field_key.removeprefix(f"{self.model}.")

    @property
    def labels(self) -> list[str]:
        """The only values it takes, as contacts and opportunities keep them; empty where it takes others too."""
        return [] if self.allow_custom_option else [o.label for o in self.options]

    @property
    def keys(self) -> list[str]:
        """The same, as records of objects keep them."""
        return [] if self.allow_custom_option else [o.key for o in self.options]


CUSTOM_FIELDS = declare(
    Table(
        "custom_fields",
        CustomField,
        index=("field_key", "model", "position"),
        sparse=("parent_id",),
        unique=("field_key",),
        order="date_added",
    )
)

Knows = Callable[[Ctx, str], bool]
_FURTHER: list[Knows] = []


def with_fields(knows: Knows) -> Knows:
    """Say which objects there are beside those of everybody: a function that tells whether there is one of a key."""
    _FURTHER.append(knows)
    return knows


def check_object(ctx: Ctx, key: str) -> None:
    """400 unless the sub-account has an object of this key."""
    if key not in OF_EVERYBODY and not any(knows(ctx, key) for knows in _FURTHER):
        raise BadRequest(f"Object with id {key} not found")


def custom_field_or_400(ctx: Ctx, id: str) -> CustomField:
    """The sub-account's custom field with this id or key; 400 where there is none."""
    field = ctx.db.get(CUSTOM_FIELDS, id) or (ctx.db.one(CUSTOM_FIELDS, Eq("field_key", id)) if "." in id else None)
    if field is None:
        raise BadRequest(f"Custom field with id {id} not found")
    return field


def fields_of(ctx: Ctx, model: str) -> list[CustomField]:
    """All custom fields of an object, oldest first."""
    return ctx.db.find(CUSTOM_FIELDS, Eq("model", model), limit=MOST_FIELDS)[::-1]


def add_field(ctx: Ctx, field: CustomField) -> CustomField:
    """Keep a new definition. 400 when the sub-account has too many, or one with this key."""
    if ctx.db.count(CUSTOM_FIELDS) >= MOST_FIELDS:
        raise BadRequest(f"A location can have no more than {MOST_FIELDS} custom fields")
    if ctx.db.one(CUSTOM_FIELDS, Eq("field_key", field.field_key)):
        raise BadRequest(f"Custom field with key {field.field_key} already exists")
    return ctx.db.put(CUSTOM_FIELDS, field)


def remove_field(ctx: Ctx, field: CustomField) -> bool:
    """Delete a definition, and its values wherever they are kept."""
    boxes = [f"{field.field_key}.{o.key}" for o in field.options] if field.data_type == "TEXTBOX_LIST" else []
    ctx.emit(CustomFieldGone(id=field.id, model=field.model, field_key=field.field_key, boxes=boxes))
    return ctx.db.delete(CUSTOM_FIELDS, field.id)


def as_key(name: str) -> str:
    """`pin_code` for "Pin code"; empty for a name without letters and digits."""
    return "_".join(re.findall(r"\w+", name.lower()))


def free_key(ctx: Ctx, model: str, name: str) -> str:
    """`contact.pin_code` for "Pin code", numbered where another field has that already."""
    key = f"{model}.{as_key(name) or 'field'}"
    numbered = (key if n == 1 else f"{key}_{n}" for n in count(1))
    return next(k for k in numbered if ctx.db.one(CUSTOM_FIELDS, Eq("field_key", k)) is None)


def options_of(kept: list[FieldOption], labels: list[str]) -> list[FieldOption]:
    """The options with these labels, in their order, each once; those that were there before keep their keys."""
    known = {o.label: o for o in kept}
    taken = {known[label].key for label in labels if label in known}
    found: list[FieldOption] = []
    for label in dict.fromkeys(labels):
        option = known.get(label) or FieldOption(key=option_key(label, taken), label=label)
        taken.add(option.key)
        found.append(option)
    return found


def option_key(label: str, taken: set[str]) -> str:
    """`option_a` for "Option A", numbered where another option has that already."""
    key = as_key(label) or "option"
    return next(k for n in count(1) if (k := key if n == 1 else f"{key}_{n}") not in taken)
