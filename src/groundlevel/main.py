"""The composition root: all areas over one store."""

import asyncio
from contextlib import AbstractContextManager
from datetime import timedelta

from groundlevel.areas.companies import terms_of
from groundlevel.areas.locations import company_of
from groundlevel.areas.operator import installation
from groundlevel.kernel.app import App
from groundlevel.kernel.area import Area, discover
from groundlevel.kernel.clock import Clock
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.limits import Limits
from groundlevel.kernel.problems import Problem
from groundlevel.kernel.settings import Settings, database_path, is_postgres
from groundlevel.kernel.store import Store
from groundlevel.kernel.store.sqlite import SqliteStore, sqlite_filling
from groundlevel.kernel.store.whole import Filling
from groundlevel.pages import pages

FOLLOWED_S = 0.5
"""How soon one process goes by a clock that was moved through another."""


def all_areas() -> list[Area]:
    """Every area, once."""
    return [*discover("groundlevel.areas")]


def open_store(settings: Settings, *, create: bool = False) -> Store:
    """The store a database address names; its tables are made ready. DatabaseTrouble where it cannot be used."""
    all_areas()  # declares the tables
    if is_postgres(settings.database):
        from groundlevel.kernel.store.postgres import PostgresStore  # the library takes a while to load

        return PostgresStore(settings.database, settings.threads or 8, create=create)
    return SqliteStore(database_path(settings.database), settings.threads or 2, settings.cache_kb)


def open_filling(database: str) -> AbstractContextManager[Filling]:
    """A new database to bring a whole installation into. DatabaseTrouble where there is one already."""
    all_areas()
    if is_postgres(database):
        from groundlevel.kernel.store.postgres import postgres_filling

        return postgres_filling(database)
    return sqlite_filling(database_path(database))


def clock_of(store: Store) -> Clock:
    """The installation's clock, as far from real time as its operator has moved it."""
    return Clock(timedelta(seconds=installation(store.read(SYSTEM)).clock_offset))


async def follow_clock(app: App) -> None:
    """Go by the installation's clock when an operator moves it through another process."""
    seen = app.clock.offset.total_seconds()
    while True:
        await asyncio.sleep(FOLLOWED_S)
        try:
            kept = (await app.store.perform(SYSTEM, installation, write=False)).clock_offset
        except Problem:  # the database is away
            continue
        if kept != seen:
            seen, app.clock.offset = kept, timedelta(seconds=kept)


def build(settings: Settings, store: Store | None = None) -> App:
    """The whole product as an ASGI application."""
    store = store or open_store(settings)
    app = App(settings, store, all_areas(), company_of, clock_of(store))
    app.callers.terms_of = terms_of
    if settings.limits:
        from groundlevel.kernel.shared_limits import SharedLimits  # its client is 20 MB that few need

        here = Limits(settings.burst_limit, settings.daily_limit)
        app.limits = SharedLimits(settings.limits, here, app.metrics.own)
    if store.several_processes:
        app.beside.append(lambda: follow_clock(app))
    app.pages = pages(app)
    return app
