"""Calendars that users have elsewhere: /operator/locations/{locationId}/external-calendars

What is in them takes the user's time as appointments do. Each is an address of an iCalendar file that is looked at
every quarter of an hour. Such an address is a secret of its own, so it is sealed and never told again.
"""

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from msgspec.structs import replace

from groundlevel.areas.calendars.occupying import occupy
from groundlevel.areas.calendars.reading_apart import Asked, read_apart
from groundlevel.areas.calendars.rules import Stretch
from groundlevel.areas.locations import own_location
from groundlevel.areas.operator import area
from groundlevel.areas.users import check_user
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import job
from groundlevel.kernel.problems import BadRequest, NotFound, Unprocessable
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Eq, Table
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Body, Name, Wire, iso, new_hex
from groundlevel.outside.aim import Aim, BadAim, aim_at
from groundlevel.outside.http import fetched
from groundlevel.secret import seal, secret_of, unseal

EVERY, LONGEST = timedelta(minutes=15), timedelta(hours=6)
"""How often a calendar is looked at; and one that cannot be read, at least."""
WHOLE = timedelta(days=1)
"""After how long it is read although it has not changed: days have come nearer."""
BEHIND, AHEAD = timedelta(days=1), timedelta(days=400)
"""What of it counts, from now."""
MOST_BYTES, MOST_EACH = 5_000_000, 20
"""Bytes of a calendar, and calendars of a user."""
SEALED = "external calendar"
AGENT = "Groundlevel-Calendars/1"


class NewExternal(Body):
    """A user's calendar elsewhere: the address of its iCalendar file (https, or webcal)."""

    user_id: Name
    url: Annotated[str, Meta(min_length=1, max_length=2_000)]
    name: Annotated[str, Meta(min_length=1, max_length=200)] = "Calendar"


class ExternalSeen(Wire):
    """A calendar elsewhere, without the secret part of its address. `error`: why it could not be read the last time."""

    id: str
    user_id: str
    name: str
    host: str
    date_added: str
    times: int
    events_left_out: int
    date_read: str | None = None
    error: str | None = None


class External(ExternalSeen, kw_only=True):
    """The same as it is kept. `read_whole`: when its content was read last. `next_at`: when it is looked at next."""

    sealed: str
    next_at: str
    etag: str = ""
    last_modified: str = ""
    read_whole: str = ""
    failures: int = 0


class ManyExternal(Wire):
    """Calendars elsewhere, newest first."""

    calendars: list[ExternalSeen]


class ExternalWanted(Body):
    """Of one user, or all."""

    user_id: Name | None = None


class ExternalGone(Wire):
    """The reply to removing one."""

    succeeded: bool


class Came(Struct, frozen=True):
    """What came of looking at a calendar. `times` None: it has not changed."""

    times: list[Stretch] | None = None
    left_out: int = 0
    etag: str = ""
    last_modified: str = ""
    error: str = ""


EXTERNAL = declare(Table("external_calendars", External, index=("user_id",), order="date_added"))


@area.post("/operator/locations/{locationId}/external-calendars", scope=OPERATOR)
def add_external_calendar(ctx: Ctx, location_id: str, body: NewExternal) -> ExternalSeen:
    """Let what a user has in a calendar elsewhere take the user's time.

    It is read at once, and every quarter of an hour.
    400 for an unknown user, and past 20 calendars of one; 422 for an address that must not be asked: not https, or one
    of this machine or its network, which `--allow-webhooks-to` allows.
    """
    check_user(ctx, body.user_id)
    if ctx.db.count(EXTERNAL, Eq("user_id", body.user_id)) >= MOST_EACH:
        raise BadRequest(f"A user can have no more than {MOST_EACH} calendars elsewhere")
    url = "https://" + body.url.removeprefix("webcal://") if body.url.startswith("webcal://") else body.url
    try:
        _aim(ctx.settings).check_url(url)
    except BadAim as refused:
        raise Unprocessable(f"url must be an address that can be asked: {refused}") from None
    external = External(
        id=new_hex(), user_id=body.user_id, name=body.name, host=urlsplit(url).hostname or "", date_added=ctx.stamp,
        times=0, events_left_out=0, sealed=seal(secret_of(ctx.settings), SEALED, url.encode()), next_at=ctx.stamp,
    )  # fmt: skip
    return _seen(_planned(ctx, external, ctx.now))


@area.get("/operator/locations/{locationId}/external-calendars", scope=OPERATOR)
def list_external_calendars(ctx: Ctx, location_id: str, query: ExternalWanted) -> ManyExternal:
    """The calendars that users have elsewhere, newest first, at most 1,000, and how reading them went."""
    where = (Eq("user_id", query.user_id),) if query.user_id else ()
    return ManyExternal(calendars=[_seen(one) for one in ctx.db.find(EXTERNAL, *where, limit=1_000)])


@area.post("/operator/locations/{locationId}/external-calendars/{externalId}/read", scope=OPERATOR, status=200)
def read_external_calendar(ctx: Ctx, location_id: str, external_id: str) -> ExternalSeen:
    """Have a calendar read again now. 404 for an unknown one."""
    return _seen(_planned(ctx, replace(_external_or_404(ctx, external_id), etag="", last_modified=""), ctx.now))


@area.delete("/operator/locations/{locationId}/external-calendars/{externalId}", scope=OPERATOR)
def delete_external_calendar(ctx: Ctx, location_id: str, external_id: str) -> ExternalGone:
    """Forget a calendar; what is in it takes nobody's time any more. 404 for an unknown one."""
    one = _external_or_404(ctx, external_id)
    since = datetime.fromisoformat(one.date_added)
    occupy(ctx, one.user_id, one.id, [], (_seconds(since - BEHIND), _seconds(ctx.now + AHEAD)))
    return ExternalGone(succeeded=ctx.db.delete(EXTERNAL, one.id))


def look(settings: Settings, now: datetime, sealed: str, zone: str, etag: str, last_modified: str, **_: str) -> Came:
    """What is in a calendar elsewhere now, from yesterday on. It is asked of others, and read in another process."""
    url = unseal(secret_of(settings, make=False), SEALED, sealed).decode()
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"User-Agent": AGENT} | {name: value for name, value in conditions.items() if value}
    seen = fetched(_aim(settings), url, headers, MOST_BYTES)
    if seen.error:
        return Came(error=seen.error)
    if seen.status == 304:
        return Came()
    if seen.status != 200:
        return Came(error=f"the answer was {seen.status}")
    came = read_apart(seen.body, Asked(zone, *_span(now)))
    told = {name: seen.headers.get(name, "") for name in ("etag", "last-modified")}
    return Came(came.times, came.left_out, told["etag"], told["last-modified"], came.error)


@job(before=look)
def read_external(ctx: Ctx, external_id: str, planned_at: str, came: Came, **_: str) -> None:
    """Note what is in a calendar elsewhere, if it was still to be looked at; and plan to look again."""
    one = ctx.db.get(EXTERNAL, external_id)
    if one is None or one.next_at != planned_at:
        return
    if came.error:
        late = min(EVERY * 2 ** min(one.failures, 10), LONGEST)
        _planned(ctx, replace(one, error=came.error[:300], failures=one.failures + 1), ctx.now + late)
        return
    one = replace(one, date_read=ctx.stamp, error=None, failures=0)
    if came.times is not None:
        occupy(ctx, one.user_id, one.id, came.times, _span(ctx.now))
        one = replace(
            one, times=len(came.times), events_left_out=came.left_out, etag=came.etag,
            last_modified=came.last_modified, read_whole=ctx.stamp,
        )  # fmt: skip
    _planned(ctx, one, ctx.now + EVERY)


def _planned(ctx: Ctx, one: External, at: datetime) -> External:
    """Keep it, with a job that looks at it then."""
    one = replace(one, next_at=iso(at))
    known = (one.etag, one.last_modified) if one.read_whole > iso(ctx.now - WHOLE) else ("", "")
    ctx.later(
        read_external, at=at, external_id=one.id, planned_at=one.next_at, sealed=one.sealed,
        zone=own_location(ctx).timezone, etag=known[0], last_modified=known[1],
    )  # fmt: skip
    return ctx.db.put(EXTERNAL, one)


def _external_or_404(ctx: Ctx, id: str) -> External:
    found = ctx.db.get(EXTERNAL, id)
    if found is None:
        raise NotFound(f"External calendar with id {id} not found")
    return found


def _aim(settings: Settings) -> Aim:
    return aim_at(*settings.webhooks_to)


def _span(now: datetime) -> Stretch:
    return _seconds(now - BEHIND), _seconds(now + AHEAD)


def _seconds(moment: datetime) -> int:
    return round(moment.timestamp())


def _seen(one: External) -> ExternalSeen:
    return ExternalSeen(**{name: getattr(one, name) for name in ExternalSeen.__struct_fields__})
