"""`groundlevel import …`: the commands and their options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from groundlevel.cli.options import Database, Json
from groundlevel.cli.places import address

imports = App(name="import", help="Take records from CSV files.")


@Parameter(name="*")
@dataclass(frozen=True)
class Choices:
    """How a file is taken."""

    location: str = ""
    """The id of the sub-account; not needed where there is only one."""
    map: Annotated[list[str] | None, Parameter(negative="")] = None
    """What a column is, e.g. `Mobile=phone` or `Level=contact.level`; `Notes=` leaves one out. Repeat it for more."""
    encoding: str = ""
    """The file's encoding, if it is not UTF-8: e.g. cp1252."""
    dry_run: Annotated[bool, Parameter(negative="")] = False
    """Show what would become of it, and change nothing. Rows that repeat others of the file may count as new."""
    again: Annotated[bool, Parameter(negative="")] = False
    """Take a file that was taken before."""
    portion: Annotated[int, Parameter(show=False)] = 0


USUAL = Choices()


@imports.command
def contacts(file: Path, *, choices: Choices = USUAL, database: Database = "", json: Json = False) -> None:
    """Add or change the contacts of a CSV file. Run it again to go on after a stop.

    A row whose email or phone a contact has (which of them counts is the sub-account's setting) changes that contact:
    its filled cells replace what was there, its tags are added. Rows that are refused stand, with every reason, in a
    file beside it: `people.refused.csv`.

    Parameters
    ----------
    file
        The file, with a row of headings first. Which column is what is guessed by them, and shown.
    """
    from groundlevel.cli.importing import Wanted, run

    run(address(database), Wanted("contacts", file, choices), as_json=json)


@imports.command
def opportunities(file: Path, *, choices: Choices = USUAL, database: Database = "", json: Json = False) -> None:
    """Add or change the opportunities of a CSV file: contacts by email, phone or id, pipelines and stages by name.

    A contact's opportunity in the pipeline is changed; where the sub-account allows several, one is added. The rest is
    as for contacts.

    Parameters
    ----------
    file
        The file, with a row of headings first.
    """
    from groundlevel.cli.importing import Wanted, run

    run(address(database), Wanted("opportunities", file, choices), as_json=json)


@imports.command
def businesses(file: Path, *, choices: Choices = USUAL, database: Database = "", json: Json = False) -> None:
    """Add the businesses of a CSV file, or change those of the same names. The rest is as for contacts.

    Parameters
    ----------
    file
        The file, with a row of headings first.
    """
    from groundlevel.cli.importing import Wanted, run

    run(address(database), Wanted("businesses", file, choices), as_json=json)


@imports.command
def records(key: str, file: Path, *, choices: Choices = USUAL, database: Database = "", json: Json = False) -> None:
    """Add the records of a CSV file to an object, or change those that it names by id. The rest is as for contacts.

    Parameters
    ----------
    key
        The object's key, e.g. `custom_objects.pet`.
    file
        The file, with a row of headings first.
    """
    from groundlevel.cli.importing import Wanted, run

    run(address(database), Wanted(key, file, choices), as_json=json)
