"""The socket that requests come in at, and a server that can leave it without cutting anybody off.

Granian by itself closes connections that it has accepted and not yet read from when it stops, and lets the system
reset those that wait to be accepted. So the socket is ours: a process and its successor share it, one that is to end
stops accepting first, and what waits is the other's. Several processes have a socket each at the same port, so that
the system divides connections among them; from one socket, whoever is awake would accept them all.
"""

import asyncio
import errno
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces
from granian.net import SocketHolder  # pyright: ignore[reportPrivateImportUsage]
from granian.server.embed import Server
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from groundlevel.cli.trouble import Trouble
from groundlevel.kernel.log import log

BACKLOG = 1024
QUIET_S = 0.3
"""Who leaves waits until no request has come for so long: time enough for each client to be told to connect anew."""
PATIENCE_S = 10.0
"""How long requests that are under way may take to end once the server is to stop."""


def listen_at(host: str, port: int, *, with_others: bool = False) -> socket.socket:
    """A socket where requests can come in, one of several `with_others`. Trouble where there can be none."""
    if not 1 <= port <= 65_535:
        raise Trouble(f"{port} is not a port. Choose one from 1 to 65535 with --port.")
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if with_others:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        why = {
            errno.EADDRINUSE: f"Port {port} is taken by another program. Stop it, or choose another with --port.",
            errno.EACCES: f"This user may not listen at port {port}. Choose one above 1023 with --port.",
        }
        other = f"{host} is not an address of this machine. Use --host 127.0.0.1, or 0.0.0.0 for all of them."
        raise Trouble(why.get(error.errno or 0, other)) from None
    return listener


def one_each(listener: socket.socket, processes: int) -> list[socket.socket]:
    """A socket for each process, in place of the one that showed that the port is free; else that one for all."""
    if sys.platform != "linux":  # others have such sockets too, and give all to the last one
        return [listener] * processes
    host, port = listener.getsockname()[:2]
    listener.close()
    return [listen_at(host, port, with_others=True) for _ in range(processes)]


class Guests:
    """An application that knows who is within and can ask them to leave: each answer then ends its connection."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.within, self.served, self.leaving = 0, 0, False
        self.last_came = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        self.within += 1
        try:
            if not self.leaving:
                return await self.app(scope, receive, send)
            self.last_came = time.monotonic()
            return await self.app(scope, receive, _parting(send))
        finally:
            self.within -= 1
            self.served += 1

    async def leave(self) -> None:
        """Back when nobody is within and nobody has come for a while, or when patience ends."""
        self.leaving, self.last_came = True, time.monotonic()
        until = time.monotonic() + PATIENCE_S
        while self.within or time.monotonic() - self.last_came < QUIET_S:
            if time.monotonic() > until:
                log.warning("requests are cut off after waiting", requests=self.within, seconds=PATIENCE_S)
                return
            await asyncio.sleep(0.02)


def _parting(send: Send) -> Send:
    async def parting(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return parting


class AtSocket(Server):
    """Granian at a socket that is there already."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        listener.setblocking(False)
        self.descriptor = listener.detach()
        super().__init__(
            app, host, port, interface=Interfaces.ASGI, websockets=False, log_enabled=False, backlog=BACKLOG
        )

    def _init_shared_socket(self) -> None:
        holder: Any = SocketHolder
        linux = (BACKLOG,) if sys.platform == "linux" else ()
        self._ssp, self._shd = None, holder(self.descriptor, False, *linux)

    def accept_no_more(self) -> None:
        """Let go of the socket: whoever else holds it gets the connections that wait, and all new ones.

        Granian cannot be asked to. What it goes on accepting from is put in the socket's place: one nobody knows of.
        """
        with socket.create_server(("127.0.0.1", 0), backlog=1) as nowhere:
            nowhere.setblocking(False)
            os.dup2(nowhere.fileno(), self.descriptor, inheritable=False)


async def answer(
    app: ASGIApp, listener: socket.socket, address: str, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve until told to stop, and then to the end of the last request. `ready` is called once it answers."""
    logging.getLogger("_granian").setLevel(logging.ERROR)
    guests = Guests(app)
    server = AtSocket(guests, listener)
    loop = asyncio.get_running_loop()
    answering, stopping = loop.create_task(server.serve()), loop.create_task(stop.wait())
    await _first_answer(address, guests, answering)
    if not answering.done():
        ready()
    await asyncio.wait([answering, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not answering.done():
        server.accept_no_more()
        await guests.leave()
        server.stop()
        _, unread = await asyncio.wait([answering], timeout=PATIENCE_S)
        if unread:
            log.warning("connections are cut off whose clients do not read", seconds=PATIENCE_S)
    if answering.done() and (error := answering.exception()):
        log.error("server ended", error=repr(error))
        raise Trouble("The server ended unexpectedly. The log above says why.")


async def _first_answer(address: str, guests: Guests, answering: "asyncio.Task[None]") -> None:
    """Return when this process has answered something, not just one that shares its socket; or is done for."""
    host, port = address.removeprefix("http://").rsplit(":", 1)
    while not (guests.served or answering.done()):
        try:
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            writer.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            await asyncio.wait_for(reader.read(), 1.0)
            writer.close()
        except (OSError, TimeoutError):
            await asyncio.sleep(0.01)
