"""`groundlevel export`: the command and its options."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from groundlevel.cli.options import Database
from groundlevel.cli.places import address

exports = App(name="export", help="Write records into a CSV or Parquet file.")


@exports.default
def export(
    kind: str,
    file: Path,
    *,
    location: Annotated[str, Parameter(show_default=False)] = "",
    database: Database = "",
) -> None:
    """Write all records of a kind into a file, which must not be there yet. Servers go on meanwhile.

    Parameters
    ----------
    kind
        `contacts`, `opportunities`, `businesses`, or the key of an object, e.g. `custom_objects.pet`.
    file
        The file to write: `people.csv`, or `people.parquet`, in which all columns are texts.
    location
        The id of the sub-account; not needed where there is only one.
    """
    from groundlevel.cli.exporting import run

    run(address(database), kind, file, location)
