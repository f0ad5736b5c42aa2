"""Values that texts of a sub-account refer to: /locations/{locationId}/customValues"""

import re
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.locations.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Prose, Wire, new_id

MOST_LISTED = 10_000


class CustomValue(Wire, omit_defaults=False):
    """A value with a name. `field_key`: how texts refer to it, whatever its name becomes."""

    id: str
    name: str
    field_key: str
    value: str
    location_id: str


class CustomValueInput(Body):
    """A custom value as callers write it."""

    name: Annotated[str, Meta(min_length=1, max_length=250)]
    value: Prose


class OneCustomValue(Wire):
    """The reply about one custom value."""

    custom_value: CustomValue


class ManyCustomValues(Wire):
    """Custom values by name."""

    custom_values: list[CustomValue]


class CustomValueGone(Wire):
    """The reply to deleting."""

    succeded: bool


CUSTOM_VALUES = declare(
    Table("custom_values", CustomValue, index=("name",), unique=("field_key",), order="name")
)  # fmt: skip


@area.get("/locations/{locationId}/customValues", scope="locations/customValues.readonly")
def get_custom_values(ctx: Ctx, location_id: str) -> ManyCustomValues:
    """The sub-account's custom values, by name; at most 10,000."""
    return ManyCustomValues(custom_values=ctx.db.find(CUSTOM_VALUES, sort=(Sort("name"),), limit=MOST_LISTED))


@area.post("/locations/{locationId}/customValues", scope="locations/customValues.write")
def create_custom_value(ctx: Ctx, location_id: str, body: CustomValueInput) -> OneCustomValue:
    """Add a custom value. Texts refer to it by a key made of its name; 400 when another one has the name."""
    name = _free_name(ctx, body.name)
    made = CustomValue(
        id=new_id(), name=name, field_key=_free_key(ctx, name), value=body.value, location_id=location_id
    )  # fmt: skip
    return OneCustomValue(custom_value=ctx.db.put(CUSTOM_VALUES, made))


@area.get("/locations/{locationId}/customValues/{id}", scope="locations/customValues.readonly")
def get_custom_value(ctx: Ctx, location_id: str, id: str) -> OneCustomValue:
    """One custom value; 400 where there is none with this id."""
    return OneCustomValue(custom_value=_value_or_400(ctx, id))


@area.put("/locations/{locationId}/customValues/{id}", scope="locations/customValues.write")
def update_custom_value(ctx: Ctx, location_id: str, id: str, body: CustomValueInput) -> OneCustomValue:
    """Change name and value; the key stays, so that texts go on referring to it. 400 when the name is taken."""
    kept = _value_or_400(ctx, id)
    changed = replace(kept, name=_free_name(ctx, body.name, but=id), value=body.value)
    return OneCustomValue(custom_value=ctx.db.put(CUSTOM_VALUES, changed))


@area.delete("/locations/{locationId}/customValues/{id}", scope="locations/customValues.write")
def delete_custom_value(ctx: Ctx, location_id: str, id: str) -> CustomValueGone:
    """Delete a custom value; texts that refer to it find nothing."""
    return CustomValueGone(succeded=ctx.db.delete(CUSTOM_VALUES, _value_or_400(ctx, id).id))


def key_of(name: str) -> str:
    """What a name becomes in a key: `Opening hours!` -> `opening_hours`."""
    return "_".join(re.findall(r"[^\W_]+", name.lower())) or "value"


def _value_or_400(ctx: Ctx, id: str) -> CustomValue:
    found = ctx.db.get(CUSTOM_VALUES, id)
    if found is None:
        raise BadRequest(f"Custom value with id {id} not found")
    return found


def _free_name(ctx: Ctx, name: str, but: str = "") -> str:
    """The name as it is kept; 400 where it is taken or nothing but space."""
    name = name.strip()
    if not name:
        raise BadRequest("A custom value needs a name")
    there = ctx.db.one(CUSTOM_VALUES, Eq("name", name))
    if there and there.id != but:
        raise BadRequest(f"This location already has a custom value named {name}")
    return name


def _free_key(ctx: Ctx, name: str) -> str:
    """A key of the name that no other value has, with a number where it must be."""
    stem, number = key_of(name), 1
    while True:
        key = f"{{{{ custom_values.{stem}{f'_{number}' if number > 1 else ''} }}}}"
        if ctx.db.one(CUSTOM_VALUES, Eq("field_key", key)) is None:
            return key
        number += 1
