"""Fills an empty installation with the demo: what is done, when, and by which operation."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from msgspec.structs import replace

from groundlevel.areas.companies.operators import NewCompany, create_company
from groundlevel.areas.locations.operators import create_operator_location
from groundlevel.areas.locations.writing import LocationOfAgency, SettingsChange
from groundlevel.areas.operator import INSTALLATION, installation
from groundlevel.areas.users.operators import NewOperatorUser, NewRoles, create_operator_user
from groundlevel.demo import deals, switchboard, talks
from groundlevel.demo.app import add_app
from groundlevel.demo.data import AGENCY, PEOPLE, PLACES, Person, Place
from groundlevel.demo.lines import connect_lines
from groundlevel.demo.place import furnish, happenings
from groundlevel.demo.shelf import stock_agency
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Owners
from groundlevel.kernel.wire import seed_ids

SEED = 20_260
FOUNDED = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TODAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
"""The demo's own today: fixed, so that the same seed gives the same data whenever it is sown."""


def seed(ctx: Ctx, number: int = SEED) -> dict[str, str]:
    """Fill the installation, in the unit of work of `ctx`, and mark it as a test installation; the ids to know."""
    seed_ids(number)
    try:
        ids = _agency(_Stage(ctx), Random(number))  # noqa: S311  (repeatable on purpose)
    finally:
        seed_ids(None)
    ctx.db.put(INSTALLATION, replace(installation(ctx.db), test=True, demo=ids))
    return ids


class _Stage:
    """Contexts for things that happened at a moment, in a sub-account or the agency."""

    def __init__(self, ctx: Ctx) -> None:
        self.ctx, self.company = ctx, ""

    def at(self, moment: datetime, location: str = "") -> Ctx:
        owners = Owners(location, self.company, system=True)
        return Ctx(self.ctx.caller, self.ctx.db.elsewhere(owners), moment, self.ctx.settings)


def _agency(stage: _Stage, dice: Random) -> dict[str, str]:
    agency = NewCompany(
        name=AGENCY,
        email="hello@example.com",
        country="US",
        timezone="America/New_York",
        website="https://example.com",
        plan="agency-pro",
    )
    stage.company = create_company(stage.at(FOUNDED), agency).company.id
    locations = [_location(stage, place, n) for n, place in enumerate(PLACES)]
    users = [_user(stage, person, locations) for person in PEOPLE]
    stock_agency(stage.at(FOUNDED + timedelta(days=2)))
    ids = {"companyId": stage.company, "locationId": locations[0], "userId": users[0]}
    todo: list[tuple[datetime, str, Callable[[Ctx], Any]]] = []
    for n, (place, location) in enumerate(zip(PLACES, locations, strict=True)):
        staff = [u for u, p in zip(users, PEOPLE, strict=True) if not p.works_at or n in p.works_at]
        start = FOUNDED + timedelta(days=2)
        things = furnish(lambda moment, where=location: stage.at(moment, where), place, staff, start)
        board = deals.set_up(stage.at(start, location), deals.SALES[n])
        connect_lines(stage.at(start, location), place.cities[0][1])
        if n == 0:
            ids |= things.ids | board.ids
        sold = deals.deals(deals.SALES[n], board, place.contacts, staff, TODAY)
        said = talks.threads(place.name, place.contacts, staff, TODAY)
        todo += [(at, location, do) for at, do in (*sold, *said)]
        todo += [(at, location, do) for at, do in happenings(place, things, staff, dice, TODAY)]
    for at, location, do in sorted(todo, key=lambda one: one[0]):
        do(stage.at(at, location))
    ids |= deals.fresh_contact(stage.at(TODAY, locations[0]))
    ids |= add_app(stage.at(TODAY), locations[0], users[0])
    return ids | switchboard.talk(lambda at: stage.at(at, locations[0]), ids, users[1], TODAY)


def _location(stage: _Stage, place: Place, number: int) -> str:
    ctx = stage.at(FOUNDED + timedelta(days=1, hours=number))
    city, area_code, postal_code = place.cities[0]
    body = LocationOfAgency(
        name=place.name, country="US", timezone=place.timezone, address=f"{10 + number} {place.streets[0]}", city=city,
        state=place.state, postal_code=postal_code, phone=f"+1{area_code}5550199",
        settings=SettingsChange(allow_duplicate_opportunity=number == 0),  # a patient may have several plans
    )  # fmt: skip
    return create_operator_location(ctx, stage.company, body).id


def _user(stage: _Stage, person: Person, locations: list[str]) -> str:
    ctx = stage.at(FOUNDED + timedelta(days=1, hours=4))
    works_at = [locations[n] for n in person.works_at] or locations
    body = NewOperatorUser(
        first_name=person.first, last_name=person.last, email=f"{person.first.lower()}@example.com",
        roles=NewRoles(type=person.kind, role=person.role, location_ids=works_at),
    )  # fmt: skip
    return create_operator_user(ctx, stage.company, body).id
