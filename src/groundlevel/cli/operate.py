"""The operator's way to the store: each operation in a unit of work of its own, as over HTTP but without a server."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from groundlevel.cli.places import file_of, refuse_missing, said
from groundlevel.cli.trouble import Trouble
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Problem
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import DatabaseTrouble, NothingYet, Owners, Store
from groundlevel.main import clock_of, open_store

R = TypeVar("R")


class Operator:
    """An open installation, and the one who runs it."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.clock = clock_of(store)

    def now(self) -> datetime:
        """The moment it is in this installation."""
        return self.clock.now()

    def do(self, operation: Callable[[Ctx], R], *, location: str = "", company: str = "") -> R:
        """Do something in a unit of work, on behalf of a location or a company where one is named."""
        owners = Owners(location, company, system=True)
        now = self.now()
        return self.store.write(owners, lambda db: operation(Ctx(OPERATOR, db, now, self.settings)))

    def look(self, operation: Callable[[Ctx], R], *, location: str = "", company: str = "") -> R:
        """The same for what only reads."""
        db = self.store.read(Owners(location, company, system=True))
        return operation(Ctx(OPERATOR, db, self.now(), self.settings))


@contextmanager
def operating(database: str, *, create: bool = False, cache_kb: int = 0) -> Generator[Operator]:
    """Open the installation (made first with `create`); refusals of its operations become Trouble.

    cache_kb: for a command that goes all over a large file (see `Settings`).
    """
    path = file_of(database)
    if not create:
        refuse_missing(database)
    elif path:
        path.parent.mkdir(parents=True, exist_ok=True)
    settings = Settings(database=database, threads=1, cache_kb=cache_kb)
    store = open_or_trouble(settings, create=create)
    try:
        yield Operator(store, settings)
    except Problem as problem:
        raise Trouble(f"{problem.messages[0].rstrip('.') if problem.messages else problem.title}.") from None
    finally:
        store.close()


def is_there(database: str) -> bool:
    """Whether there is an installation already. Trouble where something else is in the way."""
    path = file_of(database)
    if path:
        return path.exists()
    try:
        open_store(Settings(database=database, threads=1)).close()
    except NothingYet:
        return False
    except DatabaseTrouble as trouble:
        raise Trouble(str(trouble)) from None
    return True


def open_or_trouble(settings: Settings, *, create: bool = False) -> Store:
    """The store; Trouble where it cannot be used."""
    try:
        return open_store(settings, create=create)
    except NothingYet as nothing:
        raise Trouble(f"{nothing} Run `groundlevel init{said(settings.database)}` to create it.") from None
    except DatabaseTrouble as trouble:
        raise Trouble(str(trouble)) from None
    except OSError as error:
        raise Trouble(f"The database cannot be opened: {error}. Check its folder and your rights there.") from None
