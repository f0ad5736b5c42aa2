"""What `serve` was told, and how it introduces itself."""

import os
import sys

from msgspec import Struct

from groundlevel.areas.operator import Installation
from groundlevel.cli import say
from groundlevel.cli.places import file_of, named, said
from groundlevel.cli.trouble import Trouble
from groundlevel.kernel.log import log
from groundlevel.kernel.problems import Problem
from groundlevel.kernel.settings import Settings


class Serving(Struct, frozen=True, kw_only=True):
    """What `serve` was told.

    limits: the address of the server that counts for all processes, if there is one. public_url: what it calls itself,
    if others reach it elsewhere than where it listens.
    """

    database: str
    host: str
    port: int
    workers: int
    threads: int
    burst_limit: int
    daily_limit: int
    limits: str
    public_url: str = ""
    webhooks_to: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The address for this machine's browsers and programs."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def settings(self) -> Settings:
        """How each process runs."""
        return Settings(
            database=self.database, public_url=self.public_url or self.url, burst_limit=self.burst_limit,
            daily_limit=self.daily_limit, limits=self.limits, threads=self.threads,
        )  # fmt: skip


def refuse_unfit(serving: Serving) -> None:
    """Trouble where this cannot be served so, whatever the state of things."""
    if serving.workers < 1:
        raise Trouble(f"{serving.workers} processes cannot answer. Say how many may with --workers, e.g. 2.")
    if serving.workers > 1 and file_of(serving.database):
        raise Trouble(
            "One process serves an SQLite file, since only one can write to it. Leave out --workers, or move to "
            "PostgreSQL with `groundlevel migrate` and name it with --database postgresql://user@host/name."
        )
    if serving.public_url and not serving.public_url.startswith(("http://", "https://")):
        raise Trouble(f"{serving.public_url} is no address of pages; write --public-url https://crm.example.com")
    refuse_strange_counters(serving.limits)


def refuse_strange_counters(limits: str) -> None:
    """Trouble where `--limits` is not the address of a server that counts."""
    if limits:
        from groundlevel.kernel.shared_limits import client_of

        try:
            client_of(limits)
        except Problem as problem:
            raise Trouble(f"--limits: {problem}.") from None


def greet(serving: Serving, told: Installation) -> None:
    """Say where it is and how to begin; to a log, in one line."""
    if serving.workers > 1 and not serving.limits:
        log.warning("each process counts requests for itself; --limits names a server that counts for all")
    if not sys.stdout.isatty():
        log.info("serving", url=serving.url, database=named(serving.database), process=os.getpid())
        return
    rows = [("address", serving.url), ("reference", f"{serving.url}/docs")]
    rows += [(name, told.demo[name]) for name in ("companyId", "locationId", "userId") if name in told.demo]
    if told.demo:
        rows.append(("booking page", f"{serving.url}/widget/group/{told.demo.get('groupId', '')}"))
        rows.append(("webhooks", "may go to this machine too, since this is a demo"))
        rows.append(("new tokens", f"groundlevel init --demo{said(serving.database)}"))
    else:
        rows.append(("tokens", f"groundlevel token create NAME --location ID{said(serving.database)}"))
    say.panel("Groundlevel is running; Ctrl-C ends it", rows)
