"""The official Node SDK talks, by every method of its service. Skipped where Node or the SDK is not there."""

import json
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from tests.sdk.test_node_sdk_story import node_sdk

SCRIPT = Path(__file__).with_name("conversations.cjs")
SOUND = b"RIFF\x24\0\0\0WAVEfmt "
SAID = {"mediaChannel": 1, "sentenceIndex": 0, "startTime": 0, "endTime": 900, "transcript": "Hello", "confidence": 1.0}
__all__ = ["node_sdk"]


def test_every_method_of_the_service_in_a_story(live: Any, node_sdk: str) -> None:
    ids, known = live.credentials["ids"], {"sound": b64encode(SOUND).decode(), "sentence": SAID}
    said = known | {
        "url": live.url, "token": live.token, "locationId": live.location_id, "callProvider": ids["callProviderId"],
        "operator": live.credentials["operatorToken"],
    }  # fmt: skip
    ran = subprocess.run(
        ["node", str(SCRIPT), node_sdk], input=json.dumps(said).encode(), capture_output=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr.decode()
    told = json.loads(ran.stdout)
    assert told["untold"] == [], "a method of the SDK's that has no part in the story"
    assert (told["twice"], told["begun"]) == ("Conversation already exists", told["conversationId"])
    assert (told["kept"]["starred"], told["kept"]["type"], told["kept"]["contactId"]) == (True, 1, told["contactId"])
    assert [one["id"] for one in told["listed"]["messages"]] == told["ids"]
    assert (told["listed"]["lastMessageId"], told["listed"]["nextPage"]) == (told["ids"][-1], False)
    assert (told["message"]["body"], told["message"]["direction"]) == ("Who is it?", "inbound")
    assert (told["email"]["body"], told["email"]["threadId"]) == ("<p>Hello</p>", told["ids"][1])
    assert [one["id"] for one in told["exported"]["messages"]] == [told["ids"][0], told["ids"][2]]
    assert (told["cancelled"]["status"], told["left"]["status"]) == (200, 404)
    assert told["direct"] == {"size": 8, "contentType": "image/png"}
    assert (told["call"]["messageType"], told["call"]["meta"]["callDuration"]) == ("TYPE_CUSTOM_CALL", "7")
    assert b64decode(told["recording"]) == SOUND
    assert (told["sentences"], told["words"]) == ([SAID], "[00:00] Caller: Hello\n")
    assert (told["status"], told["others"]) == ("read", "No conversation provider found for this message")
    assert (told["typing"], told["answered"], told["kinds"]) == ({"success": True}, "pending", [True])
    assert [(kind["subtypeName"], kind["status"]) for kind in told["wants"]] == [
        ("One on One", "unsubscribed"), ("News", "subscribed"),
    ]  # fmt: skip
    assert told["unwanted"] == "Cannot send email as vera@example.com has unsubscribed"
