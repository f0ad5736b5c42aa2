"""A Groundlevel to measure: an agency with one sub-account, a user, a custom field and a token for it all."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from benchmarks.generator import Load, request
from benchmarks.people import person
from benchmarks.processes import Server, answers, running
from groundlevel.areas.companies import COMPANIES, Company
from groundlevel.areas.contacts import CONTACTS, Contact
from groundlevel.areas.contacts.identity import names
from groundlevel.areas.custom_fields import CUSTOM_FIELDS, CustomField, FieldValue
from groundlevel.areas.locations import Location, LocationSettings, add_location
from groundlevel.areas.users import USERS, Roles, User
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import OPERATOR, TOKENS, new_token
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners
from groundlevel.kernel.wire import iso, new_id
from groundlevel.main import build, open_store

V2 = "2021-07-28"
NEVER_SPENT = 1_000_000_000
SYSTEM = Owners(system=True)


class Account(msgspec.Struct):
    """Whose data the benchmarks work on, and the token to ask with."""

    company_id: str
    location_id: str
    user_id: str
    field_id: str
    token: str

    @property
    def owners(self) -> Owners:
        """The rows of the sub-account."""
        return Owners(self.location_id, self.company_id)

    @property
    def headers(self) -> dict[str, str]:
        """What every request bears."""
        return {"Authorization": f"Bearer {self.token}", "Version": V2}

    def read(self, contact_id: str) -> bytes:
        """The request for one contact."""
        return request("GET", f"/contacts/{contact_id}", self.headers)

    def search(self, **body: Any) -> bytes:
        """The request for a search in the sub-account; 20 a page."""
        asked = {"locationId": self.location_id, "pageLimit": 20, **body}
        return request("POST", "/contacts/search", self.headers, msgspec.json.encode(asked))

    def list(self, query: str = "") -> bytes:
        """The request for the newest 20."""
        return request("GET", f"/contacts/?locationId={self.location_id}&limit=20{query}", self.headers)

    def create(self, n: int) -> bytes:
        """The request that adds person n."""
        body = msgspec.json.encode({"locationId": self.location_id, **person(n)})
        return request("POST", "/contacts/", self.headers, body)


def address(where: Path | str) -> str:
    """The address of a database file, or an address as it is."""
    return f"sqlite:///{where}" if isinstance(where, Path) else where


@contextmanager
def opened(where: Path | str) -> Iterator[App]:
    """The product over a database, in this process."""
    if isinstance(where, Path):
        where.parent.mkdir(parents=True, exist_ok=True)
    chosen = Settings(address(where), burst_limit=NEVER_SPENT, daily_limit=NEVER_SPENT)
    app = build(chosen, open_store(chosen, create=True))
    try:
        yield app
    finally:
        app.store.close()


def install(app: App) -> Account:
    """Make the agency and everything in it."""
    now = app.clock.now()
    at = iso(now)
    account = Account(*(new_id() for _ in range(4)), token="")

    def do(owners: Owners, work: Callable[[Ctx], Any]) -> None:
        app.store.write(owners, lambda db: work(Ctx(OPERATOR, db, now, app.settings, app.clock)))

    company = Company(id=account.company_id, name="Benchmark Agency", date_added=at)
    home = Location(
        id=account.location_id, company_id=company.id, name="Benchmark", date_added=at, settings=LocationSettings()
    )
    user = User(
        id=account.user_id, company_id=company.id, name="Ann Bench", first_name="Ann", last_name="Bench",
        email="ann@example.com", date_added=at, roles=Roles(type="account", role="admin", location_ids=[home.id]),
    )  # fmt: skip
    field = CustomField(
        id=account.field_id, name="Level", field_key="contact.level", data_type="TEXT", position=0,
        location_id=home.id, model="contact", date_added=at,
    )  # fmt: skip
    scopes = sorted({op.scope for area in app.areas for op in area.operations if not op.scope.startswith("(")})
    token, account.token = new_token("benchmark", "Location", scopes, now)
    token = replace(token, company_id=company.id, location_id=home.id)
    do(SYSTEM, lambda ctx: (ctx.db.put(COMPANIES, company), ctx.db.put(TOKENS, token)))
    do(SYSTEM, lambda ctx: add_location(ctx, home))
    do(account.owners, lambda ctx: (ctx.db.put(USERS, user), ctx.db.put(CUSTOM_FIELDS, field)))
    return account


def stored(account: Account, n: int, until: datetime) -> Contact:
    """Person n as Groundlevel keeps it, added n half-minutes before `until`."""
    given = person(n)
    at = iso(until - timedelta(seconds=30 * n))
    own: dict[str, Any] = {attribute: given[key] for key, attribute in _AS_GIVEN.items()}
    own |= names({"first_name": given["firstName"], "last_name": given["lastName"]}, None, None)
    return Contact(
        **own,
        id=new_id(), location_id=account.location_id, date_added=at, type="lead", dnd=False,
        date_updated=iso(until - timedelta(seconds=30 * (n * 7_919 % 1_000_003))),
        email_lower_case=given["email"], phone=f"+1{''.join(c for c in given['phone'] if c.isdigit())}",
        assigned_to=account.user_id if n % 10 == 0 else None,
        custom_fields=[FieldValue(id=account.field_id, value=f"level {n % 1_000}")],
    )  # fmt: skip


_AS_GIVEN = {
    "email": "email", "tags": "tags", "city": "city", "address1": "address1", "state": "state", "country": "country",
    "postalCode": "postal_code", "companyName": "company_name", "source": "source",
}  # fmt: skip


def add_in_bulk(app: App, account: Account, numbers: range) -> list[str]:
    """Store these people, in one transaction; their ids."""
    until = datetime(2026, 6, 1, tzinfo=UTC)
    people = [stored(account, n, until) for n in numbers]

    def work(db: Any) -> None:
        for one in people:
            db.put(CONTACTS, one)

    app.store.write(account.owners, work)
    return [one.id for one in people]


@contextmanager
def groundlevel(
    where: Path | str, port: int, account: Account, name: str = "groundlevel", *options: str
) -> Iterator[Server]:
    """The product, served by its command, limits in force but far away."""
    limits = ("--burst-limit", str(NEVER_SPENT), "--daily-limit", str(NEVER_SPENT))
    place = ("--database", address(where), "--port", str(port))
    command = [sys.executable, "-m", "groundlevel.cli", "serve", *place, *limits, *options]
    with running(command, port, name) as server:
        answers(server, account.list())
        yield server


def fill(server: Server, account: Account, numbers: range) -> None:
    """Create these people through the API."""
    load = Load(server.port)
    done = load.run(((account.create(n), 0) for n in numbers), 600)
    load.close()
    assert set(done.statuses) == {b"201"}, done.statuses
