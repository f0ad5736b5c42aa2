"""What stories about contacts ask for: what has happened since, other settings, custom fields, a still clock."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from groundlevel.areas.locations import LOCATIONS, LocationSettings
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners

Happened = Callable[[], list[str]]


@pytest.fixture
def happened(box: Box) -> Happened:
    """The types of the events since it was last called, in order."""
    seen = 0

    def since() -> list[str]:
        nonlocal seen
        new = box.sandbox.events(after=seen)
        seen += len(new)
        return [e["type"] for e in new]

    return since


@pytest.fixture
def settle(box: Box) -> Callable[..., None]:
    """Give the sub-account another country, or other settings."""

    def change(country: str = "US", **settings: Any) -> None:
        def work(ctx: Any) -> None:
            home = ctx.db.get(LOCATIONS, box.location_id)
            ctx.db.put(LOCATIONS, replace(home, country=country, settings=LocationSettings(**settings)))

        box.sandbox.do(Owners(company=box.company_id), work)

    return change


@pytest.fixture
def new_field(box: Box) -> Callable[..., str]:
    """Define a custom field of contacts; its id."""

    def define(name: str, data_type: str = "TEXT", **said: Any) -> str:
        path = f"/locations/{box.location_id}/customFields"
        reply = box.location.post(path, json={"name": name, "dataType": data_type, **said})
        assert reply.status_code == 201, reply.text
        return reply.json()["customField"]["id"]

    return define


@pytest.fixture
def still(box: Box, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the clock stand still at a moment."""

    def stop(text: str) -> None:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        monkeypatch.setattr(box.sandbox.clock, "now", lambda: moment)

    return stop
