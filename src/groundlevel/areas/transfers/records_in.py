"""Records of a sub-account's own objects: a row with an `id` changes that record, any other adds one."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from groundlevel.areas.custom_fields import CustomField, fields_of
from groundlevel.areas.objects import (
    NewRecord,
    OfLocation,
    RecordChange,
    create_object_record,
    object_or_400,
    update_object_record,
)
from groundlevel.areas.transfers.ahead import Ahead
from groundlevel.areas.transfers.cells import value_of
from groundlevel.areas.transfers.columns import Target, targets_of
from groundlevel.areas.transfers.kinds import Kind
from groundlevel.kernel.ctx import Ctx

FIELDS = {"id": "record_id", "owner": ""}


class Said(Struct):
    """A row: which record it is, if that is said, and what is said of it."""

    id: str
    change: RecordChange


class TakingRecords:
    """See `Taking`."""

    def __init__(self, ctx: Ctx, key: str) -> None:
        self.key = object_or_400(ctx, key).key
        self.custom: dict[str, CustomField] = {field.field_key: field for field in fields_of(ctx, key)}

    def read(self, cells: Mapping[str, str]) -> Said:
        """What `POST /objects/{schemaKey}/records` takes."""
        said: dict[str, Any] = {
            field.bare_key: value_of(field, cells[key]) for key, field in self.custom.items() if key in cells
        }
        change = RecordChange(properties=said)
        if "owner" in cells:
            change.owner = [cells["owner"]]
        return Said(cells.get("id", ""), change)

    def foresee(self, db: Ahead, said: Sequence[Said]) -> None:
        """Nothing beforehand."""

    def keep(self, ctx: Ctx, said: Said) -> str:
        """Change the record, or add one."""
        change = said.change
        if said.id:
            update_object_record(ctx, self.key, said.id, OfLocation(location_id=ctx.location_id), change)
            return ""
        new = NewRecord(location_id=ctx.location_id, properties=change.properties, owner=change.owner)
        return create_object_record(ctx, self.key, new).record.id


def records_kind(key: str) -> Kind:
    """The records of the object with this key."""
    return Kind(key, lambda ctx: _targets(ctx, key), lambda ctx: TakingRecords(ctx, key))


def _targets(ctx: Ctx, key: str) -> list[Target]:
    return targets_of(FIELDS, fields_of(ctx, object_or_400(ctx, key).key))
