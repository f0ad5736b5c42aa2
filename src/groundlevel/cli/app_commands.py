"""`groundlevel app …`: the commands and their options."""

from dataclasses import dataclass
from typing import Annotated, Literal

from cyclopts import App, Parameter

from groundlevel.cli.options import Database, Json
from groundlevel.cli.places import address

Many = Annotated[list[str] | None, Parameter(negative="")]

apps = App(name="app", help="Register the apps that agencies install.")


@Parameter(name="*")
@dataclass(frozen=True)
class About:
    """What an app is."""

    distribution: Literal["agency", "sub-account", "both"] = "both"
    """Who may install it."""
    target_user: Literal["Agency", "Sub-account"] = "Sub-account"
    """Whose data it works with."""
    bulk: Annotated[bool, Parameter(negative="")] = False
    """Agencies may install it for many sub-accounts at once."""
    scope: Many = None
    """What it asks for, e.g. `contacts.readonly`; repeat it for more."""
    redirect: Many = None
    """Where people are sent back to; repeat it for more."""


USUAL = About()


@apps.command
def create(name: str, *, about: About = USUAL, database: Database = "", json: Json = False) -> None:
    """Register an app, with a client key. The key's secret is shown now and never again.

    Parameters
    ----------
    name
        What people see of it.
    """
    from groundlevel.cli.apps import NewAppWanted, create

    wanted = NewAppWanted(
        name, about.distribution, about.target_user, about.bulk, about.scope or [], about.redirect or []
    )
    create(address(database), wanted, as_json=json)


@apps.command(name="list")
def list_(*, database: Database = "", json: Json = False) -> None:
    """Show the apps there are."""
    from groundlevel.cli.apps import show_all

    show_all(address(database), as_json=json)


@apps.command
def show(app_id: str, *, database: Database = "", json: Json = False) -> None:
    """Show an app.

    Parameters
    ----------
    app_id
        The app's id, as `groundlevel app list` shows it.
    """
    from groundlevel.cli.apps import show

    show(address(database), app_id, as_json=json)


@apps.command
def keys(
    app_id: str,
    *,
    create: str = "",
    rotate: str = "",
    delete: str = "",
    database: Database = "",
    json: Json = False,
) -> None:
    """Show an app's client keys, or change them.

    Parameters
    ----------
    app_id
        The app's id, as `groundlevel app list` shows it.
    create
        Make a key of this name; its secret is shown now and never again.
    rotate
        Give the key with this client id another secret; the old one ends.
    delete
        End the key with this client id.
    """
    from groundlevel.cli.apps import KeyWanted, keys

    keys(address(database), app_id, KeyWanted(create, rotate, delete), as_json=json)


@apps.command
def scopes(app_id: str, *, scope: Many = None, database: Database = "", json: Json = False) -> None:
    """Show what an app asks for, or let it ask for other scopes, which makes a new version of it.

    Parameters
    ----------
    app_id
        The app's id, as `groundlevel app list` shows it.
    scope
        What it asks for from now on; repeat it for more.
    """
    from groundlevel.cli.apps import scopes

    scopes(address(database), app_id, scope or [], as_json=json)


@apps.command
def redirects(app_id: str, *, uri: Many = None, database: Database = "", json: Json = False) -> None:
    """Show where an app may send people back to, or set it.

    Parameters
    ----------
    app_id
        The app's id, as `groundlevel app list` shows it.
    uri
        An address, in place of all earlier ones; repeat it for more.
    """
    from groundlevel.cli.apps import redirects

    redirects(address(database), app_id, uri or [], as_json=json)


@apps.command
def delete(app_id: str, *, database: Database = "", json: Json = False) -> None:
    """Remove an app, from wherever it is installed too. Its tokens end.

    Parameters
    ----------
    app_id
        The app's id, as `groundlevel app list` shows it.
    """
    from groundlevel.cli.apps import delete

    delete(address(database), app_id, as_json=json)
