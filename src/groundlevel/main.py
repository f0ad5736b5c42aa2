"""The composition root: all areas over one store."""

from datetime import timedelta

from groundlevel.areas.locations import company_of
from groundlevel.areas.operator import installation
from groundlevel.kernel.app import App
from groundlevel.kernel.area import Area, discover
from groundlevel.kernel.clock import Clock
from groundlevel.kernel.settings import Settings, database_path
from groundlevel.kernel.store import Owners, Store
from groundlevel.kernel.store.sqlite import SqliteStore
from groundlevel.pages import pages


def all_areas() -> list[Area]:
    """Every area, once."""
    return discover("groundlevel.areas")


def open_store(settings: Settings) -> Store:
    """The store a database address names; its tables are made ready."""
    all_areas()  # declares the tables
    return SqliteStore(database_path(settings.database), settings.threads)


def clock_of(store: Store) -> Clock:
    """The installation's clock, as far from real time as its operator has moved it."""
    return Clock(timedelta(seconds=installation(store.read(Owners(system=True))).clock_offset))


def build(settings: Settings, store: Store | None = None) -> App:
    """The whole product as an ASGI application."""
    store = store or open_store(settings)
    app = App(settings, store, all_areas(), company_of, clock_of(store))
    app.pages = pages(app)
    return app
