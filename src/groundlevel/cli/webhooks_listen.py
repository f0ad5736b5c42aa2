"""`groundlevel webhooks listen`: what happens, as it happens, sent to a program on this machine."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from groundlevel.areas.marketplace import App, app_or_404
from groundlevel.areas.webhooks import ALWAYS, SCOPES, envelope, signer
from groundlevel.areas.webhooks.deliveries import CURSORS
from groundlevel.areas.webhooks.planning import PLANNED, LogRow
from groundlevel.cli import say
from groundlevel.cli.operate import Operator, operating
from groundlevel.cli.trouble import Trouble
from groundlevel.kernel.events import LOG
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.wire import new_uuid
from groundlevel.outside.aim import BadAim, aim_at
from groundlevel.outside.http import Internet
from groundlevel.outside.posting import Here, Letter

LOOK_S, PORTION = 0.1, 1_000


class Listening(Struct, frozen=True):
    """What `webhooks listen` was told: where to send, for which app, and of what."""

    forward_to: str
    app_id: str
    location_id: str
    events: frozenset[str]

    def wants(self, kind: str, said: dict[str, Any]) -> bool:
        """Whether an event is one of those: of the app's life, only what is of this app."""
        if self.events and kind not in self.events:
            return False
        if self.location_id and said.get("locationId") != self.location_id:
            return False
        return kind in SCOPES or (kind in ALWAYS and self.app_id in ("", said.get("appId")))


def listen(database: str, wanted: Listening) -> None:
    """Go on until it is interrupted."""
    host = urlsplit(wanted.forward_to).hostname or ""
    aim = aim_at(host)
    try:
        if wanted.forward_to:
            aim.check_url(wanted.forward_to)
    except BadAim as bad:
        raise Trouble(f"--forward-to: {bad}.") from None
    with operating(database) as operator:
        app = operator.look(lambda ctx: app_or_404(ctx, wanted.app_id)) if wanted.app_id else None
        keys, last = operator.do(signer), end_of_log(operator)
        say.line(
            f"Listening{f'; events are sent to {wanted.forward_to}' if wanted.forward_to else ''}. Ctrl-C ends it."
        )
        try:
            asyncio.run(_go_on(operator, wanted, Telling(Here(Internet(aim), keys), app, wanted.forward_to), last))
        except KeyboardInterrupt:
            say.line("Ended.")


def end_of_log(operator: Operator) -> int:
    """The number of the last event so far."""
    db = operator.store.read(SYSTEM)
    cursor = db.get(CURSORS, PLANNED)
    last = cursor.number if cursor else 0
    while rows := db.log_after(LOG, last, PORTION):
        last = rows[-1][0]
    return last


def happened(operator: Operator, wanted: Listening, last: int) -> Iterator[tuple[LogRow, dict[str, Any]]]:
    """The wanted events behind a number, with what they say, in order."""
    for row in operator.store.read(SYSTEM).log_after(LOG, last, PORTION):
        said = json.loads(row[3])
        yield row, said if wanted.wants(row[2], said) else {}


async def _go_on(operator: Operator, wanted: Listening, telling: "Telling", last: int) -> None:
    while True:
        began = time.monotonic()
        for row, said in happened(operator, wanted, last):
            last = row[0]
            if said:
                say.line(await telling.tell(row, said))
        await asyncio.sleep(max(0.0, LOOK_S - (time.monotonic() - began)))


class Telling:
    """Sends events to one address, in the name of an app if there is one, one after the other."""

    def __init__(self, here: Here, app: App | None, url: str) -> None:
        self.here, self.app, self.url = here, app, url

    async def tell(self, row: LogRow, said: dict[str, Any]) -> str:
        """Send one, and say in a line what happened and what was answered. What failed is not sent again."""
        _, _, kind, _, at = row
        id = new_uuid()
        body = envelope(said, at, id, self.app.id, self.app.version.id) if self.app else envelope(said, at, id)
        told = f"{at}  {kind}  {said.get('id') or said.get('appId') or ''}"
        if not self.url:
            return f"{told}\n{body.decode()}"
        answer = await self.here.post(Letter(self.url, id, body))
        return f"{told}  -> {answer.status or answer.error}  {answer.ms:.0f} ms"
