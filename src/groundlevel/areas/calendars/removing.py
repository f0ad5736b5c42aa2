"""What is removed, and what goes with something else: DELETE /calendars/events/{eventId}"""

from groundlevel.areas.calendars.appointment import APPOINTMENTS
from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.blocks import BLOCKS, remove_block
from groundlevel.areas.calendars.events import CalendarGone
from groundlevel.areas.calendars.instances import event_or_400, on_its_own
from groundlevel.areas.calendars.keeping import TURNS, remove
from groundlevel.areas.contacts import ContactDelete
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Eq
from groundlevel.kernel.wire import Body, Wire

PORTION = 500


class Nothing(Body):
    """An empty object."""


class EventDeleted(Wire):
    """Done."""

    succeeded: bool


@area.delete("/calendars/events/{eventId}", scope="calendars/events.write", status=201)
def delete_event(ctx: Ctx, event_id: str, body: Nothing) -> EventDeleted:
    """Remove an appointment or a blocked time; its time can be booked again. 400 for an unknown one.

    With the id of a series all of it goes, those that were changed one by one as well; with the id of one of a series
    only that.
    """
    if block := ctx.db.get(BLOCKS, event_id):
        remove_block(ctx, block)
        return EventDeleted(succeeded=True)
    one = on_its_own(ctx, event_or_400(ctx, event_id))
    for changed in ctx.db.each(APPOINTMENTS, Eq("master_event_id", one.id)):
        remove(ctx, changed)
    remove(ctx, one)
    return EventDeleted(succeeded=True)


@on(ContactDelete)
def drop_appointments(ctx: Ctx, gone: ContactDelete) -> None:
    """A contact that is gone has no appointments."""
    for one in ctx.db.each(APPOINTMENTS, Eq("contact_id", gone.id)):
        remove(ctx, one)


@on(CalendarGone)
def drop_calendar(ctx: Ctx, gone: CalendarGone) -> None:
    """What is booked in a calendar goes with it, soon."""
    ctx.db.delete(TURNS, gone.calendar_id)
    ctx.later(drop_booked, calendar_id=gone.calendar_id)


@job()
def drop_booked(ctx: Ctx, calendar_id: str) -> None:
    """Remove a portion of what is booked in a calendar that is gone, and go on with the next."""
    appointments = ctx.db.find(APPOINTMENTS, Eq("calendar_id", calendar_id), limit=PORTION)
    blocks = ctx.db.find(BLOCKS, Eq("calendar_id", calendar_id), limit=PORTION)
    for one in appointments:
        remove(ctx, one)
    for block in blocks:
        remove_block(ctx, block)
    if PORTION in (len(appointments), len(blocks)):
        ctx.later(drop_booked, calendar_id=calendar_id)
