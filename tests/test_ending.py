"""What ends with a process ends in order, and what nobody needs is not opened."""

import asyncio
from pathlib import Path
from typing import Any

import structlog

from groundlevel.cli.mail_receiving import ReadingMail
from groundlevel.conftest import LOCATION, Box
from groundlevel.kernel.settings import Settings, database_path
from groundlevel.main import build, open_store
from groundlevel.testing_stores import file_of_the_product


def test_nothing_is_tended_when_the_store_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "product.db"
    file.write_bytes(file_of_the_product().read_bytes())
    settings = Settings(database=f"sqlite:///{file}")
    app = build(settings, open_store(settings))
    said = iter(["lifespan.startup", "lifespan.shutdown"])
    told: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": next(said)}

    async def send(message: Any) -> None:
        told.append(message["type"])

    async def live() -> None:
        await app.lifespan(receive, send)
        app.tend()  # as it was planned after the last write
        app.look_after()

    with structlog.testing.capture_logs() as lines:
        asyncio.run(live())
    assert (lines, told) == ([], ["lifespan.startup.complete", "lifespan.shutdown.complete"])


def test_a_worker_opens_no_store_for_mailboxes_while_there_is_none(box: Box, tmp_path: Path) -> None:
    elsewhere = Settings(database=f"sqlite:///{tmp_path}/made-when-opened.db")
    asked = [True, True, False]
    reading = ReadingMail(elsewhere, lambda: bool(asked) and asked.pop(0))
    reading.look(box.sandbox.app.store)
    reading.run()
    assert not Path(database_path(elsewhere.database)).exists()
    imap = {"host": "imap.example.com", "user": "u", "password": "p"}
    said = {"host": "smtp.example.com", "fromAddress": "hi@shop.example", "imap": imap}
    assert box.operator.put(f"/operator/locations/{LOCATION}/email", json=said).status_code == 200
    asked += [True, False]
    reading.look(box.sandbox.app.store)
    reading.run()
    assert Path(database_path(elsewhere.database)).exists()
