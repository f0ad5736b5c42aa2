"""Times that are not to be booked: /calendars/events/block-slots"""

from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from groundlevel.areas.calendars.area import area
from groundlevel.areas.calendars.calendar import calendar_or_400
from groundlevel.areas.calendars.moments import on_clock, said, seconds_of, stored
from groundlevel.areas.calendars.taken import Held, Holding, hold
from groundlevel.areas.locations import own_location
from groundlevel.areas.users import check_user
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Unprocessable
from groundlevel.kernel.store import Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, When, Wire, new_id

LONGEST_BLOCK = 366 * 86_400
"""How many seconds a time can be blocked at most."""


class BlockChange(Body):
    """What to change about a blocked time; what is not sent stays. It is a calendar's or a user's, never of both."""

    title: Name | UnsetType = UNSET
    calendar_id: Name | UnsetType = UNSET
    assigned_user_id: Name | UnsetType = UNSET
    location_id: str | UnsetType = UNSET
    start_time: When | UnsetType = UNSET
    end_time: When | UnsetType = UNSET


class BlockInput(Body):
    """A time to block, of a calendar or of a user. Times without an offset are in UTC."""

    location_id: str
    start_time: When
    end_time: When
    title: Name = "Blocked"
    calendar_id: Name | None = None
    assigned_user_id: Name | None = None


class BlockedSlot(Wire):
    """A blocked time; moments on its sub-account's clock."""

    id: str
    location_id: str
    title: str
    start_time: str
    end_time: str
    calendar_id: str | None = None
    assigned_user_id: str | None = None


class Block(Wire):
    """A time in which a calendar, or a user, is not to be booked. Moments are in UTC."""

    id: str
    location_id: str
    title: str
    start_time: str
    end_time: str
    date_added: str
    date_updated: str
    calendar_id: str | None = None
    assigned_user_id: str | None = None

    @property
    def holding(self) -> Holding:
        """What it takes of whom."""
        start, end = seconds_of(self.start_time), seconds_of(self.end_time)
        return Holding((self.calendar_id or self.assigned_user_id or "",), Held(start, end, start, "", self.id))


BLOCKS = declare(Table("calendar_blocks", Block, sparse=("calendar_id", "assigned_user_id"), order="start_time"))


@area.post("/calendars/events/block-slots", scope="calendars/events.write")
def create_block_slot(ctx: Ctx, body: BlockInput) -> BlockedSlot:
    """Block a time of a calendar, for everybody, or of a user, for all calendars. What is booked then stays.

    400 for an unknown calendar or user; 422 unless it is exactly one of them, and for an end that is not after the
    start or more than 366 days later.
    """
    start, end = said(body.start_time, "startTime"), said(body.end_time, "endTime")
    block = Block(
        id=new_id(), location_id=ctx.location_id, title=body.title, start_time=stored(start), end_time=stored(end),
        date_added=ctx.stamp, date_updated=ctx.stamp, calendar_id=body.calendar_id or None,
        assigned_user_id=body.assigned_user_id or None,
    )  # fmt: skip
    _check(ctx, block)
    return _kept(ctx, None, block)


@area.put("/calendars/events/block-slots/{eventId}", scope="calendars/events.write", status=201)
def edit_block_slot(ctx: Ctx, event_id: str, body: BlockChange) -> BlockedSlot:
    """Change a blocked time; what is not sent stays as it is. Naming a user takes it off its calendar, and back.

    400 for an unknown one, calendar or user; 422 as for a new one.
    """
    before = block_or_400(ctx, event_id)
    after = replace(before, title=before.title if body.title is UNSET else body.title, date_updated=ctx.stamp)
    if body.start_time is not UNSET:
        after = replace(after, start_time=stored(said(body.start_time, "startTime")))
    if body.end_time is not UNSET:
        after = replace(after, end_time=stored(said(body.end_time, "endTime")))
    calendar_id, user_id = body.calendar_id or None, body.assigned_user_id or None
    if calendar_id or user_id:
        after = replace(after, calendar_id=calendar_id, assigned_user_id=user_id)
    _check(ctx, after)
    return _kept(ctx, before, after)


def block_or_400(ctx: Ctx, event_id: str) -> Block:
    """The sub-account's blocked time with this id; 400 where there is none."""
    block = ctx.db.get(BLOCKS, event_id)
    if block is None:
        raise BadRequest(f"Event with id {event_id} not found")
    return block


def remove_block(ctx: Ctx, block: Block) -> None:
    """Let the time be booked again."""
    hold(ctx, block.holding, None)
    ctx.db.delete(BLOCKS, block.id)


def _check(ctx: Ctx, block: Block) -> None:
    start, end = seconds_of(block.start_time), seconds_of(block.end_time)
    wrong = ["endTime must be after startTime"] if end <= start else []
    if end - start > LONGEST_BLOCK:
        wrong.append("endTime must not be more than 366 days after startTime")
    if bool(block.calendar_id) == bool(block.assigned_user_id):
        wrong.append("Either calendarId or assignedUserId can be set, not both")
    if wrong:
        raise Unprocessable(*wrong)
    if block.calendar_id:
        calendar_or_400(ctx, block.calendar_id)
    check_user(ctx, block.assigned_user_id)


def _kept(ctx: Ctx, before: Block | None, after: Block) -> BlockedSlot:
    hold(ctx, before.holding if before else None, after.holding)
    ctx.db.put(BLOCKS, after)
    zone = ZoneInfo(own_location(ctx).timezone)
    told = {name: getattr(after, name) for name in BlockedSlot.__struct_fields__}
    told |= {name: on_clock(told[name], zone) for name in ("start_time", "end_time")}
    return BlockedSlot(**told)
