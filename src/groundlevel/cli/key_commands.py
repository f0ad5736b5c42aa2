"""`groundlevel keys …`: the keys that apps' tokens and webhooks are signed with."""

from cyclopts import App

from groundlevel.cli.options import Database, Json
from groundlevel.cli.places import address

keys = App(name="keys", help="Show and replace the keys that apps' tokens and webhooks are signed with.")


@keys.command(name="list")
def list_(*, database: Database = "", json: Json = False) -> None:
    """Show the keys that tokens are or were signed with."""
    from groundlevel.cli.keys import show

    show(address(database), as_json=json)


@keys.command
def webhooks(*, database: Database = "", json: Json = False) -> None:
    """Show the public keys that receivers verify webhooks with, made now if there are none yet."""
    from groundlevel.cli.keys import show_webhook_keys

    show_webhook_keys(address(database), as_json=json)


@keys.command
def rotate_webhooks(*, database: Database = "", json: Json = False) -> None:
    """Sign webhooks with new keys from now on. The old public ones are still shown.

    Receivers refuse what they cannot verify, and it is tried again for about a day: tell them the new keys by then.
    """
    from groundlevel.cli.keys import rotate_webhooks

    rotate_webhooks(address(database), as_json=json)


@keys.command
def rotate(*, database: Database = "", json: Json = False) -> None:
    """Sign with a new key from now on. Nobody's session ends; old keys are published until what they signed has ended.

    Do it once a year, and at once when the installation's secret was lost or seen.
    """
    from groundlevel.cli.keys import rotate

    rotate(address(database), as_json=json)
