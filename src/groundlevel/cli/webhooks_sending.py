"""How a worker sends webhooks: on a thread of its own, with a store of its own, so that a long job delays none;
and signs and posts them from a process of its own, which begins with the first."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from groundlevel.areas.operator import installation
from groundlevel.areas.webhooks import Courier, keys_made, signer
from groundlevel.cli.going_on import go_on
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.log import log
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Store
from groundlevel.main import clock_of, open_store
from groundlevel.outside.aim import LOOPBACK, Aim, aim_at
from groundlevel.outside.apart import Apart, Begin, stand_back
from groundlevel.outside.posting import OnceNeeded
from groundlevel.outside.signing import Signer
from groundlevel.secret import secret_path

KEYS_S = 2.0


class Sending(threading.Thread):
    """Sends webhooks while it is `wanted`. What keeps it from beginning is said, and it tries again."""

    def __init__(self, settings: Settings, wanted: Callable[[], bool]) -> None:
        super().__init__(name="webhooks")
        self.settings, self.wanted = settings, wanted

    def run(self) -> None:
        """Begin, go on, and end with the worker."""
        go_on(self.wanted, self._send, "webhooks are not sent")

    def _send(self) -> None:
        import uvloop

        stand_back()
        store = open_store(self.settings)
        try:
            keys, aim = signer_of(store, self.settings), aim_of(store, self.settings)
            log.info("webhooks are sent", also_to=sorted(aim.named))
            uvloop.run(self._work(store, keys, aim))
        finally:
            store.close()

    async def _work(self, store: Store, keys: Signer, aim: Aim) -> None:
        unwritten, looking = unwritten_at(self.settings), Looking(store)
        begin = Begin(*keys.pems, sorted(aim.named), str(unwritten))
        courier = Courier(store, looking.now, OnceNeeded(lambda: Apart(begin)), unwritten)
        await courier.work(lambda: self.wanted() and not looking.changed)


class Looking:
    """The installation's clock, and whether its keys are others now: asked on the courier's thread."""

    def __init__(self, store: Store) -> None:
        self.store, self.keys = store, keys_made(store.read(SYSTEM))
        self.changed, self.looked = False, time.monotonic()

    def now(self) -> datetime:
        """What the clock says."""
        if time.monotonic() - self.looked > KEYS_S:
            self.looked, self.changed = time.monotonic(), keys_made(self.store.read(SYSTEM)) != self.keys
        return clock_of(self.store).now()


def signer_of(store: Store, settings: Settings) -> Signer:
    """The installation's signer; its keys are made if there are none."""
    now = clock_of(store).now()
    return store.write(SYSTEM, lambda db: signer(Ctx(OPERATOR, db, now, settings)))


def unwritten_at(settings: Settings) -> Path:
    """The folder of what this machine's workers have not written yet, beside the installation's secret."""
    place = sha256(settings.database.encode()).hexdigest()[:20]
    return secret_path(settings).with_name("unwritten") / place


def aim_of(store: Store, settings: Settings) -> Aim:
    """Where this installation may send: the public internet, what the operator named, and in a demo this machine."""
    demo = LOOPBACK if installation(store.read(SYSTEM)).demo else ()
    return aim_at(*settings.webhooks_to, *demo)
