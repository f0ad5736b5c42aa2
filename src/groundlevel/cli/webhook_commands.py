"""`groundlevel webhooks …`: the commands and their options."""

from typing import Annotated, Literal

from cyclopts import App, Parameter

from groundlevel.cli.options import Database, Json
from groundlevel.cli.places import address

webhooks = App(name="webhooks", help="See what was sent to webhooks, send it again, and try them.")


@webhooks.command(name="list")
def list_(
    *,
    status: Literal["waiting", "delivered", "failed", ""] = "",
    event: str = "",
    endpoint: str = "",
    limit: int = 50,
    database: Database = "",
    json: Json = False,
) -> None:
    """Show what was or will be sent, of the latest events first.

    Parameters
    ----------
    status
        Only what waits, was delivered or has finally failed.
    event
        Only one kind of event, e.g. `ContactCreate`.
    endpoint
        Only one endpoint, as `groundlevel webhooks endpoints` shows it.
    limit
        How many at most.
    """
    from groundlevel.cli.webhooks import ListWanted, show_all

    show_all(address(database), ListWanted(status, event, endpoint, limit), as_json=json)


@webhooks.command
def show(webhook_id: str, *, database: Database = "", json: Json = False) -> None:
    """Show one delivery: what is sent, and each attempt with its answer.

    Parameters
    ----------
    webhook_id
        The delivery's id, which is also the `webhookId` that its receiver sees.
    """
    from groundlevel.cli.webhooks import show

    show(address(database), webhook_id, as_json=json)


@webhooks.command
def endpoints(*, database: Database = "", json: Json = False) -> None:
    """Show every place that is told of events, and how it is doing."""
    from groundlevel.cli.webhooks import show_endpoints

    show_endpoints(address(database), as_json=json)


@webhooks.command
def replay(webhook_id: str = "", *, since: str = "", endpoint: str = "", database: Database = "") -> None:
    """Send one delivery again, or everything that has finally failed.

    Parameters
    ----------
    webhook_id
        The one to send again, whatever came of it.
    since
        Instead: all that failed, of events since this moment, e.g. `2027-03-01T15:00:00Z`.
    endpoint
        With --since: only what is for this endpoint.
    """
    from groundlevel.cli.webhooks import replay

    replay(address(database), webhook_id, since, endpoint)


@webhooks.command
def pause(endpoint: str, *, database: Database = "") -> None:
    """Send nothing to an endpoint for now. What happens meanwhile waits, for up to 30 days.

    Parameters
    ----------
    endpoint
        Its id, as `groundlevel webhooks endpoints` shows it: an app's is the app's own.
    """
    from groundlevel.cli.webhooks import set_paused

    set_paused(address(database), endpoint, paused=True)


@webhooks.command
def resume(endpoint: str, *, database: Database = "") -> None:
    """Send to an endpoint again, beginning with what has waited.

    Parameters
    ----------
    endpoint
        Its id, as `groundlevel webhooks endpoints` shows it.
    """
    from groundlevel.cli.webhooks import set_paused

    set_paused(address(database), endpoint, paused=False)


@webhooks.command
def trigger(
    event: str,
    *,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    location: str = "",
    database: Database = "",
    json: Json = False,
) -> None:
    """Let an event really happen: whoever is told of such is told of this one.

    Parameters
    ----------
    event
        What is to happen, e.g. `ContactCreate`: then a contact is created, and stays.
    set_
        A field of what it is about, e.g. `email=anna@example.com`; repeat it for more.
    location
        The sub-account it happens in. Default: the demo's, or the only one there is.
    """
    from groundlevel.cli.webhooks_trigger import trigger

    trigger(address(database), event, set_ or [], location, as_json=json)


@webhooks.command
def listen(
    *,
    forward_to: str = "",
    app: str = "",
    location: str = "",
    event: Annotated[list[str] | None, Parameter(negative="")] = None,
    database: Database = "",
) -> None:
    """Show what happens from now on, and send it to a program on this machine: no public address is needed.

    Parameters
    ----------
    forward_to
        Where to send each event, signed, e.g. `http://127.0.0.1:3000/hook`.
    app
        The app to send in the name of: its id is in what is sent.
    location
        Only what happens in this sub-account.
    event
        Only events of this kind, e.g. `ContactCreate`; repeat it for more.
    """
    from groundlevel.cli.webhooks_listen import Listening, listen

    listen(address(database), Listening(forward_to, app, location, frozenset(event or ())))
