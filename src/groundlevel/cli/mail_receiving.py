"""How a worker receives mail: out of mailboxes, and by a receiver of its own if it is told where to listen."""

import asyncio
import threading
from collections.abc import Callable

from groundlevel.areas.conversations import Intake, Mailboxes
from groundlevel.areas.outbox import MAILBOXES
from groundlevel.cli.going_on import go_on, pause
from groundlevel.cli.webhooks_sending import aim_of
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.settings import Settings
from groundlevel.kernel.store import Store
from groundlevel.main import clock_of, open_store

LOOK_S = 0.5


class ReadingMail(threading.Thread):
    """Reads mailboxes while it is `wanted`, from when there is one. What keeps it from beginning is said, and it tries
    again."""

    def __init__(self, settings: Settings, wanted: Callable[[], bool]) -> None:
        super().__init__(name="mailboxes", daemon=True)  # a server that says nothing holds up no end
        self.settings, self.wanted = settings, wanted
        self.needed = threading.Event()

    def look(self, store: Store) -> None:
        """Whether there is a mailbox by now. Until then it has no store of its own."""
        if not self.needed.is_set() and store.read(SYSTEM).find(MAILBOXES, limit=1):
            self.needed.set()

    def run(self) -> None:
        """Begin, go on, and end with the worker."""
        go_on(self.wanted, self._read, "mailboxes are not read")

    def _read(self) -> None:
        if not self.needed.wait(LOOK_S):
            return
        store = open_store(self.settings)
        try:
            intake = Intake(store, self.settings, lambda: clock_of(store).now())
            mailboxes = Mailboxes(intake, aim_of(store, self.settings))
            while self.wanted():
                if not mailboxes.turn():
                    pause(LOOK_S, self.wanted)
        finally:
            store.close()


class TakingMail(threading.Thread):
    """Listens for mail while it is `wanted`."""

    def __init__(self, settings: Settings, wanted: Callable[[], bool], at: str) -> None:
        super().__init__(name="mail")
        self.settings, self.wanted, self.at = settings, wanted, at

    def run(self) -> None:
        """Begin, go on, and end with the worker."""
        go_on(self.wanted, self._take, "no mail is taken in", at=self.at)

    def _take(self) -> None:
        from groundlevel.outside.mail.receiving import place_of, receive

        store = open_store(self.settings)
        try:
            intake = Intake(store, self.settings, lambda: clock_of(store).now())
            asyncio.run(receive(place_of(self.at), intake, self.wanted))
        finally:
            store.close()
