"""Where anybody can book: /operator/locations/{locationId}/booking-pages"""

from typing import Literal

from groundlevel.areas.calendars.calendar import CALENDARS, MOST_CALENDARS, Calendar
from groundlevel.areas.calendars.groups import GROUPS, MOST_GROUPS, Group
from groundlevel.areas.operator import area
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Sort
from groundlevel.kernel.wire import Wire


class BookingPage(Wire):
    """The page of a calendar or of a group, and whether anything can be booked there."""

    kind: Literal["calendar", "group"]
    id: str
    name: str
    url: str
    is_active: bool


class ManyBookingPages(Wire):
    """Pages: those of groups, then those of calendars, by name."""

    pages: list[BookingPage]


@area.get("/operator/locations/{locationId}/booking-pages", scope=OPERATOR)
def list_booking_pages(ctx: Ctx, location_id: str) -> ManyBookingPages:
    """The public pages on which anybody can book in a sub-account, by groups and by calendars."""
    home, by_name = ctx.settings.public_url.rstrip("/"), (Sort("name"),)
    groups = ctx.db.find(GROUPS, sort=by_name, limit=MOST_GROUPS)
    calendars = ctx.db.find(CALENDARS, sort=by_name, limit=MOST_CALENDARS)
    found = [_page("group", f"{home}/widget/group/{one.id}", one) for one in groups]
    found += [_page("calendar", f"{home}/widget/booking/{one.id}", one) for one in calendars]
    return ManyBookingPages(pages=found)


def _page(kind: Literal["calendar", "group"], url: str, of: Calendar | Group) -> BookingPage:
    return BookingPage(kind=kind, id=of.id, name=of.name, url=url, is_active=of.is_active)
