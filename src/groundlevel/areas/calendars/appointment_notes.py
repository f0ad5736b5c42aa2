"""Notes on an appointment: /calendars/appointments/{appointmentId}/notes"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from groundlevel.areas.calendars.appointment import appointment_or_400
from groundlevel.areas.calendars.area import area
from groundlevel.areas.users import check_user, user_of_location
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_id, shown


class AppointmentNoteInput(Body):
    """A note, and whose it is. In a change, what is not sent of whose it is stays."""

    body: Annotated[str, Meta(max_length=5_000)]
    user_id: Name | None = None


class NoteAuthor(Wire):
    """Whose a note is."""

    id: str
    name: str


class AppointmentNote(Wire):
    """A note on an appointment, and its contact."""

    id: str
    body: str
    date_added: str
    contact_id: str
    user_id: str | None = None
    created_by: NoteAuthor | None = None


class KeptNote(AppointmentNote, kw_only=True):
    """The same as it is kept."""

    appointment_id: str


class NotesWanted(Body):
    """Which stretch of an appointment's notes."""

    limit: Annotated[int, Meta(ge=1, le=20)]
    offset: Annotated[int, Meta(ge=0, le=1_000_000)]


class OneAppointmentNote(Wire):
    """The reply about one note."""

    note: AppointmentNote


class ManyAppointmentNotes(Wire):
    """Notes, newest first; whether there are more behind them."""

    has_more: bool
    notes: list[AppointmentNote] = shown()


class AppointmentNoteGone(Wire):
    """The reply to deleting."""

    success: bool


NOTES = declare(Table("appointment_notes", KeptNote, index=("appointment_id",), order="date_added"))


@area.get("/calendars/appointments/{appointmentId}/notes", scope="calendars/events.readonly")
def get_appointment_notes(ctx: Ctx, appointment_id: str, query: NotesWanted) -> ManyAppointmentNotes:
    """An appointment's notes, newest first, at most 20 at once. 400 for an unknown appointment."""
    appointment = appointment_or_400(ctx, appointment_id)
    found = ctx.db.find(NOTES, Eq("appointment_id", appointment.id), limit=query.limit + 1, skip=query.offset)
    return ManyAppointmentNotes(notes=[_seen(n) for n in found[: query.limit]], has_more=len(found) > query.limit)


@area.post("/calendars/appointments/{appointmentId}/notes", scope="calendars/events.write")
def create_appointment_note(ctx: Ctx, appointment_id: str, body: AppointmentNoteInput) -> OneAppointmentNote:
    """Add a note to an appointment. 400 for an unknown appointment or user."""
    appointment = appointment_or_400(ctx, appointment_id)
    note = KeptNote(
        id=new_id(), body=body.body, date_added=ctx.stamp, contact_id=appointment.contact_id,
        appointment_id=appointment.id,
    )  # fmt: skip
    return OneAppointmentNote(note=_seen(ctx.db.put(NOTES, _by(ctx, note, body.user_id))))


@area.put("/calendars/appointments/{appointmentId}/notes/{noteId}", scope="calendars/events.write")
def update_appointment_note(
    ctx: Ctx, appointment_id: str, note_id: str, body: AppointmentNoteInput
) -> OneAppointmentNote:
    """Change a note. 400 for an unknown one, and for an unknown user."""
    note = replace(note_or_400(ctx, appointment_id, note_id), body=body.body)
    return OneAppointmentNote(note=_seen(ctx.db.put(NOTES, _by(ctx, note, body.user_id or note.user_id))))


@area.delete("/calendars/appointments/{appointmentId}/notes/{noteId}", scope="calendars/events.write")
def delete_appointment_note(ctx: Ctx, appointment_id: str, note_id: str) -> AppointmentNoteGone:
    """Delete a note. 400 for an unknown one."""
    return AppointmentNoteGone(success=ctx.db.delete(NOTES, note_or_400(ctx, appointment_id, note_id).id))


def note_or_400(ctx: Ctx, appointment_id: str, note_id: str) -> KeptNote:
    """The note, if it is on this appointment; 400 where it is not."""
    note = ctx.db.get(NOTES, note_id)
    if note is None or note.appointment_id != appointment_id:
        raise BadRequest(f"Note with id {note_id} not found")
    return note


def forget_notes(ctx: Ctx, appointment_id: str) -> None:
    """An appointment's notes go with it."""
    for note in list(ctx.db.each(NOTES, Eq("appointment_id", appointment_id))):
        ctx.db.delete(NOTES, note.id)


def _by(ctx: Ctx, note: KeptNote, user_id: str | None) -> KeptNote:
    if user_id == note.user_id:
        return note
    check_user(ctx, user_id)
    user = user_of_location(ctx, user_id) if user_id else None
    return replace(note, user_id=user_id, created_by=NoteAuthor(id=user.id, name=user.name) if user else None)


def _seen(note: KeptNote) -> AppointmentNote:
    return AppointmentNote(**{name: getattr(note, name) for name in AppointmentNote.__struct_fields__})
