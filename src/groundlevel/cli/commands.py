"""The commands and their options. What they do is imported when one of them is called, so that help comes at once."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Group, Parameter

from groundlevel.cli.options import USUAL, Database, Json, Limits, MailOn, Outward, Port, PublicUrl, WebhooksTo
from groundlevel.cli.places import address

RUN = Group("Run", sort_key=1)
MANAGE = Group("Manage", sort_key=2)


def installed_version() -> str:
    """The version of this package."""
    from importlib.metadata import version

    return version("groundlevel")


app = App(
    name="groundlevel",
    help="A self-hosted CRM that speaks the HighLevel API.\n\n"
    "Start with `groundlevel init --demo` and `groundlevel serve`; then open http://127.0.0.1:8080/docs.",
    help_format="plaintext",
    version=installed_version,
)
app["--help"].group = app["--version"].group = Group("About", sort_key=9)
tokens = App(name="token", help="Make and end the tokens that programs call the API with.", group=MANAGE)
app.command(tokens)
APPS = "Register the apps that agencies install."
app.command("groundlevel.cli.app_commands:apps", name="app", group=MANAGE, help=APPS)
KEYS = "Show and replace the keys that apps' tokens are signed with."
app.command("groundlevel.cli.key_commands:keys", name="keys", group=MANAGE, help=KEYS)
WEBHOOKS = "See what was sent to webhooks, send it again, and try them without a public address."
app.command("groundlevel.cli.webhook_commands:webhooks", name="webhooks", group=MANAGE, help=WEBHOOKS)
OUTBOX = "See every mail and text that has left, is to leave, or would have left."
app.command("groundlevel.cli.outbox_commands:outbox", name="outbox", group=MANAGE, help=OUTBOX)
IMPORT = "Take records from CSV files."
app.command("groundlevel.cli.import_commands:imports", name="import", group=MANAGE, help=IMPORT)
EXPORT = "Write records into CSV and Parquet files."
app.command("groundlevel.cli.export_commands:exports", name="export", group=MANAGE, help=EXPORT)


@app.command(group=RUN)
def init(
    *,
    database: Database = "",
    demo: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
) -> None:
    """Create the database and the operator's key. Running it again harms nothing.

    Parameters
    ----------
    demo
        Fill it with a believable agency, mark it as a test installation (its clock may be moved), and print
        ids and tokens to try it with. On an existing demo: keep the data, replace the demo's tokens.
    """
    from groundlevel.cli.setup import set_up

    set_up(address(database), demo=demo, as_json=json)


@app.command(group=RUN)
def serve(
    *,
    database: Database = "",
    host: str = "127.0.0.1",
    port: Port = 8080,
    workers: int = 1,
    threads: int = 0,
    outward: Outward = USUAL,
) -> None:
    """Answer the API, and do the work that is due, until stopped.

    Parameters
    ----------
    host
        The address to listen at; 0.0.0.0 for every one of this machine's.
    port
        The port to listen at.
    workers
        Processes that answer; more than one needs PostgreSQL. SIGHUP replaces one after the other.
    threads
        Of each: on SQLite, threads for slow reads (usually 2); on PostgreSQL, connections (usually 8).
    """
    from groundlevel.cli.server import run
    from groundlevel.cli.serving import Serving

    run(
        Serving(
            database=address(database), host=host, port=port, workers=workers, threads=threads,
            burst_limit=outward.burst_limit, daily_limit=outward.daily_limit, limits=outward.limits,
            webhooks_to=tuple(outward.webhooks_to or ()), public_url=outward.public_url.rstrip("/"),
        )
    )  # fmt: skip


@app.command(show=False)
def answer() -> None:
    """One of the processes of `serve --workers`, which starts it."""
    from groundlevel.cli.server import answer_with_others

    answer_with_others()


@app.command(group=RUN)
def worker(
    *,
    database: Database = "",
    beside: Annotated[int, Parameter(show=False)] = 0,
    webhooks_to: WebhooksTo = None,
    public_url: PublicUrl = "",
    mail_on: MailOn = "",
) -> None:
    """Do the work that is due (deliveries, messages, delayed steps), until stopped. `serve` runs one of its own."""
    from groundlevel.cli.worker import run

    run(address(database), beside, tuple(webhooks_to or ()), public_url, mail_on)


@app.command(group=MANAGE)
def backup(file: Path, *, database: Database = "") -> None:
    """Write everything into one file while servers go on; any store can be made of it.

    Parameters
    ----------
    file
        The file to write, e.g. `monday.backup`. One that is there is never overwritten.
    """
    from groundlevel.cli.copying import backup

    backup(address(database), file)


@app.command(group=MANAGE)
def restore(file: Path, *, database: Database = "") -> None:
    """Make a new database of a backup, and look it over.

    Parameters
    ----------
    file
        A file that `groundlevel backup` has written.
    """
    from groundlevel.cli.copying import restore

    restore(file, address(database))


@app.command(group=MANAGE)
def migrate(
    *, source: Annotated[str, Parameter(name="--from")], target: Annotated[str, Parameter(name="--to")]
) -> None:
    """Copy a whole installation into an empty database and compare the two. Run it again to go on after a stop.

    Parameters
    ----------
    source
        The address of the database that everything is in. A file must not be served meanwhile.
    target
        The address of the database to bring it to, e.g. `postgresql://user@host/groundlevel`.
    """
    from groundlevel.cli.copying import migrate

    migrate(source, target)


@app.command(group=MANAGE)
def doctor(*, database: Database = "", port: Port = 8080, limits: Limits = "") -> int:
    """Say what is wrong with this installation and what to do about it; ends with 1 if something is.

    Parameters
    ----------
    port
        The port that `serve` is to listen at.
    """
    from groundlevel.cli.doctor import report

    return report(address(database), port, limits)


@tokens.command
def create(
    name: str,
    *,
    location: str = "",
    company: str = "",
    scope: Annotated[list[str] | None, Parameter(negative="")] = None,
    database: Database = "",
    json: Json = False,
) -> None:
    """Make a private integration token. Its value is shown now and never again.

    Parameters
    ----------
    name
        What it is for.
    location
        The id of the sub-account it is for.
    company
        The id of the agency it is for, instead of a sub-account.
    scope
        What it may do, e.g. `contacts.readonly`; repeat it for more. Without any: everything of its kind.
    """
    from groundlevel.cli.tokens import NewTokenWanted, create

    create(address(database), NewTokenWanted(name, location, company, scope or []), as_json=json)


@tokens.command(name="list")
def list_(*, company: str = "", database: Database = "", json: Json = False) -> None:
    """Show the tokens there are, without their values.

    Parameters
    ----------
    company
        The id of one agency; without it, those of all.
    """
    from groundlevel.cli.tokens import show

    show(address(database), company, as_json=json)


@tokens.command
def rotate(
    token_id: str,
    *,
    now: Annotated[bool, Parameter(negative="")] = False,
    database: Database = "",
    json: Json = False,
) -> None:
    """Replace a token's value. The old one works for seven more days.

    Parameters
    ----------
    token_id
        The token's id, as `groundlevel token list` shows it.
    now
        End the old value at once.
    """
    from groundlevel.cli.tokens import rotate

    rotate(address(database), token_id, now=now, as_json=json)


@tokens.command
def revoke(token_id: str, *, database: Database = "") -> None:
    """End a token. It stops working within one second.

    Parameters
    ----------
    token_id
        The token's id, as `groundlevel token list` shows it.
    """
    from groundlevel.cli.tokens import revoke

    revoke(address(database), token_id)


@tokens.command
def operator(*, database: Database = "", json: Json = False) -> None:
    """Make a new operator's key, for when the old one was lost or seen. Earlier ones end at once."""
    from groundlevel.cli.setup import replace_operator_key

    replace_operator_key(address(database), as_json=json)
