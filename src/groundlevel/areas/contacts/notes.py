"""Notes on a contact: /contacts/{contactId}/notes"""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from groundlevel.areas.contacts.area import area
from groundlevel.areas.contacts.contact import contact_or_400
from groundlevel.areas.contacts.events import ContactDelete, NoteCreate, NoteDelete, NoteUpdate
from groundlevel.areas.contacts.replies import Succeeded
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import NotFound
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Prose, Wire, new_id, sent

Color = Annotated[str, Meta(max_length=30)]


class NoteInput(Body):
    """A note to add. `body` may be HTML as the service's own editor makes it; it is kept as it came."""

    body: Prose
    user_id: Name | None = None
    title: Name | None = None
    color: Color | None = None
    pinned: bool = False


class NoteChange(Body):
    """What to change about a note."""

    body: Prose | UnsetType = UNSET
    user_id: Name | None | UnsetType = UNSET
    title: Name | None | UnsetType = UNSET
    color: Color | None | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET


class Note(Wire):
    """A note on a contact."""

    id: str
    contact_id: str
    date_added: str
    body: str
    pinned: bool
    user_id: str | None = None
    title: str | None = None
    color: str | None = None


class OneNote(Wire):
    """The reply about one note."""

    note: Note


class ManyNotes(Wire):
    """The notes of a contact."""

    notes: list[Note]


NOTES = declare(Table("contact_notes", Note, index=("contact_id",), order="date_added"))


@area.get("/contacts/{contactId}/notes", scope="contacts.readonly")
def get_all_notes(ctx: Ctx, contact_id: str) -> ManyNotes:
    """The contact's notes, newest first; at most 1,000."""
    contact = contact_or_400(ctx, contact_id)
    return ManyNotes(notes=ctx.db.find(NOTES, Eq("contact_id", contact.id), limit=1_000))


@area.post("/contacts/{contactId}/notes", scope="contacts.write")
def create_note(ctx: Ctx, contact_id: str, body: NoteInput) -> OneNote:
    """Add a note to a contact."""
    contact = contact_or_400(ctx, contact_id)
    note = Note(**sent(body), id=new_id(), contact_id=contact.id, date_added=ctx.stamp)
    ctx.emit(_told(ctx, note, NoteCreate))
    return OneNote(note=ctx.db.put(NOTES, note))


@area.get("/contacts/{contactId}/notes/{id}", scope="contacts.readonly")
def get_note(ctx: Ctx, contact_id: str, id: str) -> OneNote:
    """One note."""
    return OneNote(note=note_or_404(ctx, contact_id, id))


@area.put("/contacts/{contactId}/notes/{id}", scope="contacts.write")
def update_note(ctx: Ctx, contact_id: str, id: str, body: NoteChange) -> OneNote:
    """Change a note; what is not sent stays as it is."""
    note = replace(note_or_404(ctx, contact_id, id), **sent(body))
    ctx.emit(_told(ctx, note, NoteUpdate))
    return OneNote(note=ctx.db.put(NOTES, note))


@area.delete("/contacts/{contactId}/notes/{id}", scope="contacts.write")
def delete_note(ctx: Ctx, contact_id: str, id: str) -> Succeeded:
    """Remove a note."""
    note = note_or_404(ctx, contact_id, id)
    ctx.db.delete(NOTES, note.id)
    ctx.emit(_told(ctx, note, NoteDelete))
    return Succeeded()


def note_or_404(ctx: Ctx, contact_id: str, id: str) -> Note:
    """The note, if it is on this contact."""
    note = ctx.db.get(NOTES, id)
    if note is None or note.contact_id != contact_id:
        raise NotFound(f"Note with id {id} not found")
    return note


@on(ContactDelete)
def forget_notes(ctx: Ctx, gone: ContactDelete) -> None:
    """A contact's notes go with it."""
    for note in ctx.db.each(NOTES, Eq("contact_id", gone.id)):
        ctx.db.delete(NOTES, note.id)


Told = type[NoteCreate] | type[NoteUpdate] | type[NoteDelete]


def _told(ctx: Ctx, note: Note, kind: Told) -> NoteCreate | NoteUpdate | NoteDelete:
    return kind(
        location_id=ctx.location_id, id=note.id, contact_id=note.contact_id, body=note.body, date_added=note.date_added
    )
