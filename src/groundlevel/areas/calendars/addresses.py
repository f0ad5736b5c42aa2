"""By which public addresses calendars and groups are found: /widget/booking/{…} and /widget/group/{…}

An address bears an id, or a slug. Ids are everybody's own; of several sub-accounts with a calendar of one slug, the one
that had it first is meant, so nobody takes over an address that another has given out.
"""

from typing import Literal

from groundlevel.areas.calendars.events import CalendarGone
from groundlevel.areas.locations import LocationRemoved
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Eq, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire

Kind = Literal["booking", "group"]


class Address(Wire):
    """What an address leads to. Its id is the kind and the id or slug."""

    id: str
    location_id: str
    target_id: str


ADDRESSES = declare(Table("booking_addresses", Address, sparse=("location_id", "target_id"), owner="system"))


def address_of(db: Unit, kind: Kind, text: str) -> Address | None:
    """The calendar or group that an id or slug means, if there is one. `db` sees the system's rows."""
    return db.get(ADDRESSES, f"{kind}/{text}")


def keep_address(ctx: Ctx, kind: Kind, target_id: str, slug: str) -> None:
    """Let a calendar or group be found by its id, and by its slug unless that leads elsewhere already."""
    system, wanted = ctx.db.elsewhere(SYSTEM), {f"{kind}/{text}" for text in (target_id, slug)}
    for old in list(system.each(ADDRESSES, Eq("target_id", target_id))):
        if old.id not in wanted:
            system.delete(ADDRESSES, old.id)
    for id in sorted(wanted):
        if system.get(ADDRESSES, id) is None:
            system.put(ADDRESSES, Address(id=id, location_id=ctx.location_id, target_id=target_id))


def drop_address(ctx: Ctx, target_id: str) -> None:
    """Let a calendar or group be found no more."""
    system = ctx.db.elsewhere(SYSTEM)
    for old in list(system.each(ADDRESSES, Eq("target_id", target_id))):
        system.delete(ADDRESSES, old.id)


@on(CalendarGone)
def drop_calendar_address(ctx: Ctx, gone: CalendarGone) -> None:
    """A calendar that is gone has no address."""
    drop_address(ctx, gone.calendar_id)


@on(LocationRemoved)
def drop_addresses(ctx: Ctx, gone: LocationRemoved) -> None:
    """A sub-account's addresses go with it."""
    system = ctx.db.elsewhere(SYSTEM)
    for old in list(system.each(ADDRESSES, Eq("location_id", gone.location_id))):
        system.delete(ADDRESSES, old.id)
