"""What an installation knows of itself: one row."""

from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.store import Table, Unit
from groundlevel.kernel.store.table import declare
from groundlevel.kernel.wire import Wire


class Installation(Wire):
    """test: whether its clock may be moved. clock_offset: how far it is from real time, in seconds."""

    id: str
    test: bool = False
    clock_offset: float = 0.0
    demo: dict[str, str] = {}


INSTALLATION = declare(Table("installation", Installation, owner="system"))


def installation(db: Unit) -> Installation:
    """The row, or what it would say."""
    return db.elsewhere(SYSTEM).get(INSTALLATION, "installation") or Installation(id="installation")
