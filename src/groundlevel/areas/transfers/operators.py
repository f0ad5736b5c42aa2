"""Imports and exports, as an operator has them done: /operator/locations/{locationId}/imports and /exports

A file is sent, its columns are guessed and can be said, and when it is started the worker takes it portion by portion.
"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.objects import object_or_400
from groundlevel.areas.transfers.area import area
from groundlevel.areas.transfers.columns import WrongColumns, said
from groundlevel.areas.transfers.imports import (
    IMPORTS,
    REFUSALS,
    Column,
    Import,
    KeptImport,
    Refusal,
    begun,
    refusals_of,
    take,
)
from groundlevel.areas.transfers.known import kind_named
from groundlevel.areas.transfers.outward import PLAIN, outward, text_of
from groundlevel.areas.transfers.uploading import KeptSheet, NewImport, keep_sheet
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import job
from groundlevel.kernel.problems import BadRequest, NotFound, Unprocessable
from groundlevel.kernel.store import Sort
from groundlevel.kernel.wire import Body, Name, Wire
from groundlevel.outside import files

PORTION = 250
"""Rows of a job, which holds the store for as long as they take."""


class Mapping(Body):
    """What columns are, by their headings: a field's name, or "" to leave one out. The others are guessed."""

    columns: dict[Name, Name]


class Stretch(Body):
    """`limit` of them, behind the one with the id `after`."""

    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    after: Annotated[str, Meta(max_length=100)] = ""


class ManyImports(Wire):
    """Imports, newest first."""

    imports: list[Import]


class ManyRefusals(Wire):
    """Rows that were refused, in the order of the file."""

    refusals: list[Refusal]


class ImportGone(Wire):
    """The reply to removing one."""

    succeeded: bool


class Exported(Wire):
    """Records as rows of texts, in the order of their ids. `next`: the id to go on behind; null at the end."""

    columns: list[str]
    rows: list[list[str]]
    next: str | None


@area.post("/operator/locations/{locationId}/imports/upload", scope=OPERATOR, limit="upload_limit", steps=(keep_sheet,))
def create_import(ctx: Ctx, location_id: str, body: NewImport) -> Import:
    """Send a CSV file, as `file` of a form, to import what is in it. It waits until it is started.

    The reply says what each column would be, guessed by its heading. 400 for a kind that cannot be imported, and for
    what is no CSV file.
    """
    if not isinstance(body.file, KeptSheet):
        raise Unprocessable("file should not be empty")
    kept = body.file
    columns = _said(ctx, body.kind, kept.sheet.headings, {})
    one = begun(ctx, body.kind, kept.name, kept.sheet, columns)
    return _seen(ctx.db.put(IMPORTS, replace(one, id=kept.id, key=kept.key, state="waiting")))


@area.get("/operator/locations/{locationId}/imports", scope=OPERATOR)
def list_imports(ctx: Ctx, location_id: str) -> ManyImports:
    """The imports of a sub-account, newest first; at most 1,000."""
    return ManyImports(imports=[_seen(one) for one in ctx.db.find(IMPORTS, limit=1_000)])


@area.get("/operator/locations/{locationId}/imports/{importId}", scope=OPERATOR)
def get_import(ctx: Ctx, location_id: str, import_id: str) -> Import:
    """An import, and how far it is. 404 for an unknown one."""
    return _seen(_import_or_404(ctx, import_id))


@area.put("/operator/locations/{locationId}/imports/{importId}", scope=OPERATOR)
def set_import_columns(ctx: Ctx, location_id: str, import_id: str, body: Mapping) -> Import:
    """Say what columns are. 400 for a column or field that there is not, and once it is started."""
    one = _waiting(ctx, import_id)
    headings = [column.heading for column in one.columns]
    found = _said(ctx, one.kind, headings, body.columns)
    columns = [Column(heading=h, field=f) for h, f in zip(headings, found, strict=True)]
    return _seen(ctx.db.put(IMPORTS, replace(one, columns=columns, date_updated=ctx.stamp)))


@area.post("/operator/locations/{locationId}/imports/{importId}/start", scope=OPERATOR, status=200)
def start_import(ctx: Ctx, location_id: str, import_id: str) -> Import:
    """Begin with it: from now on the worker takes a portion after the other. 400 once it is started."""
    one = ctx.db.put(IMPORTS, replace(_waiting(ctx, import_id), state="running", date_updated=ctx.stamp))
    ctx.later(take_rows, import_id=one.id)
    return _seen(one)


@area.get("/operator/locations/{locationId}/imports/{importId}/refusals", scope=OPERATOR)
def list_refusals(ctx: Ctx, location_id: str, import_id: str, query: Stretch) -> ManyRefusals:
    """The rows that were refused, and every reason, in the order of the file."""
    one = _import_or_404(ctx, import_id)
    if query.after and not query.after.startswith(f"{one.id}-"):
        raise BadRequest(f"Refusal with id {query.after} not found")
    return ManyRefusals(refusals=refusals_of(ctx.db, one.id, query.after, query.limit))


@area.delete("/operator/locations/{locationId}/imports/{importId}", scope=OPERATOR)
def delete_import(ctx: Ctx, location_id: str, import_id: str) -> ImportGone:
    """Remove an import, its refusals and its file; it ends where it is. What was imported stays."""
    one = _import_or_404(ctx, import_id)
    ctx.db.delete(IMPORTS, one.id)
    ctx.later(forget_import, import_id=one.id, key=one.key)
    return ImportGone(succeeded=True)


@area.get("/operator/locations/{locationId}/exports/{kind}", scope=OPERATOR, slow=True)
def export_records(ctx: Ctx, location_id: str, kind: str, query: Stretch) -> Exported:
    """A stretch of all records of a kind, as rows of a table: contacts, opportunities, businesses, or an object's key.

    400 for an unknown kind.
    """
    if kind not in PLAIN:
        object_or_400(ctx, kind)
    out = outward(ctx, kind)
    page = ctx.db.page(out.table, sort=(Sort("id"),), limit=query.limit, after=(query.after, query.after))
    rows = [out.values(record) for record in page if out.meant(record)]
    told = [[text_of(row.get(column)) for column in out.columns] for row in rows]
    return Exported(columns=out.columns, rows=told, next=page[-1].id if len(page) == query.limit else None)


@job()
def take_rows(ctx: Ctx, import_id: str) -> None:
    """Take a portion of a file, and go on with the next."""
    one = ctx.db.get(IMPORTS, import_id)
    if one is None or one.state != "running":
        return
    try:
        with files.opened(ctx.settings, one.key, one.size) as file:
            after = take(ctx, one, file, PORTION)
    except FileNotFoundError:
        ctx.db.put(IMPORTS, replace(one, state="failed", error="The file is not there any more."))
        return
    if after.state == "running":
        ctx.later(take_rows, import_id=import_id)
    else:
        ctx.later(drop_sheet, key=one.key)


@job()
def drop_sheet(ctx: Ctx, key: str) -> None:
    """Remove a file of which everything has been taken."""
    files.forget(ctx.settings, [key])


@job()
def forget_import(ctx: Ctx, import_id: str, key: str) -> None:
    """Remove a removed import's file and a portion of its refusals, and go on with the next."""
    if key:
        files.forget(ctx.settings, [key])
    found = refusals_of(ctx.db, import_id, "", PORTION)
    for one in found:
        ctx.db.delete(REFUSALS, one.id)
    if len(found) == PORTION:
        ctx.later(forget_import, import_id=import_id, key="")


def _said(ctx: Ctx, kind: str, headings: list[str], mapping: dict[str, str]) -> list[str]:
    try:
        return said(headings, kind_named(kind).targets(ctx), mapping)
    except WrongColumns as wrong:
        raise BadRequest(str(wrong)) from None


def _import_or_404(ctx: Ctx, import_id: str) -> KeptImport:
    one = ctx.db.get(IMPORTS, import_id)
    if one is None:
        raise NotFound(f"Import with id {import_id} not found")
    return one


def _waiting(ctx: Ctx, import_id: str) -> KeptImport:
    one = _import_or_404(ctx, import_id)
    if one.state != "waiting":
        raise BadRequest("The import has been started already")
    return one


def _seen(one: KeptImport) -> Import:
    return Import(**{name: getattr(one, name) for name in Import.__struct_fields__})
