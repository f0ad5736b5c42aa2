"""From the log of events to deliveries: read in order, behind a cursor that moves in the same unit of work.

So an event becomes one delivery for each endpoint that is to be told, however often a process dies, and however many
workers plan: whoever comes second finds that the cursor has moved (docs/adr/0030).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from groundlevel.areas.locations import company_of
from groundlevel.areas.marketplace import APPS, INSTALLATIONS, App, Installation
from groundlevel.areas.webhooks.deliveries import CURSORS, DELIVERIES, KEPT, Cursor, Delivery, busy, finish, lane_of
from groundlevel.areas.webhooks.endpoints import app_endpoint
from groundlevel.areas.webhooks.envelope import envelope, record_of
from groundlevel.areas.webhooks.integrations import Subscribed, subscribed, subscriptions_of, told_integrations
from groundlevel.areas.webhooks.posting import Taking
from groundlevel.areas.webhooks.scopes import ALWAYS, SCOPES
from groundlevel.kernel.events import LOG
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Eq, Exists, Not, Owners, Sort, Store, Unit
from groundlevel.kernel.wire import iso, new_uuid

PLANNED = "planned"
_READ = msgspec.json.Decoder().decode
LogRow = tuple[int, str, str, str, str]


class Told(Struct, frozen=True):
    """An endpoint that an event goes to, and in the name of which app's version."""

    endpoint_id: str
    app_id: str = ""
    version_id: str = ""


class Logged(Struct, frozen=True):
    """Rows of the log that are to be planned, and the number behind which they were read."""

    rows: list[LogRow]
    behind: int


def unplanned(store: Store, most: int, behind: int | None, passed: int = 0) -> Logged:
    """What has happened since the cursor was last moved, which was to `behind` (None: look): the next portion.

    passed: the number up to which nobody is to be told of anything.
    """
    db = store.read(SYSTEM)
    if behind is None:
        behind = _cursor(db).number
    return Logged(db.log_after(LOG, max(behind, passed), most), behind)


def concerns_anybody(store: Store, logged: Logged, now: datetime) -> bool:
    """Whether anybody may have to be told of any of it: there is an app or an integration where it happened."""
    batch = _Batch(store.read(SYSTEM), iso(now))
    return any(batch.heard(kind, _READ(doc)) for _, _, kind, doc, _ in logged.rows)


def _cursor(db: Unit) -> Cursor:
    return db.get(CURSORS, PLANNED) or Cursor(id=PLANNED)


def plan(taking: Taking, logged: Logged) -> int | None:
    """Make deliveries of what has happened; some of them may be taken at once. Where the cursor is now.

    None when another worker has moved it: then nothing is done.
    """
    db = taking.db
    if _cursor(db).number != logged.behind:
        return None
    batch = _Batch(db, iso(taking.now))
    batch.keep(taking, [one for row in logged.rows for one in batch.plan(row)])
    return db.put(CURSORS, Cursor(id=PLANNED, number=logged.rows[-1][0])).number


class _Batch:
    """Events that are planned in one unit of work. What is known of apps is asked once."""

    def __init__(self, db: Unit, now: str) -> None:
        self.db, self.now = db, now
        self.places: dict[tuple[str, str], list[Installation]] = {}
        self.apps: dict[str, App | None] = {}
        self.integrations: dict[tuple[str, str], Subscribed] = {}

    def keep(self, taking: Taking, planned: list[Delivery]) -> None:
        """Put them into their lanes; the first of a lane may be taken at once."""
        taken = busy(self.db, (lane_of(one) for one in planned))
        for one in planned:
            lane = lane_of(one)
            taking.kept.append(one if lane in taken else taking.take(one))
            taken.add(lane)
        taking.flush()

    def plan(self, row: LogRow) -> Iterator[Delivery]:
        """One event: a delivery for each endpoint."""
        number, _, kind, doc, at = row
        said: dict[str, Any] = _READ(doc)
        for told in self.told(kind, said, at):
            id = new_uuid()
            one = Delivery(
                id=id, endpoint_id=told.endpoint_id, number=number, type=kind, status="waiting", date_added=at,
                body=envelope(said, at, id, told.app_id, told.version_id).decode(), app_id=told.app_id,
                record=record_of(said), since=self.now,
                location_id=said.get("locationId") or "", company_id=said.get("companyId") or "",
            )  # fmt: skip
            yield replace(one, lane=lane_of(one))

    def heard(self, kind: str, said: dict[str, Any]) -> bool:
        """Whether there is anybody who could be told of an event."""
        place = said.get("locationId") or "", said.get("companyId") or ""
        if kind in ALWAYS or kind not in SCOPES:
            return kind in ALWAYS
        return bool(self.installed(*place) or subscriptions_of(self.db, *place))

    def told(self, kind: str, said: dict[str, Any], at: str) -> list[Told]:
        """Who is told of an event: apps that are there, ask for it and may know it; private integrations likewise."""
        if kind not in ALWAYS and kind not in SCOPES:
            return []
        location_id, company_id = said.get("locationId") or "", said.get("companyId") or ""
        if kind in ALWAYS:
            app = self.app(said.get("appId") or "")
            endpoint_id = app_endpoint(app, kind)[0] if app else ""
            version = said.get("versionId") or (app.version.id if app else "")
            return [Told(endpoint_id, app.id, version)] if app and endpoint_id else []
        found = [self.told_app(kind, one) for one in self.installed(location_id, company_id) if one.installed_at <= at]
        others = told_integrations(self.subscribed(location_id, company_id), kind, self.now)
        return [*(one for one in found if one), *(Told(one.id) for one in others if one.date_added <= at)]

    def told_app(self, kind: str, one: Installation) -> Told | None:
        """An installed app, if it is to be told: it has switched the event on, and its version's scopes cover it."""
        app = self.app(one.app_id)
        wanted = app.webhook_events.get(kind) if app else None
        if app is None or wanted is None or not wanted.on:
            return None
        version = next((v for v in app.versions if v.id == one.version_id), app.version)
        endpoint_id, _ = app_endpoint(app, kind)
        return Told(endpoint_id, app.id, version.id) if endpoint_id and SCOPES[kind] in version.scopes else None

    def installed(self, location_id: str, company_id: str) -> list[Installation]:
        """The apps at a sub-account; where none is named, those at the agency itself."""
        key = location_id, company_id
        if key not in self.places:
            company = (company_of(self.db, location_id) or company_id) if location_id else company_id
            at = self.db.elsewhere(Owners(company=company)) if company else None
            where = Eq("location_id", location_id) if location_id else Not(Exists("location_id"))
            self.places[key] = at.find(INSTALLATIONS, where, limit=1_000) if at else []
        return self.places[key]

    def subscribed(self, location_id: str, company_id: str) -> Subscribed:
        """The private integrations there."""
        key = location_id, company_id
        if key not in self.integrations:
            self.integrations[key] = subscribed(self.db, location_id, company_id)
        return self.integrations[key]

    def app(self, app_id: str) -> App | None:
        """An app as it is now."""
        if app_id not in self.apps:
            self.apps[app_id] = self.db.get(APPS, app_id)
        return self.apps[app_id]


def tidy(store: Store, now: datetime, most: int = 200) -> int:
    """Forget the oldest deliveries, if they are older than they are kept; how many.

    What has waited so long, at an endpoint that is paused, is forgotten with the rest.
    """
    ends = iso(now - KEPT)
    oldest = store.read(SYSTEM).find(DELIVERIES, sort=(Sort("number"),), limit=most)
    gone = [one.id for one in oldest if one.date_added < ends]

    def forget(db: Unit) -> int:
        for one in [found for id in gone if (found := db.get(DELIVERIES, id)) and found.status == "waiting"]:
            finish(db, one, iso(now), "not sent in time")
        return sum(db.delete(DELIVERIES, id) for id in gone)

    return store.write(SYSTEM, forget) if gone else 0
