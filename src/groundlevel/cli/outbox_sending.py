"""How a worker lets messages leave: on a thread of its own, with a store of its own, so that a long job delays none."""

import threading
import time
from collections.abc import Callable

from groundlevel.areas.outbox import Dispatcher, Transports
from groundlevel.cli.webhooks_sending import aim_of
from groundlevel.kernel.log import log
from groundlevel.kernel.settings import Settings
from groundlevel.main import clock_of, open_store

AFTER_TROUBLE_S, LOOK_S = 5.0, 0.1


class LettingLeave(threading.Thread):
    """Lets messages leave while it is `wanted`. What keeps it from beginning is said, and it tries again."""

    def __init__(self, settings: Settings, wanted: Callable[[], bool]) -> None:
        super().__init__(name="outbox")
        self.settings, self.wanted = settings, wanted

    def run(self) -> None:
        """Begin, go on, and end with the worker."""
        while self.wanted():
            try:
                self._leave()
            except Exception:
                log.exception("messages do not leave")
                until = time.monotonic() + AFTER_TROUBLE_S
                while self.wanted() and time.monotonic() < until:
                    time.sleep(LOOK_S)

    def _leave(self) -> None:
        import uvloop

        store = open_store(self.settings)
        try:
            transports = Transports(self.settings, aim_of(store, self.settings))
            dispatcher = Dispatcher(store, self.settings, lambda: clock_of(store).now(), transports)
            uvloop.run(dispatcher.work(self.wanted))
        finally:
            store.close()
