"""Removing files and folders: /medias/{id}, /medias/delete-files"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.locations import LocationRemoved
from groundlevel.areas.medias.area import area
from groundlevel.areas.medias.medias import MEDIAS, Media, OfLocation, media_or_400
from groundlevel.areas.medias.serving import found_at
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Name, Wire
from groundlevel.outside import files

PORTION = 500
End = Literal["deleted", "trashed"]


class OneRemoval(Body):
    """A file or folder to remove."""

    id: Name = msgspec.field(name="_id")


class ManyRemovals(OfLocation, kw_only=True):
    """Several to remove: for good (`deleted`), or only from sight (`trashed`)."""

    files_to_be_deleted: Annotated[list[OneRemoval], Meta(max_length=1_000)]
    status: End


class RemovedOne(Wire):
    """What became of one of them."""

    id: str
    deleted: bool


class Removed(Wire):
    """The reply to deleting one."""

    deleted: bool
    trace_id: str


@area.delete("/medias/{id}", scope="medias.write")
def delete_media_content(ctx: Ctx, id: str, query: OfLocation) -> Removed:
    """Delete a file, or a folder with all that is in it; addresses lead nowhere from now on. 400 for an unknown one."""
    remove(ctx, media_or_400(ctx, id), "deleted")
    return Removed(deleted=True, trace_id=ctx.trace_id)


@area.put("/medias/delete-files", scope="medias.write")
def bulk_delete_media_objects(ctx: Ctx, body: ManyRemovals) -> list[RemovedOne]:
    """Delete several, folders with all that is in them, or only trash them; of each, whether it was there."""
    told: list[RemovedOne] = []
    for one in body.files_to_be_deleted:
        media = ctx.db.get(MEDIAS, one.id)
        if media is not None and (media.state == "there" or body.status == "deleted"):
            remove(ctx, media, body.status)
            told.append(RemovedOne(id=one.id, deleted=True))
        else:
            told.append(RemovedOne(id=one.id, deleted=False))
    return told


def remove(ctx: Ctx, media: Media, end: End) -> None:
    """End a file or folder; its content, and what is in a folder, follow."""
    if end == "trashed":
        ctx.db.put(MEDIAS, replace(media, state="trashed", date_updated=ctx.stamp))
    else:
        ctx.db.delete(MEDIAS, media.id)
        if media.key:
            ctx.later(forget_file, key=media.key)
    if media.type == "folder":
        ctx.later(empty_folder, folder_id=media.id, end=end)


def remove_attached(ctx: Ctx, url: str) -> None:
    """End a file that was attached to a message that is gone; others stay, whoever's message they were in."""
    media = found_at(ctx.db, url.rpartition("/")[2])
    if media is not None and media.state == "of a message" and media.url == url:
        remove(ctx, media, "deleted")


@job()
def empty_folder(ctx: Ctx, folder_id: str, end: End) -> None:
    """End a portion of what is in a folder that has ended, and go on with the next."""
    there = () if end == "deleted" else (Eq("state", "there"),)
    found = ctx.db.find(MEDIAS, Eq("place", folder_id), *there, limit=PORTION)
    for media in found:
        remove(ctx, media, end)
    if len(found) == PORTION:
        ctx.later(empty_folder, folder_id=folder_id, end=end)


@job()
def forget_file(ctx: Ctx, key: str) -> None:
    """Remove a deleted file's content."""
    files.forget(ctx.settings, [key])


@on(LocationRemoved)
def forget_location(ctx: Ctx, gone: LocationRemoved) -> None:
    """A sub-account's files go with it."""
    ctx.later(forget_files, location_id=gone.location_id)


@job()
def forget_files(ctx: Ctx, location_id: str) -> None:
    """Remove a portion of a removed sub-account's files, and go on with the next."""
    found = files.keys_under(ctx.settings, location_id, PORTION)
    files.forget(ctx.settings, found)
    if found:
        ctx.later(forget_files, location_id=location_id)
