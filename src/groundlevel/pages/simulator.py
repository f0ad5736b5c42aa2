"""/simulator: a gateway to try things with, in test installations: it speaks Twilio's API and sends nothing.

A gateway of a sub-account is aimed at it by its address (`/simulator` behind this server's). What it is given can be
seen at /simulator/messages. It is memory of one process, and forgets with it; numbers that are bought of it are rows.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from groundlevel.areas.operator import installation
from groundlevel.areas.phone_system import Rows
from groundlevel.kernel.app import App
from groundlevel.kernel.binding import pairs_of
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.problems import Problem
from groundlevel.kernel.store import Owners, Unit
from groundlevel.outside.simulator import Call, Simulator

STEP_S, MOST = 0.3, 64_000
"""How long each thing takes to become of a message, and bytes of a request that are accepted."""


class SimulatorPage:
    """The simulator of this process."""

    def __init__(self, app: App) -> None:
        self.app, self.simulator = app, Simulator()
        self.tasks: set[asyncio.Task[None]] = set()

    async def ask(self, request: Request) -> Response:
        """The API itself."""
        if not await self._is_test():
            return JSONResponse({"message": "There is a simulator in test installations only"}, 404)
        raw = bytearray()
        async for part in request.stream():
            raw += part
            if len(raw) > MOST:
                return JSONResponse({"message": "Too much"}, 413)
        try:
            fields = pairs_of(bytes(raw), "form")
        except Problem as problem:
            return JSONResponse({"message": str(problem)}, problem.status)
        path = f"/{request.path_params['path']}"
        authorization = request.headers.get("authorization", "")
        if "PhoneNumbers" in path:
            return await self._numbers(request, path, fields)
        status, told = self.simulator.answer(request.method, path, authorization, fields)
        if status == 201:
            self._begin(self._go_on(str(told["sid"]), path.split("/")[3]))
        return JSONResponse(told, status)

    async def _numbers(self, request: Request, path: str, fields: list[tuple[str, Any]]) -> Response:
        """The same for numbers, which are rows: all processes have the same ones."""
        said = request.query_params.multi_items() if request.method == "GET" else fields
        authorization = request.headers.get("authorization", "")

        def answer(db: Unit) -> tuple[int, dict[str, Any]]:
            simulator = Simulator(self.simulator.accounts, shelf=Rows(db))
            return simulator.answer(request.method, path, authorization, said)

        status, told = await self.app.store.perform(SYSTEM, answer, write=request.method != "GET")
        return Response(status_code=204) if status == 204 else JSONResponse(told, status)

    async def messages(self, _: Request) -> Response:
        """What it was given, the latest first."""
        if not await self._is_test():
            return JSONResponse({"message": "There is a simulator in test installations only"}, 404)
        return JSONResponse({"messages": [kept.told() for kept in reversed(self.simulator.messages.values())]})

    async def _is_test(self) -> bool:
        kept = await self.app.store.perform(Owners(system=True), installation, write=False)
        return kept.test

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _go_on(self, sid: str, account: str) -> None:
        """Everything that becomes of a message, and the telling of it."""
        from groundlevel.outside.aim import LOOPBACK, aim_at
        from groundlevel.outside.http import Internet

        outgoing = Internet(aim_at(*LOOPBACK, *self.app.settings.webhooks_to))
        while True:
            await asyncio.sleep(STEP_S)
            call: Call | None = self.simulator.advance(sid, account)
            if call is None:
                break
            if call.url:
                await outgoing.post(call.url, headers_of(call), body_of(call))
        await outgoing.close()


def headers_of(call: Call) -> dict[str, str]:
    """The headers of a call to a webhook."""
    return {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": call.signature}


def body_of(call: Call) -> bytes:
    """The body of a call to a webhook."""
    return urlencode(list(call.fields)).encode()
