"""The commands and their options. What they do is imported when one of them is called, so that help comes at once."""

from typing import Annotated

from cyclopts import App, Group, Parameter

from groundlevel.cli.places import address

RUN = Group("Run", sort_key=1)
MANAGE = Group("Manage", sort_key=2)

Database = Annotated[
    str,
    Parameter(
        name=["--database", "-d"],
        env_var="GROUNDLEVEL_DATABASE",
        show_default=False,
        help="The database's address, `sqlite:///path/to/file.db`. Default: a file in your data directory.",
    ),
]
Port = Annotated[int, Parameter(env_var="GROUNDLEVEL_PORT")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON for programs instead of text.")]


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
    burst_limit: int = 100,
    daily_limit: int = 200_000,
    threads: int = 2,
) -> None:
    """Answer the API, and do the work that is due, until stopped.

    Parameters
    ----------
    host
        The address to listen at; 0.0.0.0 for every one of this machine's.
    port
        The port to listen at.
    burst_limit
        Requests that each app may make in ten seconds at each sub-account or agency.
    daily_limit
        The same for a day.
    threads
        Threads for slow reads (searches, exports).
    """
    from groundlevel.cli.server import Serving, run

    run(Serving(address(database), host, port, burst_limit, daily_limit, threads))


@app.command(group=RUN)
def worker(*, database: Database = "", beside: Annotated[int, Parameter(show=False)] = 0) -> None:
    """Do the work that is due (deliveries, delayed steps), until stopped. `serve` runs one of its own."""
    from groundlevel.cli.worker import run

    run(address(database), beside)


@app.command(group=MANAGE)
def doctor(*, database: Database = "", port: Port = 8080) -> int:
    """Say what is wrong with this installation and what to do about it; ends with 1 if something is.

    Parameters
    ----------
    port
        The port that `serve` is to listen at.
    """
    from groundlevel.cli.doctor import report

    return report(address(database), port)


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
