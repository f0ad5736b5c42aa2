"""Calendars to subscribe to from elsewhere: /operator/locations/{locationId}/calendar-feeds

What is booked in a calendar, or with a user, is read at /feeds/{locationId}/{secret}.ics by whoever knows the secret.
"""

import hmac
from secrets import token_urlsafe
from urllib.parse import urlsplit

from groundlevel.areas.calendars.appointment import APPOINTMENTS, LONGEST, Appointment
from groundlevel.areas.calendars.calendar import CALENDARS, calendar_or_400
from groundlevel.areas.calendars.events import CalendarGone
from groundlevel.areas.calendars.ical_writing import Entry, feed
from groundlevel.areas.calendars.moments import seconds_of, stored
from groundlevel.areas.calendars.rules import DAY
from groundlevel.areas.operator import area
from groundlevel.areas.users import check_user, user_of_location
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.caller import hashed
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.events import on
from groundlevel.kernel.problems import BadRequest, NotFound, Unprocessable
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Condition, Eq, Has, Range, Sort, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, new_hex

BEHIND, AHEAD = 60 * DAY, 400 * DAY
"""What a feed tells, from now."""
MOST_EACH, MOST_TOLD = 500, 5_000
"""Feeds of a sub-account, and appointments in one."""


class NewFeed(Body):
    """Of what: a calendar, a user, or what a user has in a calendar."""

    calendar_id: Name | None = None
    user_id: Name | None = None


class FeedSeen(Wire):
    """A feed. `path`: where it is read, behind the server's own address; told only once."""

    id: str
    date_added: str
    calendar_id: str | None = None
    user_id: str | None = None
    path: str | None = None


class Feed(Wire):
    """A feed as it is kept: only a hash of its secret."""

    id: str
    date_added: str
    hash: str
    calendar_id: str | None = None
    user_id: str | None = None


class ManyFeeds(Wire):
    """Feeds, newest first."""

    feeds: list[FeedSeen]


class FeedGone(Wire):
    """The reply to removing one."""

    succeeded: bool


FEEDS = declare(Table("calendar_feeds", Feed, unique=("hash",), sparse=("calendar_id",), order="date_added"))


@area.post("/operator/locations/{locationId}/calendar-feeds", scope=OPERATOR)
def create_calendar_feed(ctx: Ctx, location_id: str, body: NewFeed) -> FeedSeen:
    """Let a calendar, or what a user has to do, be subscribed to. Its path is told now and never again.

    400 for an unknown calendar or user, and past 500 feeds; 422 where it says neither.
    """
    if body.calendar_id is None and body.user_id is None:
        raise Unprocessable("Either of calendarId or userId is required")
    if body.calendar_id:
        calendar_or_400(ctx, body.calendar_id)
    check_user(ctx, body.user_id)
    if ctx.db.count(FEEDS, up_to=MOST_EACH) >= MOST_EACH:
        raise BadRequest(f"A location can have no more than {MOST_EACH} calendar feeds")
    secret = token_urlsafe(24)
    made = Feed(
        id=new_hex(), date_added=ctx.stamp, hash=hashed(secret), calendar_id=body.calendar_id, user_id=body.user_id
    )
    return _seen(ctx.db.put(FEEDS, made), f"/feeds/{location_id}/{secret}.ics")


@area.get("/operator/locations/{locationId}/calendar-feeds", scope=OPERATOR)
def list_calendar_feeds(ctx: Ctx, location_id: str) -> ManyFeeds:
    """The feeds of a sub-account, newest first, without what is secret of them."""
    return ManyFeeds(feeds=[_seen(one) for one in ctx.db.find(FEEDS, limit=MOST_EACH)])


@area.delete("/operator/locations/{locationId}/calendar-feeds/{feedId}", scope=OPERATOR)
def delete_calendar_feed(ctx: Ctx, location_id: str, feed_id: str) -> FeedGone:
    """Revoke a feed: its address leads nowhere at once. 404 for an unknown one."""
    if not ctx.db.delete(FEEDS, feed_id):
        raise NotFound(f"Calendar feed with id {feed_id} not found")
    return FeedGone(succeeded=True)


@on(CalendarGone)
def drop_feeds(ctx: Ctx, gone: CalendarGone) -> None:
    """A calendar that is gone cannot be read any more."""
    for one in list(ctx.db.each(FEEDS, Eq("calendar_id", gone.calendar_id))):
        ctx.db.delete(FEEDS, one.id)


def feed_of(ctx: Ctx, secret: str) -> bytes | None:
    """What the feed of a secret tells now; None for a secret that nobody was given.

    What is booked and takes time, from two months ago until a year ahead; at most 5,000 appointments.
    """
    digest = hashed(secret)
    one = ctx.db.one(FEEDS, Eq("hash", digest))
    if one is None or not hmac.compare_digest(one.hash, digest):
        return None
    calendar = ctx.db.get(CALENDARS, one.calendar_id) if one.calendar_id else None
    user = user_of_location(ctx, one.user_id) if one.user_id else None
    names = [found.name for found in (calendar, user) if found]
    if len(names) < (one.calendar_id is not None) + (one.user_id is not None):
        return feed("", [])  # a user who does not work here any more has nothing to do
    found = _booked(ctx, [each for each in (one.calendar_id, one.user_id) if each])
    of_both = [each for each in found if one.user_id in (None, *each.users)]
    return feed(", ".join(names), [entry_of(each, ctx.settings) for each in of_both])


def entry_of(one: Appointment, settings: Settings) -> Entry:
    """An appointment as calendars read it."""
    series = one.series
    return Entry(
        uid=f"{one.id}@{urlsplit(settings.public_url).hostname or 'groundlevel'}", title=one.title, start=one.start,
        end=one.end, changed=seconds_of(one.date_updated), description=one.description or one.notes or "",
        place=one.address or "", tentative=one.appointment_status == "new", cancelled=not one.takes_time,
        rule=series.rule if series else "", zone=series.zone if series else "UTC",
        until=series.until if series else None, but=series.but if series else (),
    )  # fmt: skip


def _booked(ctx: Ctx, whose: list[str]) -> list[Appointment]:
    """What a calendar or a user has: by the first of the two."""
    id = whose[0]
    by: Condition = Eq("calendar_id", id) if ctx.db.get(CALENDARS, id) else Has("users", id)
    now = round(ctx.now.timestamp())
    near = Range("start_time", "<", stored(now + AHEAD)), Range("start_time", ">", stored(now - BEHIND - LONGEST))
    found = ctx.db.find(APPOINTMENTS, by, *near, sort=(Sort("start_time"),), limit=MOST_TOLD)
    again = ctx.db.find(APPOINTMENTS, Has("again_for", id), limit=MOST_TOLD)
    every = {one.id: one for one in (*found, *again) if one.takes_time}
    return list(every.values())


def _seen(one: Feed, path: str | None = None) -> FeedSeen:
    return FeedSeen(id=one.id, date_added=one.date_added, calendar_id=one.calendar_id, user_id=one.user_id, path=path)
