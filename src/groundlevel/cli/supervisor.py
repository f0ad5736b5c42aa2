"""`groundlevel serve --workers N`: several processes answer at one socket, and one worker works beside them."""

import asyncio
import signal
import socket
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any

from groundlevel.areas.operator import installation
from groundlevel.cli.listening import one_each
from groundlevel.cli.operate import open_or_trouble
from groundlevel.cli.processes import Kept, Told, end, start_answering, start_worker
from groundlevel.cli.serving import Serving, greet
from groundlevel.cli.trouble import Trouble
from groundlevel.kernel.log import log
from groundlevel.kernel.store import Owners


async def supervise(serving: Serving, listener: socket.socket) -> None:
    """Keep them running until told to stop; SIGHUP replaces one after the other, and nobody notices."""
    stop, renew = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, renew.set)
    store = open_or_trouble(serving.settings)
    about = installation(store.read(Owners(system=True)))
    store.close()
    ledger = TemporaryDirectory(prefix="groundlevel-")
    listeners = one_each(listener, serving.workers)
    servers = [Kept("server", partial(start_answering, Told(serving, one.fileno(), ledger.name))) for one in listeners]
    worker = Kept("worker", lambda: start_worker(serving.database, serving.webhooks_to, serving.settings.public_url))
    tasks: list[asyncio.Task[Any]] = []
    try:
        if not all(await asyncio.gather(*(one.begin() for one in servers))):
            raise Trouble("The processes that are to answer do not start. The log above says why.")
        greet(serving, about)
        tasks += [loop.create_task(one.keep()) for one in (*servers, worker)]
        tasks.append(loop.create_task(_renew([*servers, worker], renew)))
        await stop.wait()
    finally:
        for one in listeners:
            one.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(end(one.process) for one in (*servers, worker)))
        ledger.cleanup()


async def _renew(kept: list[Kept], renew: asyncio.Event) -> None:
    """Whenever asked to, replace each, as long as the successors are fit."""
    while await renew.wait():
        renew.clear()
        for one in kept:
            if not await one.replace():
                break
        else:
            log.info("all processes are replaced")
