"""How a worker lets messages leave: on a thread of its own, with a store of its own, so that a long job delays none."""

import threading
from collections.abc import Callable

from groundlevel.areas.outbox import Dispatcher, Transports
from groundlevel.cli.going_on import go_on
from groundlevel.cli.webhooks_sending import aim_of
from groundlevel.kernel.settings import Settings
from groundlevel.main import clock_of, open_store


class LettingLeave(threading.Thread):
    """Lets messages leave while it is `wanted`. What keeps it from beginning is said, and it tries again."""

    def __init__(self, settings: Settings, wanted: Callable[[], bool]) -> None:
        super().__init__(name="outbox")
        self.settings, self.wanted = settings, wanted

    def run(self) -> None:
        """Begin, go on, and end with the worker."""
        go_on(self.wanted, self._leave, "messages do not leave")

    def _leave(self) -> None:
        import uvloop

        store = open_store(self.settings)
        try:
            transports = Transports(self.settings, aim_of(store, self.settings))
            dispatcher = Dispatcher(store, self.settings, lambda: clock_of(store).now(), transports)
            uvloop.run(dispatcher.work(self.wanted))
        finally:
            store.close()
