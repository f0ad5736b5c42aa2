"""Where a sub-account of a test installation buys its numbers while it has no gateway.

Nobody sells them, and nothing is paid. It is the gateway to try things with (`outside/simulator.py`), asked within the
process. What was bought of it is a row, so that all processes agree and a restart changes nothing.
"""

from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

import msgspec

from groundlevel.kernel.app import App
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Eq, Sort, Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.outside.posting import Answer
from groundlevel.outside.simulated_numbers import Sold
from groundlevel.outside.simulator import Simulator
from groundlevel.outside.twilio import Account

MOST = 1_000
TOKEN = "simulated"
SIMULATED = declare(Table("simulated_numbers", Sold, index=("account",), order="sid", owner="system"))


class Rows:
    """See `Shelf`: rows of a unit of work of the system's."""

    def __init__(self, db: Unit) -> None:
        self.db = db

    def get(self, number: str) -> Sold | None:
        """See `Shelf`."""
        return self.db.get(SIMULATED, number)

    def put(self, sold: Sold) -> None:
        """See `Shelf`."""
        self.db.put(SIMULATED, sold)

    def drop(self, number: str) -> None:
        """See `Shelf`."""
        self.db.delete(SIMULATED, number)

    def of(self, account: str) -> list[Sold]:
        """See `Shelf`."""
        return self.db.find(SIMULATED, Eq("account", account), sort=(Sort("sid"),), limit=MOST)


class Within:
    """See `Asking`: the simulator of this installation, each request in a unit of work of its own."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def exchange(self, method: str, url: str, headers: dict[str, str], body: bytes, most: int) -> Answer:
        """See `Asking`."""
        parts = urlsplit(url)
        fields = parse_qsl(parts.query if method == "GET" else body.decode())

        def ask(db: Unit) -> tuple[int, dict[str, object]]:
            return Simulator(shelf=Rows(db)).answer(method, parts.path, headers["Authorization"], fields)

        status, told = await self.app.store.perform(SYSTEM, ask, write=method != "GET")
        return Answer(status, body=msgspec.json.encode(told).decode()[:most])

    async def close(self) -> None:
        """Nothing is held."""


def account_of(location_id: str) -> Account:
    """The sub-account's account at the simulator."""
    return Account(f"AC{sha256(location_id.encode()).hexdigest()[:32]}", TOKEN)
