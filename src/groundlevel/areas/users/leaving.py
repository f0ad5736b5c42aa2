"""What users lose when a sub-account is gone. There may be many, so it is done in portions."""

from msgspec.structs import replace

from groundlevel.areas.locations import LocationRemoved
from groundlevel.areas.users.users import USERS
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import job
from groundlevel.kernel.store import Has

PORTION = 500


@on(LocationRemoved)
def leave_location(ctx: Ctx, gone: LocationRemoved) -> None:
    """Users stay, and work there no more."""
    ctx.later(leave_removed_location, location_id=gone.location_id)


@job()
def leave_removed_location(ctx: Ctx, location_id: str) -> None:
    """Take a portion of users out of a removed sub-account, and go on with the next."""
    found = ctx.db.find(USERS, Has("works_at", location_id), limit=PORTION)
    for user in found:
        left = [id for id in user.roles.location_ids if id != location_id]
        numbers = {id: number for id, number in (user.twilio_phone or {}).items() if id != location_id}
        ctx.db.put(USERS, replace(user, roles=replace(user.roles, location_ids=left), twilio_phone=numbers or None))
    if len(found) == PORTION:
        ctx.later(leave_removed_location, location_id=location_id)
