"""Options that several commands have."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

Database = Annotated[
    str,
    Parameter(
        name=["--database", "-d"],
        env_var="GROUNDLEVEL_DATABASE",
        show_default=False,
        help="The database's address, `sqlite:///path/to/file.db` or `postgresql://user@host/name`. "
        "Default: a file in your data directory.",
    ),
]
Limits = Annotated[
    str,
    Parameter(
        env_var="GROUNDLEVEL_LIMITS",
        show_default=False,
        help="The Redis or Valkey server that counts for all processes, e.g. `redis://127.0.0.1:6379`. "
        "Default: each counts for itself, in memory.",
    ),
]
Port = Annotated[int, Parameter(env_var="GROUNDLEVEL_PORT")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON for programs instead of text.")]


MailOn = Annotated[
    str,
    Parameter(
        env_var="GROUNDLEVEL_MAIL_ON",
        show_default=False,
        help="Take mail in by SMTP here, as 127.0.0.1:2525, for addresses of sub-accounts only. Default: nowhere.",
    ),
]
PublicUrl = Annotated[
    str,
    Parameter(
        env_var="GROUNDLEVEL_PUBLIC_URL",
        show_default=False,
        help="The address that others reach it at, e.g. https://crm.example.com. Default: where it listens.",
    ),
]


WebhooksTo = Annotated[
    list[str] | None,
    Parameter(
        name="--allow-webhooks-to",
        negative="",
        env_var="GROUNDLEVEL_ALLOW_WEBHOOKS_TO",
        show_default=False,
        help="A host that webhooks may go to though it is of this machine or a private network, e.g. `localhost`; "
        "repeat it for more. The demo allows this machine.",
    ),
]


@Parameter(name="*")
@dataclass(frozen=True)
class Outward:
    """How the server shows itself: how often apps may call, where they may be called, and what it calls itself."""

    burst_limit: int = 100
    """Requests that each app may make in ten seconds at each sub-account or agency."""
    daily_limit: int = 200_000
    """The same for a day."""
    limits: Limits = ""
    webhooks_to: WebhooksTo = None
    public_url: PublicUrl = ""


USUAL = Outward()
