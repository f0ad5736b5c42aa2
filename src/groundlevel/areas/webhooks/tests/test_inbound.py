"""Addresses that others send to: what comes is an event, what is too much or nonsense is refused."""

from typing import Any

import httpx2
import pytest

from groundlevel.conftest import Box


@pytest.fixture
def stranger(box: Box) -> httpx2.Client:
    """Who has no token."""
    return httpx2.Client(transport=box.sandbox.transport, base_url="http://testserver")


def inbound(box: Box, name: str = "Forms") -> dict[str, Any]:
    reply = box.operator.post(f"/operator/locations/{box.location_id}/inbound", json={"name": name})
    assert reply.status_code == 201, reply.text
    return reply.json()


def test_what_is_sent_is_an_event_of_the_sub_account(box: Box, stranger: httpx2.Client) -> None:
    made = inbound(box)
    said = {"email": "anna@example.com", "tags": ["ä", 1, None], "deep": {"er": True}}
    replies = [
        stranger.post(made["path"], json=said), stranger.put(made["path"], json=said),
        stranger.get(made["path"], params={"email": "bea@example.com", "tag": ["a", "b"]}),
    ]  # fmt: skip
    assert [(r.status_code, r.json()["status"]) for r in replies] == [(200, "success")] * 3
    events = [one for one in box.sandbox.events() if one["type"] == "InboundWebhook"]
    assert [one["id"] for one in events] == [r.json()["id"] for r in replies]
    assert [one["method"] for one in events] == ["POST", "PUT", "GET"]
    assert [one["payload"] for one in events] == [said, said, {"email": "bea@example.com", "tag": ["a", "b"]}]
    told = {name: events[0][name] for name in ("locationId", "inboundId", "name")}
    assert told == {"locationId": box.location_id, "inboundId": made["id"], "name": "Forms"}


def test_the_path_is_told_once_changed_and_removed(box: Box, stranger: httpx2.Client) -> None:
    made, path = inbound(box), f"/operator/locations/{box.location_id}/inbound"
    (listed,) = box.operator.get(path).json()["inbound"]
    assert listed == {name: value for name, value in made.items() if name != "path"}
    assert box.operator.get(f"/operator/locations/{box.other_location_id}/inbound").json() == {"inbound": []}
    changed = box.operator.post(f"{path}/{made['id']}/rotate").json()
    assert (changed["id"], changed["path"] != made["path"]) == (made["id"], True)
    assert [stranger.post(p, json={}).status_code for p in (made["path"], changed["path"])] == [404, 200]
    elsewhere = changed["path"].replace(box.location_id, box.other_location_id)
    assert stranger.post(elsewhere, json={}).status_code == 404
    assert box.operator.delete(f"{path}/{made['id']}").json() == {"succeeded": True}
    assert stranger.post(changed["path"], json={}).status_code == 404
    assert [box.operator.delete(f"{path}/{made['id']}").status_code] == [404]
    assert box.operator.post(f"{path}/none/rotate").status_code == 404


def test_what_is_refused_and_leaves_nothing(box: Box, stranger: httpx2.Client) -> None:
    path, before = inbound(box)["path"], len(box.sandbox.events())
    refused = [
        stranger.post(path, content=b"no"), stranger.post(path, json=[1]), stranger.post(path, json={"a": "\0"}),
        stranger.post(path, content=b'{"a":' * 5_000), stranger.post(path, json={"a": "x" * 256_000}),
        stranger.get(path, params={"a": "x" * 8_000}), stranger.get(f"{path}?a=%00"), stranger.delete(path),
        stranger.head(path), stranger.post("/hooks/nowhere/nothing", json={}),
        stranger.post(f"/hooks/{box.location_id}/{'x' * 32}", json={}),
    ]  # fmt: skip
    assert [r.status_code for r in refused] == [400, 400, 400, 400, 413, 400, 400, 405, 405, 404, 404]
    assert len(box.sandbox.events()) == before
