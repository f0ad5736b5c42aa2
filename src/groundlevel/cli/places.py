"""Where things are: the database an installation uses unless told otherwise, and the files beside it."""

import re
from pathlib import Path

from groundlevel.cli.trouble import Trouble


def default_database() -> str:
    """The address of the SQLite file in the user's data directory."""
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('groundlevel') / 'groundlevel.db'}"


def address(database: str) -> str:
    """The database's address: the one given, or the default."""
    return database or default_database()


def file_of(database: str) -> Path | None:
    """The file that a database address names, None where it names a server's. Trouble for any other address."""
    from groundlevel.kernel.problems import Problem
    from groundlevel.kernel.settings import database_path, is_postgres

    if is_postgres(database):
        return None
    try:
        return database_path(database).resolve()
    except Problem as problem:
        raise Trouble(f"{problem}.") from None


def refuse_missing(database: str) -> None:
    """Trouble where the database is a file that is not there. What a server has is seen when it is opened."""
    path = file_of(database)
    if path is not None and not path.exists():
        raise Trouble(f"There is no database at {path}. Run `groundlevel init{said(database)}` to create it.")


def named(database: str) -> str:
    """The database for people: its file, or its address without the password."""
    return str(file_of(database) or _without_password(database).partition("?")[0])


def said(database: str) -> str:
    """The option that names this database, for commands we suggest; nothing for the usual one."""
    return "" if database == default_database() else f" --database {_without_password(database)}"


def _without_password(address: str) -> str:
    return re.sub(r"(?<=://)([^:@/]*):[^@/]*(?=@)", r"\1", address)
