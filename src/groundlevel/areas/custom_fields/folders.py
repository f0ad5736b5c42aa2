"""Folders that custom fields of an object are shown in: /custom-fields/folder"""

from msgspec.structs import replace

from groundlevel.areas.custom_fields.area import area
from groundlevel.areas.custom_fields.field import CUSTOM_FIELDS, MOST_FIELDS, FieldName, check_object
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_id

MOST_FOLDERS = 500
"""Folders that one sub-account may have."""


class CustomFieldFolder(Wire):
    """A folder of an object's fields."""

    id: str
    object_key: str
    location_id: str
    name: str
    date_added: str
    date_updated: str


class NewFolder(Body):
    """A folder as callers write it."""

    object_key: Name
    name: FieldName
    location_id: str


class FolderChange(Body):
    """Another name."""

    name: FieldName
    location_id: str


class OfLocation(Body):
    """Whose folder."""

    location_id: str


class FieldOrFolderGone(Wire):
    """The reply to deleting: what it was."""

    succeded: bool
    id: str
    key: str


FOLDERS = declare(Table("custom_field_folders", CustomFieldFolder, index=("object_key",), order="date_added"))


@area.post("/custom-fields/folder", scope="locations/customFields.write")
def create_custom_field_folder(ctx: Ctx, body: NewFolder) -> CustomFieldFolder:
    """Add a folder for fields of an object. 400 for an unknown object, and where there are too many folders."""
    check_object(ctx, body.object_key)
    return add_folder(ctx, body.object_key, body.name)


@area.put("/custom-fields/folder/{id}", scope="locations/customFields.write")
def update_custom_field_folder(ctx: Ctx, id: str, body: FolderChange) -> CustomFieldFolder:
    """Rename a folder. 400 for an unknown one."""
    return ctx.db.put(FOLDERS, replace(folder_or_400(ctx, id), name=body.name, date_updated=ctx.stamp))


@area.delete("/custom-fields/folder/{id}", scope="locations/customFields.write")
def delete_custom_field_folder(ctx: Ctx, id: str, query: OfLocation) -> FieldOrFolderGone:
    """Delete a folder; the fields in it stay, in none. 400 for an unknown one."""
    folder = folder_or_400(ctx, id)
    for field in ctx.db.find(CUSTOM_FIELDS, Eq("parent_id", id), limit=MOST_FIELDS):
        ctx.db.put(CUSTOM_FIELDS, replace(field, parent_id="", date_updated=ctx.stamp))
    return FieldOrFolderGone(succeded=ctx.db.delete(FOLDERS, id), id=id, key=folder.object_key)


def add_folder(ctx: Ctx, object_key: str, name: str) -> CustomFieldFolder:
    """Keep a new folder. 400 when the sub-account has too many."""
    if ctx.db.count(FOLDERS) >= MOST_FOLDERS:
        raise BadRequest(f"A location can have no more than {MOST_FOLDERS} folders of custom fields")
    folder = CustomFieldFolder(
        id=new_id(), object_key=object_key, location_id=ctx.location_id, name=name, date_added=ctx.stamp,
        date_updated=ctx.stamp,
    )  # fmt: skip
    return ctx.db.put(FOLDERS, folder)


def folder_or_400(ctx: Ctx, id: str, object_key: str = "") -> CustomFieldFolder:
    """The sub-account's folder with this id (of this object, if one is named); 400 where there is none."""
    folder = ctx.db.get(FOLDERS, id)
    if folder is None or (object_key and folder.object_key != object_key):
        raise BadRequest(f"Custom field folder with id {id} not found")
    return folder
