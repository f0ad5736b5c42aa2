"""What tests of areas start from: a fresh installation with an agency, two sub-accounts and a user."""

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher

from groundlevel.areas.companies import COMPANIES, Company
from groundlevel.areas.locations import Location, LocationSettings, add_location
from groundlevel.areas.outbox import Dispatcher, Transports
from groundlevel.areas.people import credentials
from groundlevel.areas.users import USERS, Roles, User
from groundlevel.kernel.app import App
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.settings import Settings, database_path
from groundlevel.kernel.store import Owners
from groundlevel.kernel.store.sqlite import SqliteStore
from groundlevel.kernel.testing import Sandbox, sandbox
from groundlevel.kernel.versions import V2
from groundlevel.main import build, open_store
from groundlevel.outside.aim import LOOPBACK, aim_at
from groundlevel.testing_stores import ENGINES, Engine, database_for, file_of_the_product, refuse_without_owner

os.environ.setdefault("GROUNDLEVEL_SECRET", "the secret of all tests")  # so that none makes one in its user's home
if "GROUNDLEVEL_FILES" not in os.environ:  # for what tests upload on PostgreSQL, and which none of them looks for
    os.environ["GROUNDLEVEL_FILES"] = tempfile.mkdtemp(prefix="groundlevel-files-")
    atexit.register(shutil.rmtree, os.environ["GROUNDLEVEL_FILES"], ignore_errors=True)
if "XDG_DATA_HOME" not in os.environ:  # for what workers keep beside PostgreSQL
    os.environ["XDG_DATA_HOME"] = os.environ["GROUNDLEVEL_FILES"]
credentials.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # hundreds of tests have passwords

COMPANY, LOCATION, OTHER, USER = (
    "AgencyAgencyAgency01",
    "HomeHomeHomeHomeHo01",
    "NextNextNextNextNe02",
    "AnnaAnnaAnnaAnnaAn01",
)


@dataclass
class Box:
    """The installation, its ids, and clients that speak v3: of a sub-account, of its neighbour, of the agency."""

    sandbox: Sandbox
    company_id: str = COMPANY
    location_id: str = LOCATION
    other_location_id: str = OTHER
    user_id: str = USER

    def __post_init__(self) -> None:
        make, scopes = self.sandbox.token, self.sandbox.scopes
        self.location_token = make("Location", scopes, COMPANY, LOCATION)
        self.agency_token = make("Company", scopes, COMPANY)
        self.location = self.sandbox.client(self.location_token)
        self.other = self.sandbox.client(make("Location", scopes, COMPANY, OTHER))
        self.agency = self.sandbox.client(self.agency_token)
        self.operator = self.sandbox.operator

    @property
    def v2(self) -> httpx2.Client:
        """The sub-account's client under the older version."""
        return self.sandbox.client(self.location_token, V2)

    def new_contact(self, **said: Any) -> str:
        """The id of a new contact of the sub-account."""
        reply = self.location.post("/contacts/", json={"locationId": LOCATION, **said})
        assert reply.status_code == 201, reply.text
        return reply.json()["contact"]["id"]

    def leave(self, *named: str) -> None:
        """Let everything that is due leave the outbox, as a worker would: to hosts of this machine, or those named."""
        app = self.sandbox.app

        async def go() -> None:
            transports = Transports(app.settings, aim_at(*(named or LOOPBACK)))
            dispatcher = Dispatcher(app.store, app.settings, self.sandbox.clock.now, transports)
            await dispatcher.drain()
            await dispatcher.end()

        asyncio.run(go())


def _furnish(ctx: Ctx) -> None:
    ctx.db.put(COMPANIES, Company(id=COMPANY, name="Agency", date_added=ctx.stamp))
    for id, name in ((LOCATION, "Home"), (OTHER, "Next door")):
        add_location(
            ctx,
            Location(id=id, company_id=COMPANY, name=name, date_added=ctx.stamp, settings=LocationSettings()),
        )
    user = User(
        id=USER, company_id=COMPANY, name="Anna Alm", first_name="Anna", last_name="Alm", email="anna@example.com",
        roles=Roles(type="account", role="admin", location_ids=[LOCATION]), date_added=ctx.stamp,
    )  # fmt: skip
    ctx.db.elsewhere(Owners(company=COMPANY)).put(USERS, user)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Each store in turn. In PostgreSQL every statement of every test must say whose rows it is about."""
    if request.param == "postgres":
        from groundlevel.kernel.store.postgres import PostgresUnit

        send = PostgresUnit.send

        def checked(self: PostgresUnit, statement: str, args: Any, *, prepare: bool = True) -> Any:
            refuse_without_owner(statement)
            return send(self, statement, args, prepare=prepare)

        monkeypatch.setattr(PostgresUnit, "send", checked)
    return request.param


@contextmanager
def furnished(engine: Engine, folder: Path, like: Path | None = None) -> Generator[Box]:
    """A furnished installation, without limits that a test would run into. like: an SQLite file to begin with."""

    def make(folder: Path) -> App:
        database = database_for(engine, folder, "product")
        if engine == "sqlite":
            shutil.copyfile(like or file_of_the_product(), database_path(database))
        chosen = Settings(database=database, burst_limit=100_000, daily_limit=1_000_000, log_requests=False)
        store = open_store(chosen, create=True)
        if isinstance(store, SqliteStore):
            # as in PostgreSQL: what a crash leaves is tested elsewhere
            store.writer.execute("PRAGMA synchronous = off")  # pyright: ignore[reportUnknownMemberType]
        return build(chosen, store)

    with sandbox(make, folder) as made:
        if like is None:
            made.do(Owners(system=True), _furnish)
        yield Box(made)


@pytest.fixture
def box(tmp_path: Path, engine: Engine) -> Iterator[Box]:
    """A furnished installation of its own for each test."""
    with furnished(engine, tmp_path) as made:
        yield made
