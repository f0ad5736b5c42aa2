"""Tokens: kept as hashes, believed for less than a second, rotated and revoked."""

import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from msgspec import json

from groundlevel.conftest import Box
from groundlevel.kernel.caller import REMEMBERED_S
from groundlevel.kernel.events import LOG
from groundlevel.kernel.store import Owners
from groundlevel.kernel.store.table import TABLES


class Seconds:
    """Time for the memory of tokens: it stands still until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: self.now)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    """A still time."""
    return Seconds(monkeypatch)


def new_token(box: Box, **said: Any) -> dict[str, Any]:
    reply = box.operator.post(
        "/operator/tokens",
        json={"name": "Sync", "scopes": ["contacts.readonly"], "locationId": box.location_id, **said},
    )
    assert reply.status_code == 201, reply.text
    return reply.json()


def ask(box: Box, token: str) -> httpx2.Response:
    said = {"locationId": box.location_id, "pageLimit": 1}
    return box.sandbox.client(token).post("/contacts/search", json=said)


def rotate(box: Box, token: dict[str, Any], **said: Any) -> dict[str, Any]:
    reply = box.operator.post(f"/operator/tokens/{token['id']}/rotate", json=said)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_token_works_and_its_value_is_shown_once(box: Box) -> None:
    token = new_token(box)
    value = token["token"]
    assert (len(value), value[:4], value[-4:]) == (40, "pit-", token["hint"])
    assert ask(box, value).status_code == 200
    listed = box.operator.get("/operator/tokens", params={"companyId": box.company_id})
    assert token["id"] in [t["id"] for t in listed.json()["tokens"]]
    assert value not in listed.text


def everything_kept(box: Box, folder: Path) -> bytes:
    """All files of the installation, or all rows where it is not in files."""
    files = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    db = box.sandbox.app.store.read(Owners(system=True))
    rows = [json.encode(doc) for t in TABLES.values() for _, doc in db.across_owners(t, limit=100_000)]
    return files + b"".join(rows) + repr(db.log_after(LOG, 0, 100_000)).encode()


def test_the_value_is_kept_nowhere(box: Box, tmp_path: Path) -> None:
    values = [new_token(box)["token"], box.location_token, box.agency_token]
    values.append(rotate(box, new_token(box))["token"])
    for value in values:
        ask(box, value)
    content = everything_kept(box, tmp_path)
    assert all(sha256(value.encode()).hexdigest().encode() in content for value in values[1:])
    for value in values:
        assert value.encode() not in content
        assert value.removeprefix("pit-").encode() not in content


def test_a_revocation_shows_within_a_second(box: Box, seconds: Seconds) -> None:
    token = new_token(box)
    assert ask(box, token["token"]).status_code == 200
    assert box.operator.delete(f"/operator/tokens/{token['id']}").json() == {"succeeded": True}
    seconds.now += 1.0
    refused = ask(box, token["token"])
    assert (refused.status_code, refused.json()) == (
        401, {"statusCode": 401, "message": "Invalid Private Integration token"},
    )  # fmt: skip
    assert REMEMBERED_S < 1


def test_new_scopes_show_within_a_second(box: Box, seconds: Seconds) -> None:
    token = new_token(box)
    ask(box, token["token"])
    box.operator.put(f"/operator/tokens/{token['id']}", json={"scopes": []})
    seconds.now += 1.0
    refused = ask(box, token["token"])
    assert (refused.status_code, refused.json()["message"]) == (401, "The token is not authorized for this scope.")


def test_a_rotated_token_works_for_seven_more_days(box: Box, seconds: Seconds) -> None:
    old = new_token(box)
    new = rotate(box, old)
    assert [ask(box, t["token"]).status_code for t in (old, new)] == [200, 200]
    box.sandbox.move_clock(timedelta(days=7) - timedelta(minutes=1))
    seconds.now += 1.0
    assert [ask(box, t["token"]).status_code for t in (old, new)] == [200, 200]
    box.sandbox.move_clock(timedelta(minutes=2))
    seconds.now += 1.0
    assert [ask(box, t["token"]).status_code for t in (old, new)] == [401, 200]
    assert box.sandbox.work() == 1
    listed = box.operator.get("/operator/tokens", params={"companyId": box.company_id}).json()["tokens"]
    assert (old["id"] in [t["id"] for t in listed], new["id"] in [t["id"] for t in listed]) == (False, True)


def test_a_token_expired_now_is_refused_at_once(box: Box, seconds: Seconds) -> None:
    old = new_token(box)
    ask(box, old["token"])
    new = rotate(box, old, expireNow=True)
    seconds.now += 1.0
    assert [ask(box, t["token"]).status_code for t in (old, new)] == [401, 200]
    assert (new["scopes"], new["locationId"]) == (old["scopes"], box.location_id)


def test_a_token_is_rotated_once(box: Box) -> None:
    old = new_token(box)
    rotate(box, old)
    again = box.operator.post(f"/operator/tokens/{old['id']}/rotate", json={})
    assert (again.status_code, again.json()["message"]) == (400, "This token has been rotated already")


BAD: list[tuple[str | None, str]] = [
    (None, "Invalid JWT"),
    ("", "Invalid JWT"),
    ("Bearer", "Invalid JWT"),
    ("Bearer nonsense", "Invalid JWT"),
    ("Basic abc", "Invalid JWT"),
    ("Bearer eyJhbGciOiJub25lIn0.e30.", "Invalid JWT"),
    ("Bearer pit-00000000-0000-4000-8000-000000000000", "Invalid Private Integration token"),
]


def test_unknown_tokens_in_the_words_of_their_kind(box: Box) -> None:
    for value, message in BAD:
        headers = {} if value is None else {"Authorization": value}
        reply = box.sandbox.client(None).get("/contacts/x", headers=headers)
        assert (value, reply.status_code, reply.json()) == (value, 401, {"statusCode": 401, "message": message})


def test_the_version_is_looked_at_before_the_token(box: Box) -> None:
    bare = box.sandbox.client(None)
    del bare.headers["Version"]
    assert bare.get("/contacts/x").json() == {"statusCode": 401, "message": "version header was not found."}
    wrong = bare.get("/contacts/x", headers={"Version": "v4"})
    assert wrong.json() == {"statusCode": 401, "message": "version header is invalid"}
