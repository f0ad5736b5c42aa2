"""`groundlevel serve`: a server in this process and a worker beside it, or several of them."""

import asyncio
import signal
import socket
import sys
from pathlib import Path

import msgspec
import uvloop

from groundlevel.areas.operator import installation
from groundlevel.cli.ledger import Ledger
from groundlevel.cli.listening import answer, listen_at
from groundlevel.cli.lock import held
from groundlevel.cli.operate import open_or_trouble
from groundlevel.cli.places import refuse_missing
from groundlevel.cli.processes import READY, Kept, Told, end, start_worker
from groundlevel.cli.serving import Serving, greet, refuse_unfit
from groundlevel.cli.supervisor import supervise
from groundlevel.cli.trouble import Trouble
from groundlevel.kernel.app import App
from groundlevel.kernel.observe import start_logging
from groundlevel.kernel.store import Owners
from groundlevel.main import build


def run(serving: Serving) -> None:
    """Serve until told to stop."""
    refuse_unfit(serving)
    refuse_missing(serving.database)
    with listen_at(serving.host, serving.port) as listener, held(serving.database, serving.url):
        start_logging()
        if serving.workers > 1:
            uvloop.run(supervise(serving, listener))
        else:
            app = build(serving.settings, open_or_trouble(serving.settings))
            uvloop.run(_alone(app, serving, listener))


def answer_with_others() -> None:
    """Be one of several processes that answer: what to do is on standard input, whose end is ours too."""
    try:
        told = msgspec.json.decode(sys.stdin.buffer.readline(), type=Told)
    except msgspec.DecodeError:
        raise Trouble("`groundlevel serve --workers N` runs this itself.") from None
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal's, which is for the one that started us
    start_logging()
    app = build(told.serving.settings, open_or_trouble(told.serving.settings))
    app.beside.append(Ledger(Path(told.ledger), app.metrics).keep)
    uvloop.run(_with_others(app, told.serving, socket.socket(fileno=told.descriptor)))


async def _alone(app: App, serving: Serving, listener: socket.socket) -> None:
    """The server and its worker, from the first request to the last."""
    loop, stop = asyncio.get_running_loop(), _told_to_stop()
    worker = Kept("worker", lambda: start_worker(serving.database, serving.webhooks_to, serving.settings.public_url))
    keeping: list[asyncio.Task[None]] = []

    def begin() -> None:
        greet(serving, installation(app.store.read(Owners(system=True))))
        keeping.append(loop.create_task(worker.keep()))

    try:
        await answer(app, listener, serving.url, stop, begin)
    finally:
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)
        await end(worker.process)


async def _with_others(app: App, serving: Serving, listener: socket.socket) -> None:
    loop, stop = asyncio.get_running_loop(), _told_to_stop()

    def orphaned() -> None:
        loop.remove_reader(sys.stdin.fileno())
        stop.set()

    def begin() -> None:
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()

    loop.add_reader(sys.stdin.fileno(), orphaned)
    await answer(app, listener, serving.url, stop, begin)


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
