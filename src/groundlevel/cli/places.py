"""Where things are: the database an installation uses unless told otherwise, and the files beside it."""

from pathlib import Path

from groundlevel.cli.trouble import Trouble


def default_database() -> str:
    """The address of the SQLite file in the user's data directory."""
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('groundlevel') / 'groundlevel.db'}"


def address(database: str) -> str:
    """The database's address: the one given, or the default."""
    return database or default_database()


def file_of(database: str) -> Path:
    """The file that a database address names. Trouble for an address of another kind."""
    from groundlevel.kernel.problems import Problem
    from groundlevel.kernel.settings import database_path

    try:
        return database_path(database).resolve()
    except Problem as problem:
        raise Trouble(f"{problem}.") from None


def existing_file(database: str) -> Path:
    """The same; Trouble where there is no such file yet."""
    path = file_of(database)
    if not path.exists():
        raise Trouble(f"There is no database at {path}. Run `groundlevel init{said(database)}` to create it.")
    return path


def said(database: str) -> str:
    """The option that names this database, for commands we suggest; nothing for the usual one."""
    return "" if database == default_database() else f" --database {database}"
