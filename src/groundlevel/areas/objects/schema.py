"""An object's schema: its record, its table, and how other parts get hold of one."""

from groundlevel.areas.custom_fields import CustomField, fields_of, with_fields
from groundlevel.areas.objects.events import ToldLabels
from groundlevel.areas.objects.standard import STANDARD, standard_fields, standard_id
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire, shown

PREFIX = "custom_objects."
MOST_OBJECTS = 100
"""Objects of its own that one sub-account may have."""


class ObjectSchema(Wire):
    """An object. `standard`: everybody has it. Properties are named by their whole keys."""

    id: str
    standard: bool
    key: str
    labels: ToldLabels
    location_id: str
    primary_display_property: str
    date_added: str
    date_updated: str
    description: str | None = None
    searchable_properties: list[str] = shown()


OBJECTS = declare(Table("object_schemas", ObjectSchema, index=("key",), unique=("key",), order="date_added"))
"""Those of a sub-account's own, and everybody's where they were changed."""


@with_fields
def is_object(ctx: Ctx, key: str) -> bool:
    """Whether the sub-account has an object of its own with this key."""
    return key.startswith(PREFIX) and ctx.db.one(OBJECTS, Eq("key", key)) is not None


def object_or_400(ctx: Ctx, key: str) -> ObjectSchema:
    """The object with this key or id; 400 where there is none."""
    found = ctx.db.one(OBJECTS, Eq("key", key)) or ctx.db.get(OBJECTS, key)
    if found is None and key in STANDARD:
        return _standard(ctx, key)
    if found is None:
        same = (k for k in STANDARD if standard_id(ctx.location_id, k) == key)
        found = next((_standard(ctx, k) for k in same), None)
    if found is None:
        raise BadRequest(f"Object with id {key} not found")
    return found


def every_object(ctx: Ctx) -> list[ObjectSchema]:
    """Everybody's objects, then the sub-account's own in the order in which they were defined."""
    kept = {one.key: one for one in ctx.db.find(OBJECTS, limit=MOST_OBJECTS + len(STANDARD))}
    first = [kept.pop(key, None) or _standard(ctx, key) for key in STANDARD]
    return [*first, *reversed(kept.values())]


def fields_of_object(ctx: Ctx, key: str) -> list[CustomField]:
    """All fields of an object: those that everybody's records have, then the sub-account's own."""
    return [*standard_fields(ctx.location_id, key), *fields_of(ctx, key)]


def _standard(ctx: Ctx, key: str) -> ObjectSchema:
    made = STANDARD[key]
    return ObjectSchema(
        id=standard_id(ctx.location_id, key), standard=True, key=key, location_id=ctx.location_id,
        labels=ToldLabels(singular=made.singular, plural=made.plural), primary_display_property=f"{key}.{made.primary}",
        date_added=_SINCE, date_updated=_SINCE, searchable_properties=[f"{key}.{name}" for name in made.searchable],
    )  # fmt: skip


_SINCE = "2024-01-01T00:00:00.000Z"
"""Everybody's objects were always there; their schemas must say some day."""
