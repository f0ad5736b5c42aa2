"""`groundlevel serve`: Granian in this process, and a worker beside it."""

import asyncio
import errno
import logging
import os
import signal
import socket
import sys
import time
from typing import Any

import structlog
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from msgspec import Struct

from groundlevel.areas.operator import Installation, installation
from groundlevel.cli import say
from groundlevel.cli.lock import take
from groundlevel.cli.operate import open_or_trouble
from groundlevel.cli.places import existing_file, said
from groundlevel.cli.trouble import Trouble
from groundlevel.kernel.app import App
from groundlevel.kernel.observe import start_logging
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Owners
from groundlevel.main import build

log: Any = structlog.get_logger()

PATIENCE_S = 10.0
"""How long a worker may take to finish its job when the server stops."""
SOON_S, LATE_S = 1.0, 30.0
"""How long to wait before a worker that died is started again; doubling while it goes on dying."""


class Serving(Struct, frozen=True):
    """What `serve` was told."""

    database: str
    host: str
    port: int
    burst_limit: int
    daily_limit: int
    threads: int

    @property
    def url(self) -> str:
        """The address for this machine's browsers and programs."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def run(serving: Serving) -> None:
    """Serve until told to stop."""
    path = existing_file(serving.database)
    refuse_taken_port(serving.host, serving.port)
    with take(path, serving.url):
        settings = Settings(
            database=serving.database, public_url=serving.url, burst_limit=serving.burst_limit,
            daily_limit=serving.daily_limit, threads=serving.threads,
        )  # fmt: skip
        start_logging()
        logging.getLogger("_granian").setLevel(logging.ERROR)
        app = build(settings, open_or_trouble(settings))
        uvloop.run(answer(app, serving))


def refuse_taken_port(host: str, port: int) -> None:
    """Trouble where we could not listen there."""
    if not 1 <= port <= 65_535:
        raise Trouble(f"{port} is not a port. Choose one from 1 to 65535 with --port.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = {
                errno.EADDRINUSE: f"Port {port} is taken by another program. Stop it, or choose another with --port.",
                errno.EACCES: f"This user may not listen at port {port}. Choose one above 1023 with --port.",
            }
            other = f"{host} is not an address of this machine. Use --host 127.0.0.1, or 0.0.0.0 for all of them."
            raise Trouble(why.get(error.errno or 0, other)) from None


async def answer(app: App, serving: Serving) -> None:
    """The server and its worker, from the first request to the last."""
    server = Server(
        app, serving.host, serving.port, interface=Interfaces.ASGI, websockets=False, log_enabled=False, backlog=1024
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    answering = loop.create_task(server.serve())
    await until_listening(serving, answering)
    told = installation(app.store.read(Owners(system=True)))
    greet(serving, told)
    minding = loop.create_task(mind_worker(serving.database))
    await asyncio.wait([answering])
    minding.cancel()
    await asyncio.wait([minding])
    if error := answering.exception():
        log.error("server ended", error=repr(error))
        raise Trouble("The server ended unexpectedly. The log above says why.") from None


async def until_listening(serving: Serving, answering: "asyncio.Task[None]") -> None:
    """Return when the port answers, or when the server is done for."""
    host, port = serving.url.removeprefix("http://").rsplit(":", 1)
    while not answering.done():
        try:
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return


def greet(serving: Serving, told: Installation) -> None:
    """Say where it is and how to begin; to a log, in one line."""
    if not sys.stdout.isatty():
        log.info("serving", url=serving.url, database=serving.database, process=os.getpid())
        return
    rows = [("address", serving.url), ("reference", f"{serving.url}/docs")]
    rows += [(name, told.demo[name]) for name in ("companyId", "locationId", "userId") if name in told.demo]
    if told.demo:
        rows.append(("new tokens", f"groundlevel init --demo{said(serving.database)}"))
    else:
        rows.append(("tokens", f"groundlevel token create NAME --location ID{said(serving.database)}"))
    say.panel("Groundlevel is running; Ctrl-C ends it", rows)


async def mind_worker(database: str) -> None:
    """Keep a worker running beside us; start it again when it dies; end it when we are cancelled."""
    wait = SOON_S
    while True:
        began = time.monotonic()
        command = ("-m", "groundlevel.cli", "worker", "--database", database, "--beside", str(os.getpid()))
        worker = await asyncio.create_subprocess_exec(sys.executable, *command, stdin=asyncio.subprocess.DEVNULL)
        try:
            code = await worker.wait()
        except asyncio.CancelledError:
            await end(worker)
            raise
        wait = SOON_S if time.monotonic() - began > LATE_S else min(wait * 2, LATE_S)
        log.warning("worker died; starting another", code=code, seconds=wait)
        await asyncio.sleep(wait)


async def end(worker: asyncio.subprocess.Process) -> None:
    """Let the worker finish what it is doing, but not for ever."""
    if worker.returncode is None:
        worker.terminate()
    try:
        await asyncio.wait_for(worker.wait(), PATIENCE_S)
    except TimeoutError:
        worker.kill()
        await worker.wait()
