"""The official Node SDK finds a slot, books it, moves it and cancels it. Skipped where Node or the SDK is not there."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.sdk.test_node_sdk_story import node_sdk

SCRIPT = Path(__file__).with_name("calendars.cjs")
__all__ = ["node_sdk"]


def test_a_slot_is_found_booked_moved_and_cancelled(live: Any, node_sdk: str) -> None:
    since = datetime.now(UTC) + timedelta(days=40)
    said = {
        "url": live.url, "token": live.token, "locationId": live.location_id, "userId": live.credentials["userId"],
        "since": round(since.timestamp() * 1000), "until": round((since + timedelta(days=2)).timestamp() * 1000),
    }  # fmt: skip
    ran = subprocess.run(
        ["node", str(SCRIPT), node_sdk], input=json.dumps(said).encode(), capture_output=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr.decode()
    told = json.loads(ran.stdout)
    slots = told["slots"]
    assert told["late"]["message"] == "The slot you have selected is no longer available."
    assert told["without"] == [slots[0], *slots[2:]]
    assert datetime.fromisoformat(told["event"]["startTime"]) == datetime.fromisoformat(slots[2])
    assert (told["again"], told["gone"]) == (slots, {"succeeded": True})
