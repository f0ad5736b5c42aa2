"""`groundlevel outbox …`: the commands and their options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from groundlevel.cli.options import Database, Json
from groundlevel.cli.places import address

outbox = App(name="outbox", help="See every mail and text that has left, is to leave, or would have left.")


@Parameter(name="*")
@dataclass(frozen=True)
class Which:
    """Which messages, if not all."""

    channel: str = ""
    """Only one channel, e.g. `Email`."""
    state: Literal["waiting", "sending", "sent", "delivered", "failed", "unclear", "cancelled", ""] = ""
    """Only what is so now."""
    to: str = ""
    """Only what goes to an address or number with this in it."""
    contact: str = ""
    """Only what is for the contact with this id."""
    location: str = ""
    """Only what is of the sub-account with this id."""
    since: str = ""
    """Only what was written since this moment, e.g. `2027-03-01T15:00:00Z`."""


ALL = Which()
Follow = Annotated[bool, Parameter(negative="")]


@outbox.default
@outbox.command(name="list")
def list_(
    *, which: Which = ALL, limit: int = 50, follow: Follow = False, database: Database = "", json: Json = False
) -> None:
    """Show what has left, is to leave, or would have left if somebody were connected; the latest first.

    Parameters
    ----------
    limit
        How many at most.
    follow
        Go on with what happens from now on, until Ctrl-C ends it.
    """
    from groundlevel.cli.outbox import follow as go_on
    from groundlevel.cli.outbox import show_all

    show_all(address(database), which, limit, as_json=json)
    if follow:
        go_on(address(database), which, as_json=json)


@outbox.command
def show(
    id: str,
    *,
    html: Annotated[bool, Parameter(negative="")] = False,
    source: Annotated[bool, Parameter(negative="")] = False,
    save_attachments: Path | None = None,
    database: Database = "",
    json: Json = False,
) -> None:
    """Show one message, whole, and what became of it and why.

    Parameters
    ----------
    id
        The message's id, as `groundlevel outbox` shows it.
    html
        Only the HTML of a mail, as it is sent.
    source
        Only the mail itself, as a mail server is given it; into a file it makes an `.eml`.
    save_attachments
        A folder to put the files into that go with it.
    """
    from groundlevel.cli import outbox

    if html:
        outbox.show_html(address(database), id)
    elif source:
        outbox.show_source(address(database), id)
    elif save_attachments:
        outbox.save_attachments(address(database), id, save_attachments)
    else:
        outbox.show(address(database), id, as_json=json)


@outbox.command
def send_again(id: str, *, database: Database = "") -> None:
    """Send a message again that has failed, or of which nobody knows whether it left.

    Parameters
    ----------
    id
        The message's id. If it was `unclear`, it may arrive twice.
    """
    from groundlevel.cli.outbox import send_again

    send_again(address(database), id)


@outbox.command
def clear(
    *,
    location: str = "",
    state: Literal["sent", "delivered", "failed", "unclear", "cancelled", ""] = "",
    before: str = "",
    database: Database = "",
) -> None:
    """Forget what is over: was delivered, has failed, is unclear or was taken back. Conversations keep their messages.

    Parameters
    ----------
    location
        Only what is of the sub-account with this id.
    state
        Only what is so; `sent`, of which more may still be told, only if it is named.
    before
        Only what was written before this moment, e.g. `2027-03-01T15:00:00Z`.
    """
    from groundlevel.cli.outbox import clear

    clear(address(database), {"locationId": location, "state": state, "before": before})
