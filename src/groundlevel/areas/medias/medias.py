"""Files and folders of a sub-account: /medias"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.medias.area import area
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Condition, Eq, Sort, Table, Text
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_hex

MediaName = Annotated[str, Meta(min_length=1, max_length=250)]
AltType = Literal["location"]
State = Literal["there", "trashed", "of a field", "of a message"]
ROOT = "root"
"""Where what is in no folder is."""


class ShownMedia(Wire):
    """A file or folder. `url`: where a file can be had. `size` in bytes."""

    id: str = msgspec.field(name="_id")
    location_id: str = msgspec.field(name="altId")
    alt_type: AltType
    name: str
    type: Literal["file", "folder"]
    created_at: str
    updated_at: str
    parent_id: str | None = None
    url: str | None = None
    path: str | None = None
    content_type: str | None = None
    category: str | None = None
    size: int | None = None
    last_updated_by: str | None = None


class Media(Wire):
    """A file or folder as it is kept.

    `place`: the folder it is in, or the root. `state`: what is deleted is gone, what is trashed is only not shown, what
    is of a record's field or of a message is served and not listed.
    `key`: under which its content is kept; a file that is kept elsewhere has none.
    """

    id: str
    location_id: str
    name: str
    type: Literal["file", "folder"]
    category: str
    place: str
    state: State
    date_added: str
    date_updated: str
    name_lower_case: str = ""
    url: str | None = None
    key: str | None = None
    content_type: str | None = None
    size: int | None = None
    last_updated_by: str | None = None

    def __post_init__(self) -> None:
        """What is searched follows the name."""
        self.name_lower_case = self.name.lower()


class OfLocation(Body):
    """Whose files."""

    location_id: str = msgspec.field(name="altId")
    alt_type: AltType


class MediasWanted(OfLocation, kw_only=True):
    """Which files or folders, and which stretch of them. `fetch_all`: of all folders, whatever `parent_id` says."""

    sort_by: Literal["createdAt", "updatedAt", "name", "size"]
    sort_order: Literal["asc", "desc"]
    type: Literal["file", "folder", "image", "video", "audio", "document"]
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    query: Annotated[str, Meta(max_length=250)] = ""
    parent_id: Name = ""
    fetch_all: bool = False


class NewFolder(OfLocation, kw_only=True):
    """A folder to add, in another one or in none."""

    name: MediaName
    parent_id: Name = ""


class MediaChange(OfLocation, kw_only=True):
    """What a file or folder is called from now on."""

    name: MediaName


class OneChange(Body):
    """What one of several is called from now on; without a name it stays as it is."""

    id: Name
    name: MediaName | None = None


class ManyChanges(OfLocation, kw_only=True):
    """Several changes."""

    files_to_be_updated: Annotated[list[OneChange], Meta(max_length=1_000)]


class Files(Wire):
    """Files or folders."""

    files: list[ShownMedia]


class Folder(Wire):
    """A new folder."""

    id: str = msgspec.field(name="_id")
    location_id: str = msgspec.field(name="altId")
    alt_type: AltType
    name: str
    type: Literal["folder"]
    deleted: bool
    pending_upload: bool
    parent_id: str | None = None


class Changed(Wire):
    """The reply to changing."""

    updated: bool
    trace_id: str


class ChangedOne(Wire):
    """What became of one of several changes."""

    id: str
    updated: bool


MEDIAS = declare(
    Table(
        "medias",
        Media,
        index=("place", "category", "type", "state", "date_updated", "name_lower_case", "size"),
        text=("name_lower_case",),
        order="date_added",
    )
)
SORTED_BY = {"createdAt": "date_added", "updatedAt": "date_updated", "name": "name_lower_case", "size": "size"}


@area.get("/medias/files", scope="medias.readonly", slow=True)
def fetch_media_content(ctx: Ctx, query: MediasWanted) -> Files:
    """Files (all, or pictures, films, sounds, documents) or folders, of one folder or (`fetchAll`) of all.

    And those with a piece of text in their name. `limit` of them (100 unless said, at most 1,000) after `offset`.
    """
    kind = Eq("type", query.type) if query.type in ("file", "folder") else Eq("category", query.type)
    wanted: list[Condition] = [kind, Eq("state", "there")]
    if not query.fetch_all:
        wanted.append(Eq("place", query.parent_id or ROOT))
    if query.query.strip():
        wanted.append(Text(query.query.strip().lower()))
    order = (Sort(SORTED_BY[query.sort_by], descending=query.sort_order == "desc"),)
    found = ctx.db.find(MEDIAS, *wanted, sort=order, limit=query.limit, skip=query.offset)
    return Files(files=[shown_media(media) for media in found])


@area.post("/medias/folder", scope="medias.write", status=200)
def create_media_folder(ctx: Ctx, body: NewFolder) -> Folder:
    """Add a folder. 400 for an unknown one to put it in."""
    folder = Media(
        id=new_hex(), location_id=body.location_id, name=body.name, type="folder", category="folder",
        place=place_or_400(ctx, body.parent_id), state="there", date_added=ctx.stamp, date_updated=ctx.stamp,
    )  # fmt: skip
    ctx.db.put(MEDIAS, folder)
    return Folder(
        id=folder.id, location_id=folder.location_id, alt_type="location", name=folder.name, type="folder",
        deleted=False, pending_upload=False, parent_id=body.parent_id or None,
    )  # fmt: skip


@area.post("/medias/{id}", scope="medias.write", status=200)
def update_media_object(ctx: Ctx, id: str, body: MediaChange) -> Changed:
    """Rename a file or folder; its address stays. 400 for an unknown one."""
    media = media_or_400(ctx, id)
    ctx.db.put(MEDIAS, _renamed(ctx, media, body.name))
    return Changed(updated=True, trace_id=ctx.trace_id)


@area.put("/medias/update-files", scope="medias.write")
def bulk_update_media_objects(ctx: Ctx, body: ManyChanges) -> list[ChangedOne]:
    """Rename several files and folders; of each, whether it was there to be renamed."""
    told: list[ChangedOne] = []
    for change in body.files_to_be_updated:
        media = ctx.db.get(MEDIAS, change.id)
        if media is not None and media.state == "there":
            ctx.db.put(MEDIAS, _renamed(ctx, media, change.name or media.name))
            told.append(ChangedOne(id=change.id, updated=True))
        else:
            told.append(ChangedOne(id=change.id, updated=False))
    return told


def media_or_400(ctx: Ctx, id: str) -> Media:
    """The sub-account's file or folder with this id, unless it is trashed; 400 where there is none."""
    media = ctx.db.get(MEDIAS, id)
    if media is None or media.state != "there":
        raise BadRequest(f"Media with id {id} not found")
    return media


def place_or_400(ctx: Ctx, parent_id: str) -> str:
    """Where something is put: a folder that is there, or the root; 400 for anything else."""
    if parent_id and media_or_400(ctx, parent_id).type != "folder":
        raise BadRequest(f"Media with id {parent_id} is not a folder")
    return parent_id or ROOT


def shown_media(media: Media) -> ShownMedia:
    """A file or folder as callers see it."""
    return ShownMedia(
        id=media.id, location_id=media.location_id, alt_type="location", name=media.name, type=media.type,
        created_at=media.date_added, updated_at=media.date_updated,
        parent_id=None if media.place == ROOT else media.place, url=media.url, path=media.key,
        content_type=media.content_type, category=media.category, size=media.size,
        last_updated_by=media.last_updated_by,
    )  # fmt: skip


def _renamed(ctx: Ctx, media: Media, name: str) -> Media:
    if not name.strip():
        raise Unprocessable("name should not be empty")
    by: dict[str, Any] = {"last_updated_by": ctx.caller.user_id} if ctx.caller.user_id else {}
    return replace(media, name=name.strip(), date_updated=ctx.stamp, **by)
